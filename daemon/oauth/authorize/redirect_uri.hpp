// Where an authorization response may go (RFC 9700 §4.1.3, RFC 8252 §7.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera::oauth {

// True when `asked` is one of `registered`, character for character. The one exception: an http URI of the loopback interface
// (127.0.0.1, [::1], localhost) may have another port than the registered one, for an app listens where it can.
bool is_registered_redirect(std::string_view asked, const std::vector<std::string>& registered);

// http on the loopback interface, or a scheme of the app's own: any program of the device could be at the other end.
bool is_native_redirect(std::string_view uri);

// True when a browser can be told to post a form there: http(s), with a host a policy can name.
bool takes_form_post(std::string_view uri);

// "app.example", "127.0.0.1", "com.example.app:": for people.
std::string host_shown_of(std::string_view uri);

}  // namespace tessera::oauth
