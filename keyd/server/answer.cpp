#include "keyd/server/answer.hpp"

#include "base/assert.hpp"
#include "base/log.hpp"
#include "keyd/wire/frame.hpp"

namespace tessera::keyd::server {

namespace {

v1::Response error_response(const Refusal& refusal)
{
    v1::Response response;
    response.mutable_error()->set_code(refusal.code);
    response.mutable_error()->set_description(refusal.description);
    response.mutable_error()->set_retry_after_ms(refusal.retry_after_ms);
    if (refusal.code == v1::VERSION_UNSUPPORTED) {
        response.mutable_error()->set_version_min(wire::protocol_version);
        response.mutable_error()->set_version_max(wire::protocol_version);
    }
    return response;
}

}  // namespace

void append_answer(std::string& out, std::uint64_t correlation_id, const Answer<v1::Response>& answer)
{
    const bool fits = answer
                          ? wire::append_frame(out, wire::FrameKind::response, correlation_id, answer.value())
                          : wire::append_frame(out, wire::FrameKind::response, correlation_id,
                                               error_response(answer.error()));
    if (!fits) {
        log::error("answer_too_long", {{"advice", "ask for smaller pages"}});
        const Refusal refusal{v1::INTERNAL, "the answer is longer than a frame; ask for a smaller page"};
        ASSERT(wire::append_frame(out, wire::FrameKind::response, correlation_id, error_response(refusal)));
    }
}

}  // namespace tessera::keyd::server
