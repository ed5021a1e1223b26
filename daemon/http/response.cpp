#include "daemon/http/response.hpp"

#include <boost/json/serialize.hpp>

#include "base/ascii.hpp"
#include "base/json.hpp"

namespace tessera::http {

void Response::set(std::string_view name, std::string value)
{
    for (Header& header : headers) {
        if (ascii::equal_ignoring_case(header.name, name)) {
            header.value = std::move(value);
            return;
        }
    }
    headers.push_back({std::string{name}, std::move(value)});
}

void Response::add(std::string_view name, std::string value)
{
    headers.push_back({std::string{name}, std::move(value)});
}

std::string_view Response::find(std::string_view name) const
{
    for (const Header& header : headers) {
        if (ascii::equal_ignoring_case(header.name, name)) {
            return header.value;
        }
    }
    return {};
}

Response json_response(int status, std::string body)
{
    Response response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = std::move(body);
    return response;
}

Response json_error(int status, std::string_view code, std::string_view description)
{
    json::object body;
    body["error"] = json::string_view{code.data(), code.size()};
    body["error_description"] = json::string_view{description.data(), description.size()};
    Response response = json_response(status, json::serialize(body));
    // A refusal may be mended a moment later: nothing on the way may keep it.
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

}  // namespace tessera::http
