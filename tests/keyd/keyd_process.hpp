// A real tessera-keyd on a SoftHSM token, and a peer that speaks raw frames to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "keyd/proto/keyd.pb.h"
#include "keyd/wire/frame.hpp"
#include "tests/keyd/soft_token.hpp"

namespace tessera::keyd::testing {

struct KeydLaunch {
    std::vector<std::string> arguments;  // beside and after the fixture's own
    bool with_pin = true;
    bool wait_ready = true;  // false: it is expected to refuse to start
};

class KeydProcess {
public:
    explicit KeydProcess(const SoftToken& token, KeydLaunch launch = {});
    ~KeydProcess();
    KeydProcess(const KeydProcess&) = delete;
    KeydProcess& operator=(const KeydProcess&) = delete;

    void signal(int number) const;
    // Waits for its end: the exit code, or 128 + the signal.
    int wait();
    // kill -9 and a new start with the same state.
    void crash_and_restart();
    std::string log() const;
    pid_t pid() const { return pid_; }
    std::string front() const { return directory_ + "/front.sock"; }
    std::string admin() const { return directory_ + "/admin.sock"; }
    std::string state() const { return directory_ + "/state"; }

private:
    void launch();

    std::string directory_;
    std::string config_;
    std::string pin_file_;
    std::string label_;
    KeydLaunch launch_;
    pid_t pid_ = -1;
};

// Blocking, with a limit of 20 s on every read.
class Peer {
public:
    explicit Peer(const std::string& socket);
    // Connects and says Hello.
    static Peer greeted(const std::string& socket);
    ~Peer();
    Peer(Peer&& other) noexcept;
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void send(std::string_view bytes) const;
    std::uint64_t send(const v1::Request& request);
    // The next frame that is no event; nothing when keyd closed the connection.
    std::optional<v1::Response> receive();
    std::optional<v1::Event> receive_event();
    bool is_closed();
    v1::Response call(const v1::Request& request);

private:
    bool read_some();
    std::optional<wire::Frame> next_frame();

    int socket_;
    std::uint64_t next_id_ = 1;
    std::unique_ptr<wire::FrameDecoder> decoder_;
    std::vector<v1::Event> events_;
};

std::string frame_of(const v1::Request& request, std::uint64_t id);
v1::Request hello(std::uint32_t version_min = 1, std::uint32_t version_max = 1);
v1::Request ensure(const std::string& slug);
std::string claims_for(const std::string& slug);
v1::Request sign(const std::string& keyring_id, const std::string& slug, v1::Algorithm algorithm = v1::ES256);
// Makes the realm's keyring and gives its id.
std::string keyring_of(const KeydProcess& keyd, const std::string& slug);

}  // namespace tessera::keyd::testing
