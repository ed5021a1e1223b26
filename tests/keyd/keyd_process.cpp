#include "tests/keyd/keyd_process.hpp"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd::testing {

namespace {

constexpr int read_limit_s = 20;

int connect_to(const std::string& path)
{
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{read_limit_s, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

}  // namespace

KeydProcess::KeydProcess(const SoftToken& token, KeydLaunch launch_options)
    : directory_(token.directory().string()),
      config_(token.config().string()),
      pin_file_(token.pin_file().string()),
      label_(token.label()),
      launch_(std::move(launch_options))
{
    std::filesystem::create_directory(state());
    std::filesystem::permissions(state(), std::filesystem::perms::owner_all);
    std::filesystem::permissions(pin_file_, std::filesystem::perms::owner_read);
    launch();
}

KeydProcess::~KeydProcess()
{
    if (pid_ > 0) {
        signal(SIGKILL);
        wait();
    }
    const std::string said = log();
    for (const char* report :
         {"ERROR: AddressSanitizer", "WARNING: ThreadSanitizer", "runtime error:", "assertion failed:"}) {
        BOOST_CHECK_MESSAGE(said.find(report) == std::string::npos, said);
    }
}

void KeydProcess::launch()
{
    std::vector<std::string> words = {TESSERA_KEYD,
                                      "--front-socket=" + front(),
                                      "--admin-socket=" + admin(),
                                      "--state-directory=" + state(),
                                      std::string{"--module="} + softhsm_path,
                                      "--module-config-env=SOFTHSM2_CONF=" + config_,
                                      "--tokens=" + label_,
                                      "--issuer-domain=https://id.example.com",
                                      "--spare-keys=0",
                                      "--sessions=2"};
    if (launch_.with_pin) {
        words.push_back("--pin-file=" + pin_file_);
    }
    words.insert(words.end(), launch_.arguments.begin(), launch_.arguments.end());
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const std::string log_path = directory_ + "/keyd.log";
    pid_ = fork();
    if (pid_ == 0) {
        const int output = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    if (launch_.wait_ready && !eventually([this] {
            const int descriptor = log().find("\"ready\"") == std::string::npos ? -1 : connect_to(front());
            if (descriptor >= 0) {
                close(descriptor);
            }
            return descriptor >= 0;
        })) {
        throw std::runtime_error("tessera-keyd did not start: " + log());
    }
}

void KeydProcess::signal(int number) const { kill(pid_, number); }

int KeydProcess::wait()
{
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void KeydProcess::crash_and_restart()
{
    signal(SIGKILL);
    wait();
    launch();
}

std::string KeydProcess::log() const
{
    std::ifstream file{directory_ + "/keyd.log"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

Peer::Peer(const std::string& path)
    : socket_(connect_to(path)),
      decoder_(std::make_unique<wire::FrameDecoder>())
{
    if (socket_ < 0) {
        throw std::runtime_error(path + ": " + std::strerror(errno));
    }
}

Peer Peer::greeted(const std::string& socket)
{
    Peer peer{socket};
    if (!peer.call(hello()).has_welcome()) {
        throw std::runtime_error("no Welcome");
    }
    return peer;
}

Peer::Peer(Peer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      next_id_(other.next_id_),
      decoder_(std::move(other.decoder_)),
      events_(std::move(other.events_))
{
}

Peer::~Peer()
{
    if (socket_ >= 0) {
        close(socket_);
    }
}

void Peer::send(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // closed: the next read says so
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::uint64_t Peer::send(const v1::Request& request)
{
    send(frame_of(request, next_id_));
    return next_id_++;
}

bool Peer::read_some()
{
    const auto room = decoder_->writable();
    const ssize_t got = recv(socket_, room.data(), room.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        throw std::runtime_error("tessera-keyd neither answers nor closes");
    }
    if (got <= 0) {
        return false;
    }
    decoder_->commit(static_cast<std::size_t>(got));
    return true;
}

std::optional<wire::Frame> Peer::next_frame()
{
    while (true) {
        auto next = decoder_->next();
        if (!next) {
            throw std::runtime_error(std::string{wire::to_string(next.error())});
        }
        if (next.value() || !read_some()) {
            return next.value();
        }
    }
}

std::optional<v1::Response> Peer::receive()
{
    while (const auto frame = next_frame()) {
        if (frame->header.kind == wire::FrameKind::response) {
            return wire::parse_response(frame->body);
        }
        events_.push_back(wire::parse_event(frame->body).value());
    }
    return std::nullopt;
}

std::optional<v1::Event> Peer::receive_event()
{
    if (events_.empty()) {
        const auto frame = next_frame();
        return frame ? wire::parse_event(frame->body) : std::nullopt;
    }
    v1::Event first = events_.front();
    events_.erase(events_.begin());
    return first;
}

bool Peer::is_closed() { return !next_frame(); }

v1::Response Peer::call(const v1::Request& request)
{
    v1::Request patient = request;
    if (patient.deadline_ms() == 0) {
        patient.set_deadline_ms(30'000);  // management may be making an RSA key under a sanitizer
    }
    send(patient);
    auto response = receive();
    if (!response) {
        throw std::runtime_error("tessera-keyd closed the connection");
    }
    return *response;
}

std::string frame_of(const v1::Request& request, std::uint64_t id)
{
    std::string out;
    if (!wire::append_frame(out, wire::FrameKind::request, id, request)) {
        throw std::runtime_error("the request is too long");
    }
    return out;
}

v1::Request hello(std::uint32_t version_min, std::uint32_t version_max)
{
    v1::Request request;
    request.mutable_hello()->set_version_min(version_min);
    request.mutable_hello()->set_version_max(version_max);
    request.mutable_hello()->set_client("keyd_tests");
    return request;
}

v1::Request ensure(const std::string& slug)
{
    v1::Request request;
    request.set_deadline_ms(30'000);
    request.mutable_ensure_realm_keyring()->set_issuer("https://id.example.com/realms/" + slug);
    request.mutable_ensure_realm_keyring()->set_purpose("oidc");
    return request;
}

std::string claims_for(const std::string& slug)
{
    const std::int64_t now = to_unix_s(SystemClock{}.now());
    return fmt::format(R"({{"iss":"https://id.example.com/realms/{}","aud":"x","iat":{},"exp":{}}})", slug,
                       now, now + 300);
}

v1::Request sign(const std::string& keyring_id, const std::string& slug, v1::Algorithm algorithm)
{
    v1::Request request;
    request.set_deadline_ms(30'000);
    request.mutable_sign_jwt()->set_keyring_id(keyring_id);
    request.mutable_sign_jwt()->set_typ("at+jwt");
    request.mutable_sign_jwt()->set_alg(algorithm);
    request.mutable_sign_jwt()->set_claims(claims_for(slug));
    return request;
}

std::string keyring_of(const KeydProcess& keyd, const std::string& slug)
{
    const v1::Response response = Peer::greeted(keyd.front()).call(ensure(slug));
    if (!response.has_keyring()) {
        throw std::runtime_error(response.ShortDebugString() + keyd.log());
    }
    return response.keyring().keyring_id();
}

}  // namespace tessera::keyd::testing
