// What a hostile browser or authenticator may send: origins around the allowed ones (SR-18), CBOR that announces more than it has
// (SR-12), JSON that is nearly right.
#include <boost/test/unit_test.hpp>

#include "daemon/login/webauthn_cbor.hpp"
#include "daemon/login/webauthn_client_data.hpp"
#include "tests/unit/soft_authenticator.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;
using namespace tessera::test;

const Bytes challenge(challenge_bytes, 0x5A);

const std::vector<std::string> allowed{"https://login.example.com", "https://app.example.com:8443",
                                       "https://xn--mnchen-3ya.example"};

std::string_view fault(std::string_view json)
{
    const auto result =
        check_client_data(json, Ceremony::get, {{"login.example.com", "", allowed}, challenge, {}});
    return result ? std::string_view{} : to_string(result.error().fault);
}

std::string_view fault_of_origin(std::string_view origin, std::string_view more = "")
{
    return fault(fmt::format(R"({{"type":"webauthn.get","challenge":"{}","origin":"{}"{}}})",
                             base64url_encode(challenge), origin, more));
}

BOOST_AUTO_TEST_SUITE(login_webauthn_parsing)

BOOST_AUTO_TEST_CASE(webauthn_origin_is_exact)
{
    for (const std::string& origin : allowed) {
        BOOST_TEST(fault_of_origin(origin) == "", origin);
        const std::string host = origin.substr(8);
        std::vector<std::string> others{"https://bad" + host,
                                        "https://" + host + ".evil.org",
                                        origin + ":443",
                                        origin + ":8444",
                                        "http://" + host,
                                        "https://user@" + host,
                                        "https://user:pw@" + host,
                                        origin + ".",
                                        origin + "/",
                                        origin + "/path",
                                        origin + "?",
                                        origin + "#",
                                        "https://sub." + host,
                                        "https://" + host.substr(host.find('.') + 1),
                                        "HTTPS://" + host,
                                        host,
                                        "//" + host,
                                        "null",
                                        "",
                                        "*",
                                        "https://*",
                                        "android:apk-key-hash:" + host,
                                        " " + origin,
                                        origin + " ",
                                        origin + "\\u0000",
                                        origin + "\\n",
                                        origin + "," + origin,
                                        "https://" + host + "@evil.org",
                                        "https:/" + host,
                                        "blob:" + origin,
                                        "https://l\u043egin.example.com"};
        // Every letter: in the other case, doubled, left out.
        for (std::size_t i = 0; i < origin.size(); ++i) {
            std::string changed = origin;
            changed[i] = static_cast<char>(changed[i] ^ 0x20);
            if (changed[i] >= ' ' && changed[i] != '"' && changed[i] != '\\') {
                others.push_back(changed);
            }
            others.push_back(origin.substr(0, i) + origin[i] + origin.substr(i));
            others.push_back(origin.substr(0, i) + origin.substr(i + 1));
            others.push_back(origin.substr(0, i));
            others.push_back(origin.substr(i + 1));
        }
        for (const std::string& other : others) {
            BOOST_TEST(fault_of_origin(other) == "wrong_origin", other);
        }
    }
    BOOST_TEST(fault_of_origin("https://münchen.example") == "wrong_origin");
    BOOST_TEST(fault(R"({"type":"webauthn.get","challenge":")" + base64url_encode(challenge) + R"("})")
               == "wrong_origin");
    BOOST_TEST(fault(R"({"type":"webauthn.get","challenge":")" + base64url_encode(challenge)
                     + R"(","origin":["https://login.example.com"]})")
               == "wrong_origin");
}

BOOST_AUTO_TEST_CASE(another_origins_frame_is_refused)
{
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"crossOrigin":false)") == "");
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"crossOrigin":true)") == "cross_origin");
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"crossOrigin":"false")") == "cross_origin");
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"crossOrigin":null)") == "cross_origin");
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"topOrigin":"https://evil.org")") == "cross_origin");
}

BOOST_AUTO_TEST_CASE(client_data_is_strict_json_with_room_for_what_browsers_add)
{
    BOOST_TEST(
        fault_of_origin(
            allowed[0],
            R"(,"other_keys_can_be_added_here":"do not compare","tokenBinding":{"status":"supported"})")
        == "");
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"origin":"https://evil.org")") == "malformed");
    BOOST_TEST(fault_of_origin(allowed[0], R"(,"a":[[[[[[1]]]]]])") == "malformed");
    BOOST_TEST(fault_of_origin(allowed[0], "} ") == "malformed");
    BOOST_TEST(fault("") == "malformed");
    BOOST_TEST(fault("[]") == "malformed");
    BOOST_TEST(fault(std::string(client_data_bytes_max + 1, ' ')) == "too_large");
    BOOST_TEST(fault(R"({"type":"webauthn.get","origin":"https://login.example.com"})") == "malformed");
    BOOST_TEST(fault(R"({"type":"webauthn.get","challenge":"====","origin":"https://login.example.com"})")
               == "malformed");
    // The same bytes in another spelling: standard base64 and padding are not base64url.
    BOOST_TEST(fault(R"({"type":"webauthn.get","challenge":")" + base64_encode(challenge) + R"("})")
               == "malformed");
}

BOOST_AUTO_TEST_CASE(cbor_that_announces_more_than_it_has_is_refused_at_once)
{
    const auto reads = [](Bytes bytes) {
        ByteView rest = bytes;
        return read_cbor(rest).has_value() && rest.empty();
    };
    for (const unsigned major : {2U, 3U, 4U, 5U}) {
        for (const std::uint64_t announced : {1ULL, 24ULL, 0x100ULL, 0x10000ULL, 0x100000000ULL,
                                              0x8000000000000000ULL, 0xFFFFFFFFFFFFFFFFULL}) {
            BOOST_TEST(!reads(cbor::head(major, announced)), major << ' ' << announced);
        }
        BOOST_TEST(reads(cbor::head(major, 0)));
        BOOST_TEST(!reads({static_cast<std::uint8_t>(major << 5 | 31), 0xFF}));  // indefinite
        for (const unsigned reserved : {28U, 29U, 30U}) {
            BOOST_TEST(!reads(Bytes{static_cast<std::uint8_t>(major << 5 | reserved)} + Bytes(64, 0)));
            BOOST_TEST(!reads(Bytes{static_cast<std::uint8_t>(major << 5 | reserved)} + Bytes(16, 0)));
        }
    }
    BOOST_TEST(!reads({}));
    BOOST_TEST(!reads({0xC0, 0x00}));  // a tag
    BOOST_TEST(!reads({0xF8, 0x14}));  // false in two bytes
    BOOST_TEST(!reads({0xFF}));        // break
    BOOST_TEST(reads({0xF4}));
    BOOST_TEST(reads({0xF9, 0x3C, 0x00}));  // 1.0
    BOOST_TEST(!reads({0xF9, 0x3C}));
    Bytes map = cbor::head(5, 2) + Bytes{0x01, 0x02, 0x03};
    BOOST_TEST(!reads(map));
}

BOOST_AUTO_TEST_CASE(nesting_and_number_of_items_are_bounded)
{
    const auto nested = [](std::size_t depth) {
        Bytes bytes(depth - 1, 0x81);
        bytes.push_back(0x00);
        ByteView rest = bytes;
        return read_cbor(rest).has_value();
    };
    BOOST_TEST(nested(cbor_depth_max));
    BOOST_TEST(!nested(cbor_depth_max + 1));
    BOOST_TEST(!nested(60'000));
    const auto wide = [](std::size_t items) {
        const Bytes bytes = cbor::head(4, items) + Bytes(items, 0x00);
        ByteView rest = bytes;
        return read_cbor(rest).has_value();
    };
    BOOST_TEST(wide(cbor_items_max - 1));
    BOOST_TEST(!wide(cbor_items_max));
}

BOOST_AUTO_TEST_CASE(cbor_values_are_what_they_say)
{
    const Bytes encoded =
        cbor::map({cbor::number(1), cbor::number(-257), cbor::text("a"), cbor::bytes(Bytes{9}),
                   cbor::head(0, 0xFFFFFFFFFFFFFFFF), cbor::head(1, 0xFFFFFFFFFFFFFFFF)});
    ByteView rest = encoded;
    const auto item = read_cbor(rest);
    const auto pairs = read_cbor_map(item.value());
    BOOST_REQUIRE(pairs.has_value());
    BOOST_TEST(find_value(*pairs, 1)->as_integer().value() == -257);
    BOOST_TEST((*find_value(*pairs, "a")->as_bytes())[0] == 9);
    BOOST_TEST(!find_value(*pairs, "a")->as_text());
    BOOST_TEST(!pairs->at(2).first.as_integer());
    BOOST_TEST(!pairs->at(2).second.as_integer());
    BOOST_TEST((find_value(*pairs, "b") == nullptr && find_value(*pairs, 2) == nullptr));
    for (const Bytes& twice : {cbor::map({cbor::number(1), cbor::yes(), cbor::number(1), cbor::yes()}),
                               cbor::map({cbor::number(1), cbor::yes(), Bytes{0x18, 0x01}, cbor::yes()}),
                               cbor::map({cbor::text("a"), cbor::yes(), cbor::text("a"), cbor::yes()})}) {
        ByteView all = twice;
        BOOST_TEST(!read_cbor_map(*read_cbor(all)));
    }
}

BOOST_AUTO_TEST_CASE(attestation_objects_are_cut_and_grown_without_harm)
{
    SoftAuthenticator authenticator;
    authenticator.format = SoftAuthenticator::Format::packed_basic;
    authenticator.extensions = cbor::map({cbor::text("credProtect"), cbor::number(2)});
    const auto good = authenticator.create(challenge);
    const WebauthnExpectation expected{
        {"login.example.com", "", {"https://login.example.com"}}, challenge, {}};
    BOOST_TEST(verify_registration(expected, good).has_value());
    for (std::size_t cut = 0; cut < good.attestation_object.size(); ++cut) {
        auto bad = good;
        bad.attestation_object.resize(cut);
        BOOST_TEST(verify_registration(expected, bad).has_error(), cut);
    }
    auto bad = good;
    bad.attestation_object.push_back(0);
    BOOST_TEST((verify_registration(expected, bad).error().fault == WebauthnFault::malformed));
    bad.attestation_object.resize(attestation_object_bytes_max + 1);
    BOOST_TEST((verify_registration(expected, bad).error().fault == WebauthnFault::too_large));
    // A statement that would make a parser reserve memory for four thousand million items.
    bad.attestation_object =
        cbor::map({cbor::text("fmt"), cbor::text("packed"), cbor::text("authData"),
                   cbor::bytes(authenticator.authenticator_data(true)), cbor::text("attStmt")});
    bad.attestation_object[0] = 0xA3;
    bad.attestation_object = bad.attestation_object + cbor::head(4, 0xFFFFFFFF);
    BOOST_TEST((verify_registration(expected, bad).error().fault == WebauthnFault::malformed));
}

BOOST_AUTO_TEST_CASE(responses_are_strict_json)
{
    const SoftAuthenticator authenticator;
    const std::string good = to_json(authenticator.get(challenge));
    BOOST_TEST(parse_assertion_response(good).has_value());
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string changed = good;
        const auto at = changed.find(from);
        BOOST_REQUIRE(at != std::string::npos);
        changed.replace(at, from.size(), to);
        const auto parsed = parse_assertion_response(changed);
        return parsed ? std::string_view{} : to_string(parsed.error().fault);
    };
    BOOST_TEST(with("public-key", "public_key") == "malformed");
    BOOST_TEST(with(R"("rawId":"AQ)", R"("rawId":"BQ)") == "malformed");
    BOOST_TEST(with(R"("rawId":)", R"("rawID":)") == "malformed");
    BOOST_TEST(with(R"("response":)", R"("Response":)") == "malformed");
    BOOST_TEST(with(R"("signature":")", R"("signature":"=)") == "malformed");
    BOOST_TEST(with(R"("signature":")", R"("signature":")" + std::string(1368, 'A')) == "too_large");
    BOOST_TEST(with(R"("userHandle":"CgsM")", R"("userHandle":null)") == "");
    BOOST_TEST(with(R"("userHandle":"CgsM")", R"("userHandle":"")") == "");
    BOOST_TEST(with(R"("userHandle":"CgsM")", R"("userHandle":7)") == "malformed");
    BOOST_TEST(with(R"("userHandle":"CgsM")", R"("userHandle":")" + std::string(88, 'A') + '"')
               == "too_large");
    BOOST_TEST(with(R"("type":)", R"("type":"public-key","type":)") == "malformed");
    BOOST_TEST((parse_assertion_response(std::string(webauthn_response_bytes_max + 1, ' ')).error().fault
                == WebauthnFault::too_large));
    BOOST_TEST(parse_assertion_response(to_json(authenticator.create(challenge))).has_error());
    BOOST_TEST(parse_registration_response(good).has_error());
}

BOOST_AUTO_TEST_CASE(transports_are_kept_within_limits)
{
    auto response = SoftAuthenticator{}.create(challenge);
    response.transports = {"usb", "", "new-kind", "with space", std::string(33, 'x'), "ü"};
    BOOST_TEST((parse_registration_response(to_json(response)).value().transports
                == std::vector<std::string>{"usb", "new-kind"}));
    response.transports = std::vector<std::string>(100, "usb");
    BOOST_TEST(parse_registration_response(to_json(response)).value().transports.size() == transports_max);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
