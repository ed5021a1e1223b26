#include "tests/support/fault_module/rules.hpp"

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>
#include <vector>

#include <sys/stat.h>

namespace tessera::fault {

namespace {

struct Rule {
    std::string function;
    std::string fault;
    std::uint64_t argument = 0;
    std::uint64_t after = 0;
    std::optional<std::uint64_t> times;
};

std::mutex mutex;
std::vector<Rule> rules;
std::string seen_version;

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Rule parse(const std::string& line)
{
    Rule rule;
    std::istringstream words{line};
    words >> rule.function;
    std::string word;
    while (words >> word) {
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const std::uint64_t number =
            equals == std::string::npos ? 1 : std::stoull(word.substr(equals + 1), nullptr, 0);
        if (name == "after") {
            rule.after = number;
        } else if (name == "times") {
            rule.times = number;
        } else {
            rule.fault = name;
            rule.argument = number;
        }
    }
    return rule;
}

// A file replaced by rename has another inode; its time tells when the number is used again.
void reread()
{
    const std::string path = environment("TESSERA_FAULT_CONTROL");
    struct stat status{};
    if (path.empty() || stat(path.c_str(), &status) != 0) {
        rules.clear();
        seen_version.clear();
        return;
    }
    const std::string version = std::to_string(status.st_ino) + "/" + std::to_string(status.st_mtim.tv_sec)
                                + "." + std::to_string(status.st_mtim.tv_nsec) + "/" + path;
    if (version == seen_version) {
        return;
    }
    seen_version = version;
    rules.clear();
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) {
            rules.push_back(parse(line));
        }
    }
}

}  // namespace

Faults take(std::string_view function)
{
    const std::scoped_lock lock{mutex};
    reread();
    Faults faults;
    for (Rule& rule : rules) {
        if (rule.function != function || rule.times == std::uint64_t{0}) {
            continue;
        }
        if (rule.after > 0) {
            --rule.after;
            continue;
        }
        if (rule.times) {
            --*rule.times;
        }
        faults[rule.fault] = rule.argument;
    }
    return faults;
}

bool hangs(std::string_view function)
{
    const std::scoped_lock lock{mutex};
    reread();
    for (const Rule& rule : rules) {
        if (rule.function == function && rule.fault == "hang") {
            return true;
        }
    }
    return false;
}

void record(std::string_view function, unsigned long code)
{
    const std::string path = environment("TESSERA_FAULT_CALLS");
    if (path.empty()) {
        return;
    }
    const std::scoped_lock lock{mutex};
    std::ofstream{path, std::ios::app} << function << " 0x" << std::hex << code << "\n";
}

}  // namespace tessera::fault
