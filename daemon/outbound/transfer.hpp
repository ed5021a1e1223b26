// One request on its way out: its libcurl handle and what came back so far. Used by the fetcher's thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ip/address.hpp>

#include "base/clock.hpp"
#include "daemon/outbound/curl_handles.hpp"
#include "daemon/outbound/fetch.hpp"

namespace tessera::outbound {

// Parses and judges a URL; nothing when it is none we would go to, and `why` says what is wrong.
std::optional<Target> parse_target(const std::string& url, std::string& why);

// The error with the public text of its fault.
FetchError fetch_error(FetchFault fault, std::string detail);

class Transfer {
public:
    using Done = std::function<void(Result<Fetched, FetchError>)>;

    Transfer(FetchRequest request, Done done, const Fetcher::Options& options, Tick now);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Prepares the handle for the request's URL, or for where it was sent on to. An error ends the transfer.
    Result<void, FetchError> prepare(Tick now);
    // libcurl is done with the handle. True when it is to be prepared and run once more: a redirect is followed.
    bool is_sent_on(CURLcode code);
    // What came of it.
    Result<Fetched, FetchError> outcome(CURLcode code);

    CURL* easy() const { return easy_.get(); }
    const FetchRequest& request() const { return request_; }
    void finish(Result<Fetched, FetchError> result) { done_(std::move(result)); }

private:
    // libcurl's callbacks; `self` is the transfer.
    static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);

    bool is_allowed(const curl_sockaddr& address);
    void set_request();
    FetchError error_of(CURLcode code) const;

    FetchRequest request_;
    Done done_;
    const Fetcher::Options& options_;
    Tick end_;
    EasyPtr easy_;
    ListPtr headers_;
    Target target_;
    Fetched answer_;
    std::size_t header_bytes_ = 0;
    int redirects_ = 0;
    std::string refused_address_;
    std::optional<FetchFault> fault_;  // decided by us, whatever libcurl calls it
    char said_[CURL_ERROR_SIZE] = {};
};

}  // namespace tessera::outbound
