// What the fault module is to do wrong: rules in a text file that may change at any moment.
//
// TESSERA_FAULT_CONTROL names the file; replace it by rename. One rule a line, blank lines ignored:
//
//   <function> <fault> [after=N] [times=N]
//
// `after` lets N calls pass first, `times` ends the rule after N faults (none = for ever). Faults:
//
//   rv=0x30        return this code instead of calling the real module
//   hang           do not return until the rule is gone from the file
//   delay_ms=N     sleep, then call the real module
//   flip           C_Sign: invert one bit of the signature
//   flags=0x...    C_GetTokenInfo: set these flags
//   sessions=N     C_GetTokenInfo: claim this maximum of sessions
//   lie=0x...      C_GetAttributeValue: invert this boolean attribute
//   raw_point      C_GetAttributeValue: give CKA_EC_POINT without its OCTET STRING
//   refuse=0x...   C_GenerateKeyPair, C_GenerateKey: CKR_TEMPLATE_INCONSISTENT if this attribute is in a template
//   serial         C_GetTokenInfo: another serial number
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tessera::fault {

// The faults to apply to one call: name → number.
using Faults = std::map<std::string, std::uint64_t, std::less<>>;

// The faults whose turn it is for this call of `function`. Rereads the file when it was replaced.
Faults take(std::string_view function);

// True while the file holds a `hang` for the function.
bool hangs(std::string_view function);

// Appends "<function> <code>" to the file TESSERA_FAULT_CALLS names, if any.
void record(std::string_view function, unsigned long code);

}  // namespace tessera::fault
