// Password work off the event loops: a few threads of its own, a bounded queue before them, and a clear answer beyond it.
//
// So a wave of sign-ins costs at most `slots` processors and `slots` times the memory of one hash, and never a thread that
// other requests need.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/async.hpp"
#include "base/settings.hpp"
#include "daemon/login/password_hash.hpp"
#include "daemon/login/password_strength.hpp"

namespace tessera::login {

struct PasswordHashingOptions {
    PasswordHashParameters parameters = password_hash_floor;
    std::size_t slots = 1;          // hashes made at once
    std::size_t waiting_max = 128;  // more that wait for a slot; one more is refused as busy

    // From password-hash-memory-kib, -iterations, -parallelism, -slots (0: half of `processors`) and -waiting-max.
    static PasswordHashingOptions from(const Settings& settings, std::size_t processors);
};

// How long a client that met `busy` should stay away (Retry-After of the 503).
inline constexpr Seconds password_busy_retry_after{2};

enum class PasswordVerdict {
    wrong,  // also when there is nothing to compare with
    right,
    right_but_outdated,  // right, and the hash was made with other parameters: hash again and store
};

// Safe from any thread. The caller ends what it started before destroying it: the destructor waits for running hashes.
class PasswordHashing {
public:
    explicit PasswordHashing(const PasswordHashingOptions& options);
    PasswordHashing(const PasswordHashing&) = delete;
    PasswordHashing& operator=(const PasswordHashing&) = delete;
    ~PasswordHashing();

    // A new encoded hash.
    Async<Result<std::string, PasswordHashError>> hash(SecretBytes password);

    // nullopt when there is no such user or no password: a decoy is verified, at the same cost, and the verdict is `wrong`.
    // An encoded string that cannot be read costs the decoy too, and is then reported as malformed or unreasonable.
    Async<Result<PasswordVerdict, PasswordHashError>> verify(SecretBytes password,
                                                             std::optional<std::string> encoded);

    // judge_password() on a slot: it takes milliseconds.
    Async<Result<PasswordJudgement, PasswordHashError>> judge(SecretBytes password,
                                                              std::vector<std::string> user_words);

    const PasswordHashParameters& parameters() const { return options_.parameters; }
    // Running and waiting, for metrics.
    std::size_t in_flight() const { return in_flight_.load(); }

private:
    template <class Work>
    Async<std::invoke_result_t<Work>> run(Work work);

    PasswordHashingOptions options_;
    std::string decoy_;
    std::atomic<std::size_t> in_flight_{0};
    boost::asio::thread_pool threads_;
};

}  // namespace tessera::login
