// application/x-www-form-urlencoded (WHATWG URL §5), strictly: RFC 6749 parameters.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tessera::http {

enum class FormFault { malformed_escape, invalid_utf8, nul_byte, too_many_parameters };

struct FormError {
    FormFault fault;
    std::string detail;
};

// Parameters in order. Names and values are UTF-8 without NUL.
class Form {
public:
    static Result<Form, FormError> parse(std::string_view body);

    // RFC 6749 §3.2: a parameter without a value is treated as absent.
    // The only value; nullopt when absent or empty. Use find_repeated() first.
    std::optional<std::string_view> find(std::string_view name) const;
    std::vector<std::string_view> find_all(std::string_view name) const;
    // Name of a parameter that occurs more than once and is not in `repeatable`; nullopt when there is none. A name may be empty.
    std::optional<std::string_view> find_repeated(const std::vector<std::string_view>& repeatable) const;
    std::size_t size() const { return parameters_.size(); }

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

// Percent-decoding with "+" as space; nullopt on a malformed escape.
std::optional<std::string> form_decode(std::string_view text);
std::string form_encode(std::string_view text);

}  // namespace tessera::http
