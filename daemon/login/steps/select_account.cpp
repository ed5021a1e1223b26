// Stay who this browser's person is, or be somebody else. A browser has one session a realm, so there is one account to choose.
#include "daemon/login/login.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/page/sign_in_pages.hpp"
#include "storage/repositories/organizations.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;
struct Account {
    Authentication authentication;
    page::SelectAccountPage::Account shown;
};

Result<std::optional<Account>, StoreError> load_account(storage::Transaction& transaction, const Visit& visit,
                                                        const Authentication& current)
{
    TRY(auto&& user, storage::find_user(transaction, current.user));
    TRY(auto&& organization, storage::find_organization(transaction, current.organization));
    if (!user || !organization) {
        return std::nullopt;
    }
    const storage::UserSettings& settings = user->settings;
    const bool is_alone = visit.realm->project.sole_organization.has_value();
    return Account{current,
                   {current.session.to_string(), settings.profile.display_name.value_or(""), settings.email,
                    is_alone ? std::string{} : organization->settings.display_name}};
}

Wanted wanted_of(const storage::LoginFlow& flow)
{
    Wanted wanted;
    wanted.user = flow.wanted_user;
    wanted.since = flow.wanted_auth_time;
    wanted.acr = flow.wanted_acr;
    return wanted;
}

// Nothing when nobody is signed in here any more.
Async<Result<std::optional<Account>, LoginError>> find_account(Visit& visit)
{
    auto current = co_await current_session(visit.front, visit.request, visit.realm);
    if (!current) {
        co_return from_store(current.error());
    }
    if (!current.value()) {
        co_return std::nullopt;
    }
    auto account =
        co_await transact(visit.front, visit.realm->project.id, [&](storage::Transaction& transaction) {
            return load_account(transaction, visit, *current.value());
        });
    if (!account) {
        co_return from_store(account.error());
    }
    co_return std::move(account.value());
}

}  // namespace

Async<Answer> show_select_account(Visit& visit, page::Problem problem)
{
    page::SelectAccountPage page;
    page.client_name = visit.flow().client_name;
    CO_TRY(auto&& account, co_await find_account(visit));
    if (account) {
        page.accounts.push_back(account->shown);
    }
    co_return page::render(visit.context(problem), page);
}

Async<Taken> take_select_account(Visit& visit)
{
    storage::LoginFlow& flow = visit.flow();
    CO_TRY(auto&& account, co_await find_account(visit));
    const bool is_chosen = visit.action() == page::act::choose && account
                           && visit.field(page::field::choice) == account->shown.id;
    if (!is_chosen && visit.action() != page::act::another) {
        co_return co_await again(visit, page::Problem::try_again);
    }
    if (is_chosen && satisfies(account->authentication, wanted_of(flow))) {
        flow.session = account->authentication.session;
        flow.finish_time = visit.now;
    } else {
        flow.purpose = purpose::sign_in;
        flow.email = is_chosen ? account->shown.email : std::string{};  // asked for by name, or somebody else
    }
    CO_TRY(co_await advance(visit));
    co_return std::nullopt;
}

}  // namespace tessera::login
