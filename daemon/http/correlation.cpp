#include "daemon/http/correlation.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace tessera::http {

namespace {

constexpr std::size_t id_bytes = 16;

bool is_lower_hex(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string new_request_id()
{
    struct Batch {
        std::array<std::uint8_t, id_bytes * 64> bytes{};
        std::size_t used = id_bytes * 64;
    };
    static thread_local Batch batch;
    if (batch.used == batch.bytes.size()) {
        fill_random(batch.bytes);
        batch.used = 0;
    }
    const auto id = std::span{batch.bytes}.subspan(batch.used, id_bytes);
    batch.used += id_bytes;
    return hex_encode(id);
}

bool is_request_id(std::string_view text)
{
    return text.size() >= 8 && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
                      || c == '_';
           });
}

std::string trace_id_of(std::string_view traceparent)
{
    // version "-" trace-id "-" parent-id "-" flags; version ff and all-zero ids are invalid.
    if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-'
        || (traceparent.size() > 55 && (traceparent.starts_with("00") || traceparent[55] != '-'))) {
        return {};
    }
    const std::string_view trace = traceparent.substr(3, 32);
    const std::string_view parent = traceparent.substr(36, 16);
    const auto is_zero = [](std::string_view text) {
        return text.find_first_not_of('0') == std::string_view::npos;
    };
    if (!is_lower_hex(traceparent.substr(0, 2)) || traceparent.starts_with("ff") || !is_lower_hex(trace)
        || !is_lower_hex(parent) || !is_lower_hex(traceparent.substr(53, 2)) || is_zero(trace)
        || is_zero(parent)) {
        return {};
    }
    return std::string{trace};
}

void correlate(Request& request)
{
    const std::string_view given = request.find("x-request-id");
    request.request_id = is_request_id(given) ? std::string{given} : new_request_id();
    request.trace_id = trace_id_of(request.find("traceparent"));
}

}  // namespace tessera::http
