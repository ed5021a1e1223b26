// One transaction of one realm, on a pool thread.
#pragma once

#include <type_traits>

#include "base/on_pool.hpp"
#include "daemon/front.hpp"
#include "storage/transaction.hpp"

namespace tessera {

// `work(transaction)` returns a Result whose error a StoreError converts to. Committed when it succeeds; what it refers to
// lives in the awaiting frame.
template <class Work>
Async<std::invoke_result_t<Work, storage::Transaction&>> transact(Front& front, ProjectId project, Work work)
{
    co_return co_await on_pool(
        front.threads, [&front, &work, project]() -> std::invoke_result_t<Work, storage::Transaction&> {
            TRY(auto&& transaction,
                storage::Transaction::begin(front.app_pool, storage::RealmScope{project}));
            auto result = work(transaction);
            if (result) {
                TRY(transaction.commit());
            }
            return result;
        });
}

}  // namespace tessera
