#include "keyd/keyring/issuer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace tessera::keyd {

namespace {

constexpr std::size_t issuer_chars_max = 512;
constexpr std::string_view realms = "/realms/";

}  // namespace

bool is_realm_issuer(std::string_view issuer, std::string_view issuer_domain)
{
    if (issuer_domain.empty() || !issuer.starts_with(issuer_domain)) {
        return false;
    }
    issuer.remove_prefix(issuer_domain.size());
    return issuer.starts_with(realms) && ascii::is_label(issuer.substr(realms.size()));
}

Answer<void> check_realm_request(const v1::EnsureRealmKeyring& request, std::string_view issuer_domain)
{
    if (request.purpose() != "oidc") {
        return Refusal{v1::MALFORMED_REQUEST, "purpose is \"oidc\""};
    }
    if (!is_realm_issuer(request.issuer(), issuer_domain)) {
        return Refusal{v1::ISSUER_NOT_UNDER_DOMAIN,
                       fmt::format("the issuer is not {}/realms/<slug>", issuer_domain)};
    }
    return ok();
}

Answer<void> check_issuer(std::string_view issuer)
{
    const bool printable =
        std::ranges::all_of(issuer, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\'; });
    if (!issuer.starts_with("https://") || issuer.size() <= 8 || issuer.size() > issuer_chars_max
        || !printable || issuer.find_first_of("?#") != std::string_view::npos) {
        return Refusal{v1::MALFORMED_REQUEST,
                       "an issuer is an https URL without query and fragment (RFC 8414 §2)"};
    }
    return ok();
}

Answer<v1::KeyringView> realm_view(v1::KeyringView view, const v1::EnsureRealmKeyring& request)
{
    if (!request.shared_keyring().empty() && (!view.shared() || view.label() != request.shared_keyring())) {
        return Refusal{v1::ISSUER_ENROLLED_ELSEWHERE, "another keyring signs for the issuer"};
    }
    view.clear_keys();
    view.clear_issuers();
    view.add_issuers(request.issuer());
    return view;
}

}  // namespace tessera::keyd
