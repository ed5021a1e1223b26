#include "daemon/oidc/claims.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "daemon/oauth/token/scope.hpp"

namespace tessera::oidc {

namespace {

using storage::User;

json::value text(const std::optional<std::string>& value)
{
    return value && !value->empty() ? json::value(*value) : json::value(nullptr);
}

template <std::optional<std::string> storage::UserProfile::* Field>
json::value profile_text(const User& user)
{
    return text(user.settings.profile.*Field);
}

json::value email(const User& user) { return json::value(user.settings.email); }

json::value email_verified(const User& user) { return json::value(user.email_verified); }

// Verified is a statement about a number: without one there is none.
json::value phone_number_verified(const User& user)
{
    return user.settings.profile.phone_number ? json::value(user.phone_number_verified)
                                              : json::value(nullptr);
}

json::value updated_at(const User& user) { return json::value(to_unix_s(user.update_time)); }

// §5.1.1.
json::value address(const User& user)
{
    const storage::UserProfile& profile = user.settings.profile;
    json::object address;
    const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
        if (value && !value->empty()) {
            address.emplace(name, *value);
        }
    };
    add("formatted", profile.address_formatted);
    add("street_address", profile.address_street);
    add("locality", profile.address_locality);
    add("region", profile.address_region);
    add("postal_code", profile.address_postal_code);
    add("country", profile.address_country);
    return address.empty() ? json::value(nullptr) : json::value(std::move(address));
}

using Profile = storage::UserProfile;

// §5.4: exactly these.
constexpr std::array table{
    Claim{"address", "address", address},
    Claim{"birthdate", "profile", profile_text<&Profile::birthdate>},
    Claim{"email", "email", email},
    Claim{"email_verified", "email", email_verified},
    Claim{"family_name", "profile", profile_text<&Profile::family_name>},
    Claim{"gender", "profile", profile_text<&Profile::gender>},
    Claim{"given_name", "profile", profile_text<&Profile::given_name>},
    Claim{"locale", "profile", profile_text<&Profile::locale>},
    Claim{"middle_name", "profile", profile_text<&Profile::middle_name>},
    Claim{"name", "profile", profile_text<&Profile::display_name>},
    Claim{"nickname", "profile", profile_text<&Profile::nickname>},
    Claim{"phone_number", "phone", profile_text<&Profile::phone_number>},
    Claim{"phone_number_verified", "phone", phone_number_verified},
    Claim{"picture", "profile", profile_text<&Profile::profile_picture_url>},
    Claim{"preferred_username", "profile", profile_text<&Profile::preferred_username>},
    Claim{"profile", "profile", profile_text<&Profile::profile>},
    Claim{"updated_at", "profile", updated_at},
    Claim{"website", "profile", profile_text<&Profile::website>},
    Claim{"zoneinfo", "profile", profile_text<&Profile::zoneinfo>},
};
static_assert(std::ranges::is_sorted(table, {}, &Claim::name));

}  // namespace

std::span<const Claim> claims() { return table; }

const Claim* find_claim(std::string_view name)
{
    const auto found = std::ranges::lower_bound(table, name, {}, &Claim::name);
    return found != table.end() && found->name == name ? &*found : nullptr;
}

std::vector<std::string> allowed_names(const std::vector<std::string>& names,
                                       const std::vector<std::string>& scopes)
{
    std::vector<std::string> allowed;
    std::ranges::copy_if(names, std::back_inserter(allowed), [&](const std::string& name) {
        const Claim* claim = find_claim(name);
        return claim != nullptr && std::ranges::find(scopes, claim->scope) != scopes.end();
    });
    return allowed;
}

json::object claims_of(const User& user, std::string_view scope, const std::vector<std::string>& names)
{
    json::object object;
    for (const Claim& claim : table) {
        const bool is_asked =
            oauth::has_scope(scope, claim.scope) || std::ranges::find(names, claim.name) != names.end();
        if (!is_asked) {
            continue;
        }
        json::value value = claim.read(user);
        if (!value.is_null()) {
            object.emplace(claim.name, std::move(value));
        }
    }
    return object;
}

}  // namespace tessera::oidc
