// Prefixed ids: `project_54vwf0clhh0caqe20eujxgpeq` on the wire, a uuid in the database.
//
// The text is the kind's prefix and the UUID as a 25-character base-36 number. Parsing refuses another prefix, another
// length, upper case and numbers above 2^128 - 1.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "base/uuid.hpp"

namespace tessera {

template <class Kind>
struct Id {
    Uuid uuid;

    auto operator<=>(const Id&) const = default;

    std::string to_string() const { return std::string{Kind::prefix} + base36_encode(uuid.bytes); }

    static std::optional<Id> parse(std::string_view text)
    {
        if (!text.starts_with(Kind::prefix)) {
            return std::nullopt;
        }
        const auto number = base36_decode(text.substr(Kind::prefix.size()));
        return number ? std::optional{Id{Uuid{*number}}} : std::nullopt;
    }

    // A new id whose time of creation does not show.
    static Id random() { return Id{random_uuid()}; }
    // A new id that sorts by its time of creation.
    static Id at(Instant now) { return Id{time_ordered_uuid(now)}; }
};

template <class Kind>
struct IdHash {
    std::size_t operator()(const Id<Kind>& id) const noexcept { return UuidHash{}(id.uuid); }
};

struct ProjectKind {
    static constexpr std::string_view prefix = "project_";
};
struct ClientKind {
    static constexpr std::string_view prefix = "client_";
};
struct ClientSecretKind {
    static constexpr std::string_view prefix = "client_secret_";
};
struct ClientKeyKind {
    static constexpr std::string_view prefix = "client_key_";
};
struct ResourceKind {
    static constexpr std::string_view prefix = "resource_";
};
struct ScopeKind {
    static constexpr std::string_view prefix = "scope_";
};
struct KeyringKind {
    static constexpr std::string_view prefix = "keyring_";
};
struct KeyKind {
    static constexpr std::string_view prefix = "key_";
};
struct AuditEventKind {
    static constexpr std::string_view prefix = "audit_log_event_";
};
struct OrganizationKind {
    static constexpr std::string_view prefix = "org_";
};
struct UserKind {
    static constexpr std::string_view prefix = "user_";
};
struct UserInviteKind {
    static constexpr std::string_view prefix = "user_invite_";
};
struct PasskeyKind {
    static constexpr std::string_view prefix = "passkey_";
};
struct SessionKind {
    static constexpr std::string_view prefix = "session_";
};
struct DeviceKind {
    static constexpr std::string_view prefix = "device_";
};
struct LoginFlowKind {
    static constexpr std::string_view prefix = "login_flow_";
};
struct AuthorizationRequestKind {
    static constexpr std::string_view prefix = "authorization_request_";
};
struct GrantKind {
    static constexpr std::string_view prefix = "grant_";
};
struct TokenFamilyKind {
    static constexpr std::string_view prefix = "token_family_";
};
struct MailKind {
    static constexpr std::string_view prefix = "mail_";
};
struct LogoutDeliveryKind {
    static constexpr std::string_view prefix = "logout_delivery_";
};
struct InitialAccessTokenKind {
    static constexpr std::string_view prefix = "initial_access_token_";
};
struct OperatorKind {
    static constexpr std::string_view prefix = "operator_";
};

using ProjectId = Id<ProjectKind>;
using ClientId = Id<ClientKind>;
using ClientSecretId = Id<ClientSecretKind>;
using ClientKeyId = Id<ClientKeyKind>;
using ResourceId = Id<ResourceKind>;
using ScopeId = Id<ScopeKind>;
using KeyringId = Id<KeyringKind>;
using KeyId = Id<KeyKind>;
using AuditEventId = Id<AuditEventKind>;
using OrganizationId = Id<OrganizationKind>;
using UserId = Id<UserKind>;
using UserInviteId = Id<UserInviteKind>;
using PasskeyId = Id<PasskeyKind>;
using SessionId = Id<SessionKind>;
using DeviceId = Id<DeviceKind>;
using LoginFlowId = Id<LoginFlowKind>;
using AuthorizationRequestId = Id<AuthorizationRequestKind>;
using GrantId = Id<GrantKind>;
using TokenFamilyId = Id<TokenFamilyKind>;
using MailId = Id<MailKind>;
using LogoutDeliveryId = Id<LogoutDeliveryKind>;
using InitialAccessTokenId = Id<InitialAccessTokenKind>;

}  // namespace tessera
