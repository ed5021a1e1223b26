#include "daemon/http/form.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/encoding.hpp"

namespace tessera::http {

namespace {

// The longest request any grant makes has about a dozen; a thousand resource parameters are an attack.
constexpr std::size_t parameters_max = 128;

// Stricter than WHATWG URL §5.1, which passes a malformed escape or byte sequence on in another shape: two parties that
// repair differently disagree about what was said.
Result<std::string, FormError> decode_part(std::string_view text, std::string_view what, std::size_t index)
{
    auto decoded = form_decode(text);
    if (!decoded) {
        return FormError{FormFault::malformed_escape, fmt::format("{} of parameter {}", what, index)};
    }
    if (!is_utf8(*decoded)) {
        return FormError{FormFault::invalid_utf8, fmt::format("{} of parameter {}", what, index)};
    }
    if (decoded->find('\0') != std::string::npos) {
        return FormError{FormFault::nul_byte, fmt::format("{} of parameter {}", what, index)};
    }
    return std::move(*decoded);
}

bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*' || c == '-'
           || c == '.' || c == '_';
}

}  // namespace

std::optional<std::string> form_decode(std::string_view text)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            if (text.size() - i < 3) {
                return std::nullopt;
            }
            const int high = ascii::hex_value(text[i + 1]);
            const int low = ascii::hex_value(text[i + 2]);
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return decoded;
}

// WHATWG URL §5.2, the application/x-www-form-urlencoded percent-encode set.
std::string form_encode(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
        } else if (c == ' ') {
            encoded += '+';
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += digits[byte >> 4U];
            encoded += digits[byte & 15U];
        }
    }
    return encoded;
}

Result<Form, FormError> Form::parse(std::string_view body)
{
    Form form;
    while (!body.empty()) {
        const auto ampersand = body.find('&');
        const std::string_view pair = body.substr(0, ampersand);
        body = ampersand == std::string_view::npos ? std::string_view{} : body.substr(ampersand + 1);
        if (pair.empty()) {
            continue;
        }
        const std::size_t index = form.parameters_.size() + 1;
        if (index > parameters_max) {
            return FormError{FormFault::too_many_parameters, fmt::format("more than {}", parameters_max)};
        }
        const auto equals = pair.find('=');
        TRY(std::string name, decode_part(pair.substr(0, equals), "name", index));
        TRY(std::string value,
            decode_part(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1),
                        "value", index));
        form.parameters_.emplace_back(std::move(name), std::move(value));
    }
    return form;
}

std::optional<std::string_view> Form::find(std::string_view name) const
{
    for (const auto& [key, value] : parameters_) {
        if (key == name && !value.empty()) {
            return value;
        }
    }
    return std::nullopt;
}

std::vector<std::string_view> Form::find_all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const auto& [key, value] : parameters_) {
        if (key == name && !value.empty()) {
            values.emplace_back(value);
        }
    }
    return values;
}

std::optional<std::string_view> Form::find_repeated(const std::vector<std::string_view>& repeatable) const
{
    // At most parameters_max: comparing each with each before it is cheaper than a set.
    for (std::size_t i = 1; i < parameters_.size(); ++i) {
        const std::string& name = parameters_[i].first;
        const bool seen =
            std::any_of(parameters_.begin(), parameters_.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const auto& earlier) { return earlier.first == name; });
        if (seen && std::ranges::find(repeatable, name) == repeatable.end()) {
            return name;
        }
    }
    return std::nullopt;
}

}  // namespace tessera::http
