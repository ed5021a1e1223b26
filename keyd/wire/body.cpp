#include "keyd/wire/body.hpp"

#include <algorithm>
#include <array>

#include <google/protobuf/io/coded_stream.h>

namespace tessera::keyd::wire {

namespace {

using Op = v1::Request::OperationCase;
using Outcome = v1::Response::OutcomeCase;

struct Row {
    Op operation;
    std::string_view name;
    Outcome outcome;
};

constexpr std::array rows = {
    Row{Op::kHello, "hello", Outcome::kWelcome},
    Row{Op::kGetHealth, "get_health", Outcome::kHealth},
    Row{Op::kSignJwt, "sign_jwt", Outcome::kSignedJwt},
    Row{Op::kSeal, "seal", Outcome::kSealed},
    Row{Op::kOpen, "open", Outcome::kOpened},
    Row{Op::kGetKeyring, "get_keyring", Outcome::kKeyring},
    Row{Op::kWatchKeyrings, "watch_keyrings", Outcome::kWatching},
    Row{Op::kEnsureRealmKeyring, "ensure_realm_keyring", Outcome::kKeyring},
    Row{Op::kCreateKeyring, "create_keyring", Outcome::kKeyring},
    Row{Op::kRotateKeyring, "rotate_keyring", Outcome::kKeyring},
    Row{Op::kRevokeKey, "revoke_key", Outcome::kKeyring},
    Row{Op::kDestroyKeyring, "destroy_keyring", Outcome::kDone},
    Row{Op::kSetKeyringPolicy, "set_keyring_policy", Outcome::kKeyring},
    Row{Op::kUnlock, "unlock", Outcome::kDone},
    Row{Op::kSelfTest, "self_test", Outcome::kSelfTestReport},
    Row{Op::kListKeyrings, "list_keyrings", Outcome::kKeyringList},
    Row{Op::kReadJournal, "read_journal", Outcome::kJournalPage},
    Row{Op::kWithdrawIssuer, "withdraw_issuer", Outcome::kKeyring},
    Row{Op::kSetBackupKey, "set_backup_key", Outcome::kDone},
    Row{Op::kRewrapDataKeys, "rewrap_data_keys", Outcome::kDone},
    Row{Op::kListTokens, "list_tokens", Outcome::kTokenList},
    Row{Op::kEnrolIssuer, "enrol_issuer", Outcome::kKeyring},
};

template <class Message>
std::optional<Message> parse(ByteView body)
{
    google::protobuf::io::CodedInputStream input{body.data(), static_cast<int>(body.size())};
    input.SetRecursionLimit(body_depth_max);
    std::optional<Message> message{std::in_place};
    if (!message->ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
        return std::nullopt;
    }
    return message;
}

const Row* find_row(Op operation)
{
    const auto found = std::ranges::find(rows, operation, &Row::operation);
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::optional<v1::Request> parse_request(ByteView body)
{
    auto request = parse<v1::Request>(body);
    if (request) {
        request
            ->DiscardUnknownFields();  // nobody here reads them, and a request may wait in a queue of thousands
    }
    return request;
}

std::optional<v1::Response> parse_response(ByteView body) { return parse<v1::Response>(body); }
std::optional<v1::Event> parse_event(ByteView body) { return parse<v1::Event>(body); }

std::string clean_request_id(std::string_view text)
{
    std::string clean{text.substr(0, request_id_chars_max)};
    std::ranges::replace_if(clean, [](char c) { return c < 0x21 || c > 0x7E; }, '?');
    return clean;
}

std::string_view operation_name(Op operation)
{
    const Row* row = find_row(operation);
    return row == nullptr ? "unknown" : row->name;
}

Outcome outcome_of(Op operation)
{
    const Row* row = find_row(operation);
    return row == nullptr ? Outcome::OUTCOME_NOT_SET : row->outcome;
}

}  // namespace tessera::keyd::wire
