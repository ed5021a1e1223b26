"""Argon2id as the module itself does it: a stored hash to seed, and how many a second one processor makes alone."""

import ctypes
import os
import time
from dataclasses import dataclass

ARGON2 = ctypes.CDLL("libargon2.so.1")
ARGON2.argon2id_hash_encoded.argtypes = [ctypes.c_uint32] * 3 + [ctypes.c_char_p, ctypes.c_size_t] * 2 + [
    ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
HASH_BYTES = 32
ENCODED_BYTES_MAX = 256
SALT = b"bench salt 16 by"


@dataclass(frozen=True)
class Parameters:
    """The settings password-hash-memory-kib, -iterations and -parallelism, as they are by default."""

    memory_kib: int = 19456
    iterations: int = 2
    parallelism: int = 1

    def __str__(self) -> str:
        return f"{self.memory_kib / 1024:g} MiB {self.iterations} times"

    @property
    def settings(self) -> dict[str, str]:
        return {"password-hash-memory-kib": str(self.memory_kib), "password-hash-iterations": str(self.iterations),
                "password-hash-parallelism": str(self.parallelism)}


def encoded_hash(password: str, parameters: Parameters = Parameters()) -> str:
    """The PHC string."""
    text = password.encode()
    encoded = ctypes.create_string_buffer(ENCODED_BYTES_MAX)
    code = ARGON2.argon2id_hash_encoded(parameters.iterations, parameters.memory_kib, parameters.parallelism, text, len(text), SALT,
                                        len(SALT), HASH_BYTES, encoded, ENCODED_BYTES_MAX)
    if code != 0:
        raise RuntimeError(f"argon2: {code}")
    return encoded.value.decode()


def raw_rate(core: int, seconds: float, parameters: Parameters = Parameters()) -> float:
    """Hashes a second, one at a time on `core`."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        encoded_hash("warm", parameters)
        begun = time.monotonic()
        made = 0
        while time.monotonic() - begun < seconds:
            encoded_hash("a password", parameters)
            made += 1
        return made / (time.monotonic() - begun)
    finally:
        os.sched_setaffinity(0, before)
