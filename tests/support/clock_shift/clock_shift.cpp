// A library to preload: shifts CLOCK_REALTIME by the seconds written in the file $CLOCK_SHIFT_FILE, read at every call, so that a
// test can let the wall clock jump under a running process. The monotonic clock is left alone, as a real jump leaves it.
// It asks the kernel itself: looking up the real function would allocate before a sanitizer is ready. The file's name is kept
// when the library is loaded: tessera-keyd clears its environment.
#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

const char* kept_place() noexcept
{
    static char place[4096];
    const char* given = std::getenv("CLOCK_SHIFT_FILE");
    return given == nullptr ? nullptr : std::strncpy(place, given, sizeof place - 1);
}

const char* const shift_file = kept_place();

}  // namespace

extern "C" int clock_gettime(clockid_t clock, struct timespec* now) noexcept
{
    const long result = syscall(SYS_clock_gettime, clock, now);
    if (result != 0 || clock != CLOCK_REALTIME || shift_file == nullptr) {
        return static_cast<int>(result);
    }
    const int kept_errno = errno;
    const int file = open(shift_file, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        char text[24] = {};
        if (read(file, text, sizeof text - 1) > 0) {
            now->tv_sec += std::atol(text);
        }
        close(file);
    }
    errno = kept_errno;
    return 0;
}
