#include "daemon/oauth/register_work.hpp"

#include <utility>

#include <boost/json/serialize.hpp>

#include "base/ascii.hpp"
#include "base/log.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/http/network.hpp"
#include "daemon/oauth/register_metadata.hpp"
#include "daemon/outbound/fetch.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/rate_counters.hpp"

namespace tessera::oauth {

namespace {

constexpr JsonLimits body_limits{.bytes_max = 64 * 1024, .depth_max = 8};
// docs/spec-map.md RG-04: of one network address.
constexpr std::int32_t sectors_per_hour = 20;
constexpr Seconds hour{3'600};

RegistrationRefusal refused(OAuthError error) { return {std::move(error)}; }

http::Response render(const http::Request& request, const Realm& realm, const RegistrationRefusal& refusal)
{
    log::write(log::Level::info, "registration_refused", request.request_id,
               {{"realm", realm.project.slug}, {"detail", refusal.error.detail}});
    http::Response response = oauth::render(refusal.error);
    if (refusal.status != 0) {
        response.status = refusal.status;
    }
    if (refusal.error.code == ErrorCode::invalid_token) {
        // RFC 6750 §3.1: no error where no token was sent.
        response.set("WWW-Authenticate", request.count("authorization") == 0
                                             ? R"(Bearer realm="registration")"
                                             : R"(Bearer realm="registration", error="invalid_token")");
    }
    return response;
}

// Counted before anything is fetched: nobody makes us ask strangers' servers as often as they like.
Async<Result<void, RegistrationRefusal>> count_sector(Front& front, const http::Request& request,
                                                      const Realm& realm)
{
    const std::string bucket = "sector|" + http::network_of(request.peer.address);
    const Instant now = front.clock.now();
    auto counted = co_await transact(front, realm.project.id, [&](storage::Transaction& transaction) {
        return storage::count_event(transaction, realm.project.id, bucket, hour, now);
    });
    if (!counted) {
        co_return from_registration_store(counted.error());
    }
    if (counted.value().count > sectors_per_hour) {
        co_return RegistrationRefusal{{ErrorCode::temporarily_unavailable,
                                       "Too many registrations. Try again later.",
                                       "sector documents of one address", Challenge::none, 3600},
                                      429};
    }
    co_return ok();
}

// OpenID Connect Registration §5: once, when it is registered. Through the one HTTP client there is: SR-13.
Async<Result<void, RegistrationRefusal>> check_sector(Front& front, const http::Request& request,
                                                      const Realm& realm,
                                                      const storage::ClientSettings& settings)
{
    if (!settings.sector_identifier_uri) {
        co_return ok();
    }
    CO_TRY(co_await count_sector(front, request, realm));
    outbound::FetchRequest fetch;
    fetch.url = *settings.sector_identifier_uri;
    fetch.project = realm.project.id;
    auto fetched = co_await front.fetcher.fetch(std::move(fetch));
    if (!fetched || fetched.value().status != 200) {
        co_return refused(
            {ErrorCode::invalid_client_metadata, "sector_identifier_uri could not be read.",
             fetched ? "sector document: status" : "sector document: " + fetched.error().detail});
    }
    auto checked = check_sector_document(fetched.value().body, settings.redirect_uris);
    if (!checked) {
        co_return refused(std::move(checked.error()));
    }
    co_return ok();
}

}  // namespace

RegistrationRefusal from_registration_store(const storage::StoreError& error) { return {from_store(error)}; }

// One answer for no token, a wrong one and an unknown client (RFC 7592 §2.1).
RegistrationRefusal unauthorized_registration(std::string detail)
{
    return {{ErrorCode::invalid_token, "The access token is missing, wrong or used up.", std::move(detail)}};
}

std::optional<std::string> bearer_token_of(const http::Request& request)
{
    constexpr std::string_view scheme = "bearer ";
    const std::string_view header = request.find("authorization");
    if (request.count("authorization") != 1 || header.size() <= scheme.size()
        || ascii::to_lower(header.substr(0, scheme.size())) != scheme) {
        return std::nullopt;
    }
    return std::string{ascii::trim(header.substr(scheme.size()))};
}

Result<json::object, RegistrationRefusal> read_registration_body(const http::Request& request)
{
    if (request.media_type() != "application/json") {
        return refused(
            {ErrorCode::invalid_client_metadata, "The body must be application/json.", "content type"});
    }
    auto body = parse_json_object(request.body, body_limits);
    if (!body) {
        return refused({ErrorCode::invalid_client_metadata, "The body is no well-formed JSON object.",
                        std::string{to_string(body.error().fault)}});
    }
    return std::move(body.value());
}

Async<Result<storage::ClientSettings, RegistrationRefusal>>
read_registration_settings(Front& front, const http::Request& request, RealmPtr realm,
                           const json::object& body)
{
    auto settings = read_client_metadata(body);
    if (!settings) {
        co_return refused(std::move(settings.error()));
    }
    CO_TRY(co_await check_sector(front, request, *realm, settings.value()));
    co_return std::move(settings.value());
}

bool has_client_secret(const storage::ClientSettings& settings)
{
    return settings.token_endpoint_auth_method.starts_with("client_secret_");
}

// RFC 7591 §3.2.1, RFC 7592 §3.
http::Response registration_answer(const Realm& realm, const storage::Client& client,
                                   const RegistrationCredentials& credentials, int status)
{
    json::object body = render_client_metadata(client.settings);
    body["client_id"] = client.id.to_string();
    body["client_id_issued_at"] = to_unix_s(client.create_time);
    if (!credentials.secret.empty()) {
        body["client_secret"] = credentials.secret;
    }
    if (has_client_secret(client.settings)) {
        body["client_secret_expires_at"] = 0;
    }
    body["registration_access_token"] = credentials.registration_token;
    body["registration_client_uri"] = realm.issuer + "/register?client_id=" + client.id.to_string();
    http::Response response = http::json_response(status, json::serialize(body));
    response.set("Cache-Control", "no-store");
    response.set("Pragma", "no-cache");
    return response;
}

Result<void, storage::StoreError> record_registration(storage::Transaction& transaction,
                                                      const http::Request& request, const Realm& realm,
                                                      audit::EventType type, ClientId client,
                                                      json::object body, Instant now)
{
    audit::Event event{.type = type};
    audit::add_request(event, request);
    event.project = realm.project.id;
    event.client_id = client.to_string();
    event.principal = {audit::PrincipalKind::client, client.to_string()};
    event.target = {"client", client.to_string()};
    event.authority = "registration=" + realm.project.settings.registration_policy;
    event.body = std::move(body);
    return storage::insert_audit_event(transaction, audit::to_row(event, now));
}

http::Response settle_registration(const http::Request& request, const Realm& realm,
                                   Result<http::Response, RegistrationRefusal> answered)
{
    return answered ? std::move(answered.value()) : render(request, realm, answered.error());
}

}  // namespace tessera::oauth
