// The names our coroutines use. Asio is compiled once, in asio_impl.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tessera {

namespace asio = boost::asio;

// A coroutine that ends with a T on the executor it was started on.
template <class T>
using Async = asio::awaitable<T>;

}  // namespace tessera
