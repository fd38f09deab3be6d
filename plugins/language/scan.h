/* scan.h: the first look at a text, in vectors; scan.c includes it for each vector width (SCAN_WIDTH,
 * SCAN_NAME, SCAN_TARGET).
 *
 * SCAN_NAME(_fold) folds one block in place of language_fold and marks letters, line and sentence ends.
 * It knows the letters whose case pairs are a matter of a byte or two, and says which ones it does not
 * know: these are folded one by one. SCAN_NAME(_count) counts lead bytes by script. */

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
#if SCAN_WIDTH == 64
    typedef char chars __attribute__((vector_size(64)));
    return (uint64_t)__builtin_ia32_cvtb2mask512((chars)mask);
#elif SCAN_WIDTH == 32
    typedef char chars __attribute__((vector_size(32)));
    return (uint32_t)__builtin_ia32_pmovmskb256((chars)mask);
#elif defined(__SSE2__)
    typedef char chars __attribute__((vector_size(16)));
    return (uint32_t)__builtin_ia32_pmovmskb128((chars)mask);
#else
    SCAN_NAME(_longs) w = (SCAN_NAME(_longs))(mask & 1);
    uint64_t bits = 0;
    w = w * 0x0102040810204080ull >> 56;
    for (int i = 0; i < SCAN_WIDTH / 8; i++) bits |= w[i] << (8 * i);
    return bits;
#endif
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
    return SCAN_NAME(_bits)(mask) != 0;
}

/* Leads that the first rules do not know: all but those of Latin-1 and of general punctuation. */
SCAN_TARGET static inline V SCAN_NAME(_beyond)(V x)
{
    return (V)(x >= 0xC4) & ~IS(x, 0xE2);
}

/* Leads of letters that are not Latin (C2 to C9) and no sign (E2). */
SCAN_TARGET static inline V SCAN_NAME(_other)(V x)
{
    return (V)(x >= 0xCA) & ~IS(x, 0xE2);
}

/* Leads whose letter the rules below do not know. */
SCAN_TARGET static inline V SCAN_NAME(_hard)(V x, V n1, V n2)
{
    const V d4 = IS(x, 0xD4), d6 = IS(x, 0xD6), d8 = IS(x, 0xD8), d9 = IS(x, 0xD9);
    const V e0 = IS(x, 0xE0), e1 = IS(x, 0xE1), e3 = IS(x, 0xE3), ef = IS(x, 0xEF);
    const V odd = ((n1 & 1) != 0), late = (V)(n2 > 0xA3);
    V hard = FROM(x, 0xCA, 0xCD) | FROM(x, 0xDC, 0xDF) | IS(x, 0xD5) | FROM(x, 0xEE, 0xEE) |
             (V)(x >= 0xF0);
    hard |= IS(x, 0xCE) & (V)(n1 < 0x90);
    hard |= IS(x, 0xCF) & (V)(n1 >= 0x8F);
    hard |= (IS(x, 0xD1) & (V)(n1 >= 0xA0)) | (IS(x, 0xD2) & (V)(n1 < 0x8A));
    hard |= (IS(x, 0xD3) & IS(n1, 0x80)) | (d4 & (V)(n1 >= 0xB0));
    hard |= (d6 & ((V)(n1 <= 0x90) | IS(n1, 0xBE))) | (IS(x, 0xD7) & (V)(n1 >= 0xB3));
    hard |= (d8 & (V)(n1 < 0xA0)) | (d9 & FROM(n1, 0xA0, 0xAD));
    hard |= IS(x, 0xDB) & (IS(n1, 0x94) | FROM(n1, 0xB0, 0xB9));
    /* Indic blocks and Thai: letters, but for the last third of a block's second half. */
    hard |= e0 & ((odd & late) | IS(n1, 0xB9) | (V)(n1 >= 0xBB) | (IS(n1, 0xB8) & (V)(n2 >= 0xBB)) |
                  ((IS(n1, 0xB8) | IS(n1, 0xBA)) & IS(n2, 0x80)) | (V)(n1 < 0xA4));
    hard &= ~(e0 & IS(n1, 0xB9) & (V)(n2 < 0x8F));
    hard |= e1 & ~(FROM(n1, 0xB8, 0xBB) | IS(n1, 0x80) | IS(n1, 0x82) | IS(n1, 0x83) |
                   FROM(n1, 0x88, 0x8C) | IS(n1, 0x9E));
    hard |=
        e3 & (FROM(n1, 0x84, 0x8F) | (IS(n1, 0x83) & IS(n2, 0xBB)) | (IS(n1, 0x81) & IS(n2, 0x80)));
    hard |= (IS(x, 0xE4) & IS(n1, 0xB7)) | (IS(x, 0xEA) & (V)(n1 < 0xB0));
    hard |= ef & ~(IS(n1, 0xBC) | IS(n1, 0xB8) | IS(n1, 0xBF));
    return hard;
}

/* Folds text[0, SCAN_WIDTH), that follows a whole letter or one which these rules fold; readable
 * from text - 2 to SCAN_WIDTH + 2. Returns the leads of letters that are to be folded one by one. */
SCAN_TARGET static uint64_t SCAN_NAME(_fold)(const uint8_t *text, uint8_t *out,
                                             language_block *bits)
{
    const V x = AT(text);
    const V upper = x | 0x20, letter = FROM(upper, 'a', 'z');
    const V stop = IS(x, '\n') | IS(x, '.') | IS(x, '!') | IS(x, '?');
    V y = upper & letter;
    bits->others = 0;
    if (!SCAN_NAME(_bits)(x)) {
        *(V *)(void *)out = y | (~letter & ' ');
        bits->letters = SCAN_NAME(_bits)(letter);
        bits->ends = SCAN_NAME(_bits)(stop);
        return 0;
    }
    const V high = (V)(x >= 0x80);
    const V p1 = AT(text - 1), p2 = AT(text - 2), n1 = AT(text + 1), n2 = AT(text + 2);
    const V e2 = IS(x, 0xE2), c3 = IS(p1, 0xC3);
    V hard = (IS(x, 0xC3) & (IS(n1, 0x97) | IS(n1, 0xB7))) | (e2 & (V)(n1 >= 0xB0));
    V sign = IS(x, 0xC2) | IS(p1, 0xC2) | e2 | IS(p1, 0xE2) | IS(p2, 0xE2);
    V ends = stop | (e2 & IS(n1, 0x80) & IS(n2, 0xA6));
    y |= (x & high) | (~(letter | high) & ' ');
    y += c3 & FROM(x, 0x80, 0x9E) & 0x20;
    if (SCAN_NAME(_any)(SCAN_NAME(_beyond)(x) | SCAN_NAME(_beyond)(p2))) {
        const V c4 = IS(p1, 0xC4), c5 = IS(p1, 0xC5), c6 = IS(p1, 0xC6);
        V even_up = (c4 & (V)(x < 0xB8) & ~IS(x, 0xB0)) | (c5 & FROM(x, 0x8A, 0xB7)) |
                    (c6 & FROM(x, 0xA0, 0xA1)) | (IS(p1, 0xC8) & (V)(x < 0xA0));
        V odd_up =
            ((c4 | c5) & FROM(x, 0xB9, 0xBE)) | (c5 & (V)(x <= 0x88)) | (c6 & FROM(x, 0xAF, 0xB0));
        hard |= (IS(x, 0xC4) & IS(n1, 0xBF)) | (IS(x, 0xC5) & IS(n1, 0xB8)) | IS(x, 0xC7);
        hard |= IS(x, 0xC6) & ~(FROM(n1, 0xA0, 0xA1) | FROM(n1, 0xAF, 0xB0));
        hard |= IS(x, 0xC8) & (V)(n1 >= 0xA0);
        if (SCAN_NAME(_any)(SCAN_NAME(_other)(x) | SCAN_NAME(_other)(p2))) {
            const V d0 = IS(p1, 0xD0), d3 = IS(p1, 0xD3), e1 = IS(p2, 0xE1), e3 = IS(x, 0xE3);
            const V ce = IS(p1, 0xCE), ef = IS(x, 0xEF);
            hard |= SCAN_NAME(_hard)(x, n1, n2);
            even_up |= IS(p1, 0xD2) | (d3 & (V)(x >= 0x90)) | IS(p1, 0xD4) |
                       (e1 & FROM(p1, 0xB8, 0xBB) & ~(IS(p1, 0xBA) & FROM(x, 0x96, 0x9F))) |
                       (IS(p1, 0xCF) & IS(x, 0x82));
            odd_up |= d3 & FROM(x, 0x81, 0x8E);
            y += ((d0 & FROM(x, 0x90, 0x9F)) | (ce & FROM(x, 0x91, 0x9F))) & 0x20;
            y -= ((d0 & FROM(x, 0xA0, 0xAF)) | (ce & FROM(x, 0xA0, 0xAB))) & 0x20;
            y += d0 & (V)(x < 0x90) & 0x10;
            y += ((IS(x, 0xD0) & ((V)(n1 < 0x90) | FROM(n1, 0xA0, 0xAF))) |
                  (IS(x, 0xCE) & FROM(n1, 0xA0, 0xAB))) &
                 1;
            sign |= (e3 & IS(n1, 0x80)) | (IS(p1, 0xE3) & IS(x, 0x80)) |
                    (IS(p2, 0xE3) & IS(p1, 0x80)) | ef | IS(p1, 0xEF) | IS(p2, 0xEF);
            ends |= (e3 & IS(n1, 0x80) & IS(n2, 0x82)) |
                    (ef & IS(n1, 0xBC) & (IS(n2, 0x81) | IS(n2, 0x9F)));
        }
        y |= even_up & 1;
        y += odd_up & x & 1;
    }
    y = (y & ~sign) | (sign & ' ');
    *(V *)(void *)out = y;
    bits->letters = SCAN_NAME(_bits)(letter | (V)(y >= 0xC0));
    bits->others = SCAN_NAME(_bits)((V)(y >= 0xCA));
    bits->ends = SCAN_NAME(_bits)(ends);
    return SCAN_NAME(_bits)(hard);
}

/* Letters in [start, end) of a text, and how many of them are not Latin. */
SCAN_TARGET static uint32_t SCAN_NAME(_letters)(const language_block *map, size_t start, size_t end,
                                                uint32_t *others)
{
    uint32_t letters = 0;
    *others = 0;
    for (size_t word = start >> 6; word << 6 < end; word++) {
        uint64_t mask = ~0ull;
        if (word == start >> 6) mask = ~0ull << (start & 63);
        if (word == end >> 6) mask &= (1ull << (end & 63)) - 1;
        letters += (uint32_t)__builtin_popcountll(map[word].letters & mask);
        *others += (uint32_t)__builtin_popcountll(map[word].others & mask);
    }
    return letters;
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
        if (!SCAN_NAME(_any)((V)(other != 0))) continue;
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
