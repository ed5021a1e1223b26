// Settings files of both programs: what is accepted is in range, complete, and reads the same when written out again. The
// input's first line names the program, the rest is the file.
#include <string>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.hpp"
#include "daemon/http/proxy.hpp"
#include "daemon/resource_uri.hpp"
#include "daemon/settings/serve_settings.hpp"
#include "keyd/keyring/issuer.hpp"
#include "keyd/settings/keyd_settings.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

// A file that is gone with the object.
class File {
public:
    explicit File(std::string_view content) : descriptor_(memfd_create("settings", MFD_CLOEXEC))
    {
        ASSERT(write(descriptor_, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    }
    ~File() { close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

private:
    int descriptor_;
};

void check_value(const Settings& settings, const Setting& setting)
{
    const std::string& text = settings.text(setting.name);
    ASSERT(text.find('\n') == std::string::npos);
    if (setting.type == SettingType::integer) {
        const std::int64_t number = settings.integer(setting.name);
        ASSERT(number >= setting.min && number <= setting.max);
    }
    if (setting.type == SettingType::flag) {
        ASSERT(text == (settings.flag(setting.name) ? "true" : "false"));
    }
    for (const std::string& item : settings.list(setting.name)) {
        ASSERT(!item.empty() && item.find(',') == std::string::npos);
    }
}

void check_file(std::span<const Setting> table, std::string_view content)
{
    const File file{content};
    Settings settings{table};
    const auto read = settings.read_file(file.path());
    if (read.has_error()) {
        ASSERT(read.error().text.starts_with(file.path()));
        return;
    }
    std::string again;
    for (const Setting& setting : table) {
        check_value(settings, setting);
        if (settings.is_given(setting.name)) {
            again += fmt::format("{} = {}\n", setting.name, settings.text(setting.name));
        }
    }
    const File written{again};
    Settings copy{table};
    ASSERT(copy.read_file(written.path()).has_value());
    for (const Setting& setting : table) {
        ASSERT(copy.is_given(setting.name) == settings.is_given(setting.name));
        ASSERT(copy.text(setting.name) == settings.text(setting.name));
    }
}

void check_serve(std::string_view content)
{
    check_file(serve_settings(), content);
    const File file{content};
    Settings settings{serve_settings()};
    if (!settings.read_file(file.path()) || !check_serve_settings(settings)) {
        return;
    }
    const std::string& base = settings.text("issuer-base");
    ASSERT(normalize_resource_uri(base + "/realms/a").has_value());
    for (const std::string& text : settings.list("listen")) {
        const auto address = parse_listen_address(text);
        ASSERT(address && (is_loopback(address.value()) || !settings.flag("plain-http")));
    }
    std::string bad;
    const auto proxies = settings.list("trusted-proxies");
    ASSERT(http::TrustedProxies::parse(proxies, bad).has_value() == bad.empty());
}

void check_keyd(std::string_view content)
{
    check_file(keyd::keyd_setting_table(), content);
    const File file{content};
    const std::string argument = "--config=" + file.path();
    const auto read = keyd::read_keyd_settings({&argument, 1});
    if (!read) {
        ASSERT(!read.error().text.empty());
        return;
    }
    const keyd::KeydSettings& settings = read.value();
    ASSERT(!settings.tokens.empty() && !settings.realm_algorithms.empty() && settings.sessions > 0);
    ASSERT(keyd::is_realm_issuer(settings.issuer_domain + "/realms/a", settings.issuer_domain));
    const bool is_https = settings.issuer_domain.starts_with("https://");
    ASSERT(!is_https || keyd::check_issuer(settings.issuer_domain + "/realms/a").has_value());
    for (const auto& [name, value] : settings.module_environment) {
        ASSERT(!name.empty() && name.find('=') == std::string::npos);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view content = fuzz::as_input(data, size);
    if (fuzz::cut_line(content) == "keyd") {
        check_keyd(content);
    } else {
        check_serve(content);
    }
    return 0;
}
