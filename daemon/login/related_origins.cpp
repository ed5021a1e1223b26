#include "daemon/login/related_origins.hpp"

#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/on_pool.hpp"
#include "daemon/login/trouble.hpp"
#include "storage/repositories/projects.hpp"

namespace tessera::login {

namespace {

// Browsers look at the first five registrable names only; more than this helps nobody.
constexpr std::size_t origins_max = 100;

}  // namespace

Async<http::Response> related_origins(Front& front, const http::Request& request, RealmPtr)
{
    using Domains = Result<std::vector<std::string>, storage::StoreError>;
    auto domains = co_await on_pool(front.threads, [&front]() -> Domains {
        TRY(auto&& transaction, storage::Transaction::begin(
                                    front.system_pool, storage::SystemScope{"where passkeys may be used"}));
        TRY(auto&& found, storage::list_passkey_domains(transaction, origins_max));
        TRY(transaction.commit());
        return std::move(found);
    });
    if (!domains) {
        const LoginError error = from_store(domains.error());
        log::write(log::Level::warning, "related_origins_not_read", request.request_id,
                   {{"detail", error.detail}});
        http::Response response = http::json_error(error.status, code_of(error), error.description);
        if (error.status == 503) {
            response.set("Retry-After", std::to_string(error.retry_after.count()));
        }
        co_return response;
    }
    json::array origins;
    for (const std::string& domain : domains.value()) {
        origins.emplace_back("https://" + domain);
    }
    http::Response response;
    response.set("Content-Type", "application/json");
    response.set("Cache-Control", "public, max-age=300");
    response.body = json::serialize(json::object{{"origins", std::move(origins)}});
    co_return response;
}

}  // namespace tessera::login
