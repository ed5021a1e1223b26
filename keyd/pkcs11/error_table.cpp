#include "keyd/pkcs11/error_table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <p11-kit/pkcs11.h>

namespace tessera::keyd::pkcs11 {

namespace {

using enum ErrorClass;

#define ROW(code, error_class)                                                                               \
    ErrorRow { code, #code, error_class }
constexpr std::array rows{
    ROW(CKR_CANCEL, busy),
    ROW(CKR_HOST_MEMORY, busy),
    ROW(CKR_SLOT_ID_INVALID, device_lost),
    ROW(CKR_GENERAL_ERROR, device_lost),
    ROW(CKR_FUNCTION_FAILED, busy),  // AWS CloudHSM throttles with it
    ROW(CKR_ARGUMENTS_BAD, caller_bug),
    ROW(CKR_NO_EVENT, caller_bug),
    ROW(CKR_NEED_TO_CREATE_THREADS, caller_bug),
    ROW(CKR_CANT_LOCK, give_up),
    ROW(CKR_ATTRIBUTE_READ_ONLY, caller_bug),
    ROW(CKR_ATTRIBUTE_SENSITIVE, caller_bug),
    ROW(CKR_ATTRIBUTE_TYPE_INVALID, caller_bug),
    ROW(CKR_ATTRIBUTE_VALUE_INVALID, caller_bug),
    ROW(CKR_ACTION_PROHIBITED, caller_bug),
    ROW(CKR_DATA_INVALID, caller_bug),
    ROW(CKR_DATA_LEN_RANGE, caller_bug),
    ROW(CKR_DEVICE_ERROR, device_lost),
    ROW(CKR_DEVICE_MEMORY, busy),  // on a YubiHSM it may mean that its audit log is full
    ROW(CKR_DEVICE_REMOVED, device_lost),
    ROW(CKR_ENCRYPTED_DATA_INVALID, login_lost),  // a YubiHSM whose secure channel failed
    ROW(CKR_ENCRYPTED_DATA_LEN_RANGE, caller_bug),
    ROW(CKR_FUNCTION_CANCELED, busy),
    ROW(CKR_FUNCTION_NOT_PARALLEL, caller_bug),
    ROW(CKR_FUNCTION_NOT_SUPPORTED, caller_bug),
    ROW(CKR_KEY_HANDLE_INVALID, login_lost),
    ROW(CKR_KEY_SIZE_RANGE, caller_bug),
    ROW(CKR_KEY_TYPE_INCONSISTENT, caller_bug),
    ROW(CKR_KEY_NOT_NEEDED, caller_bug),
    ROW(CKR_KEY_CHANGED, login_lost),
    ROW(CKR_KEY_NEEDED, caller_bug),
    ROW(CKR_KEY_INDIGESTIBLE, caller_bug),
    ROW(CKR_KEY_FUNCTION_NOT_PERMITTED, caller_bug),
    ROW(CKR_KEY_NOT_WRAPPABLE, caller_bug),
    ROW(CKR_KEY_UNEXTRACTABLE, caller_bug),
    ROW(CKR_MECHANISM_INVALID, caller_bug),
    ROW(CKR_MECHANISM_PARAM_INVALID, caller_bug),
    ROW(CKR_OBJECT_HANDLE_INVALID, login_lost),
    ROW(CKR_OPERATION_ACTIVE, busy),
    ROW(CKR_OPERATION_NOT_INITIALIZED, session_lost),
    ROW(CKR_PIN_INCORRECT, never_retried),
    ROW(CKR_PIN_INVALID, never_retried),
    ROW(CKR_PIN_LEN_RANGE, never_retried),
    ROW(CKR_PIN_EXPIRED, never_retried),
    ROW(CKR_PIN_LOCKED, never_retried),
    ROW(CKR_SESSION_CLOSED, session_lost),
    ROW(CKR_SESSION_COUNT, busy),
    ROW(CKR_SESSION_HANDLE_INVALID, session_lost),
    ROW(CKR_SESSION_PARALLEL_NOT_SUPPORTED, caller_bug),
    ROW(CKR_SESSION_READ_ONLY, caller_bug),
    ROW(CKR_SESSION_EXISTS, caller_bug),
    ROW(CKR_SESSION_READ_ONLY_EXISTS, caller_bug),
    ROW(CKR_SESSION_READ_WRITE_SO_EXISTS, caller_bug),
    ROW(CKR_SIGNATURE_INVALID, caller_bug),
    ROW(CKR_SIGNATURE_LEN_RANGE, caller_bug),
    ROW(CKR_TEMPLATE_INCOMPLETE, caller_bug),
    ROW(CKR_TEMPLATE_INCONSISTENT, caller_bug),
    ROW(CKR_TOKEN_NOT_PRESENT, device_lost),
    ROW(CKR_TOKEN_NOT_RECOGNIZED, device_lost),
    ROW(CKR_TOKEN_WRITE_PROTECTED, caller_bug),
    ROW(CKR_UNWRAPPING_KEY_HANDLE_INVALID, login_lost),
    ROW(CKR_UNWRAPPING_KEY_SIZE_RANGE, caller_bug),
    ROW(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, caller_bug),
    ROW(CKR_USER_ALREADY_LOGGED_IN, login_lost),
    ROW(CKR_USER_NOT_LOGGED_IN, login_lost),
    ROW(CKR_USER_PIN_NOT_INITIALIZED, never_retried),
    ROW(CKR_USER_TYPE_INVALID, never_retried),
    ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, never_retried),
    ROW(CKR_USER_TOO_MANY_TYPES, never_retried),
    ROW(CKR_WRAPPED_KEY_INVALID, caller_bug),
    ROW(CKR_WRAPPED_KEY_LEN_RANGE, caller_bug),
    ROW(CKR_WRAPPING_KEY_HANDLE_INVALID, login_lost),
    ROW(CKR_WRAPPING_KEY_SIZE_RANGE, caller_bug),
    ROW(CKR_WRAPPING_KEY_TYPE_INCONSISTENT, caller_bug),
    ROW(CKR_RANDOM_SEED_NOT_SUPPORTED, caller_bug),
    ROW(CKR_RANDOM_NO_RNG, caller_bug),
    ROW(CKR_DOMAIN_PARAMS_INVALID, caller_bug),
    ROW(CKR_BUFFER_TOO_SMALL, caller_bug),
    ROW(CKR_SAVED_STATE_INVALID, caller_bug),
    ROW(CKR_INFORMATION_SENSITIVE, caller_bug),
    ROW(CKR_STATE_UNSAVEABLE, caller_bug),
    ROW(CKR_CRYPTOKI_NOT_INITIALIZED, device_lost),
    ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED, caller_bug),
    ROW(CKR_MUTEX_BAD, give_up),
    ROW(CKR_MUTEX_NOT_LOCKED, give_up),
    ROW(CKR_FUNCTION_REJECTED, caller_bug),
};
#undef ROW

struct Exception {
    std::string_view function;
    unsigned long code;
    ErrorClass error_class;
};

// SoftHSM 2.6.1 answers CKR_GENERAL_ERROR when another process searches while we generate: the device is not lost.
constexpr std::array exceptions{
    Exception{"C_GenerateKeyPair", CKR_GENERAL_ERROR, busy},
    Exception{"C_GenerateKey", CKR_GENERAL_ERROR, busy},
};

}  // namespace

std::span<const ErrorRow> error_table() { return rows; }

ErrorClass classify(std::string_view function, unsigned long code)
{
    for (const Exception& exception : exceptions) {
        if (exception.function == function && exception.code == code) {
            return exception.error_class;
        }
    }
    const auto* row = std::ranges::find(rows, code, &ErrorRow::code);
    return row == rows.end() ? busy : row->error_class;
}

std::string ckr_name(unsigned long code)
{
    const auto* row = std::ranges::find(rows, code, &ErrorRow::code);
    return row == rows.end() ? fmt::format("{:#x}", code) : std::string{row->name};
}

}  // namespace tessera::keyd::pkcs11
