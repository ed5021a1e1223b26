#define BOOST_TEST_MODULE keyd
#include <boost/test/unit_test.hpp>

#include "base/log.hpp"

namespace {

// The tests provoke failures by the hundred; only what nobody expects is worth a line.
struct QuietLog {
    QuietLog() { tessera::log::start("keyd_tests", tessera::log::Level::error); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(QuietLog);

// SoftHSM 2.6.1 leaks the parsed curve name of every Ed25519 key (OSSL::byteString2oid). Only frames of its library are
// excused; its code keeps no frame pointers, so the slow unwinder must find them.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libsofthsm2.so\n"; }
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options()
{
    return "fast_unwind_on_malloc=0:malloc_context_size=12:print_suppressions=0";
}
