// Making, wrapping and replacing keys. Each change is one write to the store; what is left to do follows from the records.
#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/keyring/token_refusal.hpp"
#include "keyd/seal/backup.hpp"
#include "keyd/seal/secrets.hpp"

namespace tessera::keyd {

namespace {

constexpr std::string_view wrapping_key_row = "seal.wrapping_key";
constexpr std::string_view backup_key_row = "seal.backup_key";
constexpr std::string_view generation_row = "seal.generation";

Row setting(std::string_view name, std::string_view text)
{
    const ByteView bytes = as_bytes(text);
    return {std::string{name}, Bytes(bytes.begin(), bytes.end())};
}

std::string new_wrapping_key_id()
{
    Bytes random(12);
    fill_random(random);
    return "wrap-" + hex_encode(random);
}

}  // namespace

void Secrets::start(Store& store, pkcs11::Token& token)
{
    store_ = &store;
    token_ = &token;
    for (const Row& row : store.load(Table::settings)) {
        const std::string& name = std::get<std::string>(row[0]);
        const std::string text{as_text(std::get<Bytes>(row[1]))};
        if (name == wrapping_key_row) {
            wrapping_key_ = text;
        } else if (name == backup_key_row) {
            backup_key_pem_ = text;
        } else if (name == generation_row) {
            generation_ = std::stoll(text);
        }
    }
    for (const Row& row : store.load(Table::wrapping_keys)) {
        wrapping_keys_.insert(std::get<std::string>(row[0]));
    }
    for (const Row& row : store.load(Table::data_keys)) {
        remember(read_data_key(row), nullptr);
    }
}

Answer<void> Secrets::make_wrapping_key(std::int64_t generation, const JournalLine* line, Instant now)
{
    const std::string id = new_wrapping_key_id();
    {
        // On record before it exists: a keyd that dies now finds a key that wraps nothing, and destroys it.
        Store::Change change{*store_};
        change.put(Table::wrapping_keys, {id, std::int64_t{now.time_since_epoch().count()}});
        TRY(change.commit());
    }
    wrapping_keys_.insert(id);
    reached("wrapping_key.intended");
    if (const auto made = token_->generate_wrapping_key(id, token_deadline()); made.has_error()) {
        return refusal_of(made.error(), token_->label());
    }
    reached("wrapping_key.generated");
    Store::Change change{*store_};
    change.put(Table::settings, setting(wrapping_key_row, id));
    change.put(Table::settings, setting(generation_row, std::to_string(generation)));
    if (line != nullptr) {
        change.journal(*line, now);
    }
    TRY(change.commit());
    wrapping_key_ = id;
    generation_ = generation;
    reached("wrapping_key.recorded");
    return ok();
}

Answer<DataKeyRecord> Secrets::wrap(DataKeyRecord record, const LockedKey& plain, Tick deadline)
{
    record.wrapping_key = wrapping_key_;
    auto wrapped = token_->encrypt(wrapping_key_, plain.bytes(), wrapping_context(record), deadline);
    if (wrapped.has_error()) {
        return refusal_of(wrapped.error(), token_->label());
    }
    record.wrapped = std::move(wrapped).value();
    if (record.backup.empty() && !backup_key_pem_.empty()) {
        TRY(const auto key, read_backup_key(backup_key_pem_));
        TRY(record.backup, wrap_for_backup(*key, plain.bytes(), wrapping_context(record)));
    }
    return record;
}

Answer<Secrets::ReadyKey> Secrets::make_data_key(const Uuid& project, Instant now, Tick deadline)
{
    const auto before = find_current(project);
    if (before && before->record.generation >= generation_) {
        return ready_key(*before, deadline);  // another worker was faster
    }
    if (!before && count_projects() >= data_keys_max_) {
        return Refusal{v1::DATA_KEY_LIMIT,
                       "as many projects have a data key as are configured: raise data-keys-max"};
    }
    if (wrapping_key_.empty()) {
        TRY(make_wrapping_key(generation_, nullptr, now));
    }
    SecretBytes random = SecretBytes::random(locked_key_bytes);
    TRY(const auto plain, keep(random.reveal(RevealTag{"new data key into locked memory"})));
    DataKeyRecord record;
    record.id = random_uuid();
    record.project = project;
    record.created = now;
    record.generation = generation_;
    TRY(record, wrap(std::move(record), *plain, deadline));
    Store::Change change{*store_};
    change.put(Table::data_keys, to_row(record));
    if (before) {
        DataKeyRecord old = before->record;
        old.is_current = false;
        change.put(Table::data_keys, to_row(old));
        TRY(change.commit());
        remember(old, before->plain);
    } else {
        TRY(change.commit());
    }
    remember(record, plain);
    reached("data_key.recorded");
    return ReadyKey{record, plain};
}

Answer<void> Secrets::set_backup_key(const std::string& pem, const JournalLine& line, Instant now)
{
    const std::lock_guard making{making_};
    EvpKeyPtr backup;
    if (!pem.empty()) {
        TRY(backup, read_backup_key(pem));
    }
    std::vector<DataKey> keys;
    {
        const std::lock_guard lock{mutex_};
        std::ranges::transform(data_keys_, std::back_inserter(keys),
                               [](const auto& entry) { return entry.second; });
    }
    for (DataKey& key : keys) {
        key.record.backup.clear();
        if (backup) {
            TRY(const auto ready, ready_key(key, token_deadline()));
            TRY(key.record.backup,
                wrap_for_backup(*backup, ready.plain->bytes(), wrapping_context(key.record)));
        }
    }
    Store::Change change{*store_};
    for (const DataKey& key : keys) {
        change.put(Table::data_keys, to_row(key.record));
    }
    change.put(Table::settings, setting(backup_key_row, pem));
    change.journal(line, now);
    TRY(change.commit());
    for (const DataKey& key : keys) {
        remember(key.record, key.plain);
    }
    backup_key_pem_ = pem;
    return ok();
}

Answer<void> Secrets::start_rewrap(const v1::RewrapDataKeys& request, const JournalLine& line, Instant now)
{
    const std::lock_guard making{making_};
    return make_wrapping_key(generation_ + (request.data_keys() ? 1 : 0), &line, now);
}

Answer<bool> Secrets::step(Instant now)
{
    const std::lock_guard making{making_};
    TRY(const bool replaced, replace_one(now));
    if (replaced) {
        return true;
    }
    TRY(const bool rewrapped, rewrap_one());
    if (rewrapped) {
        return true;
    }
    return destroy_one();
}

Answer<bool> Secrets::replace_one(Instant now)
{
    std::optional<Uuid> project;
    {
        const std::lock_guard lock{mutex_};
        const auto old = std::ranges::find_if(current_, [&](const auto& entry) {
            return data_keys_.at(entry.second).record.generation < generation_;
        });
        if (old != current_.end()) {
            project = old->first;
        }
    }
    if (!project) {
        return false;
    }
    TRY(make_data_key(*project, now, token_deadline()));
    return true;
}

Answer<bool> Secrets::rewrap_one()
{
    std::optional<DataKey> stale;
    {
        const std::lock_guard lock{mutex_};
        const auto found = std::ranges::find_if(
            data_keys_, [&](const auto& entry) { return entry.second.record.wrapping_key != wrapping_key_; });
        if (found != data_keys_.end()) {
            stale = found->second;
        }
    }
    if (!stale) {
        return false;
    }
    TRY(const auto ready, ready_key(*stale, token_deadline()));
    TRY(const auto record, wrap(stale->record, *ready.plain, token_deadline()));
    reached("rewrap.before");
    Store::Change change{*store_};
    change.put(Table::data_keys, to_row(record));
    TRY(change.commit());
    remember(record, ready.plain);
    reached("rewrap.after");
    return true;
}

Answer<bool> Secrets::destroy_one()
{
    const auto unused =
        std::ranges::find_if(wrapping_keys_, [&](const std::string& id) { return id != wrapping_key_; });
    if (unused == wrapping_keys_.end()) {
        return false;
    }
    if (const auto destroyed = token_->destroy(*unused, token_deadline()); destroyed.has_error()) {
        return refusal_of(destroyed.error(), token_->label());
    }
    reached("wrapping_key.destroyed");
    Store::Change change{*store_};
    change.erase(Table::wrapping_keys, *unused);
    TRY(change.commit());
    wrapping_keys_.erase(unused);
    return true;
}

}  // namespace tessera::keyd
