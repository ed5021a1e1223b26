// Pages at which a request ends, or leaves for another site.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/page/page.hpp"

namespace tessera::page {

// Shown at the URL that was asked for (docs/spec-map.md B.3): no redirect. Ids error-code ("error=<code>" verbatim) and
// error-description. X-08: no link to the client.
struct ErrorPage {
    int status = 400;
    std::string code;         // "invalid_request"
    std::string description;  // public, English, RFC 6749 §5.2 characters
    std::string request_id;   // for support; empty = not shown
    std::string start_url;    // "start again": a path of ours; empty = not shown
};
http::Response render(const PageContext& context, const ErrorPage& page);

// do=logout (id logout-confirm), do=cancel.
struct LogoutConfirmPage {
    std::string username;
    std::string client_name;  // who asks; empty = the person themselves
};
http::Response render(const PageContext& context, const LogoutConfirmPage& page);

// Id logout-done.
struct SignedOutPage {
    std::string continue_url{};  // absolute: a link (id submit), and nothing by itself; empty = stays here
    std::string continue_host{};
};
http::Response render(const PageContext& context, const SignedOutPage& page);

// OpenID Connect Front-Channel Logout §3: hidden frames, then on to continue_url by itself (meta refresh) or by the link.
// Id logout-done. Frame and continue URLs are absolute; one that is not http(s) is left out.
struct FrontChannelLogoutPage {
    std::vector<std::string> frame_urls;
    std::string continue_url;  // empty = stays here
    Seconds wait{3};
};
http::Response render(const PageContext& context, const FrontChannelLogoutPage& page);

// OAuth 2.0 Form Post Response Mode, and SAML's POST binding: a form that submits itself, with a button for no script. The
// target is one that was registered: absolute, http(s). Aborts otherwise. Values are sent as they are; a browser turns a lone
// CR or LF into CR LF.
struct FormPostPage {
    std::string target;
    std::vector<HiddenField> fields;
};
http::Response render(const PageContext& context, const FormPostPage& page);

// "https://rp.example:8443" of "https://rp.example:8443/cb?x", "http:" of an IPv6 literal, which a host source cannot name: what
// CSP calls a source. Empty for what is no absolute http(s) URL, or has white space or controls.
std::string csp_source_of(std::string_view url);

}  // namespace tessera::page
