// Answers as frames.
#pragma once

#include <string>

#include "keyd/keyring/refusal.hpp"

namespace tessera::keyd::server {

// Appends the frame of `answer`; a refusal becomes its Error, an answer longer than a frame becomes INTERNAL.
void append_answer(std::string& out, std::uint64_t correlation_id, const Answer<v1::Response>& answer);

}  // namespace tessera::keyd::server
