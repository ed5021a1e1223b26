// tessera keys list|show|rotate|revoke|journal|tokens|self-test|health
#include "daemon/keys/keys.hpp"
#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/keyd_admin.hpp"

namespace tessera::commands {

namespace {

using keyd::v1::Request;

const std::vector<Column> key_columns = {
    {"KID", "kid"},       {"ALG", "algorithm"},   {"STATE", "state"},      {"PUBLISHED", "published"},
    {"ACTIVE", "active"}, {"RETIRED", "retired"}, {"SIGNED", "signatures"}};

CommandResult print_keyring(const Invocation& invocation, const keyd::v1::KeyringView& keyring)
{
    json::object object = to_json(keyring);
    if (invocation.json()) {
        print_json(object);
        return ok();
    }
    const json::array keys = object["keys"].as_array();
    object.erase("keys");
    print_record(object);
    print_table(key_columns, keys);
    return ok();
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    json::array rows;
    std::string page_token;
    do {
        Request request;
        request.mutable_list_keyrings()->set_page_token(page_token);
        request.mutable_list_keyrings()->set_issuer(invocation.find("issuer").value_or(""));
        TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
        for (const auto& keyring : response.keyring_list().keyrings()) {
            json::object row = to_json(keyring);
            row["issuer_count"] = row["issuers"].as_array().size();
            row["key_count"] = row["keys"].as_array().size();
            rows.push_back(std::move(row));
        }
        page_token = response.keyring_list().next_page_token();
    } while (!page_token.empty());
    if (invocation.json()) {
        print_json(json::object{{"keyrings", rows}});
    } else {
        print_table({{"ID", "id"},
                     {"LABEL", "label"},
                     {"TOKEN", "token"},
                     {"SHARED", "shared"},
                     {"ALG", "default_algorithm"},
                     {"ISSUERS", "issuer_count"},
                     {"KEYS", "key_count"}},
                    rows);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    Request request;
    request.mutable_list_keyrings()->set_keyring_id(keyring);
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    if (response.keyring_list().keyrings().empty()) {
        return CommandError{Exit::refused, "no keyring " + keyring};
    }
    return print_keyring(invocation, response.keyring_list().keyrings(0));
}

CommandResult rotate(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    Request request;
    auto& rotation = *request.mutable_rotate_keyring();
    rotation.set_keyring_id(keyring);
    rotation.set_force(invocation.has("force"));
    if (const auto name = invocation.find("algorithm")) {
        TRY(auto algorithm, parse_algorithm_option(*name));
        rotation.set_algorithm(algorithm);
    }
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    return print_keyring(invocation, response.keyring());
}

CommandResult revoke(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    TRY(auto kid, invocation.argument(1, "KID"));
    Request request;
    request.mutable_revoke_key()->set_keyring_id(keyring);
    request.mutable_revoke_key()->set_kid(kid);
    request.mutable_revoke_key()->set_reason(invocation.find("reason").value_or(""));
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    return print_keyring(invocation, response.keyring());
}

CommandResult journal(const Invocation& invocation, const Environment& environment)
{
    json::array rows;
    std::uint64_t after = 0;
    for (;;) {
        Request request;
        request.mutable_read_journal()->set_after(after);
        request.mutable_read_journal()->set_limit(1000);
        TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
        if (response.journal_page().entries().empty()) {
            break;
        }
        for (const auto& entry : response.journal_page().entries()) {
            after = entry.sequence();
            rows.push_back(json::object{{"sequence", entry.sequence()},
                                        {"time", to_rfc3339(Instant{Microseconds{entry.time_us()}})},
                                        {"uid", entry.uid()},
                                        {"operation", entry.operation()},
                                        {"keyring_id", entry.keyring_id()},
                                        {"kid", entry.kid()},
                                        {"result", entry.result()},
                                        {"detail", entry.detail()},
                                        {"hash", hex_encode(as_bytes(entry.hash()))}});
        }
    }
    if (invocation.json()) {
        print_json(json::object{{"entries", rows}});
    } else {
        print_table({{"#", "sequence"},
                     {"TIME", "time"},
                     {"UID", "uid"},
                     {"OPERATION", "operation"},
                     {"KEYRING", "keyring_id"},
                     {"KID", "kid"},
                     {"RESULT", "result"},
                     {"DETAIL", "detail"}},
                    rows);
    }
    return ok();
}

CommandResult tokens(const Invocation& invocation, const Environment& environment)
{
    Request request;
    request.mutable_list_tokens();
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    json::array rows;
    for (const auto& token : response.token_list().tokens()) {
        rows.push_back(json::object{{"label", token.label()},
                                    {"serial", token.serial()},
                                    {"manufacturer", token.manufacturer()},
                                    {"module", token.module()},
                                    {"state", keys::service_state_name(token.health().state())},
                                    {"reason", token.health().reason()},
                                    {"sessions", token.health().sessions()},
                                    {"keys", token.keys()},
                                    {"spare_keys", token.spare_keys()}});
    }
    if (invocation.json()) {
        print_json(json::object{{"tokens", rows}});
    } else {
        print_table({{"LABEL", "label"},
                     {"SERIAL", "serial"},
                     {"STATE", "state"},
                     {"REASON", "reason"},
                     {"SESSIONS", "sessions"},
                     {"KEYS", "keys"},
                     {"SPARE", "spare_keys"},
                     {"MODULE", "module"}},
                    rows);
    }
    return ok();
}

CommandResult self_test(const Invocation& invocation, const Environment& environment)
{
    Request request;
    request.mutable_self_test();
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    json::array rows;
    bool all_passed = true;
    for (const auto& check : response.self_test_report().checks()) {
        all_passed = all_passed && check.passed();
        rows.push_back(json::object{{"check", check.name()},
                                    {"result", check.passed() ? "passed" : "FAILED"},
                                    {"detail", check.detail()},
                                    {"duration_us", check.duration_us()}});
    }
    if (invocation.json()) {
        print_json(json::object{{"passed", all_passed}, {"checks", rows}});
    } else {
        print_table({{"CHECK", "check"}, {"RESULT", "result"}, {"DETAIL", "detail"}}, rows);
    }
    return all_passed ? CommandResult{ok()} : CommandError{Exit::refused, "the self-test failed"};
}

CommandResult health(const Invocation& invocation, const Environment& environment)
{
    Request request;
    request.mutable_get_health();
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    const auto& health = response.health();
    json::array alarms;
    for (const auto& alarm : health.alarms()) {
        alarms.emplace_back(alarm);
    }
    return show_answer(invocation, json::object{{"state", keys::service_state_name(health.state())},
                                                {"version", health.version()},
                                                {"keyrings", health.keyrings()},
                                                {"signatures", health.signatures()},
                                                {"queue_length", health.queue_length()},
                                                {"alarms", std::move(alarms)}});
}

constexpr Option list_options[] = {{"issuer", "URL", "the keyring this issuer is enrolled in"},
                                   keyd_socket_option};
constexpr Option rotate_options[] = {{"algorithm", "ALG", "only the keys of this algorithm"},
                                     {"force", "", "accept a successor that caches may not have seen yet"},
                                     keyd_socket_option};
constexpr Option revoke_options[] = {{"reason", "TEXT", "for the journal"}, keyd_socket_option};
constexpr Option plain_options[] = {keyd_socket_option};

constexpr Command table[] = {
    {"keys", "list", "", "The keyrings keyd holds.", list_options, list},
    {"keys", "show", "KEYRING", "One keyring: policy, issuers, every key with its state.", plain_options,
     show},
    {"keys", "rotate", "KEYRING", "Make the standby key sign now.", rotate_options, rotate},
    {"keys", "revoke", "KEYRING KID", "Emergency: the key leaves the JWKS at once and the standby signs.",
     revoke_options, revoke},
    {"keys", "health", "", "keyd's state and alarms.", plain_options, health},
    {"keys", "tokens", "", "The PKCS#11 tokens and how they are.", plain_options, tokens},
    {"keys", "self-test", "", "Sign and verify with every mechanism of every token; find every key.",
     plain_options, self_test},
    {"keys", "journal", "", "What was done to keys, by whom; hash-chained.", plain_options, journal},
};

}  // namespace

std::span<const Command> keys_commands() { return table; }

}  // namespace tessera::commands
