#include "keyd/pkcs11/pin_guard.hpp"

#include <algorithm>

namespace tessera::keyd::pkcs11 {

PinGuard::PinGuard() : salt_(SecretBytes::random(32)) {}

std::optional<std::string> PinGuard::objection(const SecretBytes& pin, PinOrigin origin,
                                               const PinFlags& flags) const
{
    if (flags.locked) {
        return "the token's PIN is locked; reset it with the security officer's PIN, then `tessera keys "
               "unlock`";
    }
    if (flags.to_be_changed) {
        return "the token wants its PIN changed; change it with the vendor's tool, then `tessera keys "
               "unlock`";
    }
    if (flags.final_try) {
        return "one wrong PIN more locks the token; reset its counter with the vendor's tool, then `tessera "
               "keys "
               "unlock`";
    }
    if (was_refused(pin)) {
        return "the token refused this PIN before, so it is not sent again; give the right one with `tessera "
               "keys "
               "unlock`";
    }
    // A PIN that replaces a refused one is somebody's deliberate correction, even when it comes from the file.
    if (flags.count_low && origin == PinOrigin::unattended && refused_.empty()) {
        return "a wrong PIN was sent to the token before this process started; confirm the PIN with `tessera "
               "keys "
               "unlock`";
    }
    return std::nullopt;
}

void PinGuard::note_refused(const SecretBytes& pin) { refused_.insert(digest(pin)); }

bool PinGuard::note_failed(const SecretBytes& pin)
{
    const Sha256 seen = digest(pin);
    if (failed_ == seen) {
        refused_.insert(seen);
        return true;
    }
    failed_ = seen;
    return false;
}

void PinGuard::note_accepted()
{
    refused_.clear();
    failed_.reset();
}

bool PinGuard::was_refused(const SecretBytes& pin) const { return refused_.contains(digest(pin)); }

Sha256 PinGuard::digest(const SecretBytes& pin) const
{
    SecretBytes salted{salt_.size() + pin.size()};
    const auto out = salted.reveal_writable(RevealTag{"pin guard: digest of a PIN"});
    const auto salt = salt_.reveal(RevealTag{"pin guard: digest of a PIN"});
    const auto text = pin.reveal(RevealTag{"pin guard: digest of a PIN"});
    std::ranges::copy(text, std::ranges::copy(salt, out.begin()).out);
    return sha256(salted.reveal(RevealTag{"pin guard: digest of a PIN"}));
}

}  // namespace tessera::keyd::pkcs11
