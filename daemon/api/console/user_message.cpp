#include "daemon/api/console/user_message.hpp"

#include <array>

#include <fmt/format.h>

#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/claim_syntax.hpp"
#include "daemon/email_address.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Profile = storage::UserProfile;

// A claim that is a text: its limit as the schema has it, and its syntax where it has one.
struct Claim {
    std::string_view field;
    const std::string& (v1::User::*get)() const;
    std::string* (v1::User::*put)();
    std::optional<std::string> Profile::* stored;
    std::size_t chars_max;
    bool (*is_good)(std::string_view) = nullptr;
    std::string_view rule{};
    bool has_lines = false;  // OpenID Connect Core §5.1.1: an address may be written in lines
};

constexpr std::string_view url_rule = "must be an absolute https URL without fragment, at most 2,048 bytes";

#define CLAIM(json, name, ...)                                                                               \
    Claim { json, &v1::User::name, &v1::User::mutable_##name, &Profile::name, __VA_ARGS__ }
const std::array claims{
    CLAIM("displayName", display_name, 256),
    CLAIM("profilePictureUrl", profile_picture_url, 2048, is_https_url, url_rule),
    CLAIM("givenName", given_name, 256),
    CLAIM("familyName", family_name, 256),
    CLAIM("middleName", middle_name, 256),
    CLAIM("nickname", nickname, 256),
    CLAIM("preferredUsername", preferred_username, 256),
    CLAIM("profile", profile, 2048, is_https_url, url_rule),
    CLAIM("website", website, 2048, is_https_url, url_rule),
    CLAIM("gender", gender, 64),
    CLAIM("birthdate", birthdate, 10, is_birthdate, "must be YYYY or a date YYYY-MM-DD"),
    CLAIM("zoneinfo", zoneinfo, 64, is_zoneinfo, "must be a time zone like Europe/Warsaw or UTC"),
    CLAIM("locale", locale, 35, is_locale, "must be a language tag like pl-PL"),
    CLAIM("phoneNumber", phone_number, 16, is_phone_number, "must be a number like +48123456789"),
    CLAIM("addressFormatted", address_formatted, 1024, nullptr, {}, true),
    CLAIM("addressStreet", address_street, 512, nullptr, {}, true),
    CLAIM("addressLocality", address_locality, 256),
    CLAIM("addressRegion", address_region, 256),
    CLAIM("addressPostalCode", address_postal_code, 64),
    CLAIM("addressCountry", address_country, 256),
};
#undef CLAIM

Checked check(const Claim& claim, const std::string& text)
{
    if (characters(text) > claim.chars_max) {
        return invalid(std::string{claim.field},
                       fmt::format("must have at most {} characters", claim.chars_max));
    }
    if (!claim.has_lines && !is_one_line(text)) {
        return invalid(std::string{claim.field}, "must be one line");
    }
    if (claim.is_good != nullptr && !claim.is_good(text)) {
        return invalid(std::string{claim.field}, std::string{claim.rule});
    }
    return ok();
}

}  // namespace

v1::User to_message(const storage::User& user)
{
    v1::User out;
    out.set_id(user.id.to_string());
    out.set_organization_id(user.organization.to_string());
    out.set_email(user.settings.email);
    out.set_email_verified(user.email_verified);
    out.set_owner(user.settings.owner);
    out.set_disabled(user.disabled);
    set_time(out.mutable_create_time(), user.create_time);
    set_time(out.mutable_update_time(), user.update_time);
    if (user.last_sign_in_time) {
        set_time(out.mutable_last_sign_in_time(), *user.last_sign_in_time);
    }
    out.set_revision(user.revision);
    out.set_google_user_id(user.google_user_id.value_or(""));
    out.set_microsoft_user_id(user.microsoft_user_id.value_or(""));
    out.set_github_user_id(user.github_user_id.value_or(""));
    out.set_has_password(user.has_password);
    out.set_has_authenticator_app(user.has_authenticator_app);
    out.set_has_passkey(user.has_passkey);
    out.set_phone_number_verified(user.phone_number_verified);
    for (const Claim& claim : claims) {
        *(out.*claim.put)() = (user.settings.profile.*claim.stored).value_or("");
    }
    return out;
}

Result<storage::UserSettings, ApiError> to_settings(const v1::User& message)
{
    storage::UserSettings out;
    auto email = parse_email_address(message.email());
    if (!email) {
        return invalid("email", "must be an e-mail address like ann@example.com");
    }
    out.email = std::move(*email);
    out.owner = message.owner();
    for (const Claim& claim : claims) {
        const std::string& text = (message.*claim.get)();
        if (!text.empty()) {
            TRY(check(claim, text));
            out.profile.*claim.stored = text;
        }
    }
    return out;
}

}  // namespace tessera::api::console
