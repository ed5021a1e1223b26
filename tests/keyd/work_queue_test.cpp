// The queue before a thread: whose call is next, and who finds room.
#include <boost/test/unit_test.hpp>

#include <future>
#include <mutex>

#include "keyd/server/work_queue.hpp"
#include "tests/keyd/keyring_house.hpp"

namespace tessera::keyd::server {

namespace {

using testing::KeyringHouse;

std::promise<void>* gate = nullptr;  // an Operation is a plain function

Answer<v1::Response> wait_for_gate(Rooms&, Call&)
{
    gate->get_future().wait();
    return v1::Response{};
}

Answer<v1::Response> refuse(Rooms&, Call&) { return Refusal{v1::KEYRING_LIMIT, "for the test"}; }

constexpr Operation waiting{v1::Request::kEnsureRealmKeyring, Sockets::both, Place::management, nullptr,
                            wait_for_gate};
constexpr Operation refusing{v1::Request::kEnsureRealmKeyring, Sockets::both, Place::management, nullptr,
                             refuse};

struct OneThread {
    OneThread()
    {
        house.open();
        gate = &opened;
    }

    Rooms rooms()
    {
        return {.keyrings = *house.keyrings,
                .module = house.module(),
                .tokens = {},
                .clock = house.clock,
                .incarnation = 1,
                .queue_length = {}};
    }
    WorkQueueOptions options()
    {
        return {.name = "test",
                .threads = 1,
                .front_waiting_max = 2,
                .admin_waiting_max = 2,
                .batch_max = 1,
                .deliver =
                    [this](const std::vector<Answered>& answers) {
                        const std::scoped_lock lock{mutex};
                        for (const Answered& answer : answers) {
                            answered.push_back(answer.connection);
                        }
                    },
                .refused =
                    [this](const Call&, const Refusal& refusal) {
                        const std::scoped_lock lock{mutex};
                        refused.push_back(refusal.code);
                    },
                .chore = {}};
    }
    // How many found no room. The connection's number tells the call.
    static std::size_t push(WorkQueue& queue, SocketKind socket, std::vector<std::uint64_t> connections,
                            const Operation& operation = refusing)
    {
        std::vector<Call> calls;
        for (const std::uint64_t connection : connections) {
            calls.push_back({connection, 1, {0, socket}, Tick::max(), &operation, {}, {}});
        }
        queue.push(calls);
        return calls.size();
    }
    std::size_t count()
    {
        const std::scoped_lock lock{mutex};
        return answered.size();
    }

    KeyringHouse house;
    std::promise<void> opened;
    std::mutex mutex;
    std::vector<std::uint64_t> answered;  // under mutex
    std::vector<v1::ErrorCode> refused;   // under mutex
};

}  // namespace

BOOST_AUTO_TEST_SUITE(work_queue)

BOOST_FIXTURE_TEST_CASE(an_operators_call_has_room_and_overtakes_every_front, OneThread)
{
    Rooms all = rooms();
    WorkQueue queue{options(), all};
    BOOST_TEST(push(queue, SocketKind::front, {1}, waiting) == 0U);
    BOOST_TEST(testing::eventually([&] { return queue.length() == 0; }));  // under way
    BOOST_TEST(push(queue, SocketKind::front, {2, 3, 4}) == 1U);
    BOOST_TEST(push(queue, SocketKind::admin, {5, 6}) == 0U);
    BOOST_TEST(push(queue, SocketKind::admin, {7}) == 1U);
    BOOST_TEST(queue.length() == 4U);
    opened.set_value();
    BOOST_TEST(testing::eventually([&] { return count() == 5; }));
    const std::scoped_lock lock{mutex};
    BOOST_TEST((answered == std::vector<std::uint64_t>{1, 5, 6, 2, 3}));
}

BOOST_FIXTURE_TEST_CASE(what_a_thread_refuses_is_told, OneThread)
{
    Rooms all = rooms();
    WorkQueue queue{options(), all};
    BOOST_TEST(push(queue, SocketKind::front, {1}) == 0U);
    BOOST_TEST(testing::eventually([&] { return count() == 1; }));
    const std::scoped_lock lock{mutex};
    BOOST_TEST((refused == std::vector<v1::ErrorCode>{v1::KEYRING_LIMIT}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::server
