#include "storage/repositories/statements.hpp"

namespace tessera::storage {

std::vector<Statement> all_statements()
{
    std::vector<Statement> all;
    for (const auto* statements : {&project_statements(),
                                   &branding_statements(),
                                   &client_statements(),
                                   &resource_statements(),
                                   &organization_statements(),
                                   &user_statements(),
                                   &invite_statements(),
                                   &audit_event_statements(),
                                   &audit_batch_statements(),
                                   &audit_sequencer_statements(),
                                   &mail_outbox_statements(),
                                   &login_flow_statements(),
                                   &session_statements(),
                                   &password_statements(),
                                   &authenticator_app_statements(),
                                   &passkey_statements(),
                                   &email_code_statements(),
                                   &rate_counter_statements(),
                                   &revocation_statements(),
                                   &authorization_request_statements(),
                                   &authorization_code_statements(),
                                   &refresh_token_statements(),
                                   &grant_statements(),
                                   &once_value_statements(),
                                   &token_family_statements(),
                                   &logout_delivery_statements(),
                                   &expiry_statements(),
                                   &initial_access_token_statements()}) {
        all.insert(all.end(), statements->begin(), statements->end());
    }
    return all;
}

}  // namespace tessera::storage
