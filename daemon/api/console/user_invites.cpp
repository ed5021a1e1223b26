// Invites: addresses that may join an organization.
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/organization_reference.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/user_work.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/page_token.hpp"
#include "daemon/email_address.hpp"
#include "daemon/http/form.hpp"
#include "storage/repositories/invites.hpp"
#include "storage/repositories/mail_outbox.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Written = Result<storage::UserInvite, ApiError>;
using Removed = Result<bool, ApiError>;

constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;
constexpr Seconds lifetime_default{30 * 86400};
constexpr Seconds lifetime_max{366 * 86400};

v1::UserInvite to_message(const storage::UserInvite& invite)
{
    v1::UserInvite out;
    out.set_id(invite.id.to_string());
    out.set_organization_id(invite.organization.to_string());
    set_time(out.mutable_create_time(), invite.create_time);
    set_time(out.mutable_update_time(), invite.update_time);
    out.set_email(invite.email);
    out.set_owner(invite.owner);
    set_time(out.mutable_expire_time(), invite.expire_time);
    return out;
}

audit::Event invite_event(const Call& call, audit::EventType type, const storage::UserInvite& invite,
                          json::object body)
{
    audit::Event event = event_of(call, type, audit::EventResult::success);
    event.target = {"user_invite", invite.id.to_string()};
    event.body = std::move(body);
    event.body["organization"] = invite.organization.to_string();
    return event;
}

Written load_invite(storage::Transaction& transaction, const std::string& id)
{
    std::optional<storage::UserInvite> found;
    if (const auto parsed = UserInviteId::parse(id)) {
        TRY(found, storage::find_invite(transaction, *parsed));
    }
    if (!found) {
        return not_found();
    }
    return std::move(*found);
}

Result<Instant, ApiError> read_expiry(const v1::UserInvite& asked, Instant now)
{
    if (!asked.has_expire_time()) {
        return now + lifetime_default;
    }
    TRY(const Instant expires, read_time(asked.expire_time(), "expireTime"));
    if (expires <= now || expires > now + lifetime_max) {
        return invalid("expireTime", "must be within a year from now");
    }
    return expires;
}

// Where an invited person signs in: the page of their own, which asks who they are first.
std::string invitation_url(const Call& call, const storage::Project& project, const std::string& email)
{
    return call.front.settings.text("issuer-base") + "/realms/" + project.slug
           + "/account?login_hint=" + http::form_encode(email);
}

Async<Result<storage::NewMail, ApiError>> write_invitation(Call& call, const storage::Project& project,
                                                           const std::string& organization_id,
                                                           const std::string& email, Instant expires)
{
    if (call.front.settings.text("smtp-url").empty()) {
        co_return failed_precondition(
            "no mail server is configured (smtp-url); the invite can be made without mail");
    }
    using Name = Result<std::string, ApiError>;
    CO_TRY(auto&& organization,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Name {
               TRY(const OrganizationId place, place_of(transaction, project, organization_id));
               TRY(auto&& found, load_organization(transaction, place.to_string()));
               return found.settings.display_name;
           }));
    co_return co_await write_mail(
        call, project,
        {.kind = mail::Kind::invitation,
         .recipient = email,
         .values = {{"organization", organization}, {"link", invitation_url(call, project, email)}},
         .validity = std::chrono::duration_cast<Seconds>(expires - call.front.clock.now())});
}

}  // namespace

Async<Result<v1::UserInvite, ApiError>> create_user_invite(Call& call, v1::CreateUserInviteRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    const v1::UserInvite& asked = request.invite();
    CO_TRY(refuse_output_only(asked));
    const auto email = parse_email_address(asked.email());
    if (!email) {
        co_return invalid("email", "must be an e-mail address like ann@example.com");
    }
    CO_TRY(const Instant expires, read_expiry(asked, call.front.clock.now()));
    std::optional<storage::NewMail> mail;
    if (request.send_email()) {
        CO_TRY(mail, co_await write_invitation(call, project, asked.organization_id(), *email, expires));
    }
    CO_TRY(
        auto&& made, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
            TRY(const OrganizationId organization, place_of(transaction, project, asked.organization_id()));
            TRY(auto&& invite, storage::put_invite(transaction, project.id,
                                                   {.id = UserInviteId::random(),
                                                    .organization = organization,
                                                    .email = *email,
                                                    .owner = asked.owner(),
                                                    .expire_time = expires}));
            if (!invite) {
                return failed_precondition("a user of the organization has this address");
            }
            TRY(record(transaction, call,
                       invite_event(call, audit::EventType::user_invite_created, *invite,
                                    {{"owner", invite->owner},
                                     {"expire_time", to_unix_s(expires)},
                                     {"mailed", mail.has_value()}})));
            if (mail) {
                TRY(storage::insert_mail(transaction, project.id, *mail));
            }
            return std::move(*invite);
        }));
    co_return to_message(made);
}

Async<Result<v1::UserInvite, ApiError>> get_user_invite(Call& call, v1::GetUserInviteRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(auto&& found, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_invite(transaction, request.invite());
           }));
    co_return to_message(found);
}

Async<Result<v1::ListUserInvitesResponse, ApiError>> list_user_invites(Call& call,
                                                                       v1::ListUserInvitesRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    const std::string binding = project.id.to_string() + " " + request.organization_id();
    CO_TRY(auto&& cursor, read_page_token("user_invites", binding, request.page_token()));
    const UserInviteId after = UserInviteId::parse(cursor).value_or(UserInviteId{});
    using Rows = Result<std::vector<storage::UserInvite>, ApiError>;
    CO_TRY(auto&& rows, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Rows {
               const auto organization = OrganizationId::parse(request.organization_id());
               if (!request.organization_id().empty() && !organization) {
                   return std::vector<storage::UserInvite>{};
               }
               TRY(auto&& found, storage::list_invites(transaction, organization, after, size + 1));
               return std::move(found);
           }));
    v1::ListUserInvitesResponse response;
    if (rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(make_page_token("user_invites", binding, rows.back().id.to_string()));
    }
    for (const storage::UserInvite& invite : rows) {
        *response.add_invites() = to_message(invite);
    }
    co_return response;
}

Async<Result<google::protobuf::Empty, ApiError>> delete_user_invite(Call& call,
                                                                    v1::DeleteUserInviteRequest request)
{
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"user_invite", request.invite()};
    CO_TRY(co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Removed {
        TRY(auto&& before, load_invite(transaction, request.invite()));
        TRY(storage::delete_invite(transaction, before.id));
        TRY(record(transaction, call, invite_event(call, audit::EventType::user_invite_deleted, before, {})));
        return true;
    }));
    co_return google::protobuf::Empty{};
}

}  // namespace tessera::api::console
