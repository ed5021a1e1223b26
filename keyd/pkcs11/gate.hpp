// Lets many callers in, or one recovery alone. Entering an open gate costs one atomic addition.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace tessera::keyd::pkcs11 {

class Gate {
public:
    // Waits while the gate is closed; false at the deadline.
    bool enter(Tick deadline);
    void leave();

    // Keeps newcomers out and waits until nobody is inside. False at the deadline: somebody is stuck, the gate is open
    // again. One closer at a time.
    bool close(Tick deadline);
    void open();

private:
    std::atomic<std::int64_t> inside_{0};
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
};

// Inside the gate while it lives and `entered`.
class GatePass {
public:
    GatePass(Gate& gate, Tick deadline) : gate_(gate), entered_(gate.enter(deadline)) {}
    ~GatePass()
    {
        if (entered_) {
            gate_.leave();
        }
    }
    GatePass(const GatePass&) = delete;
    GatePass& operator=(const GatePass&) = delete;
    bool entered() const { return entered_; }

private:
    Gate& gate_;
    bool entered_;
};

}  // namespace tessera::keyd::pkcs11
