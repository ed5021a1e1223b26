#define BOOST_TEST_MODULE storage
#include <boost/test/unit_test.hpp>

// libpqxx 6.4 forgets one result when a connection breaks while a statement is being prepared or executed.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6"; }
