// The statements of each repository, so that a test can prepare every one as the role that runs it.
#pragma once

#include <vector>

#include "storage/connection_pqxx.hpp"

namespace tessera::storage {

const std::vector<Statement>& project_statements();
const std::vector<Statement>& client_statements();
const std::vector<Statement>& resource_statements();
const std::vector<Statement>& audit_event_statements();
const std::vector<Statement>& audit_batch_statements();
const std::vector<Statement>& audit_sequencer_statements();
const std::vector<Statement>& mail_outbox_statements();

std::vector<Statement> all_statements();

}  // namespace tessera::storage
