// Admission control: how many requests one event loop works on at once, altogether and for one realm. Beyond that a
// request is refused with 503 and Retry-After before anything is spent on it, so that goodput stays near its peak and one
// realm's flood is not everybody's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tessera::http {

enum class Admitted { yes, process_full, realm_full };

// One per event loop, no locks. The names held are those of requests in flight: bounded by in_flight_max.
class Admission {
public:
    struct Options {
        std::size_t in_flight_max = 256;
        std::size_t realm_in_flight_max = 128;
    };

    explicit Admission(Options options) : options_(options) {}

    // A place for one request, given back by the destructor. It must not outlive the Admission.
    class Place {
    public:
        Place() = default;
        Place(Place&& other) noexcept;
        Place& operator=(Place&&) = delete;
        ~Place();

    private:
        friend class Admission;
        Admission* admission_ = nullptr;
        std::unordered_map<std::string, std::size_t>::value_type* realm_ = nullptr;
    };

    // `realm` is the slug in the path, known or not: looking it up is work too. Empty = none.
    Admitted enter(std::string_view realm, Place& place);
    std::size_t in_flight() const { return in_flight_; }

private:
    void leave(std::unordered_map<std::string, std::size_t>::value_type* realm);

    Options options_;
    std::size_t in_flight_ = 0;
    std::unordered_map<std::string, std::size_t> realms_;
};

}  // namespace tessera::http
