// What operators and machines ask of the process itself: health, readiness, metrics; and the door to the console API.
#pragma once

#include <functional>

#include "daemon/commands/front_loop.hpp"
#include "daemon/front.hpp"
#include "daemon/http/session.hpp"

namespace tessera {

struct Readiness {
    KeydState keyd = KeydState::unreachable;
    bool database_answers = false;
    bool draining = false;
};

struct AdminQuestions {
    std::function<Readiness()> readiness;  // for each /readyz, on the admin loop: cheap, no I/O
    std::function<std::string()> metrics;
};

// GET /healthz (the process runs), /readyz (200 or 503 with the parts by name), /metrics (Prometheus).
http::Service admin_service(AdminQuestions questions);

// The console API; who may use it is its policy's to decide (daemon/api/policy.cpp).
http::Service console_service(Front& front);

}  // namespace tessera
