// The statements of each repository, so that a test can prepare every one as the role that runs it.
#pragma once

#include <vector>

#include "storage/connection_pqxx.hpp"

namespace tessera::storage {

const std::vector<Statement>& project_statements();
const std::vector<Statement>& branding_statements();
const std::vector<Statement>& client_statements();
const std::vector<Statement>& resource_statements();
const std::vector<Statement>& organization_statements();
const std::vector<Statement>& user_statements();
const std::vector<Statement>& invite_statements();
const std::vector<Statement>& audit_event_statements();
const std::vector<Statement>& audit_batch_statements();
const std::vector<Statement>& audit_sequencer_statements();
const std::vector<Statement>& mail_outbox_statements();
const std::vector<Statement>& login_flow_statements();
const std::vector<Statement>& session_statements();
const std::vector<Statement>& password_statements();
const std::vector<Statement>& authenticator_app_statements();
const std::vector<Statement>& passkey_statements();
const std::vector<Statement>& email_code_statements();
const std::vector<Statement>& rate_counter_statements();
const std::vector<Statement>& revocation_statements();
const std::vector<Statement>& logout_delivery_statements();
const std::vector<Statement>& expiry_statements();
const std::vector<Statement>& initial_access_token_statements();
const std::vector<Statement>& authorization_request_statements();
const std::vector<Statement>& authorization_code_statements();
const std::vector<Statement>& refresh_token_statements();
const std::vector<Statement>& grant_statements();
const std::vector<Statement>& once_value_statements();
const std::vector<Statement>& token_family_statements();

std::vector<Statement> all_statements();

}  // namespace tessera::storage
