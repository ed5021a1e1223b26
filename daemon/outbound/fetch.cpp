#include "daemon/outbound/fetch.hpp"

#include <array>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "daemon/outbound/transfer.hpp"

namespace tessera::outbound {

namespace {

constexpr int poll_ms = 1'000;  // libcurl wakes us earlier for its own deadlines
constexpr long connections_kept = 32;
constexpr std::size_t parts = 4;  // a realm has one of this many for each purpose, logouts one of all

}  // namespace

// The thread and what it alone touches, but for the list of what is new.
class Fetcher::Engine {
public:
    Engine(Options options, Counts& counts) : options_(std::move(options)), counts_(counts)
    {
        start_curl();
        multi_.reset(curl_multi_init());
        ASSERT(multi_);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections_kept);
        thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
    }

    ~Engine() { stop(); }

    void stop()
    {
        if (thread_.joinable()) {
            thread_.request_stop();
            curl_multi_wakeup(multi_.get());
            thread_.join();
        }
    }

    void add(FetchRequest request, Transfer::Done done)
    {
        {
            const std::lock_guard lock{mutex_};
            new_.push_back(std::make_unique<Transfer>(std::move(request), std::move(done), options_,
                                                      std::chrono::steady_clock::now()));
        }
        curl_multi_wakeup(multi_.get());
    }

private:
    void run(const std::stop_token& stop)
    {
        int running = 0;
        while (!stop.stop_requested()) {
            take_new();
            curl_multi_perform(multi_.get(), &running);
            take_finished();
            curl_multi_poll(multi_.get(), nullptr, 0, poll_ms, nullptr);
        }
        for (auto& [easy, transfer] : active_) {
            curl_multi_remove_handle(multi_.get(), easy);
        }
    }

    void take_new()
    {
        std::vector<std::unique_ptr<Transfer>> taken;
        {
            const std::lock_guard lock{mutex_};
            taken.swap(new_);
        }
        for (auto& transfer : taken) {
            const bool has_room = is_room_for(transfer->request());
            ++by_project_[transfer->request().project][place_of(transfer->request())];
            ++by_purpose_[place_of(transfer->request())];
            if (!has_room) {
                end(std::move(transfer), fetch_error(FetchFault::overloaded, "outbound-concurrency"));
            } else {
                start(std::move(transfer));
            }
        }
    }

    static std::size_t place_of(const FetchRequest& request)
    {
        return static_cast<std::size_t>(request.purpose);
    }

    bool is_room_for(const FetchRequest& request) const
    {
        const std::size_t part = std::max<std::size_t>(1, options_.concurrency / parts);
        const auto of_realm = by_project_.find(request.project);
        if (of_realm != by_project_.end() && of_realm->second[place_of(request)] >= part) {
            return false;
        }
        const bool is_logout = request.purpose == Purpose::logout;
        return active_.size() < options_.concurrency
               && (is_logout || by_purpose_[place_of(request)] < std::max(part, options_.concurrency - part));
    }

    void start(std::unique_ptr<Transfer> transfer)
    {
        if (const auto prepared = transfer->prepare(std::chrono::steady_clock::now()); prepared.has_error()) {
            end(std::move(transfer), prepared.error());
            return;
        }
        CURL* easy = transfer->easy();
        ASSERT(curl_multi_add_handle(multi_.get(), easy) == CURLM_OK);
        active_.emplace(easy, std::move(transfer));
    }

    void take_finished()
    {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) {
                continue;
            }
            CURL* easy = message->easy_handle;
            const CURLcode code = message->data.result;  // removing the handle frees the message
            curl_multi_remove_handle(multi_.get(), easy);
            auto transfer = std::move(active_.at(easy));
            active_.erase(easy);
            if (transfer->is_sent_on(code)) {
                start(std::move(transfer));
            } else {
                auto outcome = transfer->outcome(code);
                end(std::move(transfer), std::move(outcome));
            }
        }
    }

    void end(std::unique_ptr<Transfer> transfer, Result<Fetched, FetchError> outcome)
    {
        const auto entry = by_project_.find(transfer->request().project);
        --entry->second[place_of(transfer->request())];
        if (entry->second == Taken{}) {
            by_project_.erase(entry);
        }
        --by_purpose_[place_of(transfer->request())];
        if (outcome.has_value()) {
            ++counts_.answered;
        } else {
            const FetchError& error = outcome.error();
            ++(error.fault == FetchFault::refused ? counts_.refused : counts_.failed);
            log::info("fetch_failed", {{"fault", to_string(error.fault)}, {"detail", error.detail}});
        }
        transfer->finish(std::move(outcome));
    }

    using Taken = std::array<std::size_t, 2>;  // by purpose

    Options options_;
    Counts& counts_;
    MultiPtr multi_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Transfer>> new_;
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> active_;
    std::unordered_map<ProjectId, Taken, IdHash<ProjectKind>> by_project_;
    Taken by_purpose_{};
    std::jthread thread_;
};

Fetcher::Fetcher(Options options) : engine_(std::make_unique<Engine>(std::move(options), counts_)) {}

Fetcher::~Fetcher() = default;

void Fetcher::stop() { engine_->stop(); }

Async<Result<Fetched, FetchError>> Fetcher::fetch(FetchRequest request)
{
    auto home = co_await asio::this_coro::executor;
    // Lives in this frame, which waits until the fetcher's thread is done with it.
    Result<Fetched, FetchError> outcome = FetchError{};
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [&](auto handler) {
            // shared_ptr: std::function must be copyable, and a handler is not.
            auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
            engine_->add(std::move(request), [&outcome, home, waiting](Result<Fetched, FetchError> result) {
                outcome = std::move(result);
                asio::post(home, std::move(*waiting));
            });
        },
        asio::use_awaitable);
    co_return outcome;
}

std::string_view Fetched::header(std::string_view lower_case_name) const
{
    for (const FetchHeader& header : headers) {
        if (header.name == lower_case_name) {
            return header.value;
        }
    }
    return {};
}

std::string encode_form(const std::vector<FetchHeader>& fields)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    const auto append_encoded = [&](std::string_view text) {
        for (const char c : text) {
            if (unreserved.find(c) != std::string_view::npos) {
                out += c;
            } else {
                const auto byte = static_cast<unsigned char>(c);
                out += {'%', digits[byte >> 4U], digits[byte & 15U]};
            }
        }
    };
    for (const FetchHeader& field : fields) {
        out += out.empty() ? "" : "&";
        append_encoded(field.name);
        out += '=';
        append_encoded(field.value);
    }
    return out;
}

}  // namespace tessera::outbound
