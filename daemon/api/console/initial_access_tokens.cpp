// Initial access tokens (RFC 7591 §1.2): what lets a client register itself.
#include "storage/repositories/initial_access_tokens.hpp"
#include "base/digest.hpp"
#include "base/random.hpp"
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::int32_t uses_max = 1'000;
constexpr Seconds lifetime_default{86'400};
constexpr Seconds lifetime_max{366 * 86'400};

std::string make_token()
{
    std::array<std::uint8_t, token_bytes> bytes;
    fill_random(bytes);
    return "tessera_initial_access_" + base64url_encode(bytes);
}

}  // namespace

Async<Result<v1::InitialAccessToken, ApiError>>
create_initial_access_token(Call& call, v1::CreateInitialAccessTokenRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    const Instant now = call.front.clock.now();
    const std::int32_t uses = request.uses() == 0 ? 1 : request.uses();
    if (uses < 1 || uses > uses_max) {
        co_return invalid("uses", "must be 1 to 1,000");
    }
    Instant expire_time = now + lifetime_default;
    if (request.has_expire_time()) {
        CO_TRY(expire_time, read_time(request.expire_time(), "expireTime"));
        if (expire_time <= now || expire_time > now + lifetime_max) {
            co_return invalid("expireTime", "must be within the next year");
        }
    }
    const auto vouched = request.trusted() ? storage::Vouched::yes : storage::Vouched::no;
    const auto id = InitialAccessTokenId::at(now);
    const std::string token = make_token();
    using Stored = Result<bool, ApiError>;
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Stored {
        TRY(storage::insert_initial_access_token(transaction, project.id, id, sha256(token), uses, vouched,
                                                 expire_time));
        audit::Event event =
            event_of(call, audit::EventType::initial_access_token_created, audit::EventResult::success);
        event.target = {"initial_access_token", id.to_string()};
        event.body.emplace("uses", uses);
        event.body.emplace("trusted", request.trusted());
        event.body.emplace("expire_time", to_rfc3339(expire_time));
        TRY(record(transaction, call, event));
        return true;
    }));
    v1::InitialAccessToken response;
    response.set_id(id.to_string());
    response.set_initial_access_token(token);
    response.set_uses(uses);
    response.set_trusted(request.trusted());
    set_time(response.mutable_expire_time(), expire_time);
    co_return response;
}

}  // namespace tessera::api::console
