/* A 64-bit hash of bytes: two multiplications a 16-byte step, in the manner of wyhash. Fast, not
 * cryptographic; the same on every machine of either byte order, since it goes into files. */
#include "base/base.h"

#include <inttypes.h>

static const uint64_t K0 = UINT64_C(0x9E3779B97F4A7C15), K1 = UINT64_C(0xD6E8FEB86659FD93),
                      K2 = UINT64_C(0xA0761D6478BD642F);

static uint64_t read64(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

__extension__ typedef unsigned __int128 wide;

static uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t state = seed ^ K0;
    size_t left = n;
    for (; left > 16; left -= 16, p += 16) state = fold(read64(p) ^ K1, read64(p + 8) ^ state);
    unsigned char tail[16] = {0};
    if (left) memcpy(tail, p, left);
    state = fold(read64(tail) ^ K1, read64(tail + 8) ^ state);
    return fold(state ^ K2, (uint64_t)n ^ K1);
}

uint64_t hash_large(const void *bytes, size_t n, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t chains[4] = {seed ^ K0, seed ^ K1, seed ^ K2, ~seed};
    size_t left = n;
    for (; left >= 64; left -= 64, p += 64)
        for (size_t i = 0; i < 4; i++)
            chains[i] = fold(read64(p + 16 * i) ^ K1, read64(p + 16 * i + 8) ^ chains[i]);
    uint64_t both = fold(chains[0] ^ K2, chains[1]), others = fold(chains[2] ^ K0, chains[3]);
    return hash_bytes(p, left, fold(both ^ (uint64_t)n, others ^ K1));
}

void hash_print(uint64_t hash, char out[HASH_TEXT])
{
    snprintf(out, HASH_TEXT, "%016" PRIx64, hash);
}
