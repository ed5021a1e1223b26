// Attribute templates and attribute reading. Included only inside this room.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "keyd/pkcs11/cryptoki_ck.hpp"

namespace tessera::keyd::pkcs11 {

// A CK_ATTRIBUTE array that owns its small values; byte strings must outlive it.
class AttributeTemplate {
public:
    AttributeTemplate& yes(CK_ATTRIBUTE_TYPE type);
    AttributeTemplate& no(CK_ATTRIBUTE_TYPE type);
    AttributeTemplate& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
    AttributeTemplate& bytes(CK_ATTRIBUTE_TYPE type, ByteView value);

    CK_ATTRIBUTE* data() { return attributes_.data(); }
    CK_ULONG size() const { return attributes_.size(); }

private:
    std::vector<CK_ATTRIBUTE> attributes_;
    std::deque<CK_ULONG> numbers_;  // a deque keeps its elements where they are
};

// Some modules refuse attributes that only narrow what a key may do. Never among them: SENSITIVE and EXTRACTABLE.
struct TemplateFallback {
    const char* name;
    bool allowed_mechanisms;
    bool copyable_modifiable;
};
inline constexpr std::array template_fallbacks{
    TemplateFallback{"full", true, true},
    TemplateFallback{"without CKA_ALLOWED_MECHANISMS", false, true},
    TemplateFallback{"without CKA_COPYABLE and CKA_MODIFIABLE", true, false},
    TemplateFallback{"without CKA_ALLOWED_MECHANISMS, CKA_COPYABLE and CKA_MODIFIABLE", false, false},
};

// True for the codes with which a module refuses an attribute rather than the whole request.
bool is_template_refusal(CK_RV code);

Called<Bytes> read_bytes(const Cryptoki& cryptoki, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                         CK_ATTRIBUTE_TYPE type);
Called<bool> read_flag(const Cryptoki& cryptoki, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                       CK_ATTRIBUTE_TYPE type);

// The attributes that a private or secret key made here must have: SENSITIVE, ALWAYS_SENSITIVE, NEVER_EXTRACTABLE, LOCAL,
// not EXTRACTABLE. Gives the first that is not so as an `internal` verdict; one that cannot be read counts.
Called<void> check_custody(const Cryptoki& cryptoki, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);

}  // namespace tessera::keyd::pkcs11
