// What the console's handlers share: which project is meant, and its transactions.
#pragma once

#include <string>
#include <type_traits>

#include <google/protobuf/timestamp.pb.h>

#include "base/on_pool.hpp"
#include "daemon/api/call.hpp"
#include "storage/repositories/projects.hpp"
#include "storage/transaction.hpp"

namespace tessera::api::console {

// By slug or id, disabled ones too. Sets call.project.
Async<Result<storage::Project, ApiError>> load_project(Call& call, std::string slug_or_id);

// In the transaction of what it tells of, so that neither is without the other.
Result<void, ApiError> record(storage::Transaction& transaction, const Call& call, const audit::Event& event);

// `work(transaction)` on a pool thread, in one transaction of the project, committed when it succeeds.
template <class Work>
Async<std::invoke_result_t<Work, storage::Transaction&>> in_realm(Call& call, ProjectId project, Work work)
{
    co_return co_await on_pool(
        call.front.threads, [&call, &work, project]() -> std::invoke_result_t<Work, storage::Transaction&> {
            TRY(auto&& transaction,
                storage::Transaction::begin(call.front.app_pool, storage::RealmScope{project}));
            auto result = work(transaction);
            if (result) {
                TRY(transaction.commit());
            }
            return result;
        });
}

// The same across realms.
template <class Work>
Async<std::invoke_result_t<Work, storage::Transaction&>> in_system(Call& call, storage::SystemScope scope,
                                                                   Work work)
{
    co_return co_await on_pool(
        call.front.threads, [&call, &work, scope]() -> std::invoke_result_t<Work, storage::Transaction&> {
            TRY(auto&& transaction, storage::Transaction::begin(call.front.system_pool, scope));
            auto result = work(transaction);
            if (result) {
                TRY(transaction.commit());
            }
            return result;
        });
}

void set_time(google::protobuf::Timestamp* out, Instant instant);
Result<Instant, ApiError> read_time(const google::protobuf::Timestamp& time, std::string_view field);

json::array json_list(const std::vector<std::string>& texts);

}  // namespace tessera::api::console
