#include "daemon/login/endpoint.hpp"

#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "daemon/http/origin.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/login.hpp"
#include "daemon/login/trouble.hpp"
#include "daemon/login/visit.hpp"

namespace tessera::login {

namespace {

constexpr std::string_view flow_field = "flow";
constexpr std::string_view step_field = "step";
constexpr std::string_view variant_field = "variant";
constexpr std::size_t steps_at_once_max = 4;  // those that need no person, one after the other

constexpr std::array table{
    Handler{Step::select_account, show_select_account, take_select_account},
    Handler{Step::identify, show_identify, take_identify},
    Handler{Step::verify_email, show_email_code, take_email_code},
    Handler{Step::choose_organization, show_organization, take_organization},
    Handler{Step::another_way, show_another_way, take_another_way},
    Handler{Step::password, show_password, take_password},
    Handler{Step::second_factor, show_second_factor, take_second_factor},
    Handler{Step::new_password, show_new_password, take_new_password},
    Handler{Step::enrol_factor, show_enrol_factor, take_enrol_factor},
    Handler{Step::recovery_codes, show_recovery_codes, take_recovery_codes},
    Handler{Step::finish, finish, take_finish},
    Handler{Step::refused, show_refused, take_refused},
};
static_assert(std::ranges::all_of(table, [](const Handler& handler) {
    return &handler == &table[static_cast<std::size_t>(handler.step)];
}));

http::Response gone(const http::Request& request, const Realm& realm)
{
    return error_page(request, realm, 400, "login_expired",
                      "This sign-in was begun in another browser, is over or took too long. Start again "
                      "where you came from.");
}

http::Response see_other(std::string location)
{
    http::Response response;
    response.status = 303;
    response.set("Location", std::move(location));
    response.set("Cache-Control", "no-store");
    return response;
}

// What the browser sent, read once.
struct Sent {
    LoginFlowId flow;
    std::int32_t step = -1;  // of a POST
    std::string variant;
};

std::optional<Sent> read_sent(const http::Form& form)
{
    const auto flow = form.find(flow_field);
    const auto id = flow ? LoginFlowId::parse(*flow) : std::nullopt;
    if (!id || form.find_repeated({})) {
        return std::nullopt;
    }
    Sent sent{*id, -1, std::string{form.find(variant_field).value_or("")}};
    const std::string_view step = form.find(step_field).value_or("");
    if (!step.empty() && step.size() < 9 && std::ranges::all_of(step, ascii::is_digit)) {
        sent.step = std::stoi(std::string{step});
    }
    return sent;
}

using Found = Result<std::optional<storage::FlowView>, storage::StoreError>;

Async<Found> find_view(Front& front, const http::Request& request, RealmPtr realm, LoginFlowId id,
                       Instant now)
{
    const auto browser = browser_digest(request, *realm);
    if (!browser) {
        co_return std::nullopt;
    }
    co_return co_await transact(front, realm->project.id, [&](storage::Transaction& transaction) -> Found {
        return storage::find_login_flow(transaction, id, *browser, now);
    });
}

void stand(Visit& visit)
{
    visit.methods = methods_of(visit.project(), visit.view.organization);
    visit.step = next_step(visit.view, visit.project());
}

// Who signed in by something else than a mailed code, and never proved the address, is sent one.
Async<Result<std::optional<http::Response>, LoginError>> ask_for_address(Visit& visit)
{
    visit.variant.clear();
    visit.flow().email = visit.view.user->email;
    co_return co_await send_code(visit, "verify");
}

// The steps that need nobody's answer, then where the flow stands.
Async<Result<std::optional<http::Response>, LoginError>> move_on(Visit& visit)
{
    const Step before = visit.step;
    for (std::size_t i = 0; i < steps_at_once_max; ++i) {
        auto found = co_await find_view(visit.front, visit.request, visit.realm, visit.flow().id, visit.now);
        if (!found) {
            co_return from_store(found.error());
        }
        if (!found.value()) {
            co_return std::nullopt;
        }
        visit.view = std::move(*found.value());
        stand(visit);
        if (visit.step == Step::finish) {
            CO_TRY(auto&& done, co_await finish(visit, page::Problem::none));
            co_return std::move(done);
        }
        if (visit.step == Step::verify_email && before != Step::verify_email && visit.view.user) {
            co_return co_await ask_for_address(visit);
        }
        if (visit.step != Step::choose_organization) {
            co_return std::nullopt;
        }
        CO_TRY(const bool chosen, co_await choose_for_them(visit));
        if (!chosen) {
            co_return std::nullopt;
        }
    }
    co_return std::nullopt;
}

std::string return_url(const Visit& visit)
{
    return "/realms/" + visit.realm->project.slug + visit.view.flow.return_path;
}

Async<Answer> answer_get(Visit& visit)
{
    if (visit.flow().finish_time) {
        co_return see_other(return_url(visit));
    }
    if (visit.step == Step::verify_email && visit.form.find("link")
        && visit.request.method == http::Method::get) {
        CO_TRY(auto&& taken, co_await take_email_code(visit));
        if (taken) {
            co_return std::move(*taken);
        }
        CO_TRY(auto&& finished, co_await move_on(visit));
        co_return finished ? std::move(*finished) : see_other(visit.url(""));
    }
    co_return co_await handler_of(visit.step).show(visit, page::Problem::none);
}

Async<Answer> answer_post(Visit& visit, std::int32_t step)
{
    if (visit.flow().finish_time) {
        co_return see_other(return_url(visit));
    }
    if (step != visit.flow().step) {
        // A button pressed twice, a page from the history, another tab: the person sees where the sign-in is now.
        co_return see_other(visit.url(""));
    }
    CO_TRY(auto&& taken, co_await handler_of(visit.step).take(visit));
    if (taken) {
        co_return std::move(*taken);
    }
    CO_TRY(auto&& finished, co_await move_on(visit));
    co_return finished ? std::move(*finished) : see_other(visit.url(""));
}

}  // namespace

const Handler& handler_of(Step step) { return table[static_cast<std::size_t>(step)]; }

Async<http::Response> show_login(Front& front, const http::Request& request, RealmPtr realm)
{
    const auto form = http::Form::parse(request.query);
    const auto sent = form ? read_sent(form.value()) : std::nullopt;
    if (!sent) {
        co_return gone(request, *realm);
    }
    const Instant now = front.clock.now();
    auto found = co_await find_view(front, request, realm, sent->flow, now);
    if (!found) {
        co_return trouble(request, *realm, "login_not_answered", from_store(found.error()));
    }
    if (!found.value()) {
        co_return gone(request, *realm);
    }
    Visit visit{front, request,       realm,         form.value(), std::move(*found.value()),
                {},    Step::refused, sent->variant, now};
    stand(visit);
    auto answered = co_await answer_get(visit);
    co_return answered ? std::move(answered.value())
                       : trouble(request, *realm, "login_not_answered", answered.error());
}

Async<http::Response> take_login(Front& front, const http::Request& request, RealmPtr realm)
{
    if (request.media_type() != "application/x-www-form-urlencoded"
        || !http::is_from_own_page(request, front.settings.text("issuer-base"))) {
        co_return gone(request, *realm);
    }
    const auto form = http::Form::parse(request.body);
    const auto sent = form ? read_sent(form.value()) : std::nullopt;
    if (!sent) {
        co_return gone(request, *realm);
    }
    const Instant now = front.clock.now();
    auto found = co_await find_view(front, request, realm, sent->flow, now);
    if (!found) {
        co_return trouble(request, *realm, "login_not_answered", from_store(found.error()));
    }
    if (!found.value()) {
        co_return gone(request, *realm);
    }
    Visit visit{front, request,       realm,         form.value(), std::move(*found.value()),
                {},    Step::refused, sent->variant, now};
    stand(visit);
    auto answered = co_await answer_post(visit, sent->step);
    co_return answered ? std::move(answered.value())
                       : trouble(request, *realm, "login_not_answered", answered.error());
}

}  // namespace tessera::login
