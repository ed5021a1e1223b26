#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "keyd/keyring/token_refusal.hpp"
#include "keyd/pkcs11/module.hpp"
#include "keyd/pkcs11/token.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

namespace {

Refusal refuse(Rooms& rooms, const Call& call, std::string_view token, Refusal refusal)
{
    rooms.keyrings.record(call.caller.uid, "unlock", v1::ErrorCode_Name(refusal.code), token);
    log::warning("unlock_refused", {{"label", token}, {"error_code", v1::ErrorCode_Name(refusal.code)}});
    return refusal;
}

}  // namespace

Answer<v1::Response> unlock(Rooms& rooms, Call& call)
{
    v1::Unlock& request = *call.request.mutable_unlock();
    SecretBytes pin = SecretBytes::take(*request.mutable_pin());
    const auto found = request.token().empty()
                           ? rooms.tokens.begin()
                           : std::ranges::find(rooms.tokens, request.token(), &NamedToken::label);
    if (found == rooms.tokens.end()) {
        return Refusal{v1::TOKEN_UNKNOWN,
                       "no token of that label is configured; `tessera keys tokens` lists them"};
    }
    if (pin.empty() || pin.size() > pkcs11::pin_bytes_max) {
        return Refusal{v1::MALFORMED_REQUEST, fmt::format("a PIN has 1 to {} bytes", pkcs11::pin_bytes_max)};
    }
    if (auto unlocked = found->token->unlock(std::move(pin)); !unlocked) {
        return refuse(rooms, call, found->label, refusal_of(unlocked.error(), found->label));
    }
    if (auto started = rooms.keyrings.start(); !started) {
        // Another token's PIN may be missing still; anything else is for the operator to know now.
        if (started.error().code != v1::SEALED) {
            return refuse(rooms, call, found->label, std::move(started).error());
        }
    }
    rooms.keyrings.record(call.caller.uid, "unlock", "ok", found->label);
    log::info("unlocked", {{"label", found->label}, {"uid", call.caller.uid}});
    v1::Response response;
    response.mutable_done();
    return response;
}

}  // namespace tessera::keyd::server
