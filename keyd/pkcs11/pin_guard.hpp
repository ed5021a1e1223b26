// Decides whether a PIN may be sent to a token. A PIN that was refused is never sent again, and a token that warns is not
// tried: every wrong PIN brings it nearer to locking itself, and a restart loop would lock it for good.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/digest.hpp"
#include "base/secret.hpp"

namespace tessera::keyd::pkcs11 {

// The warnings of CK_TOKEN_INFO.
struct PinFlags {
    bool count_low = false;
    bool final_try = false;
    bool locked = false;
    bool to_be_changed = false;
};

enum class PinOrigin { unattended, typed };

class PinGuard {
public:
    PinGuard();

    // nullopt: send it. Otherwise why not, in a sentence for the operator.
    std::optional<std::string> objection(const SecretBytes& pin, PinOrigin origin,
                                         const PinFlags& flags) const;

    // The token refused this PIN.
    void note_refused(const SecretBytes& pin);
    // The login failed for a reason that need not be the PIN. True when this PIN must not be sent again: modules exist that
    // answer a wrong PIN with a general error.
    bool note_failed(const SecretBytes& pin);
    // The token took a PIN: its counter starts anew.
    void note_accepted();
    bool was_refused(const SecretBytes& pin) const;

private:
    Sha256 digest(const SecretBytes& pin) const;

    SecretBytes salt_;
    std::optional<Sha256> failed_;  // of the last login, when it failed
    std::set<Sha256> refused_;      // salted digests: the guard need not hold a PIN to know it again
};

}  // namespace tessera::keyd::pkcs11
