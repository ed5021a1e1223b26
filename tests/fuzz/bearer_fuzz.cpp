// The Authorization header and the body of a UserInfo request, one line each: one token of safe characters, or none.
#include <algorithm>
#include <string>

#include "base/assert.hpp"
#include "daemon/oidc/userinfo.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    std::string_view rest = fuzz::as_input(data, size);
    http::Request request;
    request.method = http::Method::post;
    const std::string_view header = fuzz::cut_line(rest);
    if (!header.empty()) {
        request.headers.push_back({"Authorization", std::string{header}});
    }
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = rest;
    const auto token = oidc::find_bearer_token(request);
    if (token && token.value()) {
        ASSERT(!token.value()->empty());
        ASSERT(std::ranges::all_of(*token.value(),
                                   [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; }));
        ASSERT(header.ends_with(*token.value()) || request.body.find("access_token") != std::string::npos);
    }
    return 0;
}
