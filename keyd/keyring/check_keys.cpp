// What is on record against what is on the tokens (SelfTest).
#include <unistd.h>

#include <fmt/format.h>

#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/rows.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/keyring/token_refusal.hpp"

namespace tessera::keyd {

namespace {

struct Findings {
    std::uint32_t checked = 0;
    std::vector<std::string> wrong;  // key ids
    std::string failure;             // the token did not answer
};

// True when the token holds exactly the key on record; nullopt when it could not be asked.
std::optional<bool> is_on_token(pkcs11::Token& token, const KeyRecord& key, Findings& findings)
{
    const auto found =
        token.find_key_pair(key.id.to_string(), to_token_algorithm(key.algorithm), token_deadline());
    if (found.has_error() && found.error().fault != pkcs11::Fault::missing_key) {
        findings.failure = refusal_of(found.error(), key.token).description;
        return std::nullopt;
    }
    return found.has_value() && found.value() && *found.value() == key.spki;
}

void check_key(pkcs11::Token& token, KeyRecord& key, Findings& findings, bool& changed)
{
    if (!findings.failure.empty() || key.destroyed) {
        return;
    }
    const auto held = is_on_token(token, key, findings);
    if (!held) {
        return;
    }
    ++findings.checked;
    if (!*held) {
        findings.wrong.push_back(key.id.to_string());
    }
    // A removed key may have been destroyed already by a keyd that died before it wrote so.
    changed = changed || key.missing == *held;
    key.missing = !*held;
}

Findings check_token(Service& service, const NamedToken& named)
{
    Findings findings;
    std::vector<Ring> changed_rings;
    for (const auto& [id, ring] : service.rings) {
        if (ring.record.destroyed || ring.record.token != named.label) {
            continue;
        }
        Ring next = ring;
        bool changed = false;
        for (KeyRecord& key : next.keys) {
            check_key(*named.token, key, findings, changed);
        }
        if (changed) {
            changed_rings.push_back(std::move(next));
        }
    }
    for (Ring& ring : changed_rings) {
        const JournalLine line{.uid = geteuid(),
                               .operation = "self_test",
                               .keyring = ring.record.id.to_string(),
                               .kid = {},
                               .result = "ok",
                               .detail = "keys missing or found again"};
        if (const auto written = service.commit_ring(std::move(ring), {}, {}, line); written.has_error()) {
            findings.failure = written.error().description;
        }
    }
    for (KeyRecord& spare : service.spares) {
        bool changed = false;
        if (spare.token == named.label) {
            check_key(*named.token, spare, findings, changed);
        }
    }
    return findings;
}

}  // namespace

void Keyrings::check_keys(v1::SelfTestReport& report)
{
    if (!service_->is_started) {
        return;
    }
    for (const NamedToken& named : service_->tokens) {
        const Tick begun = service_->clock.tick();
        const Findings findings = check_token(*service_, named);
        v1::SelfTestReport::Check& check = *report.add_checks();
        check.set_name(fmt::format("token {}: every key on record", named.label));
        check.set_passed(findings.failure.empty() && findings.wrong.empty());
        const std::string alarm = "missing:" + named.label;
        if (!findings.failure.empty()) {
            check.set_detail(findings.failure);
        } else if (findings.wrong.empty()) {
            check.set_detail(fmt::format("{} keys", findings.checked));
            service_->alarms.clear(alarm);
        } else {
            check.set_detail(fmt::format("{} of {} keys are missing or replaced, the first is {}",
                                         findings.wrong.size(), findings.checked, findings.wrong.front()));
            service_->alarms.raise(
                alarm, fmt::format("token {}: {}; is it the right token?", named.label, check.detail()));
        }
        const auto took = std::chrono::duration_cast<Microseconds>(service_->clock.tick() - begun);
        check.set_duration_us(static_cast<std::uint32_t>(took.count()));
    }
}

}  // namespace tessera::keyd
