/* lanes.h: what is done with the scores of all labels at once, and the look-up of keys; lanes.c
 * includes it for each vector width (LANES_WIDTH, LANES_NAME, LANES_TARGET).
 *
 * SUMS and Z have LANGUAGE_LANES places; what lies past a script's lanes is never read as a
 * score. */

typedef float LANES_NAME(_floats) __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
typedef int32_t LANES_NAME(_ints) __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
typedef uint16_t LANES_NAME(_halves)
    __attribute__((vector_size(LANES_WIDTH / 2), aligned(1), may_alias));

#define FLOATS(p) (*(LANES_NAME(_floats) *)(void *)(p))
#define BIAS(p)   (*(const LANES_NAME(_floats) *)(const void *)(p))
enum { LANES_NAME(_step) = LANES_WIDTH / 4 };

/* One bit a lane of a vector of 0 and -1. */
LANES_TARGET static inline uint32_t LANES_NAME(_bits)(LANES_NAME(_ints) mask)
{
#if LANES_WIDTH == 64
    typedef int ints __attribute__((vector_size(64)));
    return (uint32_t)__builtin_ia32_cvtd2mask512((ints)mask);
#elif LANES_WIDTH == 32
    typedef float floats __attribute__((vector_size(32)));
    return (uint32_t)__builtin_ia32_movmskps256((floats)mask);
#elif defined(__SSE2__)
    typedef float floats __attribute__((vector_size(16)));
    return (uint32_t)__builtin_ia32_movmskps((floats)mask);
#else
    uint32_t bits = 0;
    for (uint32_t k = 0; k < LANES_NAME(_step); k++) bits |= (uint32_t)(mask[k] & 1) << k;
    return bits;
#endif
}

LANES_TARGET static inline LANES_NAME(_floats)
    LANES_NAME(_max)(LANES_NAME(_floats) a, LANES_NAME(_floats) b)
{
    LANES_NAME(_ints) more = (LANES_NAME(_ints))(a > b);
    return (LANES_NAME(_floats))(((LANES_NAME(_ints))a & more) | ((LANES_NAME(_ints))b & ~more));
}

/* Scores of sums of slots, `rows` (of 8 bits, in units of `unit`) added. */
LANES_TARGET static void LANES_NAME(_of_sums)(const int32_t *sums, const float *bias,
                                              const int8_t *const *rows, int row_count, float scale,
                                              float unit, float sharp, uint32_t lanes, float *z)
{
    typedef int8_t eighths __attribute__((vector_size(LANES_WIDTH / 4), aligned(1), may_alias));
    typedef int16_t quarters __attribute__((vector_size(LANES_WIDTH / 2)));
    const uint32_t step = LANES_NAME(_step);
    for (uint32_t l = 0; l < lanes; l += step) {
        LANES_NAME(_ints) h = *(const LANES_NAME(_ints) *)(const void *)(sums + l);
        LANES_NAME(_floats)
        x = __builtin_convertvector(h, LANES_NAME(_floats)) * scale + BIAS(bias + l);
        for (int k = 0; k < row_count; k++) {
            /* In two steps, for which there are instructions. */
            const eighths row = *(const eighths *)(const void *)(rows[k] + l);
            const quarters wide = __builtin_convertvector(row, quarters);
            const LANES_NAME(_ints) all = __builtin_convertvector(wide, LANES_NAME(_ints));
            x += __builtin_convertvector(all, LANES_NAME(_floats)) * unit;
        }
        FLOATS(z + l) = x * sharp;
    }
    for (uint32_t l = lanes; l % step; l++) z[l] = LANGUAGE_NEVER;
}

typedef int32_t LANES_NAME(_quad) __attribute__((vector_size(16), aligned(4), may_alias));
typedef int LANES_NAME(_plain) __attribute__((vector_size(LANES_WIDTH)));
typedef int LANES_NAME(_plain4) __attribute__((vector_size(16)));

#if defined(__clang__)
#define MORE(a, b)  __builtin_elementwise_max(a, b)
#define LESS(a, b)  __builtin_elementwise_min(a, b)
#define MORE4(a, b) __builtin_elementwise_max(a, b)
#define LESS4(a, b) __builtin_elementwise_min(a, b)
#elif LANES_WIDTH == 64
#define WIDE(a) ((LANES_NAME(_plain))(a))
#define MORE(a, b) \
    ((LANES_NAME(_ints))__builtin_ia32_pmaxsd512_mask(WIDE(a), WIDE(b), WIDE(a), 0xFFFF))
#define LESS(a, b) \
    ((LANES_NAME(_ints))__builtin_ia32_pminsd512_mask(WIDE(a), WIDE(b), WIDE(a), 0xFFFF))
#elif LANES_WIDTH == 32
#define WIDE(a)    ((LANES_NAME(_plain))(a))
#define MORE(a, b) ((LANES_NAME(_ints))__builtin_ia32_pmaxsd256(WIDE(a), WIDE(b)))
#define LESS(a, b) ((LANES_NAME(_ints))__builtin_ia32_pminsd256(WIDE(a), WIDE(b)))
#else
#define MORE(a, b)  (((a) & ((a) > (b))) | ((b) & ~((a) > (b))))
#define LESS(a, b)  (((b) & ((a) > (b))) | ((a) & ~((a) > (b))))
#define MORE4(a, b) MORE(a, b)
#define LESS4(a, b) LESS(a, b)
#endif
#ifndef MORE4
#define NARROW(a)   ((LANES_NAME(_plain4))(a))
#define MORE4(a, b) ((LANES_NAME(_quad))__builtin_ia32_pmaxsd128(NARROW(a), NARROW(b)))
#define LESS4(a, b) ((LANES_NAME(_quad))__builtin_ia32_pminsd128(NARROW(a), NARROW(b)))
#endif

/* Scores are compared in fixed point, their lane's number in the lowest bits. */
typedef struct {
    LANES_NAME(_ints) best, next, lane;
} LANES_NAME(_ranking);

LANES_TARGET static inline LANES_NAME(_ranking) LANES_NAME(_rank_start)(void)
{
    LANES_NAME(_ranking) r = {.best = (LANES_NAME(_ints)){0} + INT32_MIN};
    r.next = r.best;
    for (uint32_t k = 0; k < LANES_NAME(_step); k++) r.lane[k] = (int32_t)k;
    return r;
}

#define POINT ((float)(1 << 17))

LANES_TARGET static inline void LANES_NAME(_rank_add)(LANES_NAME(_ranking) * r,
                                                      LANES_NAME(_floats) z)
{
    LANES_NAME(_ints) x = __builtin_convertvector(z * POINT, LANES_NAME(_ints));
    x = (x & ~(LANGUAGE_LANES - 1)) | r->lane;
    r->next = MORE(r->next, LESS(r->best, x));
    r->best = MORE(r->best, x);
    r->lane += LANES_NAME(_step);
}

/* The lane of the highest score and that of the second, by how much (to a thousandth) the one
 * leads. */
LANES_TARGET static inline uint32_t LANES_NAME(_rank_end)(const LANES_NAME(_ranking) * r,
                                                          uint32_t *second, float *lead)
{
    enum { QUADS = LANES_WIDTH / 16 };
    LANES_NAME(_quad) b[QUADS], n[QUADS];
    __builtin_memcpy(b, &r->best, sizeof b);
    __builtin_memcpy(n, &r->next, sizeof n);
    for (int k = 1; k < QUADS; k++) {
        n[0] = MORE4(MORE4(n[0], n[k]), LESS4(b[0], b[k]));
        b[0] = MORE4(b[0], b[k]);
    }
    int32_t high = b[0][0], low = n[0][0];
    for (int k = 1; k < 4; k++) {
        const int32_t x = b[0][k], under = n[0][k];
        const int32_t less = x < high ? x : high;
        high = x > high ? x : high;
        low = low > under ? low : under;
        low = low > less ? low : less;
    }
    *second = (uint32_t)low & (LANGUAGE_LANES - 1);
    *lead = ((float)high - (float)low) / POINT;
    return (uint32_t)high & (LANGUAGE_LANES - 1);
}

/* Scores of sums of rows, and their rank with the last lane's lowered by `doubt`; what lies past
 * the lanes is never a score. */
LANES_TARGET static uint32_t LANES_NAME(_stand)(const uint16_t *sums, const float *bias,
                                                float scale, float sharp, float doubt,
                                                uint32_t lanes, float *z, uint32_t *second,
                                                float *lead)
{
    const uint32_t step = LANES_NAME(_step);
    LANES_NAME(_ranking) r = LANES_NAME(_rank_start)();
    for (uint32_t l = 0; l < lanes; l += step) {
        LANES_NAME(_halves) h = *(const LANES_NAME(_halves) *)(const void *)(sums + l);
        LANES_NAME(_floats)
        x = __builtin_convertvector(h, LANES_NAME(_floats)) * scale + BIAS(bias + l) * sharp;
        if (lanes - l <= step) {
            const LANES_NAME(_ints) past = r.lane >= (int32_t)lanes;
            const LANES_NAME(_floats) never = (LANES_NAME(_floats)){0} + LANGUAGE_NEVER;
            x = (LANES_NAME(_floats))(((LANES_NAME(_ints))x & ~past) |
                                      ((LANES_NAME(_ints))never & past));
        }
        FLOATS(z + l) = x;
        if (lanes - l <= step) {
            const LANES_NAME(_ints) last = r.lane == (int32_t)lanes - 1;
            const LANES_NAME(_floats) less = (LANES_NAME(_floats)){0} + doubt;
            x -= (LANES_NAME(_floats))((LANES_NAME(_ints))less & last);
        }
        LANES_NAME(_rank_add)(&r, x);
    }
    return LANES_NAME(_rank_end)(&r, second, lead);
}

#undef POINT
#undef MORE
#undef LESS
#undef MORE4
#undef LESS4
#undef WIDE
#undef NARROW

/* Bit l of `mask`: lane l is at `least` or above. Returns how many. Most scores are those of a
 * script with all lanes. */
LANES_TARGET static inline __attribute__((always_inline)) int
LANES_NAME(_above)(const float *z, uint32_t lanes, float least, uint64_t mask[LANGUAGE_LANES / 64])
{
    const uint32_t step = LANES_NAME(_step);
    int count = 0;
    for (uint32_t w = 0; w < LANGUAGE_LANES / 64; w++) {
        uint64_t bits = 0;
#pragma GCC unroll 16
        for (uint32_t l = 0; l < 64; l += step) {
            if (lanes < LANGUAGE_LANES && w * 64 + l >= lanes) break;
            const LANES_NAME(_ints) more = BIAS(z + w * 64 + l) >= least;
            bits |= (uint64_t)LANES_NAME(_bits)(more) << l;
        }
        count += __builtin_popcountll(bits);
        mask[w] = bits;
    }
    return count;
}

/* 2 to the power t, 0 at the most. Good to six digits. */
LANES_TARGET static inline LANES_NAME(_floats) LANES_NAME(_power)(LANES_NAME(_floats) t)
{
    const float least = -80;
    t = LANES_NAME(_max)(t, (LANES_NAME(_floats)){0} + least);
    const LANES_NAME(_ints) whole = __builtin_convertvector(t - .5f, LANES_NAME(_ints));
    const LANES_NAME(_floats) f = t - __builtin_convertvector(whole, LANES_NAME(_floats));
    const LANES_NAME(_floats) e =
        f * (f * (f * (f * (f * 1.333355e-3f + 9.618129e-3f) + 5.550411e-2f) + .2402265f) +
             .6931472f) +
        1;
    return e * (LANES_NAME(_floats))((whole + 127) << 23);
}

/* The logarithm of base 2; of less than a normal number, -126 or so. */
LANES_TARGET static inline LANES_NAME(_floats) LANES_NAME(_log)(LANES_NAME(_floats) x)
{
    const int32_t root = 0x3504F3; /* of a half, as bits below those of a half's exponent */
    x = LANES_NAME(_max)(x, (LANES_NAME(_floats)){0} + 1.2e-38f);
    const LANES_NAME(_ints) bits = (LANES_NAME(_ints))x, shifted = bits - 0x3F000000 - root;
    const LANES_NAME(_ints) whole = shifted >> 23;
    const LANES_NAME(_floats) m = (LANES_NAME(_floats))(bits - (shifted & ~0x7FFFFF)) - 1;
    const LANES_NAME(_floats) s = m / (m + 2), q = s * s;
    const LANES_NAME(_floats) series = s + s * q * (1 / 3.f + q * (.2f + q * (1 / 7.f)));
    return __builtin_convertvector(whole, LANES_NAME(_floats)) + series * 2.8853901f;
}

/* p[i] := p[i]^a * q[i]^b of shares, LANGUAGE_MIXED of them. */
LANES_TARGET static void LANES_NAME(_mix)(float *p, const float *q, float a, float b)
{
    for (size_t i = 0; i < LANGUAGE_MIXED; i += LANES_NAME(_step))
        FLOATS(p + i) = LANES_NAME(_power)(LANES_NAME(_log)(FLOATS(p + i)) * a +
                                           LANES_NAME(_log)(BIAS(q + i)) * b);
}

/* z[l] := exp(z[l] - top), none above 0; returns their sum. */
LANES_TARGET static inline float LANES_NAME(_exp)(float *z, uint32_t lanes, float top)
{
    LANES_NAME(_floats) sum = {0};
    for (uint32_t l = 0; l < lanes; l += LANES_NAME(_step))
        sum += FLOATS(z + l) = LANES_NAME(_power)((FLOATS(z + l) - top) * 1.44269504f);
    float all = 0;
    for (uint32_t k = 0; k < LANES_NAME(_step); k++) all += sum[k];
    return all;
}

/* The lanes near the highest score: no more than LANGUAGE_CANDIDATES, none that is negligible. */
LANES_TARGET static inline __attribute__((always_inline)) void
LANES_NAME(_nearest)(const float *z, uint32_t lanes, float top, uint64_t near[LANGUAGE_LANES / 64])
{
    const float negligible = 9; /* nats: less than a thousandth even of many */
    const int most = LANGUAGE_CANDIDATES;
    if (LANES_NAME(_above)(z, lanes, top - negligible, near) <= most) return;
    float few = 0, many = negligible;
    for (int i = 0; i < 6; i++) {
        const float middle = (few + many) / 2;
        uint64_t mask[LANGUAGE_LANES / 64];
        const int n = LANES_NAME(_above)(z, lanes, top - middle, mask);
        if (n > most) {
            many = middle;
            continue;
        }
        few = middle;
        __builtin_memcpy(near, mask, sizeof mask);
        if (n >= most - 4) return;
    }
}

/* The highest score, below LANGUAGE_NEVER / 2: there is none. Then z[l] := exp(z[l] - it), `sum`
 * their sum, and `near` those that are likely. */
LANES_TARGET static float LANES_NAME(_shares)(float *z, uint32_t lanes,
                                              uint64_t near[LANGUAGE_LANES / 64], float *sum)
{
    LANES_NAME(_floats) most = (LANES_NAME(_floats)){0} + 2 * LANGUAGE_NEVER;
    for (uint32_t l = 0; l < lanes; l += LANES_NAME(_step))
        most = LANES_NAME(_max)(most, BIAS(z + l));
    float tops[LANES_WIDTH / 4];
    __builtin_memcpy(tops, &most, sizeof tops);
    for (uint32_t half = LANES_NAME(_step) / 2; half; half /= 2)
        for (uint32_t k = 0; k < half; k++)
            tops[k] = tops[k] > tops[k + half] ? tops[k] : tops[k + half];
    const float top = tops[0];
    if (top <= LANGUAGE_NEVER / 2) return top;
    if (lanes == LANGUAGE_LANES)
        LANES_NAME(_nearest)(z, LANGUAGE_LANES, top, near);
    else
        LANES_NAME(_nearest)(z, lanes, top, near);
    *sum = LANES_NAME(_exp)(z, lanes, top);
    return top;
}

/* One bit for each slot of a line that has this check. */
LANES_TARGET static inline uint32_t LANES_NAME(_match)(const language_line *line, uint64_t check)
{
#if LANES_WIDTH == 64
    typedef int64_t eight __attribute__((vector_size(64), aligned(1), may_alias));
    typedef long long longs __attribute__((vector_size(64)));
    const eight a = *(const eight *)(const void *)line->slot & LANGUAGE_CHECK_MASK;
    return (uint8_t)__builtin_ia32_cvtq2mask512((longs)(a == (int64_t)check));
#elif LANES_WIDTH == 32
    typedef uint64_t four __attribute__((vector_size(32), aligned(1), may_alias));
    typedef double doubles __attribute__((vector_size(32)));
    four a = *(const four *)(const void *)&line->slot[0] & LANGUAGE_CHECK_MASK;
    four b = *(const four *)(const void *)&line->slot[4] & LANGUAGE_CHECK_MASK;
    uint32_t low = (uint32_t)__builtin_ia32_movmskpd256((doubles)(a == check));
    return low | (uint32_t)__builtin_ia32_movmskpd256((doubles)(b == check)) << 4;
#else
    uint32_t found = 0;
    for (int i = 0; i < LANGUAGE_SLOTS; i++)
        found |= (uint32_t)((line->slot[i] & LANGUAGE_CHECK_MASK) == check) << i;
    return found;
#endif
}

/* Slots found, to be added up together: which keys have how many is beyond any guess, so slots are
 * taken without asking. */
enum { LANES_NAME(_heap) = 256 };
typedef struct {
    size_t count;
    uint64_t slot[LANES_NAME(_heap) + 2 * LANGUAGE_SLOTS];
} LANES_NAME(_slots);

/* The lanes and weights of LANES_WIDTH / 8 slots, LANGUAGE_PAIRS each. */
LANES_TARGET static inline void LANES_NAME(_unpack)(const uint64_t *slots, uint16_t *lanes,
                                                    int16_t *weights)
{
    typedef uint64_t longs __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
    typedef int16_t words __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
    enum { APART = 16 - LANGUAGE_PAIR_BITS };
    const uint64_t pair = (1u << LANGUAGE_PAIR_BITS) - 1;
    const longs x = *(const longs *)(const void *)slots >> LANGUAGE_PAIRS_AT;
    const words w = (words)((x & pair) | ((x << APART) & pair << 16) |
                            ((x << 2 * APART) & pair << 32) | ((x << 3 * APART) & pair << 48));
    *(words *)(void *)lanes = w & (LANGUAGE_LANES - 1);
    *(words *)(void *)weights = (w >> LANGUAGE_LANE_BITS) - LANGUAGE_WEIGHT_ZERO;
}

LANES_TARGET static void LANES_NAME(_add_up)(LANES_NAME(_slots) * s, int32_t *sums)
{
    enum { AT_ONCE = LANES_WIDTH / 8 };
    uint16_t lanes[AT_ONCE * LANGUAGE_PAIRS];
    int16_t weights[AT_ONCE * LANGUAGE_PAIRS];
    for (size_t i = 0; i < s->count; i += AT_ONCE) {
        const size_t left = s->count - i,
                     pairs = LANGUAGE_PAIRS * (left < AT_ONCE ? left : AT_ONCE);
        LANES_NAME(_unpack)(s->slot + i, lanes, weights);
        for (size_t k = 0; k < pairs; k += LANGUAGE_PAIRS) {
            sums[lanes[k]] += weights[k];
            sums[lanes[k + 1]] += weights[k + 1];
            sums[lanes[k + 2]] += weights[k + 2];
            sums[lanes[k + 3]] += weights[k + 3];
        }
    }
    s->count = 0;
}

/* Takes the slots that a line has for a key; false: it has none. */
LANES_TARGET static inline bool LANES_NAME(_take)(const language_line *line, uint64_t check,
                                                  LANES_NAME(_slots) * s)
{
#if LANES_WIDTH == 64
    const __m512i all = _mm512_loadu_si512(line->slot);
    const __m512i checks = _mm512_and_si512(all, _mm512_set1_epi64(LANGUAGE_CHECK_MASK));
    const __mmask8 found = _mm512_cmpeq_epi64_mask(checks, _mm512_set1_epi64((long long)check));
    _mm512_storeu_si512(s->slot + s->count, _mm512_maskz_compress_epi64(found, all));
    s->count += (size_t)__builtin_popcount(found);
    return found != 0;
#else
    const uint32_t last = 1u << (LANGUAGE_SLOTS - 1);
    uint32_t found = LANES_NAME(_match)(line, check);
    const bool known = found != 0;
    for (int k = 0; k < 3; k++, found &= found - 1) {
        s->slot[s->count] = line->slot[__builtin_ctz(found | last)];
        s->count += found != 0;
    }
    for (; found; found &= found - 1) s->slot[s->count++] = line->slot[__builtin_ctz(found)];
    return known;
#endif
}

static inline bool LANES_NAME(_marked)(const language_line *own, uint64_t key)
{
    return own->slot[language_key_mark(key)] >> LANGUAGE_CHECK_BITS & 1;
}

/* What is left to do for a key: its other line, check, length, piece, and whether it is known. */
enum {
    LANES_NAME(_length_at) = LANGUAGE_CHECK_BITS,
    LANES_NAME(_known_at) = 14,
    LANES_NAME(_piece_at) = 15,
    LANES_NAME(_line_at) = 24
};

/* Own lines are fetched from memory a while before they are looked at; the other lines of keys
 * that may have slots there are looked at last of all, by notes that take the place of keys. */
LANES_TARGET static void LANES_NAME(_look_up)(const language_line *lines, uint64_t line_count,
                                              uint64_t *keys, language_findings *out, size_t pieces)
{
    enum { AHEAD = 32 };
    const size_t count = pieces ? out[pieces - 1].end : 0;
    LANES_NAME(_slots) slots;
    uint32_t owns[AHEAD]; /* lines on their way */
    size_t late = 0;
    slots.count = 0;
    for (size_t i = 0; i < count && i < AHEAD; i++) {
        owns[i] = (uint32_t)language_key_line(keys[i], line_count);
        __builtin_prefetch(&lines[owns[i]]);
    }
    for (size_t piece = 0, i = 0; piece < pieces; piece++) {
        language_findings *f = &out[piece];
        for (; i < f->end; i++) {
            const uint64_t key = keys[i], length = key & 7, check = language_key_check(key);
            const uint64_t own = owns[i % AHEAD];
            if (i + AHEAD < count) {
                const uint64_t ahead = language_key_line(keys[i + AHEAD], line_count);
                owns[i % AHEAD] = (uint32_t)ahead;
                __builtin_prefetch(&lines[ahead]);
            }
            const uint64_t known = LANES_NAME(_take)(&lines[own], check, &slots);
            if (slots.count > LANES_NAME(_heap)) LANES_NAME(_add_up)(&slots, f->sums);
            f->seen[length]++;
            f->known += (uint32_t)known;
            f->absent[length] += !known;
            const bool more = LANES_NAME(_marked)(&lines[own], key);
            const uint64_t other = more ? language_other_line(own, check) : own;
            __builtin_prefetch(&lines[other]);
            keys[late] = check | length << LANES_NAME(_length_at) | known << LANES_NAME(_known_at) |
                         piece << LANES_NAME(_piece_at) | other << LANES_NAME(_line_at);
            late += more;
        }
        LANES_NAME(_add_up)(&slots, f->sums);
    }
    for (size_t i = 0, piece = 0; i < late; i++) {
        const uint64_t note = keys[i], length = note >> LANES_NAME(_length_at) & 7;
        const size_t of = note >> LANES_NAME(_piece_at) & (LANGUAGE_BATCH - 1);
        if (of != piece || slots.count > LANES_NAME(_heap))
            LANES_NAME(_add_up)(&slots, out[piece].sums);
        piece = of;
        const uint32_t known = LANES_NAME(_take)(&lines[note >> LANES_NAME(_line_at)],
                                                 note & LANGUAGE_CHECK_MASK, &slots) &
                               ~(note >> LANES_NAME(_known_at)) & 1;
        out[of].known += known;
        out[of].absent[length] -= known;
        if (i + 1 == late) LANES_NAME(_add_up)(&slots, out[of].sums);
    }
}

static inline size_t LANES_NAME(_place)(const language_start *start)
{
    return start->two >> 40 & (LANGUAGE_RECALLED - 1);
}

/* The lines of a start's keys. */
LANES_TARGET static inline void LANES_NAME(_fetch)(const language_line *lines, uint64_t line_count,
                                                   const language_start *start)
{
    __builtin_prefetch(&lines[language_key_line(start->one, line_count)]);
    __builtin_prefetch(&lines[language_key_line(start->two, line_count)]);
}

/* Looks up what the keys of a start say; returns how many the model knows. */
LANES_TARGET static uint64_t LANES_NAME(_learn)(const language_line *lines, uint64_t line_count,
                                                const language_start *start, uint8_t *sums)
{
    const uint64_t keys[] = {start->one, start->two};
    int32_t all[LANGUAGE_LANES] = {0};
    LANES_NAME(_slots) slots;
    uint64_t known = 0;
    slots.count = 0;
    for (int k = !keys[0]; k < 2; k++) {
        const uint64_t key = keys[k], check = language_key_check(key);
        const uint64_t own = language_key_line(key, line_count);
        bool found = LANES_NAME(_take)(&lines[own], check, &slots);
        if (LANES_NAME(_marked)(&lines[own], key))
            found |= LANES_NAME(_take)(&lines[language_other_line(own, check)], check, &slots);
        known += found;
    }
    LANES_NAME(_add_up)(&slots, all);
    for (size_t l = 0; l < LANGUAGE_LANES / 2; l++) {
        sums[2 * l] = (uint8_t)(all[l] + LANGUAGE_RECALL_ZERO);
        sums[2 * l + 1] = (uint8_t)(all[l + LANGUAGE_LANES / 2] + LANGUAGE_RECALL_ZERO);
    }
    return known;
}

/* Adds what the short keys of all pieces say, looking up those that were not met lately. */
LANES_TARGET static void LANES_NAME(_recall)(const language_line *lines, uint64_t line_count,
                                             language_memory *m, language_findings *out,
                                             size_t pieces)
{
    typedef uint16_t words __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
    enum { AHEAD = 8, VECTORS = LANGUAGE_LANES / LANES_WIDTH, MOST = 256, HALF = LANES_WIDTH / 2 };
    const size_t count = pieces ? out[pieces - 1].starts_end : 0;
    for (size_t piece = 0, i = 0; piece < pieces;) {
        language_findings *f = &out[piece];
        words even[VECTORS] = {{0}}, odd[VECTORS] = {{0}};
        const size_t from = i, to = f->starts_end - i > MOST ? i + MOST : f->starts_end;
        for (; i < to; i++) {
            const language_start *start = &m->starts[i];
            const size_t at = LANES_NAME(_place)(start);
            if (i + AHEAD < count) {
                const language_start *ahead = &m->starts[i + AHEAD];
                const size_t to_come = LANES_NAME(_place)(ahead);
                __builtin_prefetch(m->sums[to_come]);
                __builtin_prefetch(m->sums[to_come] + 64);
                if ((m->tag[to_come] ^ ahead->two) >= 8)
                    LANES_NAME(_fetch)(lines, line_count, ahead);
            }
            if ((m->tag[at] ^ start->two) >= 8)
                m->tag[at] = (start->two & ~7ull) |
                             LANES_NAME(_learn)(lines, line_count, start, m->sums[at]);
            f->known += m->tag[at] & 7;
            for (int v = 0; v < VECTORS; v++) {
                const words row = *(const words *)(const void *)(m->sums[at] + v * LANES_WIDTH);
                even[v] += row & 255;
                odd[v] += row >> 8;
            }
        }
        uint16_t sums[LANGUAGE_LANES];
        __builtin_memcpy(sums, even, sizeof even);
        __builtin_memcpy(sums + LANGUAGE_LANES / 2, odd, sizeof odd);
        const int32_t zero = LANGUAGE_RECALL_ZERO * (int32_t)(to - from);
        for (size_t l = 0; l < LANGUAGE_LANES; l += HALF / 2)
            *(LANES_NAME(_ints) *)(void *)(f->sums + l) +=
                __builtin_convertvector(*(const LANES_NAME(_halves) *)(const void *)(sums + l),
                                        LANES_NAME(_ints)) -
                zero;
        if (i == f->starts_end) piece++;
    }
}

#undef FLOATS
#undef BIAS
#undef LANES_WIDTH
#undef LANES_NAME
#undef LANES_TARGET
