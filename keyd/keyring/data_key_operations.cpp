// SetBackupKey and RewrapDataKeys.
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

namespace {

Answer<v1::Done> done(Answer<void> answer)
{
    TRY(answer);
    return v1::Done{};
}

JournalLine line_of(std::uint32_t uid, std::string operation, std::string detail)
{
    return {.uid = uid,
            .operation = std::move(operation),
            .keyring = {},
            .kid = {},
            .result = "ok",
            .detail = std::move(detail)};
}

}  // namespace

Answer<v1::Done> Keyrings::set_backup_key(const v1::SetBackupKey& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    const JournalLine line =
        line_of(uid, "set_backup_key", request.public_key_pem().empty() ? "removed" : "");
    return service_->journaled(
        done(service_->secrets.set_backup_key(request.public_key_pem(), line, service_->clock.now())), line);
}

Answer<v1::Done> Keyrings::rewrap_data_keys(const v1::RewrapDataKeys& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    const JournalLine line =
        line_of(uid, "rewrap_data_keys", request.data_keys() ? "with new data keys" : "");
    return service_->journaled(done(service_->secrets.start_rewrap(request, line, service_->clock.now())),
                               line);
}

}  // namespace tessera::keyd
