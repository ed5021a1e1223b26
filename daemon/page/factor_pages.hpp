// Pages of second factors: prove one, enrol one, choose one.
#pragma once

#include <string>
#include <vector>

#include "daemon/page/page.hpp"
#include "daemon/page/passkey.hpp"

namespace tessera::page {

enum class Factor { passkey, authenticator };

// Sends code; do=continue, do=recovery, do=another (only when `has_another`).
struct AuthenticatorPage {
    std::string username;
    bool has_another = false;
};
http::Response render(const PageContext& context, const AuthenticatorPage& page);

// Sends recovery_code; do=continue, do=another.
struct RecoveryCodePage {
    std::string username;
};
http::Response render(const PageContext& context, const RecoveryCodePage& page);

// Sends code; do=continue, and do=another where allowed.
struct EnrolAuthenticatorPage {
    std::string
        qr_svg;  // a whole SVG document of the otpauth URI; shown as an image (data: URI), never as markup
    std::string secret;  // base32, shown in groups of four
    bool has_another = false;
};
http::Response render(const PageContext& context, const EnrolAuthenticatorPage& page);

// Shown once; a plain-text download and the browser's print. do=continue.
struct RecoveryCodesPage {
    std::string username;
    std::vector<std::string> codes;
};
http::Response render(const PageContext& context, const RecoveryCodesPage& page);

// do=passkey with credential, do=another (when `has_another`).
struct PasskeyPage {
    std::string username;
    PasskeyOptions passkey;  // request options with allowCredentials
    bool has_another = false;
};
http::Response render(const PageContext& context, const PasskeyPage& page);

// do=passkey with credential and name, and do=another where allowed.
struct EnrolPasskeyPage {
    PasskeyOptions passkey;  // creation options
    bool has_another = false;
};
http::Response render(const PageContext& context, const EnrolPasskeyPage& page);

// Sends do=passkey or do=authenticator (a choice, without credential), and do=recovery where allowed.
struct ChooseFactorPage {
    std::string username;
    enum class Purpose { verify, enrol } purpose = Purpose::verify;
    std::vector<Factor> factors;
    bool may_use_recovery_code = false;
};
http::Response render(const PageContext& context, const ChooseFactorPage& page);

}  // namespace tessera::page
