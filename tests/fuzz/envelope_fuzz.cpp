// Sealed secrets come back from the database, which anybody may have changed: an envelope opens with everything as it was
// sealed, and with nothing else. The input: a byte that says what is changed, the context's line, the bytes.
#include <array>
#include <string>

#include "base/assert.hpp"
#include "keyd/seal/envelope.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

const LockedKey& key()
{
    static const LockedKey made = [] {
        start_locked_memory(1);
        const std::array<std::uint8_t, locked_key_bytes> bytes{1, 2, 3};
        return std::move(*LockedKey::copy_of(bytes));
    }();
    return made;
}

void check_sealed(ByteView context, ByteView plaintext, std::size_t place)
{
    const Uuid data_key{{1}};
    const Uuid project{{2}};
    std::string envelope = make_envelope(key(), data_key, project, context, plaintext);
    ASSERT(envelope.size() == plaintext.size() + envelope_overhead_bytes);
    ASSERT(envelope_data_key(as_bytes(envelope)) == data_key);
    ASSERT(open_envelope(key(), project, context, as_bytes(envelope)) == as_text(plaintext));
    ASSERT(!open_envelope(key(), data_key, context, as_bytes(envelope)));
    const std::string longer = std::string{as_text(context)} + 'x';
    ASSERT(!open_envelope(key(), project, as_bytes(longer), as_bytes(envelope)));
    char& changed = envelope[place % envelope.size()];
    changed = static_cast<char>(changed ^ (1 + place % 255));
    ASSERT(!open_envelope(key(), project, context, as_bytes(envelope)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    std::string_view rest = fuzz::as_input(data + 1, size - 1);
    const ByteView context = as_bytes(fuzz::cut_line(rest));
    const ByteView bytes = as_bytes(rest);
    check_sealed(context, bytes, data[0]);
    // Nobody made this one.
    ASSERT(!open_envelope(key(), Uuid{{2}}, context, bytes));
    const auto named = envelope_data_key(bytes);
    ASSERT(!named || (bytes.size() >= envelope_overhead_bytes && bytes[0] == 1));
    return 0;
}
