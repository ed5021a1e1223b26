#include "daemon/login/webauthn_json.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace tessera::login {

namespace {

constexpr std::size_t depth_max = 12;  // clientExtensionResults may nest; nothing in it is used

std::string_view word(int index)
{
    constexpr std::array<std::string_view, 3> words = {"required", "preferred", "discouraged"};
    return words.at(static_cast<std::size_t>(index));
}

WebauthnError malformed(std::string_view member)
{
    return {WebauthnFault::malformed, fmt::format("credential: {}", member)};
}

std::size_t encoded_chars(std::size_t bytes) { return (bytes * 4 + 2) / 3; }

}  // namespace

std::string_view to_string(UserVerification wanted) { return word(static_cast<int>(wanted)); }
std::string_view to_string(ResidentKey wanted) { return word(static_cast<int>(wanted)); }

json::array to_json(std::span<const CredentialDescriptor> credentials)
{
    json::array list;
    for (const CredentialDescriptor& each :
         credentials.first(std::min(credentials.size(), credentials_listed_max))) {
        json::object descriptor{{"type", "public-key"}, {"id", base64url_encode(each.id)}};
        if (!each.transports.empty()) {
            descriptor["transports"] = json::array(each.transports.begin(), each.transports.end());
        }
        list.push_back(std::move(descriptor));
    }
    return list;
}

Result<Bytes, WebauthnError> load_bytes(const json::object& object, std::string_view name,
                                        std::size_t bytes_max)
{
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) {
        return malformed(name);
    }
    const std::string_view text{value->get_string().data(), value->get_string().size()};
    if (text.size() > encoded_chars(bytes_max)) {
        return WebauthnError{WebauthnFault::too_large, std::string{name}};
    }
    auto bytes = base64url_decode(text);
    if (!bytes) {
        return malformed(name);
    }
    return std::move(*bytes);
}

Result<std::optional<Bytes>, WebauthnError> find_bytes(const json::object& object, std::string_view name,
                                                       std::size_t bytes_max)
{
    const json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) {
        return std::optional<Bytes>{};
    }
    TRY(auto&& bytes, load_bytes(object, name, bytes_max));
    // An authenticator that stores no user handle may give an empty one (Level 2 §5.2.2 says null).
    return bytes.empty() ? std::optional<Bytes>{} : std::optional{std::move(bytes)};
}

Result<CredentialJson, WebauthnError> parse_credential(std::string_view json)
{
    if (json.size() > webauthn_response_bytes_max) {
        return WebauthnError{WebauthnFault::too_large, "credential"};
    }
    auto parsed = parse_json_object(json, {.bytes_max = webauthn_response_bytes_max, .depth_max = depth_max});
    if (parsed.has_error()) {
        return malformed(tessera::to_string(parsed.error().fault));
    }
    json::object& credential = parsed.value();
    const json::value* type = credential.if_contains("type");
    if (type == nullptr || *type != json::value("public-key")) {
        return malformed("type");
    }
    TRY(auto&& raw_id, load_bytes(credential, "rawId", credential_id_bytes_max));
    TRY(auto&& id, load_bytes(credential, "id", credential_id_bytes_max));
    if (id.empty() || id != raw_id) {
        return malformed("id and rawId");
    }
    json::value* response = credential.if_contains("response");
    if (response == nullptr || !response->is_object()) {
        return malformed("response");
    }
    return CredentialJson{std::move(id), std::move(response->get_object())};
}

}  // namespace tessera::login
