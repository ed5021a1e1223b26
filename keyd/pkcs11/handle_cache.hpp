// Object handles by CKA_ID. A search costs the token time proportional to its number of objects, so the hot path never
// searches: a handle is found once per epoch.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "base/encoding.hpp"
#include "base/openssl.hpp"

namespace tessera::keyd::pkcs11 {

struct KeyHandle {
    unsigned long object = 0;
    std::uint32_t epoch = 0;
    Bytes spki_der;                     // signing keys: what the signatures are checked with
    EvpKeyPtr public_key;               // the same, parsed
    std::atomic<bool> verified{false};  // one signature made with this handle was verified
    std::atomic<std::uint32_t> uses{0};
};

class HandleCache {
public:
    // nullptr when unknown or of another epoch. Shared because a thread may sign with an entry another one drops.
    std::shared_ptr<KeyHandle> find(const std::string& cka_id, std::uint32_t epoch) const
    {
        const std::shared_lock lock{mutex_};
        const auto entry = entries_.find(cka_id);
        return entry != entries_.end() && entry->second->epoch == epoch ? entry->second : nullptr;
    }
    void put(const std::string& cka_id, std::shared_ptr<KeyHandle> handle)
    {
        const std::unique_lock lock{mutex_};
        entries_[cka_id] = std::move(handle);
    }
    void drop(const std::string& cka_id)
    {
        const std::unique_lock lock{mutex_};
        entries_.erase(cka_id);
    }

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<KeyHandle>> entries_;
};

}  // namespace tessera::keyd::pkcs11
