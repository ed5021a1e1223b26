#include <boost/test/unit_test.hpp>

#include "base/log.hpp"

namespace {

using namespace tessera;

BOOST_AUTO_TEST_SUITE(base_log)

BOOST_AUTO_TEST_CASE(fields_that_hold_secrets_are_redacted_by_name)
{
    const std::string line = log::render(log::Level::info, "tried", "req-1",
                                         {{"client_secret", "canary-7"}, {"attempts", 3}, {"tls", true}});
    BOOST_TEST(line.find("canary-7") == std::string::npos);
    BOOST_TEST(line.find(R"("client_secret":"[redacted]")") != std::string::npos);
    BOOST_TEST(line.find(R"("attempts":3)") != std::string::npos);
    BOOST_TEST(line.find(R"("request_id":"req-1")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_input_can_forge_a_line)
{
    const std::string line =
        log::render(log::Level::warning, "seen", {}, {{"agent", "x\n{\"level\":\"info\"}"}});
    BOOST_TEST(line.find('\n') == std::string::npos);
    const std::string hostile = log::render(log::Level::warning, "seen", {}, {{"agent", "\xFF\x1B[31m"}});
    BOOST_TEST(hostile.find("hex:ff1b") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
