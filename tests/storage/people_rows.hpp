// One row in every table of people and of what they authorize, for tests that walk all tables.
#pragma once

#include "tests/storage/database.hpp"

namespace tessera::tests {

// Rows of `project`, hanging on one user of one organization and on `client`.
void insert_people_rows(const Database& database, ProjectId project, ClientId client);

}  // namespace tessera::tests
