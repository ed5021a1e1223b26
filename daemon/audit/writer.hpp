// The group-commit writer: many concurrent events, one insert, one commit (docs/adr/0034-one-audit-writer.md).
//
// A thread of its own with a connection of its own (role tessera_audit). `append` may be called from any event loop; it
// resumes there when the batch that holds the event is durable. Fail-closed: an error means the event is not known to be
// durable, and whatever depended on it must not be sent. Bounded: beyond `waiting_max` events, or when a batch is not
// durable within `wait_max`, append fails with unavailable and the event is dropped or, at worst, written without its
// answer having been sent.
#pragma once

#include <cstddef>
#include <memory>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "storage/error.hpp"
#include "storage/pool.hpp"
#include "storage/repositories/audit_events.hpp"

namespace tessera::audit {

class Writer {
public:
    struct Options {
        std::size_t batch_max = 256;
        std::size_t waiting_max = 8192;
        Milliseconds wait_max{2000};
    };

    Writer(Options options, storage::Pool& audit_pool, const Clock& clock);
    ~Writer();  // writes what is waiting, then joins

    // `replayed`: the entry's once-only value had been used; the event was not written.
    Async<Result<storage::Appended, storage::StoreError>> append(storage::AuditEntry entry);

    std::size_t waiting() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tessera::audit
