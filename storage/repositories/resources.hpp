// Resources (RFC 8707): the APIs tokens are for, and their scopes. Realm scope throughout.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct ResourceScope {
    std::string name;  // RFC 6749 §3.3 scope-token
    std::string description;
};

struct Resource {
    ResourceId id;
    ProjectId project;
    std::string uri;  // as registered: what goes into aud
    std::string
        normalized_uri;  // what requests are compared to, unique in the realm (docs/spec-map.md RI-06)
    std::string display_name;
    std::vector<ResourceScope> scopes;               // by name
    std::optional<ClientId> introspection_client{};  // may introspect the tokens that are for it
    Instant create_time;
    Instant update_time;
    std::int64_t revision = 1;
};

Result<std::optional<Resource>, StoreError> find_resource(Transaction& transaction, ResourceId id);
Result<std::optional<Resource>, StoreError> find_resource_by_uri(Transaction& transaction,
                                                                 const std::string& normalized_uri);
Result<std::vector<Resource>, StoreError> list_resources(Transaction& transaction, ResourceId after,
                                                         std::size_t limit);
// Conflict on the URI: constraint "resources_uri_key".
Result<Resource, StoreError> insert_resource(Transaction& transaction, ProjectId project, ResourceId id,
                                             const std::string& uri, const std::string& normalized_uri,
                                             const std::string& display_name);
Result<bool, StoreError> update_resource(Transaction& transaction, ResourceId id,
                                         const std::string& display_name, std::int64_t expected_revision);
// Reference error when there is no such client in the realm.
Result<bool, StoreError> set_introspection_client(Transaction& transaction, ResourceId id,
                                                  std::optional<ClientId> client);
Result<bool, StoreError> delete_resource(Transaction& transaction, ResourceId id);
Result<void, StoreError> put_scope(Transaction& transaction, ProjectId project, ResourceId resource,
                                   const ResourceScope& scope);
Result<bool, StoreError> delete_scope(Transaction& transaction, ResourceId resource, const std::string& name);

}  // namespace tessera::storage
