// The library's function list, called under the watch. Included only inside this room.
#pragma once

#include <optional>
#include <string_view>

#include <p11-kit/pkcs11.h>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "keyd/pkcs11/call_watch.hpp"
#include "keyd/pkcs11/error.hpp"

namespace tessera::keyd::pkcs11 {

// Why an attempt failed: a code of the library for the ladder to judge, or a verdict that no retry would change.
struct CallFailure {
    const char* function = "";
    CK_RV code = CKR_OK;
    std::optional<TokenError> verdict;
};

template <class T>
using Called = Result<T, CallFailure>;

inline CallFailure verdict(Fault fault, std::string detail)
{
    return CallFailure{"", CKR_OK, TokenError{fault, "", "", std::move(detail)}};
}

class Cryptoki {
public:
    Cryptoki(CK_FUNCTION_LIST* functions, CallWatch& watch, Milliseconds call_max)
        : functions_(functions),
          watch_(watch),
          call_max_(call_max)
    {
    }

    // call<&CK_FUNCTION_LIST::C_Sign>("C_Sign", session, …); `name` is a literal.
    template <auto Function, class... Arguments>
    Called<void> call(const char* name, Arguments... arguments) const
    {
        return call_within<Function>(call_max_, name, arguments...);
    }

    template <auto Function, class... Arguments>
    Called<void> call_within(Milliseconds limit, const char* name, Arguments... arguments) const
    {
        const CallWatch::Mark mark{watch_, name, limit};
        const CK_RV code = (functions_->*Function)(arguments...);
        if (code == CKR_OK) {
            return ok();
        }
        return CallFailure{name, code, std::nullopt};
    }

private:
    CK_FUNCTION_LIST* functions_;
    CallWatch& watch_;
    Milliseconds call_max_;
};

// PKCS#11 takes what it only reads by pointer to non-const.
inline CK_BYTE_PTR to_ck(ByteView bytes) { return const_cast<CK_BYTE_PTR>(bytes.data()); }

}  // namespace tessera::keyd::pkcs11
