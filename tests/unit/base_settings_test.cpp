#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <fstream>

#include "base/settings.hpp"

namespace {

using namespace tessera;

constexpr Setting table[] = {
    {"port", SettingType::integer, "", "8443", 1, 65535, "0.1", "Where to listen."},
    {"plain", SettingType::flag, "", "false", 0, 0, "0.1", "Without TLS."},
    {"uids", SettingType::list, "", "", 0, 0, "0.1", "Who may call."},
    {"url", SettingType::text, "", "https://localhost", 0, 0, "0.1", "Where we are."},
};

std::string error_of(std::vector<std::string> arguments)
{
    Settings settings{table};
    const auto read = settings.read_arguments(arguments);
    BOOST_REQUIRE(read.has_error());
    return read.error().text;
}

BOOST_AUTO_TEST_SUITE(base_settings)

BOOST_AUTO_TEST_CASE(arguments_win_over_defaults_in_either_spelling)
{
    Settings settings{table};
    const std::vector<std::string> arguments = {"--port", "99", "--plain", "--uids=0, 1000"};
    BOOST_TEST(settings.read_arguments(arguments).has_value());
    BOOST_TEST(settings.integer("port") == 99);
    BOOST_TEST(settings.flag("plain"));
    BOOST_TEST((settings.list("uids") == std::vector<std::string>{"0", "1000"}));
    BOOST_TEST(settings.text("url") == "https://localhost");
    BOOST_TEST(!settings.is_given("url"));
}

BOOST_AUTO_TEST_CASE(every_mistake_is_fatal_and_named)
{
    BOOST_TEST(error_of({"--ports=1"}).find("unknown setting 'ports'") != std::string::npos);
    BOOST_TEST(error_of({"--port=0"}).find("1 to 65535") != std::string::npos);
    BOOST_TEST(error_of({"--port=8443x"}).find("'8443x'") != std::string::npos);
    BOOST_TEST(error_of({"--plain=yes"}).find("true or false") != std::string::npos);
    BOOST_TEST(error_of({"--port"}).find("must follow") != std::string::npos);
    BOOST_TEST(error_of({"port=1"}).find("unexpected argument") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_names_its_broken_line)
{
    const std::string path = std::tmpnam(nullptr);
    std::ofstream{path} << "# comment\nport = 7  # here\n\nbroken\n";
    Settings settings{table};
    const auto read = settings.read_file(path);
    std::remove(path.c_str());
    BOOST_REQUIRE(read.has_error());
    BOOST_TEST(read.error().text == path + ":4: expected 'name = value'");
    BOOST_TEST(settings.integer("port") == 7);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
