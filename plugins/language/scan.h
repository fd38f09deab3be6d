/* scan.h: the first look at a text, in vectors; scan.c includes it for each vector width (SCAN_WIDTH,
 * SCAN_NAME, SCAN_TARGET).
 *
 * SCAN_NAME(_fold) folds one block in place of language_fold and marks line and sentence ends, as long
 * as it meets only letters whose case pairs are a matter of one byte; else it says so (false), and the
 * block is done letter by letter. SCAN_NAME(_count) counts lead bytes by script. */

typedef uint8_t SCAN_NAME(_bytes) __attribute__((vector_size(SCAN_WIDTH), aligned(1), may_alias));
typedef uint64_t SCAN_NAME(_longs) __attribute__((vector_size(SCAN_WIDTH), aligned(1), may_alias));

#define V        SCAN_NAME(_bytes)
#define AT(p)    (*(const V *)(const void *)(p))
#define IS(x, c) ((V)((x) == (uint8_t)(c)))
#define FROM(x, low, high) \
    ((V)((V)((x) - (uint8_t)(low)) <= (uint8_t)((uint8_t)(high) - (uint8_t)(low))))

/* One bit a byte of a vector of 0 and 255. */
SCAN_TARGET static inline uint64_t SCAN_NAME(_bits)(V mask)
{
    SCAN_NAME(_longs) w = (SCAN_NAME(_longs))(mask & 1);
    uint64_t bits = 0;
    w = w * 0x0102040810204080ull >> 56;
    for (int i = 0; i < SCAN_WIDTH / 8; i++) bits |= w[i] << (8 * i);
    return bits;
}

/* Of all bytes. */
SCAN_TARGET static inline uint32_t SCAN_NAME(_sum)(V x)
{
    const uint64_t every_second = 0x00FF00FF00FF00FFull;
    SCAN_NAME(_longs) w = (SCAN_NAME(_longs))x;
    w = (w & every_second) + (w >> 8 & every_second);
    uint64_t all = 0; /* four sums of 16 bits */
    for (int i = 0; i < SCAN_WIDTH / 8; i++) all += w[i];
    return (uint32_t)((all & 0xFFFF) + (all >> 16 & 0xFFFF) + (all >> 32 & 0xFFFF) + (all >> 48));
}

SCAN_TARGET static inline bool SCAN_NAME(_any)(V mask)
{
    SCAN_NAME(_longs) w = (SCAN_NAME(_longs))mask;
    uint64_t all = 0;
    for (int i = 0; i < SCAN_WIDTH / 8; i++) all |= w[i];
    return all != 0;
}

/* Leads of letters that are not Latin (C2 to C5) and no sign (E2). */
SCAN_TARGET static inline V SCAN_NAME(_other)(V x)
{
    return (V)(x >= 0xC6) & ~IS(x, 0xE2);
}

/* Folds text[0, SCAN_WIDTH); readable from text - 2 to SCAN_WIDTH + 2. `ends`: where a line or
 * sentence may end. */
SCAN_TARGET static bool SCAN_NAME(_fold)(const uint8_t *text, uint8_t *out, uint64_t *ends)
{
    const V x = AT(text);
    const V upper = x | 0x20, letter = FROM(upper, 'a', 'z');
    const V high = (V)(x >= 0x80);
    const V stop = IS(x, '\n') | IS(x, '.') | IS(x, '!') | IS(x, '?');
    V y = (upper & letter) | (x & high) | (~(letter | high) & ' ');
    if (!SCAN_NAME(_any)(high)) {
        *(V *)(void *)out = y;
        *ends = SCAN_NAME(_any)(stop) ? SCAN_NAME(_bits)(stop) : 0;
        return true;
    }
    const V p1 = AT(text - 1), p2 = AT(text - 2), n1 = AT(text + 1), n2 = AT(text + 2);
    const V c4 = IS(p1, 0xC4), c5 = IS(p1, 0xC5);
    V hard = (IS(p1, 0xC3) & (IS(x, 0x97) | IS(x, 0xB7))) | (c4 & IS(x, 0xBF)) |
             (c5 & IS(x, 0xB8)) | (IS(p1, 0xE2) & (V)(x >= 0xB0));
    const V c3 = IS(p1, 0xC3) & FROM(x, 0x80, 0x9E);
    V even_up = (c4 & (V)(x < 0xB8) & ~IS(x, 0xB0)) | (c5 & FROM(x, 0x8A, 0xB7));
    V odd_up = ((c4 | c5) & FROM(x, 0xB9, 0xBE)) | (c5 & (V)(x <= 0x88));
    V sign = IS(x, 0xC2) | IS(p1, 0xC2) | IS(x, 0xE2) | IS(p1, 0xE2) | IS(p2, 0xE2);
    *ends = SCAN_NAME(_bits)(stop | (IS(x, 0xE2) & IS(n1, 0x80) & IS(n2, 0xA6)) |
                             (IS(x, 0xE3) & IS(n1, 0x80) & IS(n2, 0x82)));
    if (!SCAN_NAME(_any)(SCAN_NAME(_other)(x) | SCAN_NAME(_other)(p2))) {
        if (SCAN_NAME(_any)(hard)) return false;
        y += c3 & 0x20;
        y |= even_up & 1;
        y += odd_up & x & 1;
        *(V *)(void *)out = (y & ~sign) | (sign & ' ');
        return true;
    }
    /* Leads that need the slow way: Latin beyond A, Greek, Armenian, Indic; most of E1; F0 on. */
    hard |= FROM(x, 0xC6, 0xC8) | FROM(x, 0xCA, 0xCF) | IS(x, 0xD5) | FROM(x, 0xDC, 0xE0) |
            (V)(x >= 0xEE);
    hard |= IS(p1, 0xD1) & (V)(x >= 0xA0);
    hard |= IS(p1, 0xD2) & (V)(x < 0x8A);
    hard |= (IS(p1, 0xD3) & IS(x, 0x80)) | (IS(p1, 0xD4) & (V)(x >= 0xB0));
    hard |= IS(p1, 0xD6) & ((V)(x <= 0x90) | IS(x, 0xBE));
    hard |= IS(p1, 0xD7) & (V)(x >= 0xB3);
    hard |= (IS(p1, 0xD8) & (V)(x < 0xA0)) | (IS(p1, 0xD9) & FROM(x, 0xA0, 0xAD));
    hard |= IS(p1, 0xDB) & (IS(x, 0x94) | FROM(x, 0xB0, 0xB9));
    hard |= IS(p1, 0xE1) & ~FROM(x, 0xB8, 0xBB);
    hard |= (IS(p1, 0xE3) & FROM(x, 0x84, 0x8F)) | (IS(p2, 0xE3) & IS(p1, 0x83) & IS(x, 0xBB));
    hard |= (IS(p1, 0xE3) & IS(x, 0x81) & IS(n1, 0x80)) | (IS(p1, 0xE4) & IS(x, 0xB7));
    hard |= IS(p1, 0xEA) & (V)(x < 0xB0);
    if (SCAN_NAME(_any)(hard)) return false;

    /* Upper case, lead by lead. */
    const V d0 = IS(p1, 0xD0), d3 = IS(p1, 0xD3), e1 = IS(p2, 0xE1);
    even_up |= IS(p1, 0xD2) | (d3 & (V)(x >= 0x90)) | IS(p1, 0xD4) |
               (e1 & ~(IS(p1, 0xBA) & FROM(x, 0x96, 0x9F)));
    odd_up |= d3 & FROM(x, 0x81, 0x8E);
    y += (c3 | (d0 & FROM(x, 0x90, 0x9F))) & 0x20;
    y -= d0 & FROM(x, 0xA0, 0xAF) & 0x20;
    y += d0 & (V)(x < 0x90) & 0x10;
    y += IS(x, 0xD0) & ((V)(n1 < 0x90) | FROM(n1, 0xA0, 0xAF)) & 1;
    y |= even_up & 1;
    y += odd_up & x & 1;
    sign |=
        (IS(x, 0xE3) & IS(n1, 0x80)) | (IS(p1, 0xE3) & IS(x, 0x80)) | (IS(p2, 0xE3) & IS(p1, 0x80));
    *(V *)(void *)out = (y & ~sign) | (sign & ' ');
    return true;
}

/* Adds up bytes of folded[0, n) by kind; readable to n + SCAN_WIDTH. The kinds of other scripts are
 * told apart only where there are any. */
SCAN_TARGET static void SCAN_NAME(_count)(const uint8_t *folded, size_t n,
                                          uint32_t counts[LANGUAGE_KINDS])
{
    const int rounds = 255;
    for (size_t i = 0; i < n;) {
        V ascii = {0}, latin = {0}, other = {0};
        const size_t from = i;
        for (int round = 0; round < rounds && i < n; round++, i += SCAN_WIDTH) {
            V x = AT(folded + i);
            if (n - i < SCAN_WIDTH) {
                V kept = {0};
                __builtin_memcpy(&kept, folded + i, n - i);
                x = kept;
            }
            ascii -= FROM(x, 'a', 'z');
            latin -= FROM(x, 0xC3, 0xC9);
            other -= (V)(x >= 0xCA);
        }
        counts[LANGUAGE_KIND_ASCII] += SCAN_NAME(_sum)(ascii);
        counts[LANGUAGE_KIND_LATN] += SCAN_NAME(_sum)(latin);
        if (!SCAN_NAME(_any)(other)) continue;
        counts[LANGUAGE_KIND_OTHER] += SCAN_NAME(_sum)(other);
        V sum[LANGUAGE_KINDS];
        for (int k = 0; k < LANGUAGE_KINDS; k++) sum[k] = (V){0};
        for (size_t at = from; at < i; at += SCAN_WIDTH) {
            V x = AT(folded + at);
            if (n - at < SCAN_WIDTH) {
                V kept = {0};
                __builtin_memcpy(&kept, folded + at, n - at);
                x = kept;
            }
            sum[LANGUAGE_KIND_CYRL] -= FROM(x, 0xD0, 0xD3);
            sum[LANGUAGE_KIND_HEBR] -= FROM(x, 0xD6, 0xD7);
            sum[LANGUAGE_KIND_ARAB] -= FROM(x, 0xD8, 0xDB);
            sum[LANGUAGE_KIND_HANI] -= FROM(x, 0xE3, 0xE9);
            sum[LANGUAGE_KIND_HANG] -= FROM(x, 0xEB, 0xEC);
        }
        for (int k = LANGUAGE_KIND_CYRL; k < LANGUAGE_KINDS; k++)
            counts[k] += SCAN_NAME(_sum)(sum[k]);
    }
}

#undef V
#undef AT
#undef IS
#undef FROM
#undef SCAN_WIDTH
#undef SCAN_NAME
#undef SCAN_TARGET
