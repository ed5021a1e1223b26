// How an operation on a token fails.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tessera::keyd::pkcs11 {

enum class Fault {
    sealed,       // there is no PIN; an operator must unlock
    pin_blocked,  // the token refused the PIN or warns that it is about to lock; never tried again by itself
    unavailable,  // the token is gone or failing; recovery is under way, try again later
    full,         // no room for another object
    missing_key,  // no object of that id, more than one, or not the key on record (swapped)
    refused,  // the caller asked for something the token or this room does not do: a bug or a wrong setting
    unauthentic,  // decrypt: the ciphertext or its associated data was changed, or another key made it
    timeout,      // not started before the deadline; was not carried out
    internal,     // the token misbehaved: an attribute is not what was asked for, a length that cannot be
};

struct TokenError {
    Fault fault;
    std::string function;  // the PKCS#11 function, "C_SignInit"; empty when none was called
    std::string ckr_name;  // "CKR_DEVICE_ERROR"; empty when no code was returned
    std::string detail;    // for the log: what was being done, and what to do about it
};

// "pin blocked"
std::string_view to_string(Fault fault);
// One line for logs and health: "C_Login: CKR_PIN_INCORRECT: the token refused the PIN; ...".
std::string to_string(const TokenError& error);

}  // namespace tessera::keyd::pkcs11
