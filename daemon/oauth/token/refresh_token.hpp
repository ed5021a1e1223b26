// Rotations of refresh tokens, many to a commit (docs/adr/0108-rotations-share-a-commit.md): what comes while a batch of its realm is
// being committed makes the next one. A request alone waits for nobody. The grant itself is declared in grant.hpp.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/async.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "storage/error.hpp"
#include "storage/pool.hpp"
#include "storage/repositories/refresh_tokens.hpp"

namespace tessera::oauth {

// Of one event loop; no locks. Outlives the requests of its loop, whose number bounds what waits here.
class Rotations {
public:
    using Outcome = Result<std::optional<storage::TokenFamily>, storage::StoreError>;

    Rotations(storage::Pool& app_pool, asio::thread_pool& threads);

    // The token's family when it was rotated and its event is durable. Nothing when it was not and nothing was consumed: ask
    // storage::refresh_token_family, which tries alone and says why. The rotation has a successor.
    Async<Outcome> rotate(ProjectId project, storage::Rotation rotation);

private:
    // One that waits for its batch. Shared: the request may be gone before the batch is done.
    struct Waiter {
        Waiter(asio::any_io_executor loop, storage::Rotation rotation_)
            : done(std::move(loop), Tick::max()),
              rotation(std::move(rotation_))
        {
        }
        asio::steady_timer done;  // cancelled then
        storage::Rotation rotation;
        std::optional<Outcome> outcome;
    };
    using WaiterPtr = std::shared_ptr<Waiter>;
    struct Line {
        std::deque<WaiterPtr> waiting;
        std::size_t batches = 0;  // under way
    };

    // Commits batches of the realm until nobody waits.
    Async<void> work_off(ProjectId project);
    Async<void> commit(ProjectId project, std::vector<WaiterPtr> batch);

    storage::Pool& app_pool_;
    asio::thread_pool& threads_;
    std::unordered_map<ProjectId, Line, IdHash<ProjectKind>> lines_;  // realms with somebody in line
};

}  // namespace tessera::oauth
