/* The NEON path, as AVX2's: 64 bytes classified and ASCII folded at once, all else the shared
 * way. */
#include "match/scan.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

static bool usable(void)
{
    return true;
}

/* One bit for each of 64 bytes that are 0 or 255. */
static inline uint64_t bits_of(const uint8x16_t v[4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t w = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(v[0], w), vandq_u8(v[1], w));
    uint8x16_t top = vpaddq_u8(vandq_u8(v[2], w), vandq_u8(v[3], w));
    uint8x16_t all = vpaddq_u8(low, top);
    all = vpaddq_u8(all, all);
    return vgetq_lane_u64(vreinterpretq_u64_u8(all), 0);
}

static void tokens(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    scan_state state = {0};
    size_t at = 0;
    out->block_count = 0;
    while (last ? at <= n : at + 64 <= n) {
        uint8x16_t low[4], letters[4], digits[4], beyond[4];
        for (int i = 0; i < 4; i++) {
            uint8x16_t v = vld1q_u8(p + at + 16 * i);
            low[i] = vorrq_u8(v, vdupq_n_u8(0x20));
            letters[i] = vcltq_u8(vsubq_u8(low[i], vdupq_n_u8('a')), vdupq_n_u8(26));
            digits[i] = vcltq_u8(vsubq_u8(v, vdupq_n_u8('0')), vdupq_n_u8(10));
            beyond[i] = vcgeq_u8(v, vdupq_n_u8(0x80));
        }
        scan_block block = {.valid = 64};
        uint64_t high = bits_of(beyond);
        block.letters = bits_of(letters);
        block.digits = bits_of(digits);
        if (high) {
            scan_high_block(p + at, last ? n + 64 - at : 64 + 4, high, &state, at, &block, out);
        } else {
            for (int i = 0; i < 4; i++) vst1q_u8(out->folded + state.folded + 16 * i, low[i]);
            scan_ascii_block(&state, &block, at, out);
        }
        at += block.valid;
    }
    scan_finish(&state, at, out);
}

static void candidates(const tamis_terms *terms, scan_chunk *chunk)
{
    scan_candidates_plain(terms, chunk);
}

const scan_path scan_neon = {"neon", usable, tokens, candidates};

#else
typedef int scan_neon_is_for_aarch64;
#endif
