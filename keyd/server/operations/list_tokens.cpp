#include "keyd/pkcs11/module.hpp"
#include "keyd/pkcs11/token.hpp"
#include "keyd/server/health.hpp"
#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

// A token that does not answer is listed with what is known without it: its label and its health.
Answer<v1::Response> list_tokens(Rooms& rooms, Call& call)
{
    v1::Response response;
    for (const NamedToken& named : rooms.tokens) {
        v1::TokenList::Token& row = *response.mutable_token_list()->add_tokens();
        row.set_label(named.label);
        row.set_serial(named.token->serial());
        row.set_module(rooms.module.path());
        *row.mutable_health() = health_of(named);
        row.set_keys(rooms.keyrings.key_count(named.label));
        row.set_spare_keys(rooms.keyrings.spare_key_count(named.label));
        if (const auto info = named.token->info(call.deadline)) {
            row.set_manufacturer(info.value().manufacturer);
            for (const std::string& mechanism : info.value().mechanisms) {
                row.add_mechanisms(mechanism);
            }
        }
    }
    return response;
}

}  // namespace tessera::keyd::server
