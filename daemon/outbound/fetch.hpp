// The only HTTP client of the appliance (docs/reference: outbound-allow; SR-13, CI-02).
//
// https only, unless the operator's list opens a target for plain HTTP; TLS 1.2 or later, verified. The address is judged
// when the socket is about to be connected, so that neither a name, nor a redirect, nor a changed DNS answer reaches what is
// not public. Every limit below holds whatever the other side does. No cookies, no proxy or password from the environment,
// no compressed bodies.
//
// One thread of its own drives all transfers: a server that trickles costs a descriptor, not a thread. A realm has a quarter
// of the transfers at most, and a quarter for its logouts besides: nothing but logouts takes the last quarter of all, so that
// nobody who makes the appliance fetch keeps a logout from being told.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "daemon/outbound/address_policy.hpp"

namespace tessera::outbound {

enum class Method { get, post };

enum class Purpose { metadata, logout };

// Same origin: scheme, host and port of the first URL; GET only, at most redirects_max of them.
enum class Redirects { none, same_origin };

struct FetchHeader {
    std::string name;
    std::string value;
};

struct FetchRequest {
    std::string url{};
    Method method = Method::get;
    std::string content_type = "application/x-www-form-urlencoded";  // of the body of a POST
    std::string body{};
    // "Accept", "Authorization". A line break in one is an invalid request. Never logged.
    std::vector<FetchHeader> headers{};
    std::size_t body_bytes_max = 64 * 1024;  // of the answer
    Milliseconds connect_max{2'000};
    Milliseconds total_max{5'000};
    Redirects redirects = Redirects::none;
    ProjectId project{};  // on whose behalf: its share of the transfers; nil for the appliance itself
    Purpose purpose = Purpose::metadata;
};

struct Fetched {
    int status = 0;                    // whatever it is: 3xx too, when redirects are not followed
    std::vector<FetchHeader> headers;  // names in lower case
    std::string body;

    // The first of that name; empty when there is none.
    std::string_view header(std::string_view lower_case_name) const;
};

enum class FetchFault {
    invalid,      // the request itself: not an https URL, user information in it, a line break in a header
    refused,      // the address is not public and not on the operator's list
    unreachable,  // no such name, no connection, cut off
    untrusted,    // TLS: certificate or protocol
    timeout,
    too_large,   // header or body
    redirected,  // to another origin, or too often
    overloaded,  // too many transfers, of all or of this realm
};

// For logs and metrics: "refused".
std::string_view to_string(FetchFault fault);

struct FetchError {
    FetchFault fault;
    std::string description;  // public: says nothing of addresses, and the same for refused and unreachable
    std::string detail;       // for the log only
};

inline constexpr std::size_t url_bytes_max = 8 * 1024;
inline constexpr std::size_t header_bytes_max = 32 * 1024;
inline constexpr int redirects_max = 3;

class Fetcher {
public:
    struct Options {
        AllowList allowed;
        std::string ca_file;            // PEM; certificate authorities trusted besides the system's
        std::size_t concurrency = 128;  // transfers at once; one more fails with `overloaded`
    };

    explicit Fetcher(Options options);
    ~Fetcher();
    Fetcher(const Fetcher&) = delete;
    Fetcher& operator=(const Fetcher&) = delete;

    // Ends the thread, so that it touches no loop any more: after the last fetch has ended, before its loop is destroyed.
    void stop();

    // From any event loop; resumes on it. Ends by total_max at the latest.
    Async<Result<Fetched, FetchError>> fetch(FetchRequest request);

    struct Counts {
        std::atomic<std::uint64_t> answered{0};
        std::atomic<std::uint64_t> refused{0};
        std::atomic<std::uint64_t> failed{0};
    };
    const Counts& counts() const { return counts_; }

private:
    class Engine;
    Counts counts_;
    std::unique_ptr<Engine> engine_;
};

// application/x-www-form-urlencoded.
std::string encode_form(const std::vector<FetchHeader>& fields);

}  // namespace tessera::outbound
