#include "tests/storage/cluster.hpp"

#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>
#include <pqxx/pqxx>
#include <pwd.h>
#include <unistd.h>

namespace tessera::tests {

namespace {

std::filesystem::path newest_programs()
{
    std::filesystem::path newest;
    int version = 0;
    for (const auto& each : std::filesystem::directory_iterator{"/usr/lib/postgresql"}) {
        const int number = std::atoi(each.path().filename().c_str());
        if (number > version && std::filesystem::exists(each.path() / "bin/initdb")) {
            version = number;
            newest = each.path() / "bin";
        }
    }
    return newest;
}

}  // namespace

Cluster& Cluster::instance()
{
    static Cluster cluster;
    return cluster;
}

Cluster::Cluster() : programs_(newest_programs())
{
    char name[] = "/tmp/tessera-storage.XXXXXX";
    if (::mkdtemp(name) == nullptr) {
        throw std::runtime_error{"mkdtemp failed"};
    }
    directory_ = name;
    if (::geteuid() == 0) {
        const passwd* account = ::getpwnam("postgres");
        if (account == nullptr || ::chown(name, account->pw_uid, account->pw_gid) != 0) {
            throw std::runtime_error{"the account postgres is missing"};
        }
    }
    run(fmt::format("initdb -D {0}/data -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8", name));
    start();
    execute("postgres", "CREATE ROLE tessera_owner LOGIN CREATEROLE");
}

Cluster::~Cluster()
{
    try {
        if (running_) {
            stop("immediate");
        }
        std::filesystem::remove_all(directory_);
    } catch (const std::exception& error) {
        fmt::print(stderr, "the cluster in {} was left behind: {}\n", directory_.string(), error.what());
    }
}

std::string Cluster::url(const std::string& database) const
{
    return fmt::format("host={} dbname={}", directory_.string(), database);
}

void Cluster::start()
{
    run(fmt::format("pg_ctl -D {0}/data -l {0}/log -w -o \"-F -k {0} -c listen_addresses='' -c "
                    "max_connections=120\" start",
                    directory_.string()));
    running_ = true;
}

void Cluster::stop(const std::string& mode)
{
    run(fmt::format("pg_ctl -D {}/data -m {} -w stop", directory_.string(), mode));
    running_ = false;
}

std::string Cluster::run(const std::string& command) const
{
    const std::string as = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
    // The server keeps what it inherits: it must not hold our pipe open.
    const bool detached = command.starts_with("pg_ctl");
    const std::string line = fmt::format("cd / && {}{}/{} 2>&1{}", as, programs_.string(), command,
                                         detached ? " >/dev/null </dev/null" : "");
    FILE* pipe = ::popen(line.c_str(), "r");
    std::string output;
    char buffer[4096];
    while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) {
        output.append(buffer, count);
    }
    if (::pclose(pipe) != 0) {
        throw std::runtime_error{fmt::format("{}: {}", command, output)};
    }
    return output;
}

void Cluster::execute(const std::string& database, const std::string& sql) const
{
    pqxx::connection connection{url(database) + " user=postgres"};
    pqxx::nontransaction work{connection};
    work.exec(sql);
}

}  // namespace tessera::tests
