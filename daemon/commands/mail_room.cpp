#include "daemon/commands/mail_room.hpp"

#include "base/log.hpp"
#include "daemon/commands/serve_options.hpp"

namespace tessera {

Result<mail::DeliveryOptions, SettingsError> delivery_of(const Settings& settings)
{
    mail::DeliveryOptions options;
    const std::string& base = settings.text("issuer-base");
    options.host = base.substr(base.find("://") + 3);
    options.connections = static_cast<std::size_t>(settings.integer("smtp-connections"));
    const std::string& url = settings.text("smtp-url");
    if (url.empty()) {
        return options;
    }
    outbound::SmtpOptions smtp;
    smtp.authority = {settings.text("smtp-user"), settings.text("smtp-ca-file")};
    const auto server = outbound::parse_smtp_url(url, smtp.authority);
    if (!server) {
        return SettingsError{"smtp-url is smtp://host:port or smtps://host:port, with neither user nor path"};
    }
    const auto from = outbound::parse_mailbox(settings.text("smtp-from"));
    if (!from) {
        return SettingsError{"smtp-from is needed beside smtp-url: an address like no-reply@example.com"};
    }
    smtp.server = *server;
    smtp.from = *from;
    smtp.password_file = settings.text("smtp-password-file");
    if (smtp.authority.user.empty() != smtp.password_file.empty()) {
        return SettingsError{"smtp-user and smtp-password-file are both needed, or neither"};
    }
    smtp.total_max = Seconds{settings.integer("smtp-timeout")};
    options.smtp = std::move(smtp);
    return options;
}

MailRoom::MailRoom(const Settings& settings, const mail::DeliveryOptions& options, const Clock& clock)
    : system_pool_(pool_of(settings, "tessera_system", 2)),
      app_pool_(pool_of(settings, "tessera_app", 1)),
      opener_(settings.text("keyd-socket")),
      delivery_(options, system_pool_, app_pool_, clock,
                [this](const storage::DueMail& mail) { return opener_.open(mail); })
{
    if (!options.smtp) {
        log::warning("mail_not_configured", {{"detail", "smtp-url is empty: no mail is sent"}});
    }
}

}  // namespace tessera
