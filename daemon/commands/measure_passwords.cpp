#include "daemon/commands/measure_passwords.hpp"

#include <charconv>
#include <iostream>

#include <fmt/format.h>

#include "daemon/commands/console_client.hpp"
#include "daemon/login/password_hash.hpp"

namespace tessera::commands {

namespace {

struct Range {
    std::uint32_t min;
    std::uint32_t max;
    std::uint32_t fallback;
};

constexpr Range target_ms{10, 2000, 100};
constexpr Range memory_mib{19, 256, 64};

Result<std::uint32_t, CommandError> number(const Invocation& invocation, std::string_view name,
                                           const Range& range)
{
    const auto text = invocation.find(name);
    if (!text) {
        return range.fallback;
    }
    std::uint32_t value = 0;
    const auto [last, code] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (code != std::errc{} || last != text->data() + text->size() || value < range.min
        || value > range.max) {
        return CommandError{Exit::usage,
                            fmt::format("--{} is a number from {} to {}", name, range.min, range.max)};
    }
    return value;
}

}  // namespace

CommandResult measure_passwords(const Invocation& invocation, const Environment&)
{
    TRY(const auto target, number(invocation, "target-ms", target_ms));
    TRY(const auto memory, number(invocation, "memory-mib-max", memory_mib));
    const SystemClock clock;
    const auto measured = login::measure_parameters(Milliseconds{target}, memory * 1024, clock);
    const auto& parameters = measured.parameters;
    if (invocation.json()) {
        print_json(json::object{{"memory_kib", parameters.memory_kib},
                                {"iterations", parameters.iterations},
                                {"parallelism", parameters.parallelism},
                                {"took_us", measured.took.count()}});
    } else {
        std::cout << fmt::format(
            "# one hash took {:.1f} ms\npassword-hash-memory-kib = {}\npassword-hash-iterations = "
            "{}\npassword-hash-parallelism = {}\n",
            static_cast<double>(measured.took.count()) / 1000.0, parameters.memory_kib, parameters.iterations,
            parameters.parallelism);
    }
    return ok();
}

}  // namespace tessera::commands
