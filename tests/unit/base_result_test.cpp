#include <boost/test/unit_test.hpp>

#include "base/result.hpp"

#include <string>

namespace {

using namespace tessera;

struct Lower {
    int code;
};
struct Upper {
    std::string text;
    explicit Upper(std::string text_) : text(std::move(text_)) {}
    Upper(Lower lower) : text("lower " + std::to_string(lower.code)) {}
};

Result<int, Lower> lower(int value)
{
    if (value < 0) {
        return Lower{value};
    }
    return value;
}

Result<std::string, Upper> upper(int value)
{
    TRY(auto number, lower(value));
    return std::to_string(number);
}

BOOST_AUTO_TEST_SUITE(base_result)

BOOST_AUTO_TEST_CASE(try_unwraps_a_value_and_converts_an_error_of_the_layer_below)
{
    BOOST_TEST(upper(4).value() == "4");
    BOOST_TEST(upper(-4).error().text == "lower -4");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
