// What readers see of the keyrings: immutable faces, replaced whole when something changes. A lookup takes a shared lock for as
// long as it takes to find an entry; writers hold it for one insertion. Nothing here blocks on token or disk.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "keyd/keyring/records.hpp"
#include "keyd/keyring/refusal.hpp"
#include "keyd/pkcs11/token.hpp"

namespace tessera::keyd {

// A key as the signing path needs it. One per key for as long as the key signs, so that its count is in one place.
struct SigningKey {
    SigningKey(std::string kid_, pkcs11::KeyRef ref_, pkcs11::Token& token_, std::uint64_t signatures_)
        : kid(std::move(kid_)),
          ref(std::move(ref_)),
          token(token_),
          signatures(signatures_)
    {
    }
    const std::string kid;
    const pkcs11::KeyRef ref;
    pkcs11::Token& token;
    mutable std::atomic<std::uint64_t> signatures;
    mutable std::atomic<bool> is_withdrawn{false};  // revoked or removed: what waits for it is not signed
};

struct KeyringFace {
    // One for each typ and algorithm that can be signed now.
    struct Header {
        std::string typ;
        v1::Algorithm algorithm = v1::ALGORITHM_UNSPECIFIED;
        std::string prefix;                     // base64url of the JOSE header, and the dot
        std::shared_ptr<const SigningKey> key;  // shared with signatures under way
    };

    KeyringId id;
    Seconds lifetime_max{};
    std::vector<Header> headers;
    std::vector<v1::Algorithm> missing;  // the key of this algorithm is on record but not on its token
    v1::KeyringView view;                // for the front: without keys and issuers
};

class Directory {
public:
    // shared_ptr: a reader may hold a face while it is replaced.
    std::shared_ptr<const KeyringFace> find(std::string_view keyring_id) const;
    // The keyring that signs for the issuer.
    std::optional<KeyringId> keyring_of(std::string_view issuer) const;
    bool signs_for(const KeyringFace& keyring, std::string_view issuer) const;
    // The shared keyring of this label.
    std::optional<KeyringId> shared_keyring(std::string_view label) const;
    std::uint32_t size() const;

    void replace(std::shared_ptr<const KeyringFace> face);
    void remove(const KeyringId& keyring);
    void enrol(const std::string& issuer, const KeyringId& keyring);
    void withdraw(const std::string& issuer);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <class Value>
    using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    mutable std::shared_mutex mutex_;
    ByText<std::shared_ptr<const KeyringFace>> faces_;
    ByText<KeyringId> issuers_;
    ByText<KeyringId> shared_;  // label → keyring
};

// RFC 7515 §4.1: the header keyd builds, {"alg","kid","typ"}, encoded and followed by the dot.
std::string header_prefix(v1::Algorithm algorithm, std::string_view kid, std::string_view typ);

}  // namespace tessera::keyd
