// The physical limit the benchmark compares with: how many signatures a second the PKCS#11 module makes when nobody is in
// between. Cached handle, one session per thread, a key generated for the run and destroyed after it.
//
// usage: raw_sign MODULE TOKEN-LABEL PIN-FILE ES256|RS256 THREADS SECONDS; prints the rate. The module's own configuration comes from the
// environment, as for any PKCS#11 program.
#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <p11-kit/pkcs11.h>

namespace {

void require(CK_RV result, const char* what)
{
    if (result != CKR_OK) {
        std::fprintf(stderr, "%s: CKR 0x%lx\n", what, result);
        std::exit(1);
    }
}

CK_FUNCTION_LIST* load(const char* path)
{
    void* module = dlopen(path, RTLD_NOW);
    if (module == nullptr) {
        std::fprintf(stderr, "%s\n", dlerror());
        std::exit(1);
    }
    CK_C_GetFunctionList get = nullptr;
    void* symbol = dlsym(module, "C_GetFunctionList");
    std::memcpy(&get, &symbol, sizeof get);
    CK_FUNCTION_LIST* functions = nullptr;
    require(get(&functions), "C_GetFunctionList");
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    require(functions->C_Initialize(&arguments), "C_Initialize");
    return functions;
}

CK_SLOT_ID find_slot(CK_FUNCTION_LIST* functions, std::string label)
{
    label.resize(32, ' ');
    std::vector<CK_SLOT_ID> slots(64);
    CK_ULONG count = slots.size();
    require(functions->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    for (CK_ULONG i = 0; i < count; ++i) {
        CK_TOKEN_INFO info{};
        if (functions->C_GetTokenInfo(slots[i], &info) == CKR_OK
            && std::memcmp(info.label, label.data(), 32) == 0) {
            return slots[i];
        }
    }
    std::fprintf(stderr, "no token labelled %s\n", label.c_str());
    std::exit(1);
}

struct KeyPair {
    CK_OBJECT_HANDLE public_key = 0;
    CK_OBJECT_HANDLE private_key = 0;
};

// What an algorithm of JWS is in PKCS#11: how its key is made, how it signs, how long a signature gets.
struct Kind {
    std::string name;
    CK_MECHANISM_TYPE generation;
    CK_MECHANISM_TYPE signing;
    CK_ULONG signature_bytes;
};
const Kind kinds[] = {{"ES256", CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, 64},
                      {"RS256", CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SHA256_RSA_PKCS, 384}};

KeyPair generate(CK_FUNCTION_LIST* functions, CK_SESSION_HANDLE session, const Kind& kind)
{
    CK_MECHANISM mechanism{kind.generation, nullptr, 0};
    CK_BYTE p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
    CK_ULONG bits = kind.signature_bytes * 8;
    CK_BBOOL yes = CK_TRUE;
    char label[] = "bench-raw-sign";
    const CK_ATTRIBUTE size = kind.generation == CKM_EC_KEY_PAIR_GEN
                                  ? CK_ATTRIBUTE{CKA_EC_PARAMS, p256, sizeof p256}
                                  : CK_ATTRIBUTE{CKA_MODULUS_BITS, &bits, sizeof bits};
    CK_ATTRIBUTE public_template[] = {
        size, {CKA_TOKEN, &yes, sizeof yes}, {CKA_LABEL, label, sizeof label - 1}};
    CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &yes, sizeof yes},
                                       {CKA_SIGN, &yes, sizeof yes},
                                       {CKA_SENSITIVE, &yes, sizeof yes},
                                       {CKA_LABEL, label, sizeof label - 1}};
    KeyPair pair;
    require(functions->C_GenerateKeyPair(session, &mechanism, public_template, 3, private_template, 4,
                                         &pair.public_key, &pair.private_key),
            "C_GenerateKeyPair");
    return pair;
}

void sign_until(CK_FUNCTION_LIST* functions, CK_SLOT_ID slot, const Kind& kind, CK_OBJECT_HANDLE key,
                std::chrono::steady_clock::time_point end, std::atomic<long>& total)
{
    CK_SESSION_HANDLE session = 0;
    require(functions->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session), "C_OpenSession");
    CK_MECHANISM mechanism{kind.signing, nullptr, 0};
    CK_BYTE digest[32] = {1};
    long made = 0;
    while (std::chrono::steady_clock::now() < end) {
        CK_BYTE signature[384];
        CK_ULONG length = sizeof signature;
        digest[0] = static_cast<CK_BYTE>(made);
        require(functions->C_SignInit(session, &mechanism, key), "C_SignInit");
        require(functions->C_Sign(session, digest, sizeof digest, signature, &length), "C_Sign");
        ++made;
    }
    total += made;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 7) {
        std::fprintf(stderr, "usage: raw_sign MODULE TOKEN-LABEL PIN-FILE ES256|RS256 THREADS SECONDS\n");
        return 2;
    }
    CK_FUNCTION_LIST* functions = load(argv[1]);
    const CK_SLOT_ID slot = find_slot(functions, argv[2]);
    std::string pin;
    std::ifstream{argv[3]} >> pin;
    CK_SESSION_HANDLE session = 0;
    require(functions->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
            "C_OpenSession");
    require(functions->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size()),
            "C_Login");
    const Kind& kind = kinds[argv[4] == kinds[1].name ? 1 : 0];
    const KeyPair pair = generate(functions, session, kind);
    const int threads = std::atoi(argv[5]);
    const int seconds = std::atoi(argv[6]);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    std::atomic<long> total = 0;
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < threads; ++i) {
            workers.emplace_back([&] { sign_until(functions, slot, kind, pair.private_key, end, total); });
        }
    }
    functions->C_DestroyObject(session, pair.private_key);
    functions->C_DestroyObject(session, pair.public_key);
    functions->C_Finalize(nullptr);
    std::printf("%.0f\n", static_cast<double>(total.load()) / seconds);
    return 0;
}
