#include "keyd/keyring/face.hpp"

#include <algorithm>

#include "keyd/keyring/policy.hpp"
#include "keyd/rotation/plan.hpp"
#include "keyd/rotation/state.hpp"

namespace tessera::keyd {

namespace {

// A shared keyring may have ten thousand; a view must fit a frame.
constexpr int issuers_shown_max = 100;

std::int64_t as_us(const std::optional<Instant>& instant)
{
    return instant ? instant->time_since_epoch().count() : 0;
}

}  // namespace

std::string jwks_of(const Ring& ring, Instant now)
{
    std::string out = R"({"keys":[)";
    const char* separator = "";
    for (const KeyRecord& key : ring.keys) {
        if (is_in_jwks(key, now)) {
            out += separator;
            out += key.jwk;
            separator = ",";
        }
    }
    return out += "]}";
}

v1::KeyringView front_view(const Ring& ring, Instant now)
{
    const KeyringRecord& record = ring.record;
    v1::KeyringView view;
    view.set_keyring_id(record.id.to_string());
    view.set_revision(record.revision);
    view.set_jwks(jwks_of(ring, now));
    view.set_default_algorithm(record.algorithms.front());
    for (const v1::Algorithm algorithm : record.algorithms) {
        view.add_algorithms(algorithm);
    }
    *view.mutable_policy() = to_message(record.policy);
    view.set_label(record.label);
    view.set_token(record.token);
    view.set_shared(record.shared);
    return view;
}

v1::KeyView key_view(const KeyRecord& key, Instant now)
{
    v1::KeyView view;
    view.set_key_id(key.id.to_string());
    view.set_kid(key.kid);
    view.set_algorithm(key.algorithm);
    view.set_state(state(key, now));
    view.set_created_us(as_us(key.created));
    view.set_published_us(as_us(key.published));
    view.set_active_us(as_us(key.active));
    view.set_retired_us(as_us(key.retired));
    view.set_removed_us(as_us(key.removed));
    view.set_destroyed_us(as_us(key.destroyed));
    view.set_signatures(key.signatures);
    view.set_compromised(key.compromised.has_value());
    view.set_missing(key.missing);
    return view;
}

void Service::publish_face(const Ring& ring, Instant now)
{
    if (ring.record.destroyed) {
        directory.remove(ring.record.id);
        return;
    }
    auto face = std::make_shared<KeyringFace>();
    face->id = ring.record.id;
    face->lifetime_max = ring.record.policy.lifetime_max;
    face->view = front_view(ring, now);
    for (const v1::Algorithm algorithm : ring.record.algorithms) {
        const KeyRecord* active = find_active(ring.keys, algorithm, now);
        if (active == nullptr) {
            continue;
        }
        pkcs11::Token* token = find_token(active->token);
        if (active->missing || token == nullptr) {
            face->missing.push_back(algorithm);
            continue;
        }
        auto& signer = signers[active->id];
        if (!signer) {
            signer = std::make_shared<const SigningKey>(active->kid, to_key_ref(*active), *token,
                                                        active->signatures);
        }
        for (const std::string& typ : ring.record.policy.typs) {
            face->headers.push_back({.typ = typ,
                                     .algorithm = algorithm,
                                     .prefix = header_prefix(algorithm, active->kid, typ),
                                     .key = signer});
        }
    }
    directory.replace(std::move(face));
}

v1::KeyringView Service::admin_view(const Ring& ring, Instant now) const
{
    v1::KeyringView view = front_view(ring, now);
    for (const auto& [issuer, of] : issuers) {
        if (view.issuers_size() == issuers_shown_max) {
            break;
        }
        if (of == ring.record.id) {
            view.add_issuers(issuer);
        }
    }
    for (const KeyRecord& key : ring.keys) {
        v1::KeyView& shown = *view.add_keys() = key_view(key, now);
        const auto signer = signers.find(key.id);
        if (signer != signers.end()) {
            shown.set_signatures(signer->second->signatures.load(std::memory_order_relaxed));
        }
    }
    return view;
}

}  // namespace tessera::keyd
