// Seal and Open. Making, wrapping and replacing keys is in rewrap.cpp.
#include "keyd/seal/secrets.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "keyd/keyring/token_refusal.hpp"
#include "keyd/seal/envelope.hpp"

namespace tessera::keyd {

namespace {

Answer<Uuid> read_project(const std::string& bytes)
{
    Uuid project;
    if (bytes.size() != project.bytes.size()) {
        return Refusal{v1::MALFORMED_REQUEST, "project is a UUID of 16 bytes"};
    }
    std::ranges::copy(as_bytes(bytes), project.bytes.begin());
    return project;
}

Answer<void> check_place(const std::string& project, const std::string& context)
{
    TRY(read_project(project));
    if (context.empty() || context.size() > limits::sealed_context_bytes_max) {
        return Refusal{v1::MALFORMED_REQUEST, "context has 1 to 1024 bytes"};
    }
    return ok();
}

const Refusal not_an_envelope{v1::ENVELOPE_MALFORMED, "this is not an envelope of keyd, or it was cut"};

// One answer for a wrong project, a wrong context and a changed byte: none of them can be told apart by probing.
const Refusal unopenable{v1::ENVELOPE_UNOPENABLE,
                         "the envelope does not belong to this project and context, or was changed"};

}  // namespace

Answer<void> check_sizes(const v1::Seal& request)
{
    TRY(check_place(request.project(), request.context()));
    if (request.plaintext().size() > limits::sealed_plaintext_bytes_max) {
        return Refusal{v1::PLAINTEXT_TOO_LARGE, "the secret is longer than 16 KiB"};
    }
    return ok();
}

Answer<void> check_sizes(const v1::Open& request)
{
    TRY(check_place(request.project(), request.context()));
    if (request.envelope().size() > limits::sealed_plaintext_bytes_max + envelope_overhead_bytes) {
        return not_an_envelope;
    }
    return ok();
}

Answer<v1::Sealed> Secrets::seal(const v1::Seal& request, Instant now, Tick deadline)
{
    TRY(const Uuid project, read_project(request.project()));
    const auto current = find_current(project);
    TRY(
        const auto key, current ? ready_key(*current, deadline) : [&] {
            const std::lock_guard making{making_};
            return make_data_key(project, now, deadline);
        }());
    v1::Sealed sealed;
    sealed.set_envelope(make_envelope(*key.plain, key.record.id, project, as_bytes(request.context()),
                                      as_bytes(request.plaintext())));
    return sealed;
}

Answer<v1::Opened> Secrets::open(const v1::Open& request, Tick deadline)
{
    TRY(const Uuid project, read_project(request.project()));
    const auto id = envelope_data_key(as_bytes(request.envelope()));
    if (!id) {
        return not_an_envelope;
    }
    const auto key = find_key(*id);
    if (!key) {
        return Refusal{v1::DATA_KEY_UNKNOWN, "keyd does not have the data key of this envelope"};
    }
    if (key->record.project != project) {
        return unopenable;
    }
    TRY(const auto ready, ready_key(*key, deadline));
    auto plaintext =
        open_envelope(*ready.plain, project, as_bytes(request.context()), as_bytes(request.envelope()));
    if (!plaintext) {
        return unopenable;
    }
    v1::Opened opened;
    opened.set_plaintext(std::move(*plaintext));
    opened.set_stale(!key->record.is_current);
    return opened;
}

std::optional<Secrets::DataKey> Secrets::find_key(const Uuid& id) const
{
    const std::lock_guard lock{mutex_};
    const auto found = data_keys_.find(id);
    return found == data_keys_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<Secrets::DataKey> Secrets::find_current(const Uuid& project) const
{
    const std::lock_guard lock{mutex_};
    const auto found = current_.find(project);
    return found == current_.end() ? std::nullopt : std::optional{data_keys_.at(found->second)};
}

std::size_t Secrets::count_projects() const
{
    const std::lock_guard lock{mutex_};
    return current_.size();
}

void Secrets::remember(const DataKeyRecord& record, PlainKey plain)
{
    const std::lock_guard lock{mutex_};
    data_keys_.insert_or_assign(record.id, DataKey{record, std::move(plain)});
    if (record.is_current) {
        current_.insert_or_assign(record.project, record.id);
    }
}

Answer<Secrets::ReadyKey> Secrets::ready_key(const DataKey& key, Tick deadline)
{
    if (key.plain) {
        return ReadyKey{key.record, key.plain};
    }
    reached("data_key.unwrap");
    auto plain = unwrap(key.record, deadline);
    if (plain.has_error() && plain.error().code == v1::KEY_MISSING) {
        // It may have been wrapped again since the record was read, and its old wrapping key destroyed.
        const auto now = find_key(key.record.id);
        if (now && now->record.wrapping_key != key.record.wrapping_key) {
            return ready_key(*now, deadline);
        }
    }
    TRY(auto ready, std::move(plain));
    const std::lock_guard lock{mutex_};
    // Two workers may have unwrapped it: either copy will do.
    data_keys_.at(key.record.id).plain = ready;
    return ReadyKey{key.record, std::move(ready)};
}

Answer<Secrets::PlainKey> Secrets::keep(ByteView plain)
{
    if (plain.size() != locked_key_bytes) {
        return Refusal{v1::STATE_TAMPERED, "a data key has the wrong length"};
    }
    const std::span<const std::uint8_t, locked_key_bytes> bytes{plain.data(), locked_key_bytes};
    auto kept = LockedKey::copy_of(bytes);
    if (!kept) {
        // The arena is full: start the cache over. Keys in use go when their operation ends.
        const std::lock_guard lock{mutex_};
        for (auto& [id, key] : data_keys_) {
            key.plain.reset();
        }
        kept = LockedKey::copy_of(bytes);
    }
    if (!kept) {
        return Refusal{v1::OVERLOADED, "no locked memory is left for data keys", 100};
    }
    return std::make_shared<const LockedKey>(std::move(*kept));
}

Answer<Secrets::PlainKey> Secrets::unwrap(const DataKeyRecord& record, Tick deadline)
{
    const auto plain =
        token_->decrypt(record.wrapping_key, record.wrapped, wrapping_context(record), deadline);
    if (plain.has_error()) {
        return refusal_of(plain.error(), token_->label());
    }
    return keep(plain.value().reveal(RevealTag{"data key into locked memory"}));
}

void Secrets::reached(std::string_view step) const
{
    if (at_step_) {
        at_step_(step);
    }
}

}  // namespace tessera::keyd
