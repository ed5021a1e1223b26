// A realm's keyring as the front sees it: what is published. Management is keyd's admin socket.
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/audit/keyring_changed.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

Async<Result<v1::Keyring, ApiError>> get_keyring(Call& call, v1::GetKeyringRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& jwks, co_await call.front.keys.jwks(project.keyring));
    v1::Keyring out;
    out.set_id(project.keyring.to_string());
    out.set_issuer(call.front.realms.issuer_of(project.slug));
    out.set_jwks(jwks->body);
    for (const std::string& algorithm : jwks->algorithms) {
        out.add_algorithms(algorithm);
    }
    out.set_jwks_max_age_s(jwks->max_age_s);
    for (const std::string& kid : audit::kids_of(jwks->body)) {
        out.add_kids(kid);
    }
    const auto* health = call.front.keys.health();
    out.set_service_state("unavailable");
    if (health != nullptr) {
        out.set_service_state(std::string{keys::service_state_name(health->state())});
        *out.mutable_alarms() = health->alarms();
    }
    co_return out;
}

}  // namespace tessera::api::console
