#include "keyd/keyring/token_serials.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/pkcs11/token.hpp"

namespace tessera::keyd {

namespace {

constexpr std::string_view row_prefix = "token.serial.";

std::map<std::string, std::string> serials_of(const std::vector<Row>& settings)
{
    std::map<std::string, std::string> serials;
    for (const Row& row : settings) {
        const auto* name = row.size() < 2 ? nullptr : std::get_if<std::string>(&row[0]);
        const auto* serial = row.size() < 2 ? nullptr : std::get_if<Bytes>(&row[1]);
        if (name != nullptr && serial != nullptr && name->starts_with(row_prefix)) {
            serials.emplace(name->substr(row_prefix.size()), as_text(*serial));
        }
    }
    return serials;
}

Answer<void> write_serial(Service& service, const std::string& label, const std::string& serial)
{
    const ByteView bytes = as_bytes(serial);
    Store::Change change{*service.store};
    change.put(Table::settings, {std::string{row_prefix} + label, Bytes(bytes.begin(), bytes.end())});
    if (const auto before = service.token_serials.find(label); before != service.token_serials.end()) {
        change.journal(
            {.uid = ::geteuid(),
             .operation = "replace_token",
             .keyring = {},
             .kid = {},
             .result = "ok",
             .detail = fmt::format("{}: serial number {} instead of {}", label, serial, before->second)},
            service.clock.now());
    }
    return change.commit();
}

}  // namespace

std::map<std::string, std::string> remembered_serials(const std::string& state_directory)
{
    const std::string path = state_directory + "/keyd.sqlite";
    if (::access(path.c_str(), F_OK) != 0) {
        return {};
    }
    auto database = Database::open(path);
    if (database.has_error()) {
        return {};  // start() says why
    }
    const auto rows = database.value().query("SELECT id, value FROM settings");
    return rows.has_error() ? std::map<std::string, std::string>{} : serials_of(rows.value());
}

std::map<std::string, std::string> load_serials(Store& store)
{
    return serials_of(store.load(Table::settings));
}

void remember_serials(Service& service)
{
    for (const NamedToken& named : service.tokens) {
        const std::string serial = named.token->serial();
        const auto known = service.token_serials.find(named.label);
        const bool is_known = known != service.token_serials.end() && known->second == serial;
        if (is_known || named.token->health().state != pkcs11::TokenState::operational) {
            continue;
        }
        if (const auto written = write_serial(service, named.label, serial); written.has_error()) {
            log::warning("keyd_token_serial_not_written", {{"label", named.label}});
            continue;
        }
        service.token_serials.insert_or_assign(named.label, serial);
    }
}

}  // namespace tessera::keyd
