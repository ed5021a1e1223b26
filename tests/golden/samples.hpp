// Every hosted page in every state worth seeing, filled with sample data: for the golden files, the hostile-text test and the
// browser.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/response.hpp"
#include "daemon/page/language.hpp"

namespace tessera::samples {

// What becomes of a sample's words: they stay, or something hostile stands in their place.
using Say = std::function<std::string(std::string_view)>;

struct Sample {
    std::string name;
    http::Response response;
};

std::vector<Sample> sign_in_samples(page::Language language, const Say& say);
std::vector<Sample> factor_samples(page::Language language, const Say& say);
std::vector<Sample> decision_samples(page::Language language, const Say& say);
std::vector<Sample> outcome_samples(page::Language language, const Say& say);
std::vector<Sample> account_samples(page::Language language, const Say& say);
// All of them.
std::vector<Sample> all_samples(page::Language language, const Say& say);
// As they are.
std::vector<Sample> all_samples(page::Language language);

// Which ones are kept as golden files: all in English, a few in the other languages, whose texts the catalogue has.
bool is_golden(page::Language language, std::string_view name);
// With the hash of a served file replaced by "HASH": a golden file does not change with the style sheet.
std::string without_versions(std::string html);
// Where the golden files are in this checkout.
std::string golden_directory();

}  // namespace tessera::samples
