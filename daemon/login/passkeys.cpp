#include "daemon/login/passkeys.hpp"

#include <utility>

#include "base/digest.hpp"
#include "base/log.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

std::string host_of(std::string_view origin)
{
    const std::size_t begin = origin.find("://");
    std::string_view host = begin == std::string_view::npos ? origin : origin.substr(begin + 3);
    return std::string{host.substr(0, host.find(':'))};
}

WebauthnExpectation expectation_of(const Visit& visit)
{
    return {relying_party_of(visit.front, *visit.realm), challenge_of(visit.view.flow),
            UserVerification::required};
}

std::vector<CredentialDescriptor> descriptors_of(const std::vector<storage::Passkey>& passkeys)
{
    std::vector<CredentialDescriptor> out;
    for (const storage::Passkey& passkey : passkeys) {
        if (!passkey.disabled && out.size() < credentials_listed_max) {
            out.push_back({passkey.credential_id, passkey.transports});
        }
    }
    return out;
}

struct Asserted {
    storage::FoundPasskey found;
    AssertedPasskey result;
};
using Proof = Result<Result<Asserted, page::Problem>, LoginError>;

// What it proves, or what the page says when it proves nothing; why is in the log.
Async<Proof> assert_passkey(Visit& visit, Discovery discovery)
{
    const auto deny = [&](std::string_view reason, std::string detail,
                          page::Problem problem = page::Problem::passkey_failed) {
        log::write(log::Level::info, "passkey_refused", visit.request.request_id,
                   {{"reason", reason}, {"detail", std::move(detail)}});
        return Proof{Result<Asserted, page::Problem>{problem}};
    };
    auto response = parse_assertion_response(visit.field(page::field::credential));
    if (!response) {
        co_return deny(to_string(response.error().fault), response.error().detail);
    }
    auto found = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<std::optional<storage::FoundPasskey>, StoreError> {
            return storage::find_passkey(transaction, response.value().credential_id);
        });
    if (!found) {
        co_return from_store(found.error());
    }
    const bool is_known_user = discovery == Discovery::known_user;
    if (!found.value() || (is_known_user && found.value()->passkey.user != visit.view.user->id)) {
        // Removed here but not from the device that offers it: trying again would not help.
        co_return deny("unknown_credential", {},
                       is_known_user ? page::Problem::passkey_failed : page::Problem::passkey_unknown);
    }
    const storage::Passkey& passkey = found.value()->passkey;
    const StoredPasskey stored{passkey.credential_id, passkey.public_key, handle_of(passkey.user),
                               static_cast<std::uint32_t>(passkey.sign_count), passkey.backup_eligible};
    auto verified = verify_assertion(expectation_of(visit), discovery, stored, response.value());
    if (!verified) {
        co_return deny(to_string(verified.error().fault), verified.error().detail);
    }
    co_return Proof{Asserted{std::move(*found.value()), verified.value()}};
}

// In the transaction that moves the flow on: of two answers with one counter, one is refused.
Result<void, StoreError> use(storage::Transaction& transaction, const Asserted& asserted, Instant now)
{
    TRY(const bool used,
        storage::use_passkey(transaction, asserted.found.passkey.id, asserted.found.passkey.sign_count,
                             asserted.result.sign_count, asserted.result.backed_up, now));
    if (!used) {
        return StoreError{storage::StoreFault::conflict, "passkeys_use", "the counter moved meanwhile"};
    }
    return ok();
}

Async<Taken> refuse_passkey(Visit& visit, page::Problem problem)
{
    // Another challenge for another try.
    CO_TRY(co_await advance(visit));
    co_return co_await refuse(visit, problem, "passkey_refused");
}

}  // namespace

RelyingParty relying_party_of(const Front& front, const Realm& realm)
{
    const std::string origin = front.settings.text("issuer-base");
    RelyingParty party{host_of(origin), realm.name, {origin}};
    for (const std::string& domain : realm.project.settings.trusted_domains) {
        party.origins.push_back("https://" + domain);
    }
    return party;
}

Bytes handle_of(UserId user) { return {user.uuid.bytes.begin(), user.uuid.bytes.end()}; }

void take_registration(storage::Passkey& passkey, const RegisteredPasskey& made)
{
    passkey.credential_id = made.credential_id;
    passkey.public_key = made.public_key;
    passkey.public_key_pkix = made.public_key_pem;
    passkey.algorithm = static_cast<std::int32_t>(made.algorithm);
    passkey.aaguid.bytes = made.aaguid;
    passkey.sign_count = made.sign_count;
    passkey.discoverable = true;  // asked for; the browser does not always tell
    passkey.backup_eligible = made.backup_eligible;
    passkey.backed_up = made.backed_up;
    passkey.transports = made.transports;
    passkey.attestation_format = made.attestation_format;
    passkey.attestation = made.attestation_object;
}

Bytes challenge_of(const storage::LoginFlow& flow)
{
    Bytes input;
    const auto add = [&](ByteView bytes) { input.insert(input.end(), bytes.begin(), bytes.end()); };
    add(as_bytes("tessera passkey challenge"));
    add(flow.id.uuid.bytes);
    add(flow.browser_digest);
    add(as_bytes(std::to_string(flow.step)));
    const Sha256 digest = sha256(input);
    return {digest.begin(), digest.end()};
}

page::PasskeyOptions discoverable_options(const Visit& visit) { return request_options(visit, {}); }

page::PasskeyOptions request_options(const Visit& visit, const std::vector<storage::Passkey>& passkeys)
{
    return {to_json(RequestOptions{.relying_party_id = relying_party_of(visit.front, *visit.realm).id,
                                   .challenge = challenge_of(visit.view.flow),
                                   .allow = descriptors_of(passkeys)})};
}

page::PasskeyOptions creation_options(const Visit& visit, const std::vector<storage::Passkey>& passkeys)
{
    const storage::FlowUser& user = *visit.view.user;
    return {to_json(CreationOptions{
        .relying_party = relying_party_of(visit.front, *visit.realm),
        .challenge = challenge_of(visit.view.flow),
        .user_handle = handle_of(user.id),
        .user_name = user.email,
        .user_display_name = user.display_name.empty() ? user.email : user.display_name,
        .exclude = descriptors_of(passkeys),
    })};
}

Async<Result<std::vector<storage::Passkey>, LoginError>> list_passkeys(Visit& visit)
{
    auto listed = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<std::vector<storage::Passkey>, StoreError> {
            return storage::list_passkeys(transaction, visit.view.user->id);
        });
    if (!listed) {
        co_return from_store(listed.error());
    }
    co_return std::move(listed.value());
}

Async<Taken> sign_in_by_passkey(Visit& visit)
{
    if (!visit.methods.passkey) {
        co_return co_await again(visit, page::Problem::try_again);
    }
    CO_TRY(const bool allowed, co_await charge(visit, {"passkey", {}}));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    CO_TRY(auto&& asserted, co_await assert_passkey(visit, Discovery::discoverable));
    if (!asserted) {
        co_return co_await refuse_passkey(visit, asserted.error());
    }
    const Asserted& proof = asserted.value();
    if (visit.flow().wanted_user && visit.flow().wanted_user != proof.found.passkey.user) {
        co_return co_await refuse_passkey(visit, page::Problem::passkey_failed);
    }
    storage::LoginFlow& flow = visit.flow();
    flow.user = proof.found.passkey.user;
    flow.organization = proof.found.organization;
    flow.primary_factor = "passkey";
    flow.passkey_verified_time = visit.now;
    flow.passkey_user_verified = proof.result.user_verified;
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        TRY(settle(transaction, visit, {"passkey", {}}));
        return use(transaction, proof, visit.now);
    }));
    co_return std::nullopt;
}

Async<Taken> verify_passkey(Visit& visit)
{
    CO_TRY(const bool allowed, co_await charge(visit, {"passkey", visit.view.user->id.to_string(), 20}));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    CO_TRY(auto&& asserted, co_await assert_passkey(visit, Discovery::known_user));
    if (!asserted) {
        co_return co_await refuse_passkey(visit, asserted.error());
    }
    visit.flow().passkey_verified_time = visit.now;
    visit.flow().passkey_user_verified = asserted.value().result.user_verified;
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        TRY(settle(transaction, visit, {"passkey", visit.view.user->id.to_string()}));
        return use(transaction, asserted.value(), visit.now);
    }));
    co_return std::nullopt;
}

Async<Taken> register_passkey(Visit& visit)
{
    const std::string_view typed = visit.field(page::field::name);
    if (typed.size() > passkey_name_bytes_max) {
        co_return co_await again(visit, page::Problem::name_too_long);
    }
    auto response = parse_registration_response(visit.field(page::field::credential));
    auto verified = response ? verify_registration(expectation_of(visit), response.value())
                             : Result<RegisteredPasskey, WebauthnError>{response.error()};
    if (!verified) {
        log::write(log::Level::info, "passkey_not_registered", visit.request.request_id,
                   {{"reason", to_string(verified.error().fault)}, {"detail", verified.error().detail}});
        co_return co_await refuse_passkey(visit, page::Problem::passkey_failed);
    }
    const RegisteredPasskey& made = verified.value();
    storage::Passkey passkey;
    passkey.id = PasskeyId::random();
    passkey.user = visit.view.user->id;
    passkey.name = typed.empty() ? std::string{"Passkey"} : std::string{typed};
    passkey.rp_id = relying_party_of(visit.front, *visit.realm).id;
    take_registration(passkey, made);
    passkey.create_time = visit.now;
    visit.flow().passkey_verified_time = visit.now;
    visit.flow().passkey_user_verified = made.user_verified;
    CO_TRY(auto&& mail, co_await write_mail(visit, Kind::factor_added, visit.display_email(),
                                            {{"factor", "passkey"}, {"name", passkey.name}}));
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        TRY(storage::insert_passkey(transaction, visit.realm->project.id, passkey));
        TRY(send(transaction, visit, mail));
        audit::Event event = event_of(visit, audit::EventType::passkey_registered);
        event.target = {"passkey", passkey.id.to_string()};
        event.body.emplace("passkey", passkey.id.to_string());
        event.body.emplace("name", passkey.name);
        event.body.emplace("aaguid", to_string(passkey.aaguid));
        event.body.emplace("attestation", to_string(made.attestation));
        return record(transaction, visit, event);
    }));
    co_return std::nullopt;
}

}  // namespace tessera::login
