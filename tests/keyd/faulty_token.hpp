// A SoftHSM token behind the fault module, and the orders it is given.
#pragma once

#include <string>
#include <vector>

#include "tests/keyd/soft_token.hpp"

namespace tessera::keyd::testing {

class FaultyToken {
public:
    FaultyToken();
    ~FaultyToken();
    FaultyToken(const FaultyToken&) = delete;
    FaultyToken& operator=(const FaultyToken&) = delete;

    // Replaces the rules (tests/support/fault_module/rules.hpp); none = behave.
    void order(const std::vector<std::string>& rules);
    void behave() { order({}); }

    // How often the library was called for this, since start or since `forget_calls`. Recorded functions only.
    std::size_t calls(const std::string& function) const;
    void forget_calls();

    const SoftToken& soft() const { return soft_; }
    pkcs11::ModuleOptions module_options() const;

private:
    SoftToken soft_;
};

}  // namespace tessera::keyd::testing
