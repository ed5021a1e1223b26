// Passkeys in a sign-in: options for the page, and what the browser sends back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/login/messages.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/login/webauthn_assertion.hpp"
#include "daemon/login/webauthn_registration.hpp"
#include "daemon/page/passkey.hpp"
#include "storage/repositories/passkeys.hpp"

namespace tessera::login {

// The issuer's host; its origin and those of the project's trusted domains, which /.well-known/webauthn lists.
RelyingParty relying_party_of(const Front& front, const Realm& realm);

inline constexpr std::size_t passkey_name_bytes_max = 128;

// WebAuthn's user handle (§5.4.3).
Bytes handle_of(UserId user);

// What the authenticator made, into the row that is kept.
void take_registration(storage::Passkey& passkey, const RegisteredPasskey& made);

// A ceremony's challenge: nobody can tell it before the flow began, and it is another one after each step.
Bytes challenge_of(const storage::LoginFlow& flow);

page::PasskeyOptions discoverable_options(const Visit& visit);
page::PasskeyOptions request_options(const Visit& visit, const std::vector<storage::Passkey>& passkeys);
page::PasskeyOptions creation_options(const Visit& visit, const std::vector<storage::Passkey>& passkeys);

Async<Result<std::vector<storage::Passkey>, LoginError>> list_passkeys(Visit& visit);

// As the primary factor: the passkey says who it is, and has verified its user.
Async<Taken> sign_in_by_passkey(Visit& visit);
// As the second factor of a known person.
Async<Taken> verify_passkey(Visit& visit);
Async<Taken> register_passkey(Visit& visit);

}  // namespace tessera::login
