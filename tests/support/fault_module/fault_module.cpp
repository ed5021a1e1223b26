// A PKCS#11 module for tests: forwards every call to the module TESSERA_FAULT_MODULE_TARGET names (SoftHSM when unset) and
// does wrong what the rules of rules.hpp order.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include "tests/support/fault_module/rules.hpp"

namespace {

using tessera::fault::Faults;

CK_FUNCTION_LIST* target = nullptr;
CK_FUNCTION_LIST ours;

constexpr std::chrono::milliseconds hang_look_every{5};

// The faults every function knows. A code means: do not call the real module.
std::optional<CK_RV> before_call(const char* function, const Faults& faults)
{
    if (const auto code = faults.find("rv"); code != faults.end()) {
        return static_cast<CK_RV>(code->second);
    }
    if (const auto delay = faults.find("delay_ms"); delay != faults.end()) {
        std::this_thread::sleep_for(std::chrono::milliseconds{delay->second});
    }
    if (faults.contains("hang")) {
        while (tessera::fault::hangs(function)) {
            std::this_thread::sleep_for(hang_look_every);
        }
    }
    return std::nullopt;
}

template <std::size_t Size>
struct Name {
    char text[Size];
    constexpr Name(const char (&from)[Size]) { std::copy_n(from, Size, text); }
};

template <Name Text, auto Member>
struct Wrapper;

template <Name Text, class... Arguments, CK_RV (*CK_FUNCTION_LIST::*Member)(Arguments...)>
struct Wrapper<Text, Member> {
    static CK_RV call(Arguments... arguments)
    {
        const Faults faults = tessera::fault::take(Text.text);
        const auto refused = before_call(Text.text, faults);
        const CK_RV code = refused ? *refused : (target->*Member)(arguments...);
        tessera::fault::record(Text.text, code);
        return code;
    }
};

bool contains(const CK_ATTRIBUTE* attributes, CK_ULONG count, std::uint64_t type)
{
    return std::any_of(attributes, attributes + count,
                       [type](const CK_ATTRIBUTE& attribute) { return attribute.type == type; });
}

CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG bytes, CK_BYTE_PTR signature,
           CK_ULONG_PTR length)
{
    const Faults faults = tessera::fault::take("C_Sign");
    if (const auto refused = before_call("C_Sign", faults)) {
        return *refused;
    }
    const CK_RV code = target->C_Sign(session, data, bytes, signature, length);
    if (code == CKR_OK && faults.contains("flip") && signature != nullptr) {
        signature[*length / 2] ^= 1;
    }
    return code;
}

CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info)
{
    const Faults faults = tessera::fault::take("C_GetTokenInfo");
    if (const auto refused = before_call("C_GetTokenInfo", faults)) {
        return *refused;
    }
    const CK_RV code = target->C_GetTokenInfo(slot, info);
    if (code != CKR_OK) {
        return code;
    }
    if (const auto flags = faults.find("flags"); flags != faults.end()) {
        info->flags |= flags->second;
    }
    if (const auto sessions = faults.find("sessions"); sessions != faults.end()) {
        info->ulMaxRwSessionCount = sessions->second;
    }
    if (faults.contains("serial")) {
        std::memcpy(info->serialNumber, "ffffffffffffffff", sizeof info->serialNumber);
    }
    return code;
}

CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes,
                          CK_ULONG count)
{
    const Faults faults = tessera::fault::take("C_GetAttributeValue");
    if (const auto refused = before_call("C_GetAttributeValue", faults)) {
        return *refused;
    }
    const CK_RV code = target->C_GetAttributeValue(session, object, attributes, count);
    if (code != CKR_OK) {
        return code;
    }
    for (CK_ATTRIBUTE* attribute = attributes; attribute != attributes + count; ++attribute) {
        auto* const bytes = static_cast<CK_BYTE*>(attribute->pValue);
        const auto lie = faults.find("lie");
        if (lie != faults.end() && lie->second == attribute->type && bytes != nullptr) {
            bytes[0] = bytes[0] == CK_FALSE ? CK_TRUE : CK_FALSE;
        }
        if (faults.contains("raw_point") && attribute->type == CKA_EC_POINT && bytes != nullptr) {
            attribute->ulValueLen -= 2;
            std::memmove(bytes, bytes + 2, attribute->ulValueLen);
        }
    }
    return code;
}

CK_RV generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* public_attributes,
                        CK_ULONG public_count, CK_ATTRIBUTE* private_attributes, CK_ULONG private_count,
                        CK_OBJECT_HANDLE* public_key, CK_OBJECT_HANDLE* private_key)
{
    const Faults faults = tessera::fault::take("C_GenerateKeyPair");
    CK_RV code = CKR_OK;
    const auto refuse = faults.find("refuse");
    if (const auto refused = before_call("C_GenerateKeyPair", faults)) {
        code = *refused;
    } else if (refuse != faults.end()
               && (contains(public_attributes, public_count, refuse->second)
                   || contains(private_attributes, private_count, refuse->second))) {
        code = CKR_TEMPLATE_INCONSISTENT;
    } else {
        code = target->C_GenerateKeyPair(session, mechanism, public_attributes, public_count,
                                         private_attributes, private_count, public_key, private_key);
    }
    tessera::fault::record("C_GenerateKeyPair", code);
    return code;
}

// Most calls only forward, record and refuse.
void wrap_all()
{
#define WRAP(function) ours.function = Wrapper<#function, &CK_FUNCTION_LIST::function>::call
    WRAP(C_Initialize);
    WRAP(C_Finalize);
    WRAP(C_GetSlotList);
    WRAP(C_GetMechanismList);
    WRAP(C_OpenSession);
    WRAP(C_CloseSession);
    WRAP(C_GetSessionInfo);
    WRAP(C_Login);
    WRAP(C_Logout);
    WRAP(C_DestroyObject);
    WRAP(C_FindObjectsInit);
    WRAP(C_FindObjects);
    WRAP(C_FindObjectsFinal);
    WRAP(C_EncryptInit);
    WRAP(C_Encrypt);
    WRAP(C_DecryptInit);
    WRAP(C_Decrypt);
    WRAP(C_SignInit);
    WRAP(C_GenerateKey);
#undef WRAP
    ours.C_Sign = sign;
    ours.C_GetTokenInfo = get_token_info;
    ours.C_GetAttributeValue = get_attribute_value;
    ours.C_GenerateKeyPair = generate_key_pair;
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list)
{
    if (target == nullptr) {
        const char* path = std::getenv("TESSERA_FAULT_MODULE_TARGET");
        void* library = dlopen(path != nullptr ? path : "/usr/lib/softhsm/libsofthsm2.so",
                               RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        auto* const symbol = library == nullptr ? nullptr : dlsym(library, "C_GetFunctionList");
        if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&target) != CKR_OK) {
            return CKR_GENERAL_ERROR;
        }
        ours = *target;
        ours.C_GetFunctionList = C_GetFunctionList;
        wrap_all();
    }
    *list = &ours;
    return CKR_OK;
}
