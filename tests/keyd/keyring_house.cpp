#include "tests/keyd/keyring_house.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "base/json.hpp"
#include "base/openssl.hpp"
#include "keyd/pkcs11/public_key.hpp"

namespace tessera::keyd::testing {

namespace {

constexpr int died_at_step = 42;

}  // namespace

KeyringHouse::KeyringHouse(std::vector<std::string> further_tokens)
{
    labels_ = {"main"};
    for (const std::string& label : further_tokens) {
        soft.add_token(label, soft.pin());
        labels_.push_back(label);
    }
    options.state_directory = state.path().string();
    options.issuer_domain = issuer_domain;
    options.realm_algorithms = {v1::ES256};
    options.spare_keys = 0;
}

Answer<void> KeyringHouse::start()
{
    std::vector<NamedToken> named;
    if (!module_) {
        module_ = pkcs11::Module::load(soft.module_options()).value();
        for (const std::string& label : labels_) {
            pkcs11::TokenOptions token_options = soft.token_options();
            token_options.label = label;
            tokens_by_label_[label] = &module_->add_token(std::move(token_options));
        }
    }
    for (const std::string& label : labels_) {
        named.push_back({label, tokens_by_label_.at(label)});
    }
    if (!keyrings) {
        keyrings = std::make_unique<Keyrings>(options, named, clock);
    }
    return keyrings->start();
}

void KeyringHouse::open()
{
    const auto started = start();
    if (started.has_error()) {
        throw std::runtime_error("keyd did not start: " + started.error().description);
    }
}

void KeyringHouse::stop()
{
    keyrings.reset();
    tokens_by_label_.clear();
    module_.reset();
}

void KeyringHouse::settle()
{
    for (int steps = 0; keyrings->tick() == Milliseconds{0}; ++steps) {
        if (steps > 1000) {
            throw std::runtime_error("keyd never settles");
        }
    }
}

bool KeyringHouse::kill_at(const std::string& step, int nth, const std::function<void(KeyringHouse&)>& work)
{
    if (module_) {
        throw std::logic_error("stop the house before forking");
    }
    const pid_t child = ::fork();
    if (child == 0) {
        int seen = 0;
        options.at_step = [&](std::string_view reached) {
            if (reached == step && ++seen == nth) {
                ::_exit(died_at_step);
            }
        };
        try {
            open();
            work(*this);
        } catch (const std::exception& error) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != died_at_step)) {
        throw std::runtime_error(fmt::format("the child failed with {:#x} on the way to {}", status, step));
    }
    return WEXITSTATUS(status) == died_at_step;
}

v1::KeyringView KeyringHouse::make_keyring(const std::string& label, const std::string& issuer,
                                           std::vector<v1::Algorithm> algorithms)
{
    v1::CreateKeyring request;
    request.set_label(label);
    for (const v1::Algorithm algorithm : algorithms) {
        request.add_algorithms(algorithm);
    }
    request.mutable_policy()->set_rsa_bits(2048);  // fast to make
    request.add_issuers(issuer);
    auto view = keyrings->create_keyring(request, test_uid).value();
    clock.advance(Seconds{1});  // what is made later is younger
    return view;
}

v1::SignJwt KeyringHouse::sign_request(const std::string& keyring_id, const std::string& issuer) const
{
    v1::SignJwt request;
    request.set_keyring_id(keyring_id);
    request.set_typ("at+jwt");
    const std::int64_t now = to_unix_s(clock.now());
    request.set_claims(fmt::format(R"({{"iss":"{}","iat":{},"exp":{}}})", issuer, now, now + 300));
    return request;
}

Answer<v1::SignedJwt> KeyringHouse::sign(const v1::SignJwt& request) const
{
    TRY(auto pending, keyrings->prepare_sign(request, clock.now()));
    TRY(const auto signature, keyrings->sign(pending, soon()));
    return keyrings->finish(std::move(pending), signature);
}

v1::KeyringView KeyringHouse::show(const std::string& keyring_id)
{
    v1::ListKeyrings request;
    request.set_keyring_id(keyring_id);
    return keyrings->list_keyrings(request).value().keyrings(0);
}

std::vector<std::string> KeyringHouse::key_pairs(const std::string& label)
{
    std::set<std::string> ids;
    const auto objects = token(label).list_objects(soon());
    for (const auto& object : objects.value()) {
        if (object.kind == pkcs11::ObjectKind::private_key) {
            ids.insert(object.cka_id);
        }
    }
    return {ids.begin(), ids.end()};
}

void KeyringHouse::intrude(const std::string& sql) const
{
    sqlite3* connection = nullptr;
    char* message = nullptr;
    const bool done = sqlite3_open(database().c_str(), &connection) == SQLITE_OK
                      && sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK;
    const std::string text = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(connection);
    if (!done) {
        throw std::runtime_error(sql + ": " + text);
    }
}

namespace {

Bytes member(const json::object& jwk, const char* name)
{
    return base64url_decode(std::string_view{jwk.at(name).get_string()}).value();
}

EvpKeyPtr build(const char* type, OSSL_PARAM_BLD* builder)
{
    OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
    const EvpKeyContextPtr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters);
    OSSL_PARAM_free(parameters);
    return EvpKeyPtr{key};
}

// From the JWK's members alone, as a stranger does.
EvpKeyPtr key_of(const json::object& jwk)
{
    const std::string_view kty = jwk.at("kty").get_string();
    if (kty == "OKP") {
        const Bytes x = member(jwk, "x");
        return EvpKeyPtr{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x.data(), x.size())};
    }
    const std::unique_ptr<OSSL_PARAM_BLD, OpensslFree<OSSL_PARAM_BLD_free>> builder{OSSL_PARAM_BLD_new()};
    if (kty == "EC") {
        Bytes point{4};
        for (const char* name : {"x", "y"}) {
            const Bytes coordinate = member(jwk, name);
            point.insert(point.end(), coordinate.begin(), coordinate.end());
        }
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
        return build("EC", builder.get());
    }
    const Bytes n = member(jwk, "n");
    const Bytes e = member(jwk, "e");
    const BignumPtr modulus{BN_bin2bn(n.data(), static_cast<int>(n.size()), nullptr)};
    const BignumPtr exponent{BN_bin2bn(e.data(), static_cast<int>(e.size()), nullptr)};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    return build("RSA", builder.get());
}

}  // namespace

bool verifies_under(const std::string& jwt, const std::string& jwks)
{
    const std::size_t dot = jwt.find('.');
    const std::size_t last = jwt.rfind('.');
    const Bytes header = base64url_decode(std::string_view{jwt}.substr(0, dot)).value();
    const auto parsed = parse_json_object(as_text(header), {.bytes_max = 4096, .depth_max = 2}).value();
    const Bytes signature = base64url_decode(std::string_view{jwt}.substr(last + 1)).value();
    const auto set = parse_json(jwks, {.bytes_max = 1 << 20, .depth_max = 8}).value();
    for (const auto& value : set.at("keys").as_array()) {
        const json::object& jwk = value.as_object();
        if (jwk.at("kid") != parsed.at("kid") || jwk.at("alg") != parsed.at("alg")) {
            continue;
        }
        const EvpKeyPtr key = key_of(jwk);
        const auto algorithm = std::ranges::find_if(pkcs11::all_algorithms, [&](pkcs11::Algorithm of) {
            return to_string(of) == std::string_view{jwk.at("alg").as_string()};
        });
        return key
               && pkcs11::verifies(key.get(), *algorithm, as_bytes(std::string_view{jwt}.substr(0, last)),
                                   signature);
    }
    return false;
}

}  // namespace tessera::keyd::testing
