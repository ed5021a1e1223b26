// Owners for libcurl's objects, and its start. Only this room includes libcurl.
#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>

#include "base/assert.hpp"

namespace tessera::outbound {

template <auto Free>
struct CurlFree {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Free(object);
    }
};

using EasyPtr = std::unique_ptr<CURL, CurlFree<curl_easy_cleanup>>;
using MultiPtr = std::unique_ptr<CURLM, CurlFree<curl_multi_cleanup>>;
using UrlPtr = std::unique_ptr<CURLU, CurlFree<curl_url_cleanup>>;
using ListPtr = std::unique_ptr<curl_slist, CurlFree<curl_slist_free_all>>;
using MimePtr = std::unique_ptr<curl_mime, CurlFree<curl_mime_free>>;
using CurlText = std::unique_ptr<char, CurlFree<curl_free>>;

// libcurl's one initialisation; from any thread, any number of times.
void start_curl();

// An option libcurl does not take is a bug of ours: a security option must not be lost without a word.
template <class Value>
void set(CURL* easy, CURLoption option, Value value)
{
    ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

void append(ListPtr& list, const std::string& line);

// One part of a URL; empty when it has none.
std::string part_of(CURLU* url, CURLUPart part);

// What every connection that leaves has in common: TLS 1.2 or later with the peer verified against the system's authorities
// and those of `ca_file` (empty = none more), no proxy and no password from the environment, no signals.
void set_common(CURL* easy, const std::string& ca_file);

}  // namespace tessera::outbound
