#include "keyd/pkcs11/module.hpp"

#include <cerrno>
#include <cstdlib>
#include <span>

#include <csignal>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr int exit_temporary_failure = 75;  // EX_TEMPFAIL of sysexits.h: the service manager starts us again

TokenError load_error(std::string function, std::string detail)
{
    return TokenError{Fault::refused, std::move(function), "", std::move(detail)};
}

Result<CK_FUNCTION_LIST*, TokenError> load_library(const std::string& path)
{
    // Never unloaded: libraries leave threads, atexit handlers and OpenSSL state behind.
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        const char* why = dlerror();
        return load_error("dlopen", why != nullptr ? why : path);
    }
    auto* const symbol = dlsym(library, "C_GetFunctionList");
    if (symbol == nullptr) {
        return load_error("dlsym", path + " is no PKCS#11 module: it has no C_GetFunctionList");
    }
    const auto get_function_list = reinterpret_cast<CK_C_GetFunctionList>(symbol);
    CK_FUNCTION_LIST* functions = nullptr;
    if (get_function_list(&functions) != CKR_OK || functions == nullptr) {
        return load_error("C_GetFunctionList", path + " gives no function list");
    }
    return functions;
}

// Straight into `out`: a stream would keep a copy in its buffer, which nobody wipes. 0 when the file cannot be read.
std::size_t read_file(const std::string& path, std::span<std::uint8_t> out)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::size_t size = 0;
    while (file >= 0 && size < out.size()) {
        const ssize_t got = ::read(file, out.data() + size, out.size() - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    if (file >= 0) {
        ::close(file);
    }
    return size;
}

}  // namespace

PinSource no_pin()
{
    return [] { return SecretBytes{}; };
}

PinSource pin_from_file(std::string path)
{
    return [path = std::move(path)] {
        SecretBytes content{pin_bytes_max + 2};  // a newline, and one more byte to tell what is too long
        const auto out = content.reveal_writable(RevealTag{"pin file: read"});
        std::size_t size = read_file(path, out);
        if (size > 0 && out[size - 1] == '\n') {
            --size;
        }
        return SecretBytes{ByteView{out.first(size <= pin_bytes_max ? size : 0)}};
    };
}

ModuleParts::ModuleParts(ModuleOptions options_, CK_FUNCTION_LIST* functions)
    : options(std::move(options_)),
      cryptoki(functions, watch, options.call_max),
      pace(options.retry_first, options.retry_max)
{
}

ModuleParts::~ModuleParts()
{
    stop_threads();
    if (initialised) {
        (void)cryptoki.call<&CK_FUNCTION_LIST::C_Finalize>("C_Finalize", nullptr);
    }
}

Called<void> ModuleParts::initialise()
{
    // CKF_LIBRARY_CANT_CREATE_OS_THREADS stays unset: network modules keep their connections alive with threads.
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    auto done = cryptoki.call<&CK_FUNCTION_LIST::C_Initialize>("C_Initialize", &arguments);
    if (done.has_error() && done.error().code == CKR_CANT_LOCK && !given_up) {
        single_session = true;
        log::warning("pkcs11_library_cannot_lock", {{"module", options.path}});
        done = cryptoki.call<&CK_FUNCTION_LIST::C_Initialize>("C_Initialize", nullptr);
    }
    incarnation.fetch_add(1);
    initialised = done.has_value() || done.error().code == CKR_CRYPTOKI_ALREADY_INITIALIZED;
    return initialised ? Called<void>{ok()} : done;
}

void ModuleParts::give_up(std::string_view reason)
{
    if (given_up.exchange(true)) {
        return;
    }
    log::error("pkcs11_gave_up", {{"module", options.path}, {"reason", reason}});
    if (options.on_give_up) {
        options.on_give_up(reason);
        return;
    }
    _exit(exit_temporary_failure);
}

void ModuleParts::health_changed() const
{
    if (options.on_health_changed) {
        options.on_health_changed();
    }
}

Result<std::unique_ptr<Module>, TokenError> Module::load(ModuleOptions options)
{
    // A module whose server died raises SIGPIPE, which would end the process.
    std::signal(SIGPIPE, SIG_IGN);
    for (const auto& [name, value] : options.environment) {
        setenv(name.c_str(), value.c_str(), 1);
    }
    TRY(auto* const functions, load_library(options.path));
    auto parts = std::make_unique<ModuleParts>(std::move(options), functions);
    const auto initialised = parts->initialise();
    if (initialised.has_error()) {
        log::warning("pkcs11_not_initialised", {{"module", parts->options.path}});  // the keeper tries again
    }
    parts->start_threads();
    return std::unique_ptr<Module>{new Module{std::move(parts)}};
}

Module::Module(std::unique_ptr<ModuleParts> parts) : parts_(std::move(parts)) {}

Module::~Module() = default;

Token& Module::add_token(TokenOptions options)
{
    auto parts = std::make_unique<TokenParts>(*parts_, std::move(options));
    TokenParts& added = *parts;
    const std::scoped_lock lock{parts_->recovery};
    parts_->tokens.push_back(std::unique_ptr<Token>{new Token{std::move(parts)}});
    parts_->token_parts.push_back(&added);
    const bool alone = parts_->gate.close(std::chrono::steady_clock::now() + parts_->options.call_max);
    if (added.attach().has_error()) {
        parts_->wake_keeper();  // how it went is its health
    }
    if (alone) {
        parts_->gate.open();
    }
    return *parts_->tokens.back();
}

const std::string& Module::path() const { return parts_->options.path; }

LongestCall Module::longest_call() const
{
    const auto running = parts_->watch.longest(std::chrono::steady_clock::now());
    return running ? LongestCall{running->function, running->running} : LongestCall{};
}

unsigned Module::incarnation() const { return parts_->incarnation.load(); }

}  // namespace tessera::keyd::pkcs11
