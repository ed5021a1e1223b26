// Fresh SoftHSM tokens in a temporary directory, gone with the object.
#pragma once

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "keyd/pkcs11/module.hpp"
#include "keyd/pkcs11/token.hpp"

namespace tessera::keyd::testing {

inline constexpr const char* softhsm_path = "/usr/lib/softhsm/libsofthsm2.so";
// Set by the build: tests/support/fault_module.
inline constexpr const char* fault_module_path = TESSERA_FAULT_MODULE;

// A directory that is removed with what is in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// Runs a program to its end and gives its standard output; throws std::runtime_error unless it exits with 0.
std::string run_program(const std::vector<std::string>& command);

class SoftToken {
public:
    // Makes the directory, its softhsm2.conf and one token.
    explicit SoftToken(std::string label = "main", std::string pin = "1234-test");

    // Another token beside the first.
    void add_token(const std::string& label, const std::string& pin);

    const std::string& label() const { return label_; }
    const std::string& pin() const { return pin_; }
    const std::filesystem::path& directory() const { return directory_.path(); }
    std::filesystem::path config() const { return directory() / "softhsm2.conf"; }
    std::filesystem::path token_directory() const { return directory() / "tokens"; }
    // Holds the PIN; what pin_source() reads.
    std::filesystem::path pin_file() const { return directory() / "pin"; }

    // SoftHSM itself, with short pauses so that recoveries are quick.
    pkcs11::ModuleOptions module_options() const;
    pkcs11::TokenOptions token_options() const;

private:
    TemporaryDirectory directory_;
    std::string label_;
    std::string pin_;
};

// A deadline far enough for a busy machine.
Tick soon();

// Waits until `condition` holds, looking every few milliseconds; false after 20 s.
template <class Condition>
bool eventually(Condition condition)
{
    const Tick limit = std::chrono::steady_clock::now() + Seconds{20};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit) {
            return false;
        }
        std::this_thread::sleep_for(Milliseconds{5});
    }
    return true;
}

}  // namespace tessera::keyd::testing
