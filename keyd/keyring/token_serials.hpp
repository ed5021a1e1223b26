// Which token a label means: its serial number, kept as a row of the table `settings` from the first time it was seen on. A token of
// the same label that somebody puts in its place is then known before it is given the PIN, also by the next process.
#pragma once

#include <map>
#include <string>

namespace tessera::keyd {

class Store;
struct Service;

// Label → serial number, read before any token is there to authenticate it: good enough to refuse a token by. start() authenticates the
// same rows afterwards and answers STATE_TAMPERED when they were edited. Empty where there is no state yet.
std::map<std::string, std::string> remembered_serials(const std::string& state_directory);

// The same, of an authenticated store.
std::map<std::string, std::string> load_serials(Store& store);

// Writes down the serial number of each token that works and is not on record with it. A number that replaces another
// (`token-serials` named it) is journaled. Management thread.
void remember_serials(Service& service);

}  // namespace tessera::keyd
