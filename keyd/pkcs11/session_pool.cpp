#include <algorithm>

#include "base/log.hpp"
#include "keyd/pkcs11/session_pool_ck.hpp"

namespace tessera::keyd::pkcs11 {

SessionPool::SessionPool(const Cryptoki& cryptoki, std::size_t sessions_max)
    : cryptoki_(cryptoki),
      configured_(std::max<std::size_t>(sessions_max, 1)),
      maximum_(configured_)
{
    idle_.reserve(configured_);
}

void SessionPool::Lease::end(After after)
{
    if (SessionPool* pool = std::exchange(pool_, nullptr)) {
        pool->give_back(session_, after);
    }
}

Called<SessionPool::Lease> SessionPool::lease(CK_SLOT_ID slot, Tick deadline)
{
    std::unique_lock lock{mutex_};
    for (;;) {
        if (!freed_.wait_until(lock, deadline, [this] { return !idle_.empty() || open_ < maximum_; })) {
            return verdict(Fault::timeout, "every session of the token stayed in use until the deadline");
        }
        if (!idle_.empty()) {
            const CK_SESSION_HANDLE session = idle_.back();
            idle_.pop_back();
            return Lease{*this, session};
        }
        ++open_;
        lock.unlock();
        auto opened = open_session(cryptoki_, slot);
        if (opened) {
            return Lease{*this, opened.value()};
        }
        lock.lock();
        --open_;
        if (opened.error().code != CKR_SESSION_COUNT || open_ == 0) {
            freed_.notify_one();
            return std::move(opened).error();
        }
        maximum_ = open_;
        log::warning("token_sessions_lowered", {{"sessions_max", maximum_}});
    }
}

void SessionPool::give_back(CK_SESSION_HANDLE session, After after)
{
    if (after == After::close) {
        // A session that cannot be closed is as gone as one that can.
        (void)cryptoki_.call<&CK_FUNCTION_LIST::C_CloseSession>("C_CloseSession", session);
    }
    const std::scoped_lock lock{mutex_};
    if (after == After::keep) {
        idle_.push_back(session);
    } else {
        --open_;
    }
    freed_.notify_one();
}

void SessionPool::clear(After after)
{
    std::vector<CK_SESSION_HANDLE> sessions;
    {
        const std::scoped_lock lock{mutex_};
        sessions.swap(idle_);
        idle_.reserve(configured_);
        open_ -= sessions.size();
        maximum_ = configured_;
    }
    if (after == After::close) {
        for (const CK_SESSION_HANDLE session : sessions) {
            (void)cryptoki_.call<&CK_FUNCTION_LIST::C_CloseSession>("C_CloseSession", session);
        }
    }
}

void SessionPool::limit(std::size_t sessions_max)
{
    const std::scoped_lock lock{mutex_};
    maximum_ = std::clamp<std::size_t>(sessions_max, 1, configured_);
}

std::size_t SessionPool::open_count() const
{
    const std::scoped_lock lock{mutex_};
    return open_;
}

std::size_t SessionPool::maximum() const
{
    const std::scoped_lock lock{mutex_};
    return maximum_;
}

Called<CK_SESSION_HANDLE> open_session(const Cryptoki& cryptoki, CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_OpenSession>(
        "C_OpenSession", slot, CK_FLAGS{CKF_SERIAL_SESSION | CKF_RW_SESSION}, nullptr, nullptr, &session));
    return session;
}

}  // namespace tessera::keyd::pkcs11
