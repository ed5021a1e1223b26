// Every return code of PKCS#11 2.40 with what it means for us: the table the recovery ladder is driven from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tessera::keyd::pkcs11 {

enum class ErrorClass {
    caller_bug,     // the request is wrong: fail it, never retry
    busy,           // out of something for the moment: one retry after a short pause
    session_lost,   // L1: reopen the session, retry
    login_lost,     // L2: look at the anchor, log in again, find handles again, retry
    device_lost,    // L3: finalise, initialise, resolve the slot, log in, probe, retry
    give_up,        // L4: this process cannot use the library any more
    never_retried,  // about the PIN: latched until a new one is given
};

struct ErrorRow {
    unsigned long code;
    std::string_view name;  // "CKR_DEVICE_ERROR"
    ErrorClass error_class;
};

std::span<const ErrorRow> error_table();

// The row's class, with the exceptions that depend on the function. Codes outside the table (vendors' own) are busy: the
// keeper's probe finds out whether the device is lost.
ErrorClass classify(std::string_view function, unsigned long code);

// "CKR_DEVICE_ERROR", or "0x80000001" for a code outside the table.
std::string ckr_name(unsigned long code);

}  // namespace tessera::keyd::pkcs11
