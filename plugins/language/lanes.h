/* lanes.h: what is done with the scores of all labels at once, and the look-up of keys; lanes.c
 * includes it for each vector width (LANES_WIDTH, LANES_NAME, LANES_TARGET).
 *
 * SUMS and Z have LANGUAGE_LANES places; what lies past a script's lanes is never read as a score. */

typedef float LANES_NAME(_floats) __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
typedef int32_t LANES_NAME(_ints) __attribute__((vector_size(LANES_WIDTH), aligned(1), may_alias));
typedef uint16_t LANES_NAME(_halves)
    __attribute__((vector_size(LANES_WIDTH / 2), aligned(1), may_alias));

#define FLOATS(p) (*(LANES_NAME(_floats) *)(void *)(p))
#define BIAS(p)   (*(const LANES_NAME(_floats) *)(const void *)(p))
enum { LANES_NAME(_step) = LANES_WIDTH / 4 };

LANES_TARGET static void LANES_NAME(_of_halves)(const uint16_t *sums, const float *bias,
                                                float scale, float sharp, uint32_t lanes, float *z)
{
    for (uint32_t l = 0; l < lanes; l += LANES_NAME(_step)) {
        LANES_NAME(_halves) h = *(const LANES_NAME(_halves) *)(const void *)(sums + l);
        FLOATS(z + l) =
            __builtin_convertvector(h, LANES_NAME(_floats)) * scale + BIAS(bias + l) * sharp;
    }
}

/* Places of z within `nats` of the highest, which goes into *top. */
LANES_TARGET static int LANES_NAME(_near)(float *z, uint32_t lanes, float nats, uint8_t *near,
                                          float *top)
{
    const uint32_t step = LANES_NAME(_step);
    LANES_NAME(_floats) most;
    int count = 0;
    for (uint32_t l = lanes; l % step; l++) z[l] = -INFINITY;
    most = FLOATS(z);
    for (uint32_t l = step; l < lanes; l += step) {
        LANES_NAME(_floats) x = FLOATS(z + l);
        LANES_NAME(_ints) more = (LANES_NAME(_ints))(x > most);
        most = (LANES_NAME(_floats))(((LANES_NAME(_ints))x & more) |
                                     ((LANES_NAME(_ints))most & ~more));
    }
    *top = most[0];
    for (uint32_t k = 1; k < step; k++)
        if (most[k] > *top) *top = most[k];
    const float least = *top - nats;
    for (uint32_t l = 0; l < lanes; l += step) {
        LANES_NAME(_ints) in = (LANES_NAME(_ints))(FLOATS(z + l) >= least);
        uint64_t w[LANES_WIDTH / 8], any = 0;
        __builtin_memcpy(w, &in, sizeof w);
        for (int k = 0; k < LANES_WIDTH / 8; k++) any |= w[k];
        if (!any) continue;
        for (uint32_t k = 0; k < step; k++)
            if (in[k]) near[count++] = (uint8_t)(l + k);
    }
    return count;
}

/* One bit for each slot of a line that has this check. */
LANES_TARGET static inline uint32_t LANES_NAME(_match)(const language_line *line, uint64_t check)
{
    const uint64_t mask = (1u << LANGUAGE_CHECK_BITS) - 1;
#if LANES_WIDTH >= 32
    typedef uint64_t four __attribute__((vector_size(32), aligned(1), may_alias));
    typedef double doubles __attribute__((vector_size(32)));
    four a = *(const four *)(const void *)&line->slot[0] & mask;
    four b = *(const four *)(const void *)&line->slot[4] & mask;
    uint32_t low = (uint32_t)__builtin_ia32_movmskpd256((doubles)(a == check));
    return low | (uint32_t)__builtin_ia32_movmskpd256((doubles)(b == check)) << 4;
#else
    uint32_t found = 0;
    for (int i = 0; i < LANGUAGE_SLOTS; i++)
        found |= (uint32_t)((line->slot[i] & mask) == check) << i;
    return found;
#endif
}

LANES_TARGET static inline void LANES_NAME(_add)(const language_line *line, uint32_t found,
                                                 int32_t *sums)
{
    for (; found; found &= found - 1) {
        uint64_t slot = line->slot[__builtin_ctz(found)] >> LANGUAGE_CHECK_BITS;
        for (int k = 0; k < LANGUAGE_PAIRS; k++) {
            uint32_t lane = slot & ((1u << LANGUAGE_LANE_BITS) - 1);
            uint32_t weight = slot >> LANGUAGE_LANE_BITS & ((1u << LANGUAGE_WEIGHT_BITS) - 1);
            sums[lane] += (int32_t)weight - LANGUAGE_WEIGHT_ZERO;
            slot >>= LANGUAGE_PAIR_BITS;
        }
    }
}

/* Adds what the lines say of `count` keys; counts keys by their kind, and those that are absent.
 * Returns how many the model knows. */
LANES_TARGET static uint32_t LANES_NAME(_look_up)(const language_line *lines, uint64_t line_count,
                                                  const uint64_t *keys, size_t count, int32_t *sums,
                                                  uint32_t seen[8], uint32_t absent[8])
{
    enum { AHEAD = 8 };
    uint32_t known = 0;
    for (size_t i = 0; i < count + AHEAD; i++) {
        if (i < count) {
            uint64_t at = language_key_line(keys[i], line_count);
            __builtin_prefetch(&lines[at]);
            __builtin_prefetch(&lines[language_other_line(at, language_key_check(keys[i]))]);
        }
        if (i < AHEAD) continue;
        uint64_t key = keys[i - AHEAD], check = language_key_check(key);
        const language_line *one = &lines[language_key_line(key, line_count)];
        const language_line *other = &lines[language_other_line((uint64_t)(one - lines), check)];
        uint32_t in_one = LANES_NAME(_match)(one, check);
        uint32_t in_other = LANES_NAME(_match)(other, check);
        LANES_NAME(_add)(one, in_one, sums);
        LANES_NAME(_add)(other, in_other, sums);
        bool found = (in_one | in_other) != 0;
        seen[key & 7]++;
        absent[key & 7] += !found;
        known += found;
    }
    return known;
}

#undef FLOATS
#undef BIAS
#undef LANES_WIDTH
#undef LANES_NAME
#undef LANES_TARGET
