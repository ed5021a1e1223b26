// Sessions for work, handed out last in first out so that hot ones stay hot. Included only inside this room.
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "keyd/pkcs11/cryptoki_ck.hpp"

namespace tessera::keyd::pkcs11 {

// With as many sessions as worker threads nobody ever waits: each thread in effect owns one. Sessions are opened when
// first needed. A token that has no more (CKR_SESSION_COUNT) lowers the maximum to what is open until the next recovery.
class SessionPool {
public:
    SessionPool(const Cryptoki& cryptoki, std::size_t sessions_max);

    // What becomes of a session after use.
    enum class After { keep, close, forget };

    class Lease {
    public:
        Lease(SessionPool& pool, CK_SESSION_HANDLE session) : pool_(&pool), session_(session) {}
        Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), session_(other.session_)
        {
        }
        Lease& operator=(Lease&&) = delete;
        ~Lease() { end(After::keep); }

        CK_SESSION_HANDLE session() const { return session_; }
        void end(After after);

    private:
        SessionPool* pool_;  // nullptr once ended
        CK_SESSION_HANDLE session_;
    };

    // A timeout verdict when none came free before the deadline.
    Called<Lease> lease(CK_SLOT_ID slot, Tick deadline);

    // Nobody may hold a lease. `close` also tells the library; the maximum is what was set, or `limit` if lower.
    void clear(After after);
    void limit(std::size_t sessions_max);

    std::size_t open_count() const;
    std::size_t maximum() const;

private:
    void give_back(CK_SESSION_HANDLE session, After after);

    const Cryptoki& cryptoki_;
    const std::size_t configured_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    std::size_t maximum_;
    std::size_t open_ = 0;
    std::vector<CK_SESSION_HANDLE> idle_;
};

// A read-write session of the token in `slot`.
Called<CK_SESSION_HANDLE> open_session(const Cryptoki& cryptoki, CK_SLOT_ID slot);

}  // namespace tessera::keyd::pkcs11
