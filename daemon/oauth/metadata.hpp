// What a realm tells about itself: RFC 8414 metadata, OpenID Connect discovery, the JWK Set.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/keys/keys.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// The document of a realm: only what works, no empty arrays, no null. The same bytes at all four well-known places.
// `algorithms` are those of the realm's keyring.
std::string metadata_document(const Realm& realm, const std::vector<std::string>& algorithms);

// The documents of one event loop; no locks. One is made again when the realm's record or its keyring's keys are others.
class MetadataDocuments {
public:
    struct Document {
        std::string body;
        std::string etag;
    };
    std::shared_ptr<const Document> find(const RealmPtr& realm,
                                         const std::shared_ptr<const keys::Jwks>& jwks);

private:
    struct Made {
        RealmPtr realm;
        std::shared_ptr<const keys::Jwks> jwks;
        std::shared_ptr<const Document> document;
    };
    std::unordered_map<ProjectId, Made, IdHash<ProjectKind>> made_;
};

// GET at any of the four places (docs/spec-map.md A.6). From memory, without PostgreSQL; 503 only when keyd has never answered for
// this keyring.
Async<http::Response> metadata(Front& front, const http::Request& request, RealmPtr realm);

// GET <issuer>/jwks. From memory; 503 only when keyd has never answered for this keyring.
Async<http::Response> jwks(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
