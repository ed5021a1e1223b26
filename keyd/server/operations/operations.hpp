// The functions of the operation table, one file each. The contract of each is its message's comment in keyd.proto.
#pragma once

#include "keyd/server/operation.hpp"

namespace tessera::keyd::server {

using OptionalAnswer = std::optional<Answer<v1::Response>>;

// Both sockets. Hello is answered by the connection itself.
Answer<v1::Response> get_health(Rooms& rooms, Call& call);

// Front socket.
OptionalAnswer prepare_sign_jwt(Rooms& rooms, Call& call);
Answer<v1::Response> sign_jwt(Rooms& rooms, Call& call);
OptionalAnswer prepare_seal(Rooms& rooms, Call& call);
Answer<v1::Response> seal(Rooms& rooms, Call& call);
OptionalAnswer prepare_open(Rooms& rooms, Call& call);
Answer<v1::Response> open(Rooms& rooms, Call& call);
Answer<v1::Response> get_keyring(Rooms& rooms, Call& call);
Answer<v1::Response> watch_keyrings(Rooms& rooms, Call& call);
OptionalAnswer find_realm_keyring(Rooms& rooms, Call& call);
Answer<v1::Response> ensure_realm_keyring(Rooms& rooms, Call& call);

// Admin socket.
Answer<v1::Response> create_keyring(Rooms& rooms, Call& call);
Answer<v1::Response> rotate_keyring(Rooms& rooms, Call& call);
Answer<v1::Response> revoke_key(Rooms& rooms, Call& call);
Answer<v1::Response> destroy_keyring(Rooms& rooms, Call& call);
Answer<v1::Response> set_keyring_policy(Rooms& rooms, Call& call);
Answer<v1::Response> unlock(Rooms& rooms, Call& call);
Answer<v1::Response> self_test(Rooms& rooms, Call& call);
Answer<v1::Response> list_keyrings(Rooms& rooms, Call& call);
Answer<v1::Response> read_journal(Rooms& rooms, Call& call);
Answer<v1::Response> withdraw_issuer(Rooms& rooms, Call& call);
Answer<v1::Response> set_backup_key(Rooms& rooms, Call& call);
Answer<v1::Response> rewrap_data_keys(Rooms& rooms, Call& call);
Answer<v1::Response> list_tokens(Rooms& rooms, Call& call);
Answer<v1::Response> enrol_issuer(Rooms& rooms, Call& call);

}  // namespace tessera::keyd::server
