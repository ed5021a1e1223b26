#include <string>

#include <boost/test/unit_test.hpp>

#include "keyd/wire/body.hpp"
#include "keyd/wire/frame.hpp"

using namespace tessera;
using namespace tessera::keyd;
using wire::FrameDecoder;
using wire::FrameFault;
using wire::FrameKind;

namespace {

v1::Request sample_request(std::size_t claims_bytes = 40)
{
    v1::Request request;
    request.set_deadline_ms(250);
    request.set_request_id("req-1");
    request.mutable_sign_jwt()->set_keyring_id("keyring_x");
    request.mutable_sign_jwt()->set_claims(std::string(claims_bytes, 'c'));
    return request;
}

std::string framed(const v1::Request& request, std::uint64_t id)
{
    std::string out;
    BOOST_REQUIRE(wire::append_frame(out, FrameKind::request, id, request));
    return out;
}

std::string raw_header(wire::FrameHeader header)
{
    std::string out;
    wire::append_header(out, header);
    return out;
}

void feed(FrameDecoder& decoder, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto room = decoder.writable();
        const std::size_t n = std::min(room.size(), bytes.size());
        std::copy_n(bytes.begin(), n, room.begin());
        decoder.commit(n);
        bytes.remove_prefix(n);
    }
}

FrameFault fault_of(std::string bytes)
{
    FrameDecoder decoder;
    feed(decoder, bytes);
    const auto next = decoder.next();
    BOOST_REQUIRE(!next);
    BOOST_TEST(!decoder.next());  // stays failed
    return next.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keyd_wire)

BOOST_AUTO_TEST_CASE(the_header_is_laid_out_as_the_protocol_says)
{
    const std::string bytes =
        raw_header({.kind = FrameKind::response, .length = 0x010203, .correlation_id = 0xA1B2});
    BOOST_TEST(hex_encode(as_bytes(bytes))
               == "54534b44"
                  "0001"
                  "02"
                  "00"
                  "00010203"
                  "000000000000a1b2");
}

BOOST_AUTO_TEST_CASE(frames_come_out_as_they_went_in_whatever_the_cuts)
{
    std::string stream;
    for (std::uint64_t id = 1; id <= 20; ++id) {
        stream += framed(sample_request(id * 900), id);
    }
    for (const std::size_t cut : {1UL, 7UL, 19UL, 20UL, 21UL, 4096UL, stream.size()}) {
        FrameDecoder decoder;
        std::uint64_t seen = 0;
        for (std::size_t at = 0; at < stream.size(); at += cut) {
            feed(decoder, std::string_view{stream}.substr(at, cut));
            for (auto next = decoder.next(); next && next.value(); next = decoder.next()) {
                ++seen;
                BOOST_TEST(next.value()->header.correlation_id == seen);
                const auto request = wire::parse_request(next.value()->body);
                BOOST_REQUIRE(request);
                BOOST_TEST(request->sign_jwt().claims().size() == seen * 900);
            }
        }
        BOOST_TEST(seen == 20U);
        BOOST_TEST(!decoder.is_inside_frame());
    }
}

BOOST_AUTO_TEST_CASE(every_broken_header_is_refused_for_its_own_reason)
{
    std::string bytes = raw_header({.correlation_id = 1});
    bytes[0] = 'G';
    BOOST_TEST((fault_of(bytes) == FrameFault::bad_magic));
    bytes = raw_header({.correlation_id = 1});
    bytes[6] = 4;
    BOOST_TEST((fault_of(bytes) == FrameFault::bad_kind));
    bytes[6] = 0;
    BOOST_TEST((fault_of(bytes) == FrameFault::bad_kind));
    bytes = raw_header({.correlation_id = 1});
    bytes[7] = 1;
    BOOST_TEST((fault_of(bytes) == FrameFault::bad_reserved));
    BOOST_TEST((fault_of(raw_header({.length = wire::body_bytes_max + 1, .correlation_id = 1}))
                == FrameFault::too_long));
    BOOST_TEST((fault_of(raw_header({.correlation_id = 0})) == FrameFault::bad_correlation_id));
    BOOST_TEST((fault_of(raw_header({.kind = FrameKind::event, .correlation_id = 1}))
                == FrameFault::bad_correlation_id));
}

BOOST_AUTO_TEST_CASE(a_frame_of_the_largest_size_passes_and_one_byte_more_is_not_sent)
{
    v1::Request request;
    request.mutable_sign_jwt()->set_claims(std::string(wire::body_bytes_max, 'c'));
    std::string out;
    BOOST_TEST(!wire::append_frame(out, FrameKind::request, 1, request));
    BOOST_TEST(out.empty());

    const std::size_t excess = request.ByteSizeLong() - wire::body_bytes_max;
    request.mutable_sign_jwt()->mutable_claims()->resize(wire::body_bytes_max - excess);
    BOOST_REQUIRE(wire::append_frame(out, FrameKind::request, 1, request));
    BOOST_TEST(out.size() == wire::header_bytes + wire::body_bytes_max);
    FrameDecoder decoder;
    feed(decoder, out);
    const auto next = decoder.next();
    BOOST_REQUIRE(next);
    BOOST_REQUIRE(next.value());
    BOOST_TEST(next.value()->body.size() == wire::body_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_version_of_a_frame_is_handed_up_not_refused)
{
    FrameDecoder decoder;
    feed(decoder, raw_header({.version = 9, .correlation_id = 3}));
    const auto next = decoder.next();
    BOOST_REQUIRE(next);
    BOOST_REQUIRE(next.value());
    BOOST_TEST(next.value()->header.version == 9);
}

BOOST_AUTO_TEST_CASE(a_body_that_was_handed_out_is_overwritten_at_the_next_call)
{
    v1::Request request;
    request.mutable_unlock()->set_pin("0123456789-pin");
    FrameDecoder decoder;
    feed(decoder, framed(request, 1));
    const auto next = decoder.next();
    BOOST_REQUIRE(next);
    BOOST_REQUIRE(next.value());
    const ByteView body = next.value()->body;
    BOOST_TEST(as_text(body).find("0123456789-pin") != std::string_view::npos);
    BOOST_TEST(!decoder.next().value());
    BOOST_TEST(as_text(body).find("0123456789-pin") == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_half_frame_counts_as_owed_bytes)
{
    FrameDecoder decoder;
    feed(decoder, framed(sample_request(), 1).substr(0, 30));
    BOOST_TEST(!decoder.next().value());
    BOOST_TEST(decoder.is_inside_frame());
}

BOOST_AUTO_TEST_CASE(bodies_that_are_not_protobuf_or_not_utf8_do_not_parse)
{
    BOOST_TEST(!wire::parse_request(as_bytes("\xff\xff\xff\xff")));
    BOOST_TEST(!wire::parse_request(as_bytes("\x12\x02\xc3\x28")));  // request_id = invalid UTF-8
    BOOST_TEST(wire::parse_request(as_bytes("")).has_value());       // an empty request: no operation
}

BOOST_AUTO_TEST_CASE(a_body_nested_deeper_than_the_limit_does_not_parse)
{
    // Unknown group fields (number 99) nested: start-group tags without end.
    std::string deep;
    for (int i = 0; i < wire::body_depth_max + 2; ++i) {
        deep += "\x9b\x06";
    }
    for (int i = 0; i < wire::body_depth_max + 2; ++i) {
        deep += "\x9c\x06";
    }
    BOOST_TEST(!wire::parse_request(as_bytes(deep)));
    BOOST_TEST(wire::parse_request(as_bytes("\x9b\x06\x9c\x06")).has_value());
}

BOOST_AUTO_TEST_CASE(request_ids_are_cut_and_cleaned)
{
    BOOST_TEST(wire::clean_request_id("abc-123") == "abc-123");
    BOOST_TEST(wire::clean_request_id("a\nb\x7f") == "a?b?");
    BOOST_TEST(wire::clean_request_id(std::string(500, 'x')).size() == wire::request_id_chars_max);
}

BOOST_AUTO_TEST_CASE(every_operation_of_the_contract_has_a_name_and_an_outcome)
{
    const auto* oneof = v1::Request::descriptor()->FindOneofByName("operation");
    BOOST_REQUIRE(oneof != nullptr);
    for (int i = 0; i < oneof->field_count(); ++i) {
        const auto operation = static_cast<v1::Request::OperationCase>(oneof->field(i)->number());
        BOOST_TEST(wire::operation_name(operation) == oneof->field(i)->name());
        BOOST_TEST(wire::outcome_of(operation) != v1::Response::OUTCOME_NOT_SET);
    }
}

BOOST_AUTO_TEST_SUITE_END()
