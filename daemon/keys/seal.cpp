#include "daemon/keys/seal.hpp"

#include <utility>

namespace tessera::keys {

Async<Result<Bytes, keyd::KeydError>> seal(Keys& keys, ProjectId project, std::string context,
                                           SecretBytes plaintext, std::string request_id)
{
    keyd::v1::Request request;
    request.set_request_id(std::move(request_id));
    auto& seal = *request.mutable_seal();
    seal.set_project(project.uuid.bytes.data(), project.uuid.bytes.size());
    seal.set_context(std::move(context));
    const ByteView plain = plaintext.reveal(RevealTag{"handed to keyd to be sealed"});
    seal.set_plaintext(plain.data(), plain.size());
    CO_TRY(auto&& response, co_await keys.client().call(std::move(request)));
    const ByteView envelope = as_bytes(response.sealed().envelope());
    co_return Bytes{envelope.begin(), envelope.end()};
}

Async<Result<SecretBytes, keyd::KeydError>> open(Keys& keys, ProjectId project, std::string context,
                                                 Bytes envelope, std::string request_id)
{
    keyd::v1::Request request;
    request.set_request_id(std::move(request_id));
    auto& open = *request.mutable_open();
    open.set_project(project.uuid.bytes.data(), project.uuid.bytes.size());
    open.set_context(std::move(context));
    open.set_envelope(envelope.data(), envelope.size());
    CO_TRY(auto&& response, co_await keys.client().call(std::move(request)));
    co_return SecretBytes::take(*response.mutable_opened()->mutable_plaintext());
}

}  // namespace tessera::keys
