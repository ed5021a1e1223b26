#include <fmt/format.h>

#include "keyd/pkcs11/token.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

namespace {

// RSA keys are made for the test; small HSMs take their time.
constexpr Seconds token_test_max{120};

}  // namespace

Answer<v1::Response> self_test(Rooms& rooms, Call& call)
{
    v1::Response response;
    v1::SelfTestReport& report = *response.mutable_self_test_report();
    for (const NamedToken& named : rooms.tokens) {
        for (const auto& check : named.token->self_test(rooms.clock.tick() + token_test_max)) {
            auto& row = *report.add_checks();
            row.set_name(fmt::format("token {}: {}", named.label, check.name));
            row.set_passed(check.passed);
            row.set_detail(check.detail);
            row.set_duration_us(static_cast<std::uint32_t>(check.duration.count()));
        }
    }
    if (rooms.keyrings.is_started()) {
        rooms.keyrings.check_keys(report);
    }
    bool passed = true;
    for (const auto& check : report.checks()) {
        passed = passed && check.passed();
    }
    rooms.keyrings.record(call.caller.uid, "self_test", passed ? "ok" : "failed",
                          fmt::format("{} checks", report.checks_size()));
    return response;
}

}  // namespace tessera::keyd::server
