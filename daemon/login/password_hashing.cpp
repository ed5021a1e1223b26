#include "daemon/login/password_hashing.hpp"

#include <algorithm>
#include <span>

#include "base/on_pool.hpp"

namespace tessera::login {

namespace {

// One of the places that may be taken at once; given back at the end of the coroutine that took it.
class Place {
public:
    Place(std::atomic<std::size_t>& taken, std::size_t places)
        : taken_(taken),
          has_(taken.fetch_add(1) < places)
    {
        if (!has_) {
            taken_.fetch_sub(1);
        }
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place()
    {
        if (has_) {
            taken_.fetch_sub(1);
        }
    }
    bool has() const { return has_; }

private:
    std::atomic<std::size_t>& taken_;
    bool has_;
};

}  // namespace

PasswordHashingOptions PasswordHashingOptions::from(const Settings& settings, std::size_t processors)
{
    const auto number = [&](std::string_view name) {
        return static_cast<std::uint32_t>(settings.integer(name));
    };
    const std::size_t slots = number("password-hash-slots");
    return {.parameters = {number("password-hash-memory-kib"), number("password-hash-iterations"),
                           number("password-hash-parallelism")},
            .slots = slots == 0 ? std::max<std::size_t>(1, processors / 2) : slots,
            .waiting_max = number("password-hash-waiting-max")};
}

PasswordHashing::PasswordHashing(const PasswordHashingOptions& options)
    : options_(options),
      decoy_(make_decoy_password(options.parameters)),
      threads_(options.slots)
{
}

PasswordHashing::~PasswordHashing() { threads_.join(); }

template <class Work>
Async<std::invoke_result_t<Work>> PasswordHashing::run(Work work)
{
    const Place place{in_flight_, options_.slots + options_.waiting_max};
    if (!place.has()) {
        co_return PasswordHashError{PasswordHashFault::busy, "every slot and waiting place is taken"};
    }
    co_return co_await on_pool(threads_, std::move(work));
}

Async<Result<std::string, PasswordHashError>> PasswordHashing::hash(SecretBytes password)
{
    // What cannot be hashed takes no place from those who wait.
    CO_TRY(check_password_bounds(password));
    co_return co_await run([&password, this] { return hash_password(password, options_.parameters); });
}

Async<Result<PasswordVerdict, PasswordHashError>> PasswordHashing::verify(SecretBytes password,
                                                                          std::optional<std::string> encoded)
{
    CO_TRY(check_password_bounds(password));
    co_return co_await run([&password, &encoded, this]() -> Result<PasswordVerdict, PasswordHashError> {
        const auto readable = parse_encoded_password(encoded.value_or(decoy_));
        TRY(const bool matches, verify_password(password, readable && encoded ? *encoded : decoy_));
        if (readable.has_error()) {
            return readable.error();
        }
        if (!encoded || !matches) {
            return PasswordVerdict::wrong;
        }
        return needs_rehash(*encoded, options_.parameters) ? PasswordVerdict::right_but_outdated
                                                           : PasswordVerdict::right;
    });
}

Async<Result<PasswordJudgement, PasswordHashError>>
PasswordHashing::judge(SecretBytes password, std::vector<std::string> user_words)
{
    co_return co_await run([&password, &user_words]() -> Result<PasswordJudgement, PasswordHashError> {
        return judge_password(password, user_words);
    });
}

}  // namespace tessera::login
