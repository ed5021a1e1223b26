// Settings that the API knows and no code acts on yet: refused, so that nobody relies on what does nothing.
#pragma once

#include "daemon/api/console/console.pb.h"
#include "daemon/api/console/validate.hpp"

namespace tessera::api::console {

// invalid_argument naming the member of `asked` that has neither its default nor the value of `stored`; the default message
// stands for what is not stored yet. A feature that lands takes its rows out of the table.
Checked refuse_not_available(const tessera::console::v1::Project& stored,
                             const tessera::console::v1::Project& asked);
Checked refuse_not_available(const tessera::console::v1::Organization& stored,
                             const tessera::console::v1::Organization& asked);
Checked refuse_not_available(const tessera::console::v1::Client& stored,
                             const tessera::console::v1::Client& asked);

}  // namespace tessera::api::console
