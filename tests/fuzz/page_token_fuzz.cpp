// Page tokens: one token for one place of one list, and no place but one that a list gave. The input's lines: list, filters,
// token, cursor.
#include <string>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/api/console/audit_cursor.hpp"
#include "daemon/api/page_token.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::api;

void check_cursor(const std::string& text)
{
    ASSERT(is_utf8(text) && text.find('\0') == std::string::npos);
    const auto cursor = console::parse_audit_cursor(text);
    if (cursor && !text.empty()) {
        ASSERT(cursor.value().position >= 0);
        ASSERT(console::parse_audit_cursor(console::to_text(cursor.value())).value().id == cursor.value().id);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest = fuzz::as_input(data, size);
    const std::string_view list = fuzz::cut_line(rest);
    const std::string_view filter = fuzz::cut_line(rest);
    const std::string_view token = fuzz::cut_line(rest);
    const auto cursor = read_page_token(list, filter, token);
    if (cursor && !token.empty()) {
        ASSERT(!cursor.value().empty() && make_page_token(list, filter, cursor.value()) == token);
        check_cursor(cursor.value());
    }
    // A token that somebody made for any place at all.
    const std::string made = make_page_token(list, filter, rest);
    const auto read = read_page_token(list, filter, made);
    if (read) {
        ASSERT(read.value() == rest);
        check_cursor(read.value());
    }
    ASSERT(read_page_token(list, std::string{filter} + "x", made).has_error());
    ASSERT(read_page_token(std::string{list} + "x", filter, made).has_error());
    return 0;
}
