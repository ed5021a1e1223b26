#include "daemon/mail/message.hpp"

#include <array>

#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "daemon/keys/seal.hpp"

namespace tessera::mail {

namespace {

constexpr std::array<std::string_view, 8> templates{"sign_in_code",     "reset_code",   "invitation",
                                                    "new_device",       "factor_added", "factor_removed",
                                                    "password_changed", "email_changed"};
static_assert(templates.size() == static_cast<std::size_t>(Kind::email_changed) + 1);

}  // namespace

std::string_view template_of(Kind kind) { return templates[static_cast<std::size_t>(kind)]; }

std::string values_context(MailId mail) { return "mail_outbox.values:" + mail.to_string(); }

Async<Result<storage::NewMail, keyd::KeydError>> seal(keys::Keys& keys, ProjectId project, Message message,
                                                      Instant now, std::string request_id)
{
    json::object values;
    for (const auto& [name, value] : message.values) {
        values.emplace(name, value);
    }
    storage::NewMail mail;
    mail.id = MailId::at(now);
    mail.recipient = std::move(message.recipient);
    mail.mail_template = template_of(message.kind);
    mail.locale = std::move(message.locale);
    mail.valid_until = now + message.validity;
    std::string text = json::serialize(values);
    CO_TRY(auto&& sealed, co_await keys::seal(keys, project, values_context(mail.id), SecretBytes::take(text),
                                              std::move(request_id)));
    mail.values_sealed = std::move(sealed);
    co_return mail;
}

}  // namespace tessera::mail
