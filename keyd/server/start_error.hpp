// Why keyd does not start.
#pragma once

#include <string>

namespace tessera::keyd::server {

struct StartError {
    std::string text;  // what is wrong and what to do
};

}  // namespace tessera::keyd::server
