#include "daemon/outbound/curl_handles.hpp"

namespace tessera::outbound {

namespace {

// A directory of hashed names: libcurl reads the one certificate it needs, not the bundle of all of them for each connection.
constexpr const char* system_authorities = "/etc/ssl/certs";

}  // namespace

void start_curl()
{
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    ASSERT(started == CURLE_OK);
}

void append(ListPtr& list, const std::string& line)
{
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    ASSERT(longer != nullptr);
    static_cast<void>(list.release());
    list.reset(longer);
}

std::string part_of(CURLU* url, CURLUPart part)
{
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) {
        return {};
    }
    const CurlText owner{text};
    return text;
}

void set_common(CURL* easy, const std::string& ca_file)
{
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_PROXY, "");  // the empty text keeps libcurl from asking the environment
    set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    set(easy, CURLOPT_CAPATH, system_authorities);
    set(easy, CURLOPT_CAINFO, ca_file.empty() ? nullptr : ca_file.c_str());
    // A name server that does not answer must not hold up whoever cleans the handle away.
    set(easy, CURLOPT_QUICK_EXIT, 1L);
}

}  // namespace tessera::outbound
