// The settings of `tessera serve` as the options of its parts. A loop gets its share of what is a number of the process.
#pragma once

#include <cstddef>
#include <string>

#include "base/settings.hpp"
#include "daemon/http/admission.hpp"
#include "daemon/http/limits.hpp"
#include "storage/pool.hpp"

namespace tessera {

// One loop a processor this process may use, unless `threads` says otherwise.
std::size_t loops_of(const Settings& settings);
http::Limits limits_of(const Settings& settings, std::size_t loops);
http::Admission::Options admission_of(const Settings& settings, std::size_t loops);
storage::PoolOptions pool_of(const Settings& settings, std::string role, std::size_t connections);

}  // namespace tessera
