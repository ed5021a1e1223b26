// The settings of tessera-keyd, checked. The table is the one source of the parser, --help and the manual.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/settings.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

struct KeydSettings {
    std::string front_socket;
    std::string admin_socket;
    std::string front_group;
    std::string admin_group;
    std::vector<std::string> front_uids;
    std::vector<std::string> admin_uids;
    std::string state_directory;
    std::string module;
    std::vector<std::pair<std::string, std::string>> module_environment;
    std::vector<std::string> tokens;
    std::map<std::string, std::string> token_serials;  // token label → serial number
    std::map<std::string, std::string> pin_files;      // token label → file
    int pin_fd;                                        // -1 = none; for the first token
    std::string issuer_domain;
    std::vector<v1::Algorithm> realm_algorithms;
    v1::KeyringPolicy realm_policy;
    std::uint32_t realm_keyrings_max;
    std::uint32_t realm_issuers_max;
    std::uint32_t data_keys_max;
    Seconds clock_ahead_max;
    std::uint32_t spare_keys;
    std::size_t sessions;
    std::size_t queue_max;
    unsigned verify_one_in;
    Milliseconds call_max;
    log::Level log_level;
};

std::span<const Setting> keyd_setting_table();

// From the arguments after the program's name: --config=FILE first, then the rest over it.
Result<KeydSettings, SettingsError> read_keyd_settings(std::span<const std::string> arguments);

}  // namespace tessera::keyd
