// What the handlers of clients, their secrets, keys and access share.
#pragma once

#include <string>
#include <vector>

#include "daemon/api/call.hpp"
#include "storage/repositories/clients.hpp"
#include "storage/transaction.hpp"

namespace tessera::api::console {

using LoadedClient = Result<storage::ClientRecord, ApiError>;

LoadedClient load_client(storage::Transaction& transaction, const std::string& id);

audit::Event client_event(const Call& call, audit::EventType type, ClientId client, json::object body);

bool uses_secret(const storage::ClientSettings& settings);

// A secret's text, shown once; the store has its digest only.
struct NewSecret {
    storage::ClientSecret stored;
    std::string text;
};
NewSecret make_secret();
Result<NewSecret, ApiError> take_secret(const std::string& text);
Result<storage::ClientSecret, ApiError> store_secret(storage::Transaction& transaction, const Call& call,
                                                     ClientId client, const NewSecret& secret);

// Replaces what the client may ask for at the resource and records it.
Result<void, ApiError> grant_access(storage::Transaction& transaction, const Call& call, ClientId client,
                                    const std::string& resource, const std::vector<std::string>& scopes);

}  // namespace tessera::api::console
