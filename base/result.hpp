// Result<T, E>: the only way a function fails on input (docs/adr/0002-errors-are-values.md).
//
// E is one small struct per layer. Asking a failed result for its value is a bug and aborts.
// TRY and CO_TRY unwrap or return the error to the caller, converting it when E allows it implicitly.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>

namespace tessera {

template <class T, class E>
using Result = boost::outcome_v2::basic_result<T, E, boost::outcome_v2::policy::terminate>;

// `return ok();` for Result<void, E>.
inline auto ok() { return boost::outcome_v2::success(); }

}  // namespace tessera

// TRY(auto value, expression); or TRY(expression);
#define TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
#define CO_TRY(...) BOOST_OUTCOME_CO_TRY(__VA_ARGS__)
