#include "daemon/api/console/user_work.hpp"

namespace tessera::api::console {

Result<storage::User, ApiError> load_user(storage::Transaction& transaction, const std::string& id)
{
    std::optional<storage::User> found;
    if (const auto parsed = UserId::parse(id)) {
        TRY(found, storage::find_user(transaction, *parsed));
    }
    if (!found) {
        return not_found();
    }
    return std::move(*found);
}

audit::Event user_event(const Call& call, audit::EventType type, UserId user, json::object body)
{
    audit::Event event = event_of(call, type, audit::EventResult::success);
    event.target = {"user", user.to_string()};
    event.body = std::move(body);
    return event;
}

Async<Result<storage::NewMail, ApiError>> write_mail(Call& call, const storage::Project& project,
                                                     mail::Message message)
{
    message.locale = project.settings.default_locale;
    auto sealed = co_await mail::seal(call.front.keys, project.id, std::move(message), call.front.clock.now(),
                                      call.request.request_id);
    if (!sealed) {
        co_return ApiError{sealed.error()};
    }
    co_return std::move(sealed.value());
}

}  // namespace tessera::api::console
