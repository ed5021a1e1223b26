#include "keyd/settings/pin.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/secret.hpp"

namespace tessera::keyd {

namespace {

Result<pkcs11::PinSource, PinError> from_file(const std::string& path)
{
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) {
        return PinError{fmt::format("PIN file {}: {}", path, std::strerror(errno))};
    }
    if ((status.st_mode & 077) != 0 || (status.st_uid != geteuid() && status.st_uid != 0)) {
        return PinError{fmt::format("PIN file {}: others than keyd's user may read or replace it; "
                                    "chown it to keyd's user and chmod 0400",
                                    path)};
    }
    if (access(path.c_str(), R_OK) != 0) {
        return PinError{fmt::format("PIN file {}: keyd's user may not read it", path)};
    }
    return pkcs11::pin_from_file(path);
}

Result<pkcs11::PinSource, PinError> from_descriptor(int descriptor)
{
    std::array<std::uint8_t, pkcs11::pin_bytes_max + 2> buffer{};
    std::size_t size = 0;
    while (size < buffer.size()) {
        const ssize_t got = ::read(descriptor, buffer.data() + size, buffer.size() - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return PinError{fmt::format("pin-fd {}: {}", descriptor, std::strerror(errno))};
        }
        if (got == 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    ::close(descriptor);
    size -= size > 0 && buffer[size - 1] == '\n' ? 1 : 0;
    // Shared because a PinSource is copied; kept because a login after a recovery needs it again.
    const auto pin = std::make_shared<const SecretBytes>(ByteView{buffer.data(), size});
    wipe(buffer);
    if (pin->empty() || pin->size() > pkcs11::pin_bytes_max) {
        return PinError{fmt::format("pin-fd {}: a PIN has 1 to {} bytes", descriptor, pkcs11::pin_bytes_max)};
    }
    return pkcs11::PinSource{[pin] { return pin->copy(); }};
}

}  // namespace

Result<pkcs11::PinSource, PinError> pin_source(const KeydSettings& settings, const std::string& token,
                                               const std::string& credentials_directory)
{
    const bool is_first = token == settings.tokens.front();
    if (const auto file = settings.pin_files.find(token); file != settings.pin_files.end()) {
        return from_file(file->second);
    }
    if (is_first && settings.pin_fd >= 0) {
        return from_descriptor(settings.pin_fd);
    }
    if (!credentials_directory.empty()) {
        const std::string path = credentials_directory + "/hsm-pin" + (is_first ? "" : "-" + token);
        if (access(path.c_str(), F_OK) == 0) {
            return from_file(path);
        }
    }
    return pkcs11::no_pin();
}

}  // namespace tessera::keyd
