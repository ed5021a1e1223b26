// One operation of keyd.proto: who may call it, on which thread it runs, and the function that does it.
//
// The table of all of them is operations.cpp; each function has a file of its own in operations/.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/refusal.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd::pkcs11 {
class Module;
}

namespace tessera::keyd::server {

enum class SocketKind { front, admin };

std::string_view to_string(SocketKind socket);

// Who is on the other end: the uid the kernel vouches for (SO_PEERCRED) and the socket it came in by.
struct Caller {
    std::uint32_t uid;
    SocketKind socket;
};

// What operations work on. Owned by main; outlives every thread that runs operations.
struct Rooms {
    Keyrings& keyrings;
    const pkcs11::Module& module;
    std::vector<NamedToken> tokens;
    const Clock& clock;
    std::uint64_t incarnation;                    // random: differs from one process to the next
    std::function<std::uint32_t()> queue_length;  // calls that wait for a worker, for Health
};

// One call under way, from its frame to its answer.
struct Call {
    std::uint64_t connection;
    std::uint64_t correlation_id;
    Caller caller;
    Tick deadline;
    const struct Operation* operation;
    v1::Request request;
    std::optional<PendingSignature> signature;  // between the two halves of SignJwt
};

// Where an operation's `run` may block: nowhere (loop), on the token for one key operation (worker), on key generation and
// the disk (management; one call at a time).
enum class Place { loop, worker, management };

enum class Sockets { front, admin, both };

struct Operation {
    using Prepare = std::optional<Answer<v1::Response>> (*)(Rooms&, Call&);
    using Run = Answer<v1::Response> (*)(Rooms&, Call&);

    v1::Request::OperationCase which;
    Sockets sockets;
    Place place;
    // On the loop, before `run`: an answer ends the call there. May be null.
    Prepare prepare;
    Run run;
};

// Null for an operation this keyd does not know.
const Operation* find_operation(v1::Request::OperationCase which);

// True when the operation may be called by this socket.
bool is_permitted(const Operation& operation, SocketKind socket);

}  // namespace tessera::keyd::server
