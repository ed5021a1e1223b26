// The bridge between an event loop and blocking work.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/async.hpp"

namespace tessera {

// Runs `work` on a thread of `pool` and resumes the caller on its own executor with the result. `work` is moved to the
// pool, so it must own what it uses or refer to what the awaiting frame keeps alive. An exception of `work` is
// rethrown in the caller. `work` returns a value (not void).
template <class Work>
Async<std::invoke_result_t<Work>> on_pool(asio::thread_pool& pool, Work work)
{
    using Value = std::invoke_result_t<Work>;
    static_assert(!std::is_void_v<Value>);
    auto home = co_await asio::this_coro::executor;
    struct Outcome {
        std::optional<Value> value;
        std::exception_ptr error;
    };
    Outcome outcome;  // lives in this frame, which waits until the pool thread is done with it
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [&](auto handler) {
            asio::post(pool, [&outcome, &work, home, handler = std::move(handler)]() mutable {
                try {
                    outcome.value.emplace(work());
                } catch (...) {
                    outcome.error = std::current_exception();
                }
                asio::post(home, std::move(handler));
            });
        },
        asio::use_awaitable);
    if (outcome.error) {
        std::rethrow_exception(outcome.error);
    }
    co_return std::move(*outcome.value);
}

}  // namespace tessera
