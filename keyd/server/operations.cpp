// The surface of keyd on one page.
#include "keyd/server/operations/operations.hpp"

#include <algorithm>
#include <array>

namespace tessera::keyd::server {

namespace {

using Op = v1::Request::OperationCase;

constexpr std::array table = {
    Operation{Op::kGetHealth, Sockets::both, Place::loop, nullptr, get_health},

    Operation{Op::kSignJwt, Sockets::front, Place::worker, prepare_sign_jwt, sign_jwt},
    Operation{Op::kSeal, Sockets::front, Place::worker, prepare_seal, seal},
    Operation{Op::kOpen, Sockets::front, Place::worker, prepare_open, open},
    Operation{Op::kGetKeyring, Sockets::front, Place::loop, nullptr, get_keyring},
    Operation{Op::kWatchKeyrings, Sockets::front, Place::loop, nullptr, watch_keyrings},
    Operation{Op::kEnsureRealmKeyring, Sockets::front, Place::management, find_realm_keyring,
              ensure_realm_keyring},

    Operation{Op::kCreateKeyring, Sockets::admin, Place::management, nullptr, create_keyring},
    Operation{Op::kRotateKeyring, Sockets::admin, Place::management, nullptr, rotate_keyring},
    Operation{Op::kRevokeKey, Sockets::admin, Place::management, nullptr, revoke_key},
    Operation{Op::kDestroyKeyring, Sockets::admin, Place::management, nullptr, destroy_keyring},
    Operation{Op::kSetKeyringPolicy, Sockets::admin, Place::management, nullptr, set_keyring_policy},
    Operation{Op::kUnlock, Sockets::admin, Place::management, nullptr, unlock},
    Operation{Op::kSelfTest, Sockets::admin, Place::management, nullptr, self_test},
    Operation{Op::kListKeyrings, Sockets::admin, Place::management, nullptr, list_keyrings},
    Operation{Op::kReadJournal, Sockets::admin, Place::management, nullptr, read_journal},
    Operation{Op::kWithdrawIssuer, Sockets::admin, Place::management, nullptr, withdraw_issuer},
    Operation{Op::kSetBackupKey, Sockets::admin, Place::management, nullptr, set_backup_key},
    Operation{Op::kRewrapDataKeys, Sockets::admin, Place::management, nullptr, rewrap_data_keys},
    Operation{Op::kListTokens, Sockets::admin, Place::management, nullptr, list_tokens},
    Operation{Op::kEnrolIssuer, Sockets::admin, Place::management, nullptr, enrol_issuer},
};

}  // namespace

std::string_view to_string(SocketKind socket) { return socket == SocketKind::front ? "front" : "admin"; }

const Operation* find_operation(v1::Request::OperationCase which)
{
    const auto* found = std::ranges::find(table, which, &Operation::which);
    return found == table.end() ? nullptr : found;
}

bool is_permitted(const Operation& operation, SocketKind socket)
{
    return operation.sockets == Sockets::both
           || (operation.sockets == Sockets::front) == (socket == SocketKind::front);
}

}  // namespace tessera::keyd::server
