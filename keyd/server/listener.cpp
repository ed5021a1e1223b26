#include "keyd/server/listener.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace tessera::keyd::server {

namespace {

constexpr int inherited_first = 3;  // SD_LISTEN_FDS_START
constexpr int inherited_max = 16;
constexpr int backlog = 128;

std::string reason() { return std::strerror(errno); }  // called at once, before another thread exists

std::optional<long> number(std::string_view text)
{
    long value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    }
    return parts;
}

// Removes a socket that a killed predecessor left behind.
Result<void, ListenError> clear_path(asio::io_context& loop, const std::string& path)
{
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0) {
        return ok();
    }
    if (!S_ISSOCK(status.st_mode)) {
        return ListenError{fmt::format("{} exists and is no socket: remove it or choose another path", path)};
    }
    Local::socket probe{loop};
    boost::system::error_code error;
    probe.connect(Local::endpoint{path}, error);
    if (!error) {
        return ListenError{fmt::format("another process listens on {}: stop it first", path)};
    }
    if (unlink(path.c_str()) != 0) {
        return ListenError{
            fmt::format("{} is left over from another run and cannot be removed: {}", path, reason())};
    }
    return ok();
}

Result<void, ListenError> give_access(const ListenOptions& options)
{
    mode_t mode = std::ranges::all_of(options.uids, [](auto uid) { return uid == geteuid(); }) ? 0600 : 0666;
    if (!options.group.empty()) {
        const group* entry = getgrnam(options.group.c_str());
        if (entry == nullptr) {
            return ListenError{fmt::format("there is no group '{}'", options.group)};
        }
        if (chown(options.path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
            return ListenError{
                fmt::format("{} cannot be given to group '{}': {}. Make keyd's user a member of it",
                            options.path, options.group, reason())};
        }
        mode = 0660;
    }
    if (chmod(options.path.c_str(), mode) != 0) {
        return ListenError{fmt::format("{}: mode cannot be set: {}", options.path, reason())};
    }
    return ok();
}

}  // namespace

Result<InheritedSockets, ListenError> inherited_sockets()
{
    InheritedSockets sockets;
    const char* count_text = std::getenv("LISTEN_FDS");
    const char* pid_text = std::getenv("LISTEN_PID");
    if (count_text == nullptr || (pid_text != nullptr && number(pid_text) != getpid())) {
        return sockets;
    }
    const long count = number(count_text).value_or(-1);
    const char* names_text = std::getenv("LISTEN_FDNAMES");
    const auto names = split(names_text == nullptr ? "" : names_text, ':');
    if (count < 0 || count > inherited_max || names.size() != static_cast<std::size_t>(count)) {
        return ListenError{
            "LISTEN_FDS and LISTEN_FDNAMES do not agree: each inherited socket needs a name, front or admin"};
    }
    for (int i = 0; i < count; ++i) {
        const int descriptor = inherited_first + i;
        const std::string& name = names[static_cast<std::size_t>(i)];
        auto* slot = name == "front" ? &sockets.front : name == "admin" ? &sockets.admin : nullptr;
        if (slot == nullptr || slot->has_value()) {
            return ListenError{fmt::format(
                "inherited socket {} is named '{}': expected front and admin, once each", descriptor, name)};
        }
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        *slot = descriptor;
    }
    return sockets;
}

Result<Listener, ListenError> listen_at(asio::io_context& loop, SocketKind kind, const ListenOptions& options)
{
    if (options.path.size() > 107 || options.path.empty()) {
        return ListenError{fmt::format("'{}' is no path for a Unix socket: 1 to 107 bytes", options.path)};
    }
    TRY(clear_path(loop, options.path));
    Local::acceptor acceptor{loop};
    boost::system::error_code error;
    acceptor.open(Local{}, error);
    if (!error) {
        acceptor.bind(Local::endpoint{options.path}, error);  // 0600 by the umask until give_access
    }
    if (error) {
        return ListenError{
            fmt::format("{} cannot be made: {}. Its directory must exist and be writable by keyd's user",
                        options.path, error.message())};
    }
    TRY(give_access(options));
    acceptor.listen(backlog, error);
    if (error) {
        return ListenError{fmt::format("{}: {}", options.path, error.message())};
    }
    return Listener{kind, std::move(acceptor), options.uids, options.path};
}

Result<Listener, ListenError> listen_on(asio::io_context& loop, SocketKind kind, int descriptor,
                                        const ListenOptions& options)
{
    int type = 0;
    int listening = 0;
    int domain = 0;
    socklen_t size = sizeof(int);
    getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size);
    getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size);
    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size);
    if (type != SOCK_STREAM || listening == 0 || domain != AF_UNIX) {
        return ListenError{
            fmt::format("inherited descriptor {} is no listening Unix stream socket", descriptor)};
    }
    return Listener{kind, Local::acceptor{loop, Local{}, descriptor}, options.uids, ""};
}

Result<std::vector<std::uint32_t>, ListenError> resolve_uids(const std::vector<std::string>& names)
{
    std::vector<std::uint32_t> uids;
    for (const std::string& name : names) {
        const auto uid = number(name);
        if (uid && *uid >= 0 && *uid < 0xFFFF'FFFFL) {
            uids.push_back(static_cast<std::uint32_t>(*uid));
        } else if (const passwd* entry = getpwnam(name.c_str()); entry != nullptr) {
            uids.push_back(entry->pw_uid);
        } else {
            return ListenError{fmt::format("'{}' is neither a user id nor the name of a user", name)};
        }
    }
    if (uids.empty()) {
        uids.push_back(geteuid());
    }
    return uids;
}

std::optional<std::uint32_t> peer_uid(Local::socket& socket)
{
    ucred credentials{};
    socklen_t size = sizeof(credentials);
    if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0
        || credentials.uid == static_cast<uid_t>(-1)) {
        return std::nullopt;
    }
    return credentials.uid;
}

}  // namespace tessera::keyd::server
