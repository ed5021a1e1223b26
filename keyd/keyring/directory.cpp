#include "keyd/keyring/directory.hpp"

#include <mutex>

#include <fmt/format.h>

#include "keyd/keyring/algorithm.hpp"

namespace tessera::keyd {

std::shared_ptr<const KeyringFace> Directory::find(std::string_view keyring_id) const
{
    const std::shared_lock lock{mutex_};
    const auto found = faces_.find(keyring_id);
    return found == faces_.end() ? nullptr : found->second;
}

std::optional<KeyringId> Directory::keyring_of(std::string_view issuer) const
{
    const std::shared_lock lock{mutex_};
    const auto found = issuers_.find(issuer);
    return found == issuers_.end() ? std::nullopt : std::optional{found->second};
}

bool Directory::signs_for(const KeyringFace& keyring, std::string_view issuer) const
{
    return keyring_of(issuer) == keyring.id;
}

std::optional<KeyringId> Directory::shared_keyring(std::string_view label) const
{
    const std::shared_lock lock{mutex_};
    const auto found = shared_.find(label);
    return found == shared_.end() ? std::nullopt : std::optional{found->second};
}

std::uint32_t Directory::size() const
{
    const std::shared_lock lock{mutex_};
    return static_cast<std::uint32_t>(faces_.size());
}

void Directory::replace(std::shared_ptr<const KeyringFace> face)
{
    std::string id = face->id.to_string();
    const std::unique_lock lock{mutex_};
    if (face->view.shared()) {
        shared_.insert_or_assign(face->view.label(), face->id);
    }
    faces_.insert_or_assign(std::move(id), std::move(face));
}

void Directory::remove(const KeyringId& keyring)
{
    const std::unique_lock lock{mutex_};
    faces_.erase(keyring.to_string());
    std::erase_if(shared_, [&](const auto& entry) { return entry.second == keyring; });
}

void Directory::enrol(const std::string& issuer, const KeyringId& keyring)
{
    const std::unique_lock lock{mutex_};
    issuers_.insert_or_assign(issuer, keyring);
}

void Directory::withdraw(const std::string& issuer)
{
    const std::unique_lock lock{mutex_};
    issuers_.erase(issuer);
}

std::string header_prefix(v1::Algorithm algorithm, std::string_view kid, std::string_view typ)
{
    // Both texts are of characters that JSON does not escape: base64url, and what keyd/keyring/policy allows in a typ.
    const std::string header =
        fmt::format(R"({{"alg":"{}","kid":"{}","typ":"{}"}})", jose_name(algorithm), kid, typ);
    return base64url_encode(as_bytes(header)) + '.';
}

}  // namespace tessera::keyd
