// Finding, listing and destroying objects.

#include <algorithm>

#include <fmt/format.h>

#include "keyd/pkcs11/public_key.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

// Two are enough to know that one is not the only one.
constexpr std::size_t found_enough = 2;
constexpr std::size_t objects_max = 100'000;
constexpr CK_ULONG search_batch = 128;

AttributeTemplate pattern_for(CK_OBJECT_CLASS object_class, const std::string& cka_id)
{
    AttributeTemplate pattern;
    pattern.number(CKA_CLASS, object_class).yes(CKA_TOKEN).bytes(CKA_ID, as_bytes(cka_id));
    return pattern;
}

CallFailure ambiguous(const std::string& cka_id)
{
    return verdict(Fault::missing_key, "more than one object on the token has the id " + cka_id);
}

}  // namespace

Called<ManagementLock> TokenParts::lock_management(Tick deadline)
{
    ManagementLock lock{module.management, deadline};
    if (!lock.owns_lock()) {
        return verdict(Fault::timeout, "another management operation held the token until the deadline");
    }
    return lock;
}

Called<std::vector<CK_OBJECT_HANDLE>> TokenParts::search(const ManagementLock&, CK_SESSION_HANDLE session,
                                                         AttributeTemplate pattern, std::size_t found_max)
{
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_FindObjectsInit>("C_FindObjectsInit", session, pattern.data(),
                                                            pattern.size()));
    std::vector<CK_OBJECT_HANDLE> found;
    const auto searched = [&]() -> Called<void> {
        std::array<CK_OBJECT_HANDLE, search_batch> batch{};
        while (found.size() < found_max) {
            CK_ULONG count = 0;
            const CK_ULONG wanted = std::min<CK_ULONG>(batch.size(), found_max - found.size());
            TRY(cryptoki.call<&CK_FUNCTION_LIST::C_FindObjects>("C_FindObjects", session, batch.data(),
                                                                wanted, &count));
            if (count == 0) {
                break;
            }
            found.insert(found.end(), batch.begin(), batch.begin() + std::min(count, wanted));
        }
        return ok();
    }();
    const auto ended = cryptoki.call<&CK_FUNCTION_LIST::C_FindObjectsFinal>("C_FindObjectsFinal", session);
    if (searched.has_error()) {
        return searched.error();
    }
    if (ended.has_error()) {
        return ended.error();
    }
    return found;
}

Called<void> TokenParts::require_login(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info{};
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_GetSessionInfo>("C_GetSessionInfo", session, &info));
    if (info.state != CKS_RW_USER_FUNCTIONS && info.state != CKS_RO_USER_FUNCTIONS) {
        return CallFailure{"C_GetSessionInfo", CKR_USER_NOT_LOGGED_IN, std::nullopt};
    }
    return ok();
}

// SoftHSM whose directory was taken away, and some network modules, answer "nothing found" rather than an error. So when
// nothing is found the token must show that it still holds something; one that used to and does not is reinitialised
// once, and believed when it is empty even then.
Called<std::vector<CK_OBJECT_HANDLE>> TokenParts::search_key(const ManagementLock& lock,
                                                             CK_SESSION_HANDLE session,
                                                             CK_OBJECT_CLASS object_class,
                                                             const std::string& cka_id)
{
    TRY(auto found, search(lock, session, pattern_for(object_class, cka_id), found_enough));
    if (!found.empty()) {
        objects_seen = true;
        return found;
    }
    // PKCS#11 2.40 §5.7: without a login private objects are not refused, they are not found.
    TRY(require_login(session));
    const unsigned incarnation = module.incarnation.load();
    if (!objects_seen || empty_incarnation == incarnation) {
        return found;
    }
    AttributeTemplate any;
    any.yes(CKA_TOKEN);
    TRY(auto others, search(lock, session, std::move(any), 1));
    if (others.empty()) {
        empty_incarnation = incarnation + 1;
        return CallFailure{"C_FindObjects", CKR_TOKEN_NOT_PRESENT, std::nullopt};
    }
    return found;
}

Called<Bytes> TokenParts::read_spki(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE public_object,
                                    Algorithm algorithm)
{
    std::optional<Bytes> spki;
    if (is_rsa(algorithm)) {
        TRY(const auto modulus, read_bytes(cryptoki, session, public_object, CKA_MODULUS));
        TRY(const auto exponent, read_bytes(cryptoki, session, public_object, CKA_PUBLIC_EXPONENT));
        spki = spki_from_rsa(modulus, exponent);
    } else {
        TRY(const auto point, read_bytes(cryptoki, session, public_object, CKA_EC_POINT));
        spki = spki_from_ec_point(algorithm, point);
    }
    if (!spki) {
        return verdict(Fault::internal,
                       fmt::format("the token gives a public key that is no {} key", to_string(algorithm)));
    }
    return *std::move(spki);
}

Called<std::optional<Bytes>> TokenParts::public_key_on_token(const ManagementLock& lock,
                                                             CK_SESSION_HANDLE session,
                                                             const std::string& cka_id, Algorithm algorithm)
{
    TRY(const auto found, search(lock, session, pattern_for(CKO_PUBLIC_KEY, cka_id), found_enough));
    if (found.size() > 1) {
        return ambiguous(cka_id);
    }
    if (found.empty()) {
        return std::optional<Bytes>{};
    }
    TRY(auto spki, read_spki(session, found.front(), algorithm));
    return std::optional{std::move(spki)};
}

Called<std::optional<Bytes>> TokenParts::complete_pair(const ManagementLock& lock, CK_SESSION_HANDLE session,
                                                       const std::string& cka_id, Algorithm algorithm)
{
    TRY(const auto private_keys, search_key(lock, session, CKO_PRIVATE_KEY, cka_id));
    if (private_keys.size() > 1) {
        return ambiguous(cka_id);
    }
    TRY(auto spki, public_key_on_token(lock, session, cka_id, algorithm));
    if (private_keys.empty() == spki.has_value()) {
        return verdict(Fault::missing_key, fmt::format("only the {} half of key {} is on the token",
                                                       spki ? "public" : "private", cka_id));
    }
    return spki;
}

Called<void> TokenParts::destroy_all(const ManagementLock& lock, CK_SESSION_HANDLE session,
                                     const std::string& cka_id)
{
    signing_keys.drop(cka_id);
    secret_keys.drop(cka_id);
    AttributeTemplate pattern;
    pattern.yes(CKA_TOKEN).bytes(CKA_ID, as_bytes(cka_id));
    TRY(const auto found, search(lock, session, std::move(pattern), search_batch));
    for (const CK_OBJECT_HANDLE object : found) {
        TRY(cryptoki.call<&CK_FUNCTION_LIST::C_DestroyObject>("C_DestroyObject", session, object));
    }
    return ok();
}

Result<std::optional<Bytes>, TokenError> Token::find_key_pair(const std::string& cka_id, Algorithm algorithm,
                                                              Tick deadline)
{
    TokenParts& parts = *parts_;
    return parts.run<std::optional<Bytes>>(parts.managing, deadline,
                                           [&](CK_SESSION_HANDLE session) -> Called<std::optional<Bytes>> {
                                               TRY(const auto lock, parts.lock_management(deadline));
                                               return parts.complete_pair(lock, session, cka_id, algorithm);
                                           });
}

Result<std::vector<StoredObject>, TokenError> Token::list_objects(Tick deadline)
{
    struct Kind {
        CK_OBJECT_CLASS object_class;
        ObjectKind kind;
    };
    static constexpr std::array kinds{Kind{CKO_PRIVATE_KEY, ObjectKind::private_key},
                                      Kind{CKO_PUBLIC_KEY, ObjectKind::public_key},
                                      Kind{CKO_SECRET_KEY, ObjectKind::secret_key}};
    TokenParts& parts = *parts_;
    using Objects = std::vector<StoredObject>;
    return parts.run<Objects>(parts.managing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Objects> {
        TRY(const auto lock, parts.lock_management(deadline));
        Objects objects;
        for (const Kind& kind : kinds) {
            AttributeTemplate pattern;
            pattern.number(CKA_CLASS, kind.object_class).yes(CKA_TOKEN);
            TRY(const auto found, parts.search(lock, session, std::move(pattern), objects_max));
            TRY(parts.require_login(session));
            for (const CK_OBJECT_HANDLE object : found) {
                TRY(const auto id, read_bytes(parts.cryptoki, session, object, CKA_ID));
                objects.push_back({kind.kind, std::string{as_text(id)}});
            }
        }
        parts.objects_seen |= !objects.empty();
        return objects;
    });
}

Result<void, TokenError> Token::destroy(const std::string& cka_id, Tick deadline)
{
    TokenParts& parts = *parts_;
    TRY(parts.run<Nothing>(parts.managing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Nothing> {
        TRY(const auto lock, parts.lock_management(deadline));
        TRY(parts.destroy_all(lock, session, cka_id));
        return Nothing{};
    }));
    return ok();
}

}  // namespace tessera::keyd::pkcs11
