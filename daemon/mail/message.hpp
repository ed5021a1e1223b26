// A mail before it is queued: what it says is sealed by keyd, and only then written, in the transaction that decided it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "daemon/keys/keys.hpp"
#include "storage/repositories/mail_outbox.hpp"

namespace tessera::mail {

// One template a kind: web/mail/<name>.txt and .html.
enum class Kind {
    sign_in_code,      // code, link
    reset_code,        // code, link
    invitation,        // organization, link
    new_device,        // address, device
    factor_added,      // factor ("passkey", "authenticator_app"), name
    factor_removed,    // factor, name
    password_changed,  // nothing
    email_changed,     // new_email
};
std::string_view template_of(Kind kind);

struct Message {
    Kind kind;
    std::string recipient;
    std::string locale{};  // "en", "de", "fr"
    std::vector<std::pair<std::string, std::string>> values{};
    Seconds validity{86'400};  // not sent later than this: a code that is over helps nobody
};

// The context of keys::seal and keys::open; the plaintext is the values as one JSON object of strings.
std::string values_context(MailId mail);

// A row for storage::insert_mail.
Async<Result<storage::NewMail, keyd::KeydError>> seal(keys::Keys& keys, ProjectId project, Message message,
                                                      Instant now, std::string request_id);

}  // namespace tessera::mail
