#include <fmt/format.h>

#include "keyd/pkcs11/attributes_ck.hpp"
#include "keyd/pkcs11/error_table.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

// PKCS#11 takes attribute values by pointer to non-const and does not write to them in a template.
CK_BBOOL true_value = CK_TRUE;
CK_BBOOL false_value = CK_FALSE;

// No attribute this room reads is longer: an RSA modulus of 4,096 bits has 512 bytes.
constexpr CK_ULONG attribute_bytes_max = 1024;

struct Custody {
    CK_ATTRIBUTE_TYPE type;
    const char* name;
    bool wanted;
};
constexpr std::array custody{
    Custody{CKA_SENSITIVE, "CKA_SENSITIVE", true},
    Custody{CKA_EXTRACTABLE, "CKA_EXTRACTABLE", false},
    Custody{CKA_LOCAL, "CKA_LOCAL", true},
    Custody{CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE", true},
    Custody{CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE", true},
};

}  // namespace

AttributeTemplate& AttributeTemplate::yes(CK_ATTRIBUTE_TYPE type)
{
    attributes_.push_back({type, &true_value, sizeof true_value});
    return *this;
}

AttributeTemplate& AttributeTemplate::no(CK_ATTRIBUTE_TYPE type)
{
    attributes_.push_back({type, &false_value, sizeof false_value});
    return *this;
}

AttributeTemplate& AttributeTemplate::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
    numbers_.push_back(value);
    attributes_.push_back({type, &numbers_.back(), sizeof(CK_ULONG)});
    return *this;
}

AttributeTemplate& AttributeTemplate::bytes(CK_ATTRIBUTE_TYPE type, ByteView value)
{
    attributes_.push_back({type, to_ck(value), value.size()});
    return *this;
}

bool is_template_refusal(CK_RV code)
{
    return code == CKR_ATTRIBUTE_TYPE_INVALID || code == CKR_ATTRIBUTE_VALUE_INVALID
           || code == CKR_ATTRIBUTE_READ_ONLY || code == CKR_TEMPLATE_INCONSISTENT;
}

Called<Bytes> read_bytes(const Cryptoki& cryptoki, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                         CK_ATTRIBUTE_TYPE type)
{
    Bytes value(attribute_bytes_max);
    CK_ATTRIBUTE attribute{type, value.data(), value.size()};
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_GetAttributeValue>("C_GetAttributeValue", session, object,
                                                              &attribute, CK_ULONG{1}));
    if (attribute.ulValueLen > value.size()) {
        return verdict(Fault::internal, fmt::format("attribute {:#x} is longer than any key has", type));
    }
    value.resize(attribute.ulValueLen);
    return value;
}

Called<bool> read_flag(const Cryptoki& cryptoki, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                       CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE attribute{type, &value, sizeof value};
    TRY(cryptoki.call<&CK_FUNCTION_LIST::C_GetAttributeValue>("C_GetAttributeValue", session, object,
                                                              &attribute, CK_ULONG{1}));
    return value != CK_FALSE;
}

Called<void> check_custody(const Cryptoki& cryptoki, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    for (const Custody& row : custody) {
        const auto flag = read_flag(cryptoki, session, key, row.type);
        if (flag.has_error()) {
            return verdict(Fault::internal, fmt::format("the token does not tell {} of a new key: {}",
                                                        row.name, ckr_name(flag.error().code)));
        }
        if (flag.value() != row.wanted) {
            return verdict(Fault::internal, fmt::format("the token made a key whose {} is not {}", row.name,
                                                        row.wanted ? "true" : "false"));
        }
    }
    return ok();
}

}  // namespace tessera::keyd::pkcs11
