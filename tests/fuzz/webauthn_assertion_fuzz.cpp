// An assertion: a byte that says how long the authenticator data is, the data, a byte for the signature's length, the signature,
// and the stored COSE_Key. Without the private key nothing verifies but what the corpus holds; no parser reads beyond its part.
#include <algorithm>

#include "base/assert.hpp"
#include "daemon/login/webauthn_assertion.hpp"
#include "daemon/login/webauthn_authenticator_data.hpp"
#include "daemon/login/webauthn_cbor.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;

const WebauthnExpectation expected{
    {"login.example.com", "Example", {"https://login.example.com"}}, Bytes(challenge_bytes, 0x5A), {}};
const Bytes id{1, 2, 3};

ByteView take(ByteView& rest)
{
    const std::size_t size = rest.empty() ? 0 : std::min<std::size_t>(rest[0], rest.size() - 1);
    const ByteView part = rest.empty() ? rest : rest.subspan(1, size);
    rest = rest.empty() ? rest : rest.subspan(1 + size);
    return part;
}

bool lies_within(ByteView part, ByteView whole)
{
    return part.empty()
           || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_parts(const AuthenticatorData& data)
{
    ASSERT(lies_within(data.relying_party_id_hash, data.whole) && lies_within(data.extensions, data.whole));
    if (data.attested) {
        ASSERT(lies_within(data.attested->credential_id, data.whole)
               && lies_within(data.attested->public_key, data.whole));
        ASSERT(!data.attested->credential_id.empty()
               && data.attested->credential_id.size() <= credential_id_bytes_max);
    }
}

// What was read once reads again as the same item, with nothing behind it.
void check_cbor(ByteView rest)
{
    const ByteView all = rest;
    const auto item = read_cbor(rest);
    if (!item) {
        ASSERT(rest.data() == all.data() && rest.size() == all.size());
        return;
    }
    ByteView again = item->whole;
    ASSERT(read_cbor(again).has_value() && again.empty());
    ASSERT(item->whole.size() + rest.size() == all.size() && lies_within(item->content, item->whole));
    static_cast<void>(read_cbor_map(*item));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    ByteView rest{bytes, size};
    const ByteView authenticator_data = take(rest);
    const ByteView signature = take(rest);
    if (const auto data = parse_authenticator_data(authenticator_data)) {
        check_parts(data.value());
    }
    check_cbor(rest);
    const std::string client_data = R"({"type":"webauthn.get","challenge":")"
                                    + base64url_encode(expected.challenge)
                                    + R"(","origin":"https://login.example.com"})";
    const AssertionResponse response{id, client_data,
                                     Bytes(authenticator_data.begin(), authenticator_data.end()),
                                     Bytes(signature.begin(), signature.end()), id};
    const StoredPasskey stored{id, Bytes(rest.begin(), rest.end()), id, 0, false};
    const auto asserted = verify_assertion(expected, Discovery::discoverable, stored, response);
    ASSERT(!asserted || asserted.value().user_verified);
    static_cast<void>(parse_assertion_response(fuzz::as_input(bytes, size)));
    return 0;
}
