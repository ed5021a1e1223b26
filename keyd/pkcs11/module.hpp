// One PKCS#11 library, loaded once per process: its life, its watchdog and its recovery.
//
// A Module owns its Tokens and two threads. The *watchdog* never calls the library: it measures the calls of others and
// gives up when one exceeds its limit. The *keeper* calls it: it brings lost tokens back, keeps sessions alive and makes
// probe signatures. Signing threads are the caller's.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "keyd/pkcs11/error.hpp"

namespace tessera::keyd::pkcs11 {

class Token;
struct ModuleParts;

inline constexpr std::size_t pin_bytes_max = 255;

// Gives the PIN when a login is needed, freshly read each time; an empty value means there is none (sealed). Called by
// one thread at a time.
using PinSource = std::function<SecretBytes()>;

// Reads a file: its content without one trailing newline. An unreadable or empty file, or one longer than a PIN, gives an empty value.
PinSource pin_from_file(std::string path);
// No PIN until Token::unlock.
PinSource no_pin();

struct ModuleOptions {
    std::string path;                                              // of the .so
    std::vector<std::pair<std::string, std::string>> environment;  // set before the library is loaded
    Milliseconds call_max{10'000};            // a call that takes longer is hung: the process gives up
    Milliseconds generate_call_max{180'000};  // the same for key generation
    Milliseconds retry_first{50};             // pause after the first failed recovery; doubles
    Milliseconds retry_max{2'000};
    Milliseconds retry_shared_max{30'000};  // while another token of the module works: recovery interrupts it
    Milliseconds probe_every{30'000};       // keepalive and probe signature; below any firewall's idle limit
    std::size_t recoveries_max = 0;         // failed recoveries in a row before giving up; 0 = never
    // The last rung of the ladder: the library is beyond repair in this process. The default writes a log line and calls
    // _exit(75). Called on the watchdog's or any calling thread.
    std::function<void(std::string_view reason)> on_give_up;
    // Something in Token::health changed. Called on any thread with locks held: post it elsewhere, do not call back.
    std::function<void()> on_health_changed;
};

struct TokenOptions {
    std::string label;
    std::string serial;  // "" = accept the one found first and hold to it while the process lives
    PinSource pin = no_pin();
    std::size_t sessions_max = 4;  // signing sessions: as many as there are worker threads
    // After signing, verify in software: always at the first use of a handle and after every recovery, always for RSA and
    // EdDSA (a faulty signature can betray the key), and one in this many for ECDSA. 1 = every one.
    unsigned verify_one_in = 64;
};

struct LongestCall {
    std::string_view function;  // "" = no call is under way
    Milliseconds running{0};
};

class Module {
public:
    // Ignores SIGPIPE for the process, sets the environment, loads and initialises the library. Fails only when the
    // library cannot be loaded; a device that is absent is recovered from later. At most one Module per library may
    // live in a process.
    static Result<std::unique_ptr<Module>, TokenError> load(ModuleOptions options);

    // Joins its threads, closes the sessions and finalises the library, which stays mapped. No call may be under way.
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    // Finds the token by label and serial, opens the anchor session and logs in. Always gives a Token, whose health says
    // how that went; it heals by itself. The reference lives as long as the Module. Before any other thread uses the
    // module.
    Token& add_token(TokenOptions options);

    const std::string& path() const;
    // The call that has been running longest, for a process watchdog. Never blocks.
    LongestCall longest_call() const;
    // How many times the library was initialised.
    unsigned incarnation() const;

private:
    friend class Token;
    explicit Module(std::unique_ptr<ModuleParts> parts);
    std::unique_ptr<ModuleParts> parts_;
};

}  // namespace tessera::keyd::pkcs11
