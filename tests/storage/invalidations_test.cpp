#include "storage/invalidations.hpp"

#include <condition_variable>
#include <mutex>

#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

constexpr std::chrono::seconds patience{10};

// Notes what a listener tells, and waits for it.
class Heard {
public:
    InvalidationEvents events()
    {
        return {[this](const Invalidation& change) {
                    const std::lock_guard lock{mutex_};
                    changes_.push_back(change.kind + " " + to_string(change.project.uuid) + " " + change.row);
                    told_.notify_all();
                },
                [this] {
                    const std::lock_guard lock{mutex_};
                    ++alls_;
                    told_.notify_all();
                },
                [this] {
                    const std::lock_guard lock{mutex_};
                    ++beats_;
                    told_.notify_all();
                }};
    }
    bool wait_alls(int count)
    {
        std::unique_lock lock{mutex_};
        return told_.wait_for(lock, patience, [&] { return alls_ >= count; });
    }
    bool wait_beats(int count)
    {
        std::unique_lock lock{mutex_};
        return told_.wait_for(lock, patience, [&] { return beats_ >= count; });
    }
    bool wait_change(const std::string& change)
    {
        std::unique_lock lock{mutex_};
        return told_.wait_for(lock, patience, [&] {
            return std::find(changes_.begin(), changes_.end(), change) != changes_.end();
        });
    }
    std::size_t count()
    {
        const std::lock_guard lock{mutex_};
        return changes_.size();
    }
    void forget()
    {
        const std::lock_guard lock{mutex_};
        changes_.clear();
    }

private:
    std::mutex mutex_;
    std::condition_variable told_;
    std::vector<std::string> changes_;
    int alls_ = 0;
    int beats_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(invalidations)

BOOST_AUTO_TEST_CASE(each_kind_of_change_is_told_with_its_row)
{
    Database database;
    Heard heard;
    InvalidationListener listener{database.url(), "tessera_app", heard.events()};
    BOOST_REQUIRE(heard.wait_alls(1));
    BOOST_TEST(listener.is_listening());
    const ProjectId project = database.make_project("acme");
    BOOST_TEST(heard.wait_change("project " + to_string(project.uuid) + " acme"));
    const ResourceId resource = database.make_resource(project);
    const std::string of_resource = "resource " + to_string(project.uuid) + " " + to_string(resource.uuid);
    BOOST_TEST(heard.wait_change(of_resource));
    const ClientId client = database.make_client(project);
    const std::string of_client = "client " + to_string(project.uuid) + " " + to_string(client.uuid);
    BOOST_TEST(heard.wait_change(of_client));

    const auto told_by = [&](const std::string& change, auto&& write) {
        heard.forget();
        auto transaction = database.in(project);
        write(transaction);
        must(transaction.commit());
        BOOST_TEST(heard.wait_change(change));
    };
    const ClientSecretId secret = ClientSecretId::random();
    told_by(of_client, [&](Transaction& t) {
        must(insert_client_secret(t, project, client, secret, sha256("s"), "h", {}));
    });
    told_by(of_client,
            [&](Transaction& t) { must(set_client_access(t, project, client, resource, {"read"}, true)); });
    told_by(of_client,
            [&](Transaction& t) { must(set_client_access(t, project, client, resource, {}, true)); });
    told_by(of_client, [&](Transaction& t) { must(set_client_disabled(t, client, true)); });
    told_by(of_client, [&](Transaction& t) { must(delete_client_secret(t, client, secret)); });
    told_by(of_resource, [&](Transaction& t) { must(put_scope(t, project, resource, {"read", "Other"})); });
    told_by(of_resource, [&](Transaction& t) { must(update_resource(t, resource, "Other", 0)); });
    told_by(of_client, [&](Transaction& t) { must(delete_resource(t, resource)); });
    told_by("project " + to_string(project.uuid) + " acme",
            [&](Transaction& t) { must(set_project_disabled(t, project, true)); });
}

BOOST_AUTO_TEST_CASE(what_is_known_of_a_person_is_told_and_a_sign_in_is_not)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const UserId user = database.make_user(project, database.make_organization(project), "alice@example.com");
    Heard heard;
    InvalidationListener listener{database.url(), "tessera_app", heard.events()};
    BOOST_REQUIRE(heard.wait_alls(1));
    const std::string of_user = "user " + to_string(project.uuid) + " " + to_string(user.uuid);
    const auto write = [&](auto&& change) {
        heard.forget();
        auto transaction = database.in(project);
        BOOST_TEST(must(change(transaction)));
        must(transaction.commit());
    };
    write([&](Transaction& t) { return record_user_sign_in(t, user, from_unix_s(1'800'000'000)); });
    const ProjectId marker = database.make_project("marker");
    BOOST_TEST(heard.wait_change("project " + to_string(marker.uuid) + " marker"));
    BOOST_TEST(heard.count() == 1);
    write([&](Transaction& t) { return mark_email_verified(t, user, "alice@example.com"); });
    BOOST_TEST(heard.wait_change(of_user));
    write([&](Transaction& t) { return delete_user(t, user); });
    BOOST_TEST(heard.wait_change(of_user));
}

BOOST_AUTO_TEST_CASE(what_is_rolled_back_is_not_told)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    Heard heard;
    InvalidationListener listener{database.url(), "tessera_app", heard.events()};
    BOOST_REQUIRE(heard.wait_alls(1));
    {
        auto transaction = database.in(project);
        must(set_project_disabled(transaction, project, true));
    }
    const ProjectId marker = database.make_project("marker");
    BOOST_TEST(heard.wait_change("project " + to_string(marker.uuid) + " marker"));
    BOOST_TEST(heard.count() == 1);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_drops_everything_and_so_does_the_next)
{
    Database database;
    Heard heard;
    InvalidationListener listener{database.url(), "tessera_app", heard.events()};
    BOOST_REQUIRE(heard.wait_alls(1));
    database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tessera-listen' "
        "AND datname = current_database()");
    BOOST_TEST(heard.wait_alls(3));  // lost, and back
    const ProjectId project = database.make_project("acme");
    BOOST_TEST(heard.wait_change("project " + to_string(project.uuid) + " acme"));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_down_at_first_is_found_when_it_comes)
{
    Database database;
    Cluster::instance().stop();
    Heard heard;
    InvalidationListener listener{database.url(), "tessera_app", heard.events()};
    BOOST_TEST(!listener.is_listening());
    Cluster::instance().start();
    BOOST_TEST(heard.wait_alls(1));
    BOOST_TEST(listener.is_listening());
}

BOOST_AUTO_TEST_CASE(its_own_notices_come_back_while_all_is_well)
{
    Database database;
    Heard heard;
    const InvalidationListener listener{database.url(), "tessera_app", heard.events()};
    BOOST_TEST(heard.wait_beats(3));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
