#include "daemon/login/messages.hpp"

namespace tessera::login {

namespace {

constexpr Seconds code_validity{600};
constexpr Seconds notice_validity{86'400};

}  // namespace

Async<Result<storage::NewMail, LoginError>> write_mail(Visit& visit, Kind kind, std::string recipient,
                                                       MailValues values)
{
    const bool has_code = kind == Kind::sign_in_code || kind == Kind::reset_code;
    auto sealed = co_await mail::seal(visit.front.keys, visit.realm->project.id,
                                      {.kind = kind,
                                       .recipient = std::move(recipient),
                                       .locale = visit.flow().locale,
                                       .values = std::move(values),
                                       .validity = has_code ? code_validity : notice_validity},
                                      visit.now, visit.request.request_id);
    if (!sealed) {
        co_return from_keyd(sealed.error());
    }
    co_return std::move(sealed.value());
}

Result<void, storage::StoreError> send(storage::Transaction& transaction, const Visit& visit,
                                       const storage::NewMail& mail)
{
    return storage::insert_mail(transaction, visit.realm->project.id, mail);
}

}  // namespace tessera::login
