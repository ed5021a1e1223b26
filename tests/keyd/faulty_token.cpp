#include "tests/keyd/faulty_token.hpp"

#include <cstdlib>
#include <fstream>

namespace tessera::keyd::testing {

FaultyToken::FaultyToken()
{
    setenv("TESSERA_FAULT_CONTROL", (soft_.directory() / "faults").c_str(), 1);
    setenv("TESSERA_FAULT_CALLS", (soft_.directory() / "calls").c_str(), 1);
}

FaultyToken::~FaultyToken() { behave(); }

void FaultyToken::order(const std::vector<std::string>& rules)
{
    const auto target = soft_.directory() / "faults";
    const auto fresh = soft_.directory() / "faults.new";
    {
        std::ofstream file{fresh};
        for (const std::string& rule : rules) {
            file << rule << "\n";
        }
    }
    std::filesystem::rename(fresh, target);
}

std::size_t FaultyToken::calls(const std::string& function) const
{
    std::ifstream file{soft_.directory() / "calls"};
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) {
        count += line.starts_with(function + " ") ? 1 : 0;
    }
    return count;
}

void FaultyToken::forget_calls() { std::filesystem::remove(soft_.directory() / "calls"); }

pkcs11::ModuleOptions FaultyToken::module_options() const
{
    pkcs11::ModuleOptions options = soft_.module_options();
    options.path = fault_module_path;
    return options;
}

}  // namespace tessera::keyd::testing
