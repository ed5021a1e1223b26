// What the sign-in and the person's page answer when there is no page of theirs to show.
#pragma once

#include "daemon/login/visit.hpp"

namespace tessera::login {

// A page outside any flow, in the browser's language.
page::PageContext plain_context(const http::Request& request, const Realm& realm);

// `start_url`: a path of ours to start again at; empty: none is offered.
http::Response error_page(const http::Request& request, const Realm& realm, int status, std::string code,
                          std::string_view description, std::string start_url = {});

// The word for it: temporarily_unavailable or server_error.
std::string_view code_of(const LoginError& error);

// Our own trouble: logged as `event` with its detail, told without it.
http::Response trouble(const http::Request& request, const Realm& realm, std::string_view event,
                       const LoginError& error);

}  // namespace tessera::login
