// E-mail addresses of accounts: what is taken is a fixed point, ASCII, bounded, and safe in a mail's header and envelope.
#include <algorithm>

#include "base/assert.hpp"
#include "daemon/email_address.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = tessera::fuzz::as_input(data, size);
    const auto address = tessera::parse_email_address(text);
    if (!address) {
        return 0;
    }
    ASSERT(tessera::parse_email_address(*address) == address);
    ASSERT(address->size() == text.size() && address->size() <= tessera::email_address_bytes_max);
    ASSERT(std::ranges::count(*address, '@') == 1);
    ASSERT(std::ranges::all_of(*address, [](char c) {
        return c > 0x20 && c < 0x7F && std::string_view{"\"(),:;<>[\\]"}.find(c) == std::string_view::npos;
    }));
    const std::string_view domain = std::string_view{*address}.substr(address->find('@') + 1);
    ASSERT(std::ranges::none_of(domain, [](char c) { return c >= 'A' && c <= 'Z'; }));
    ASSERT(domain.find('.') != std::string_view::npos
           && text.substr(0, text.find('@')) == address->substr(0, address->find('@')));
    return 0;
}
