#include "keyd/server/refusal_log.hpp"

#include "base/log.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd::server {

namespace {

constexpr Seconds line_every{1};

}  // namespace

void RefusalLog::add(const Call& call, const Refusal& refusal, Tick now)
{
    const std::scoped_lock lock{mutex_};
    Kept& kept = codes_[refusal.code];
    if (kept.written_at != Tick{} && now - kept.written_at < line_every) {
        ++kept.left_out;
        return;
    }
    // The table's name of the operation: what was signed has left the request by now.
    const auto which = call.operation == nullptr ? call.request.operation_case() : call.operation->which;
    log::write(log::Level::warning, "request_refused", call.request.request_id(),
               {{"operation", wire::operation_name(which)},
                {"error_code", v1::ErrorCode_Name(refusal.code)},
                {"description", refusal.description},
                {"keyring", call.request.sign_jwt().keyring_id()},
                {"socket", to_string(call.caller.socket)},
                {"uid", call.caller.uid},
                {"left_out", kept.left_out}});
    kept = {now, 0};
}

}  // namespace tessera::keyd::server
