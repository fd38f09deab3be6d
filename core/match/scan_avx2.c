/* The AVX2 path: bytes are classified and folded 32 at once, ASCII, Latin-1 and the Cyrillic of
 * Russian; other characters of blocks with such are looked up one by one, and blocks with yet
 * others go the shared way. Compiled by attribute, chosen when the machine is one. */
#include "match/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

static bool usable(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

AVX2 static inline uint64_t bits_of(__m256i low, __m256i top)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(top)
                                                     << 32;
}

/* Which bytes lie in [from, from + count). */
AVX2 static inline __m256i in_range(__m256i v, char from, char count)
{
    __m256i d = _mm256_sub_epi8(v, _mm256_set1_epi8(from));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(d, _mm256_set1_epi8((char)(count - 1))), d);
}

/* --- blocks with characters beyond ASCII */

/* The letters of U+00C0 to U+00FF that fold to one ASCII letter, by what their second byte is; 0
 * for the others. U+0400 to U+040F, to which U+0450 to U+045F fold alike. */
typedef struct {
    __m256i C3[4], further;
} tables;

AVX2 static tables load_tables(void)
{
    unsigned char first[64];
    tables t;
    for (unsigned i = 0; i < 64; i++)
        first[i] = fold_seconds[0][i] || fold_pairs[0][i] == ' ' ? 0 : fold_pairs[0][i];
    for (unsigned i = 0; i < 4; i++)
        t.C3[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)(first + i * 16)));
    t.further = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)fold_pairs[3]));
    return t;
}

AVX2 static inline __m256i equal(__m256i v, unsigned char byte)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)byte));
}

/* What the letters among 32 bytes fold to, at their first bytes, and what the bytes are, as
 * masks. */
typedef struct {
    __m256i folded, letters, gaps, leads;
} half;

AVX2 static inline half read_half(const tables *t, const unsigned char *p, __m256i x)
{
    __m256i next = _mm256_loadu_si256((const void *)(p + 1));
    __m256i d0 = _mm256_and_si256(equal(x, 0xD0), in_range(next, (char)0x80, 0x40));
    __m256i d1 = _mm256_and_si256(equal(x, 0xD1), in_range(next, (char)0x80, 0x20));
    __m256i small =
        _mm256_and_si256(_mm256_xor_si256(next, _mm256_set1_epi8(0x10)), _mm256_set1_epi8(0x1F));
    small = _mm256_or_si256(small, _mm256_set1_epi8((char)0x80));
    small = _mm256_add_epi8(small, equal(small, 0x89)); /* short i is i */
    __m256i further =
        _mm256_shuffle_epi8(t->further, _mm256_and_si256(next, _mm256_set1_epi8(0x0F)));
    __m256i of_d0 = _mm256_blendv_epi8(small, further, in_range(next, (char)0x80, 0x10));
    __m256i of_d1 = _mm256_blendv_epi8(_mm256_or_si256(next, _mm256_set1_epi8(0x10)), further,
                                       in_range(next, (char)0x90, 0x10));
    __m256i latin = _mm256_setzero_si256();
    for (unsigned i = 0; i < 4; i++) {
        /* An index beyond its sixteen has the top bit, and gives 0. */
        __m256i index = _mm256_adds_epu8(
            _mm256_sub_epi8(next, _mm256_set1_epi8((char)(0x80 + i * 16))), _mm256_set1_epi8(0x70));
        latin = _mm256_or_si256(latin, _mm256_shuffle_epi8(t->C3[i], index));
    }
    latin = _mm256_and_si256(latin, equal(x, 0xC3));
    __m256i is_latin = _mm256_cmpgt_epi8(latin, _mm256_setzero_si256());
    __m256i cyrillic = _mm256_or_si256(_mm256_and_si256(d0, of_d0), _mm256_and_si256(d1, of_d1));
    half out;
    out.letters = _mm256_or_si256(is_latin, _mm256_or_si256(d0, d1));
    out.folded = _mm256_or_si256(
        _mm256_or_si256(latin, cyrillic),
        _mm256_andnot_si256(out.letters, _mm256_or_si256(x, _mm256_set1_epi8(0x20))));
    out.gaps = _mm256_andnot_si256(
        equal(next, 0xAD), _mm256_and_si256(equal(x, 0xC2), in_range(next, (char)0x80, 0x40)));
    out.leads = _mm256_cmpeq_epi8(_mm256_max_epu8(x, _mm256_set1_epi8((char)0xC0)), x);
    return out;
}

/* Letters and gaps that the tables above leave out, one by one. False where one is not known
 * here. */
static bool read_others(const unsigned char *p, uint64_t others, unsigned char *folded,
                        uint64_t *letters, uint64_t *doubles, uint64_t *thirds)
{
    for (; others; others &= others - 1) {
        unsigned i = (unsigned)__builtin_ctzll(others), kind = fold_step_kinds[p[i]];
        uint32_t step = fold_steps[kind][p[i + 1]], flags = step >> 16;
        uint64_t bit = UINT64_C(1) << i;
        if (kind == 0 || flags & FOLD_STEP_BAD) return false;
        if (flags & FOLD_STEP_SECOND) {
            if (!(fold_steps[8][p[i + 2]] >> 16 & FOLD_STEP_THIRD)) return false;
            *thirds |= bit << 2;
        } else if (flags & FOLD_STEP_LETTER) {
            *letters |= bit;
            folded[i] = (unsigned char)step;
            if (step >> 24 == 1) continue;
            folded[i + 1] = (unsigned char)(step >> 8);
            *doubles |= bit;
        }
    }
    return true;
}

/* The bytes of 64 that `keep` names, one behind the other. */
AVX2 static inline void compress(const unsigned char *from, uint64_t keep, unsigned char *to)
{
    for (unsigned i = 0; i < 64; i += 8, keep >>= 8) {
        uint64_t bytes = _pdep_u64(keep & 0xFF, UINT64_C(0x0101010101010101)) * 0xFF;
        uint64_t kept = _pext_u64(load8(from + i), bytes);
        memcpy(to, &kept, 8);
        to += __builtin_popcountll(keep & 0xFF);
    }
}

/* The places of the bits, each moved by `base`; the first dozen without asking how many they
 * are. */
AVX2 static inline size_t put_places(uint16_t *out, uint64_t bits, size_t base)
{
    enum { AT_ONCE = 12 };
    size_t count = (size_t)__builtin_popcountll(bits);
    for (unsigned i = 0; i < AT_ONCE; i++, bits &= bits - 1)
        out[i] = (uint16_t)(base + _tzcnt_u64(bits));
    for (size_t i = AT_ONCE; i < count; i++, bits &= bits - 1)
        out[i] = (uint16_t)(base + _tzcnt_u64(bits));
    return count;
}

AVX2 static inline void put_block(scan_state *state, scan_block *block, uint64_t keep, size_t base,
                                  scan_chunk *out)
{
    uint64_t starts, ends;
    if (state->ideograph) block->begins = block->letters & 1;
    state->ideograph = false;
    scan_edges(state, block, &starts, &ends);
    scan_note_block(state, keep, base, out);
    starts = _pext_u64(starts, keep);
    ends = _pext_u64(ends, keep);
    state->starts += put_places(out->folded_start + state->starts, starts, state->folded);
    state->ends += put_places(out->folded_end + state->ends, ends, state->folded);
    state->folded += (size_t)__builtin_popcountll(keep);
}

/* A block whose characters are known here; false, with nothing noted, where one is not. */
AVX2 static inline bool high_block(const tables *t, const unsigned char *p, __m256i a, __m256i b,
                                   uint64_t high, scan_state *state, size_t base, scan_block *block,
                                   scan_chunk *out)
{
    unsigned char bytes[64];
    half low = read_half(t, p, a), top = read_half(t, p + 32, b);
    uint64_t leads = bits_of(low.leads, top.leads), letters = bits_of(low.letters, top.letters);
    uint64_t gaps = bits_of(low.gaps, top.gaps), doubles = 0, thirds = 0;
    unsigned valid = leads >> 63 ? 63 : p[62] == 0xE2 ? 62 : 64;
    uint64_t valid_bits = scan_low_bits(valid);
    _mm256_storeu_si256((void *)bytes, low.folded);
    _mm256_storeu_si256((void *)(bytes + 32), top.folded);
    uint64_t others = leads & ~(letters | gaps) & valid_bits;
    if (others && !read_others(p, others, bytes, &letters, &doubles, &thirds)) return false;
    letters &= valid_bits;
    if ((high & ~leads & valid_bits) != ((leads << 1 | thirds) & valid_bits)) return false;
    uint64_t keep = valid_bits & ~((letters & ~doubles) << 1);
    compress(bytes, keep, out->folded + state->folded);
    block->letters |= letters | letters << 1;
    block->valid = valid;
    put_block(state, block, keep, base, out);
    return true;
}

AVX2 static void tokens(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    const tables t = load_tables();
    scan_state state = {0};
    size_t at = 0;
    out->block_count = 0;
    const __m256i space = _mm256_set1_epi8(0x20);
    while (last ? at <= n : at + 64 <= n) {
        __m256i a = _mm256_loadu_si256((const void *)(p + at));
        __m256i b = _mm256_loadu_si256((const void *)(p + at + 32));
        __m256i a_low = _mm256_or_si256(a, space), b_low = _mm256_or_si256(b, space);
        scan_block block = {.valid = 64};
        uint64_t high = bits_of(a, b);
        block.letters = bits_of(in_range(a_low, 'a', 26), in_range(b_low, 'a', 26));
        block.digits = bits_of(in_range(a, '0', 10), in_range(b, '0', 10));
        if (!high) {
            unsigned char *to = out->folded + state.folded;
            _mm256_storeu_si256((void *)to, a_low);
            _mm256_storeu_si256((void *)(to + 32), b_low);
            put_block(&state, &block, ~UINT64_C(0), at, out);
        } else if (!high_block(&t, p + at, a, b, high, &state, at, &block, out)) {
            scan_note_block(&state, 0, at, out);
            scan_listed_block(p + at, last ? n + 64 - at : 64 + 4, high, &state, at, &block, out);
        }
        at += block.valid;
    }
    scan_finish(&state, at, out);
}

/* --- candidates */

/* The first eight bytes of tokens i to i + 3, zeros behind their ends; their keys. */
typedef struct {
    __m256i text, key;
} four;

AVX2 static inline four read_four(const scan_chunk *chunk, size_t i)
{
    const __m256i all = _mm256_set1_epi64x(-1), k1 = _mm256_set1_epi64x((long long)TOKEN_K1);
    __m128i s = _mm_loadl_epi64((const void *)(chunk->folded_start + i));
    __m128i length = _mm_sub_epi16(_mm_loadl_epi64((const void *)(chunk->folded_end + i)), s);
    __m128i missing = _mm_subs_epu16(_mm_set1_epi16(8), length); /* of eight bytes */
    __m256i text = _mm256_mask_i64gather_epi64(_mm256_setzero_si256(), (const void *)chunk->folded,
                                               _mm256_cvtepu16_epi64(s), all, 1);
    __m256i bits = _mm256_slli_epi64(_mm256_cvtepu16_epi64(missing), 3);
    text = _mm256_and_si256(text, _mm256_srlv_epi64(all, bits));
    __m256i x = _mm256_xor_si256(text, _mm256_slli_epi64(_mm256_cvtepu16_epi64(length), 57));
    __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), k1),
                                     _mm256_mul_epu32(x, _mm256_srli_epi64(k1, 32)));
    __m256i key = _mm256_add_epi64(_mm256_mul_epu32(x, k1), _mm256_slli_epi64(cross, 32));
    return (four){text, _mm256_xor_si256(key, _mm256_srli_epi64(key, 32))};
}

/* Bits at the two places of `at` in the words, as the lowest of each. */
AVX2 static inline __m256i bits_at(__m256i words, __m256i at)
{
    const __m256i low = _mm256_set1_epi64x(63);
    __m256i other = _mm256_and_si256(_mm256_srli_epi64(at, 6), low);
    return _mm256_and_si256(_mm256_srlv_epi64(words, _mm256_and_si256(at, low)),
                            _mm256_srlv_epi64(words, other));
}

/* The second to fourth of `a` and the first of `b`. */
AVX2 static inline __m256i behind(__m256i a, __m256i b)
{
    return _mm256_permute4x64_epi64(_mm256_blend_epi32(a, b, 3), 0x39);
}

/* Which of four tokens pass, packed to the front, as bytes. */
static const uint32_t packed[16] = {
    0,          0x00000000, 0x00000001, 0x00000100, 0x00000002, 0x00000200, 0x00000201, 0x00020100,
    0x00000003, 0x00000300, 0x00000301, 0x00030100, 0x00000302, 0x00030200, 0x00030201, 0x03020100};

AVX2 static void candidates(const tamis_terms *terms, scan_chunk *chunk)
{
    const __m128i shift = _mm_cvtsi32_si128((int)terms->gate_shift);
    const __m256i number = _mm256_set1_epi64x((long long)NEIGHBOUR_NUMBER);
    const __m256i all = _mm256_set1_epi64x(-1);
    const void *gate = terms->gate;
    size_t n = chunk->count, found = 0;
    for (unsigned i = 0; i < 8; i++) /* tokens that are read and not looked at */
        chunk->folded_start[n + i] = chunk->folded_end[n + i] = 0;
    four now = read_four(chunk, 0);
    for (size_t i = 0; i < n; i += 4) {
        four next = read_four(chunk, i + 4);
        _mm256_storeu_si256((void *)(chunk->keys + i), now.key);
        __m256i words = _mm256_mask_i64gather_epi64(_mm256_setzero_si256(), gate,
                                                    _mm256_srl_epi64(now.key, shift), all, 8);
        __m256i text = behind(now.text, next.text), key = behind(now.key, next.key);
        __m256i is_number = _mm256_cmpeq_epi64(_mm256_and_si256(text, _mm256_set1_epi64x(0xC0)),
                                               _mm256_setzero_si256());
        key = _mm256_blendv_epi8(key, number, is_number);
        __m256i both = _mm256_xor_si256(now.key, _mm256_srli_epi64(key, 20));
        __m256i pass = _mm256_or_si256(bits_at(words, now.key), bits_at(words, both));
        unsigned mask =
            (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_slli_epi64(pass, 63)));
        __m128i places = _mm_cvtepu8_epi16(_mm_cvtsi32_si128((int)packed[mask]));
        _mm_storel_epi64((void *)(chunk->candidates + found),
                         _mm_add_epi16(places, _mm_set1_epi16((short)i)));
        found += (size_t)__builtin_popcount(mask);
        now = next;
    }
    while (found && chunk->candidates[found - 1] + 1U >= n) found--;
    chunk->keys[n] = 0;
    if (n) chunk->candidates[found++] = (uint16_t)(n - 1);
    scan_sift(terms, chunk, found);
}

const scan_path scan_avx2 = {"avx2", usable, tokens, candidates};

#else
typedef int scan_avx2_is_for_x86_64;
#endif
