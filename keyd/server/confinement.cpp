#include "keyd/server/confinement.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/log.hpp"

namespace tessera::keyd::server {

namespace {

[[maybe_unused]] constexpr std::size_t thread_stack_bytes = 512 * 1024;  // vendor libraries like some room

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

}  // namespace

void confine()
{
    umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    mallopt(M_ARENA_MAX, 2);  // an arena per thread would cost megabytes for nothing
#if !defined(__SANITIZE_ADDRESS__) && !(defined(__has_feature) && __has_feature(address_sanitizer))
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, thread_stack_bytes);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
#endif
}

Inheritance take_environment()
{
    Inheritance inheritance{environment("NOTIFY_SOCKET"), environment("WATCHDOG_USEC"),
                            environment("CREDENTIALS_DIRECTORY")};
    clearenv();
    return inheritance;
}

void lock_memory()
{
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_MEMLOCK, &limit);
    // Under a finite limit MCL_FUTURE would make later allocations fail instead of being merely unlocked. On fault, so that
    // reserved but unused memory is not made resident.
    const bool is_allowed = limit.rlim_max == RLIM_INFINITY || geteuid() == 0;
    if (!is_allowed || mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        log::info("memory_not_locked", {{"advice", "set LimitMEMLOCK=infinity, or run without swap"}});
    }
}

Result<void, StartError> hold_state_directory(const std::string& path)
{
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0) {
        return StartError{fmt::format("state-directory {}: {}. Make it with: install -d -m 0700 -o USER {}",
                                      path, std::strerror(errno), path)};
    }
    if (!S_ISDIR(status.st_mode)) {
        return StartError{fmt::format("state-directory {} is no directory (a link is not followed)", path)};
    }
    if (status.st_uid != geteuid()) {
        return StartError{
            fmt::format("state-directory {} belongs to uid {}, keyd runs as uid {}: chown it, or start keyd "
                        "as its owner",
                        path, status.st_uid, geteuid())};
    }
    if ((status.st_mode & 0777) != 0700) {
        return StartError{fmt::format("state-directory {} has mode {:04o}: others may enter it; chmod 0700",
                                      path, status.st_mode & 07777)};
    }
    const std::string lock = path + "/lock";
    const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return StartError{fmt::format("{}: {}", lock, std::strerror(errno))};
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return StartError{fmt::format("another tessera-keyd uses {}: stop it first", path)};
    }
    return ok();  // the descriptor stays open until the process ends
}

}  // namespace tessera::keyd::server
