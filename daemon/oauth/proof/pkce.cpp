#include "daemon/oauth/proof/pkce.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace tessera::oauth {

bool is_code_challenge(std::string_view text)
{
    const auto bytes = base64url_decode(text);
    return bytes && bytes->size() == sizeof(Sha256);
}

bool is_code_verifier(std::string_view text)
{
    const auto is_unreserved = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
               || c == '.' || c == '_' || c == '~';
    };
    return text.size() >= 43 && text.size() <= 128 && std::ranges::all_of(text, is_unreserved);
}

std::string challenge_of(std::string_view verifier) { return base64url_encode(sha256(verifier)); }

}  // namespace tessera::oauth
