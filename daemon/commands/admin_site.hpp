// What operators and machines ask of the process itself: health, readiness, metrics; and the door to the console API.
#pragma once

#include <functional>
#include <vector>

#include "daemon/front.hpp"
#include "daemon/http/session.hpp"

namespace tessera {

// Why the process cannot do its work now; empty = ready. Called for each /readyz, on the admin loop: cheap, no I/O.
struct Readiness {
    bool keyd_connected = false;
    bool database_answers = false;
    bool draining = false;
};

struct AdminQuestions {
    std::function<Readiness()> readiness;
    std::function<std::string()> metrics;
};

// GET /healthz (the process runs), /readyz (200 or 503 with the parts by name), /metrics (Prometheus).
http::Service admin_service(AdminQuestions questions);

// The console API for the operators named by `uids` (SO_PEERCRED); 403 for anybody else.
http::Service console_service(Front& front, std::vector<std::uint32_t> uids);

}  // namespace tessera
