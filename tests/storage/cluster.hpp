// A private PostgreSQL cluster for one run of the suite: made by initdb in a temporary directory, reached
// through a Unix socket in it, run by the account postgres when we are root, gone at the end.
#pragma once

#include <filesystem>
#include <string>

namespace tessera::tests {

class Cluster {
public:
    // The one of this run, started when first asked for.
    static Cluster& instance();

    Cluster();
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    // A connection string without a user.
    std::string url(const std::string& database) const;
    void stop(const std::string& mode = "fast");
    void start();
    // Runs a PostgreSQL program as the cluster's account; answers its standard output. Throws when it fails.
    std::string run(const std::string& command) const;
    // Runs SQL as a superuser.
    void execute(const std::string& database, const std::string& sql) const;
    const std::filesystem::path& directory() const { return directory_; }

private:
    std::filesystem::path directory_;
    std::filesystem::path programs_;
    bool running_ = false;
};

}  // namespace tessera::tests
