/* scan.h: the first look at a text, in vectors; scan.c includes it for each vector width
 * (SCAN_WIDTH, SCAN_NAME, SCAN_TARGET).
 *
 * SCAN_NAME(_fold) folds one block in place of language_fold and marks letters, line and sentence
 * ends. It knows the letters whose case pairs are a matter of a byte or two, and says which ones it
 * does not know: these are folded one by one. SCAN_NAME(_letters) counts what it marked. */

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

SCAN_TARGET static inline bool SCAN_NAME(_any)(V mask)
{
    return SCAN_NAME(_bits)(mask) != 0;
}

/* What the rules for letters beyond Latin do to a block: bytes in lower case, leads they do not
 * know, signs, ends. p1, p2, n1, n2: the bytes before and after each. */
typedef struct {
    V y, hard, sign, ends;
} SCAN_NAME(_folding);

/* Latin beyond the first 256 signs. */
SCAN_TARGET static inline void SCAN_NAME(_latin)(V x, V p1, V n1, SCAN_NAME(_folding) * f)
{
    const V c4 = IS(p1, 0xC4), c5 = IS(p1, 0xC5);
    V even_up = (c4 & (V)(x < 0xB8) & ~IS(x, 0xB0)) | (c5 & FROM(x, 0x8A, 0xB7));
    V odd_up = ((c4 | c5) & FROM(x, 0xB9, 0xBE)) | (c5 & (V)(x <= 0x88));
    f->hard |= (IS(x, 0xC4) & IS(n1, 0xBF)) | (IS(x, 0xC5) & IS(n1, 0xB8));
    if (SCAN_NAME(_any)(FROM(x, 0xC6, 0xC9) | FROM(p1, 0xC6, 0xC9))) {
        const V c6 = IS(p1, 0xC6);
        even_up |= (c6 & FROM(x, 0xA0, 0xA1)) | (IS(p1, 0xC8) & (V)(x < 0xA0));
        odd_up |= c6 & FROM(x, 0xAF, 0xB0);
        f->hard |= IS(x, 0xC6) & ~(FROM(n1, 0xA0, 0xA1) | FROM(n1, 0xAF, 0xB0));
        f->hard |= IS(x, 0xC7) | (IS(x, 0xC8) & (V)(n1 >= 0xA0));
    }
    f->y |= even_up & 1;
    f->y += odd_up & x & 1;
}

SCAN_TARGET static inline void SCAN_NAME(_greek)(V x, V p1, V n1, SCAN_NAME(_folding) * f)
{
    const V ce = IS(p1, 0xCE);
    f->hard |= (IS(x, 0xCE) & (V)(n1 < 0x90)) | (IS(x, 0xCF) & (V)(n1 >= 0x8F));
    f->y |= IS(p1, 0xCF) & IS(x, 0x82) & 1;
    f->y += ce & FROM(x, 0x91, 0x9F) & 0x20;
    f->y -= ce & FROM(x, 0xA0, 0xAB) & 0x20;
    f->y += IS(x, 0xCE) & FROM(n1, 0xA0, 0xAB) & 1;
}

SCAN_TARGET static inline void SCAN_NAME(_cyrillic)(V x, V p1, V n1, SCAN_NAME(_folding) * f)
{
    const V d0 = IS(p1, 0xD0);
    f->hard |= IS(x, 0xD1) & (V)(n1 >= 0xA0);
    f->y += d0 & FROM(x, 0x90, 0x9F) & 0x20;
    f->y -= d0 & FROM(x, 0xA0, 0xAF) & 0x20;
    f->y += d0 & (V)(x < 0x90) & 0x10;
    f->y += IS(x, 0xD0) & ((V)(n1 < 0x90) | FROM(n1, 0xA0, 0xAF)) & 1;
    if (!SCAN_NAME(_any)(FROM(x, 0xD2, 0xD4) | FROM(p1, 0xD2, 0xD4))) return;
    const V d3 = IS(p1, 0xD3);
    f->hard |= IS(x, 0xD2) & (V)(n1 < 0x8A);
    f->hard |= (IS(x, 0xD3) & IS(n1, 0x80)) | (IS(x, 0xD4) & (V)(n1 >= 0xB0));
    f->y |= (IS(p1, 0xD2) | (d3 & (V)(x >= 0x90)) | IS(p1, 0xD4)) & 1;
    f->y += d3 & FROM(x, 0x81, 0x8E) & x & 1;
}

/* Hebrew and Arabic; Armenian and what lies beyond Arabic is left. */
SCAN_TARGET static inline void SCAN_NAME(_semitic)(V x, V n1, SCAN_NAME(_folding) * f)
{
    f->hard |= IS(x, 0xD5) | FROM(x, 0xDC, 0xDF);
    f->hard |= (IS(x, 0xD6) & ((V)(n1 <= 0x90) | IS(n1, 0xBE))) | (IS(x, 0xD7) & (V)(n1 >= 0xB3));
    f->hard |= (IS(x, 0xD8) & (V)(n1 < 0xA0)) | (IS(x, 0xD9) & FROM(n1, 0xA0, 0xAD));
    f->hard |= IS(x, 0xDB) & (IS(n1, 0x94) | FROM(n1, 0xB0, 0xB9));
}

/* Indic blocks and Thai: letters, but for the last third of a block's second half. Vietnamese,
 * Georgian and some others of the next 4,096 signs. */
SCAN_TARGET static inline void SCAN_NAME(_indic)(V x, V p1, V p2, V n1, V n2,
                                                 SCAN_NAME(_folding) * f)
{
    const V e0 = IS(x, 0xE0), e1 = IS(x, 0xE1), odd = (V)((n1 & 1) != 0), late = (V)(n2 > 0xA3);
    const V thai = IS(n1, 0xB8);
    V hard = (odd & late) | (IS(n1, 0xB9) & (V)(n2 >= 0x8F)) | (V)(n1 >= 0xBB) | (V)(n1 < 0xA4) |
             (thai & (V)(n2 >= 0xBB)) | ((thai | IS(n1, 0xBA)) & IS(n2, 0x80));
    f->hard |= e0 & hard;
    if (!SCAN_NAME(_any)(e1 | IS(p1, 0xE1) | IS(p2, 0xE1))) return;
    f->hard |= e1 & ~(FROM(n1, 0xB8, 0xBB) | IS(n1, 0x80) | IS(n1, 0x82) | IS(n1, 0x83) |
                      FROM(n1, 0x88, 0x8C) | IS(n1, 0x9E));
    f->y |= IS(p2, 0xE1) & FROM(p1, 0xB8, 0xBB) & ~(IS(p1, 0xBA) & FROM(x, 0x96, 0x9F)) & 1;
}

/* Chinese, Japanese, Korean, and what stands between their letters. */
SCAN_TARGET static inline void SCAN_NAME(_eastern)(V x, V p1, V p2, V n1, V n2,
                                                   SCAN_NAME(_folding) * f)
{
    const V e3 = IS(x, 0xE3), ef = IS(x, 0xEF);
    f->hard |= IS(x, 0xEE);
    f->hard |= (IS(x, 0xE4) & IS(n1, 0xB7)) | (IS(x, 0xEA) & (V)(n1 < 0xB0));
    if (!SCAN_NAME(_any)(e3 | ef | IS(p1, 0xE3) | IS(p2, 0xE3) | IS(p1, 0xEF) | IS(p2, 0xEF)))
        return;
    f->hard |=
        e3 & (FROM(n1, 0x84, 0x8F) | (IS(n1, 0x83) & IS(n2, 0xBB)) | (IS(n1, 0x81) & IS(n2, 0x80)));
    f->hard |= ef & ~(IS(n1, 0xBC) | IS(n1, 0xB8) | IS(n1, 0xBF));
    f->sign |= (e3 & IS(n1, 0x80)) | (IS(p1, 0xE3) & IS(x, 0x80)) | (IS(p2, 0xE3) & IS(p1, 0x80)) |
               ef | IS(p1, 0xEF) | IS(p2, 0xEF);
    f->ends |=
        (e3 & IS(n1, 0x80) & IS(n2, 0x82)) | (ef & IS(n1, 0xBC) & (IS(n2, 0x81) | IS(n2, 0x9F)));
}

/* Folds text[0, SCAN_WIDTH), that follows a whole letter or one which these rules fold; readable
 * from text - 2 to SCAN_WIDTH + 2. Returns the leads of letters that are to be folded one by
 * one. */
SCAN_TARGET static uint64_t SCAN_NAME(_fold)(const uint8_t *text, uint8_t *out,
                                             language_block *bits)
{
    const V x = AT(text);
    const V upper = x | 0x20, letter = FROM(upper, 'a', 'z');
    const V stop = IS(x, '\n') | IS(x, '.') | IS(x, '!') | IS(x, '?');
    V y = upper & letter;
    bits->others = 0;
    bits->opens = SCAN_NAME(_bits)(IS(x, '&') | IS(x, '<') | IS(x, ':'));
    if (!SCAN_NAME(_bits)(x)) {
        *(V *)(void *)out = y | (~letter & ' ');
        bits->letters = SCAN_NAME(_bits)(letter);
        bits->ends = SCAN_NAME(_bits)(stop);
        return 0;
    }
    const V high = (V)(x >= 0x80);
    const V p1 = AT(text - 1), p2 = AT(text - 2), n1 = AT(text + 1), n2 = AT(text + 2);
    const V e2 = IS(x, 0xE2);
    SCAN_NAME(_folding)
    f = {.hard = (IS(x, 0xC3) & (IS(n1, 0x97) | IS(n1, 0xB7))) | (e2 & (V)(n1 >= 0xB0)),
         .sign = IS(x, 0xC2) | IS(p1, 0xC2) | e2 | IS(p1, 0xE2) | IS(p2, 0xE2),
         .ends = stop | (e2 & IS(n1, 0x80) & IS(n2, 0xA6)),
         .y = y | (x & high) | (~(letter | high) & ' ')};
    f.y += IS(p1, 0xC3) & FROM(x, 0x80, 0x9E) & 0x20;
    const uint64_t leads = SCAN_NAME(_bits)((V)(x >= 0xC4) & ~e2);
    const uint8_t before = text[-1], first = text[-2];
    if (leads || before >= 0xC4 || first >= 0xC4) {
        /* Most blocks have leads of one group, and run its rules alone. */
        const uint8_t lead = leads ? text[__builtin_ctzll(leads)] : before >= 0xC4 ? before : first;
        const language_leads *group = language_leads_of(lead);
        const V strange = (V)(x >= 0xC4) & ~e2 & ~FROM(x, group->low, group->high);
        unsigned groups = group->bit;
        if (!language_leads_hold(group, before) || !language_leads_hold(group, first) ||
            SCAN_NAME(_any)(strange)) {
            groups = 0;
            for (group = language_leads_all; group->bit; group++)
                if (SCAN_NAME(_any)(FROM(x, group->low, group->high)) ||
                    (uint8_t)(before - group->low) <= group->high - group->low ||
                    (uint8_t)(first - group->low) <= group->high - group->low)
                    groups |= group->bit;
        }
        if (groups & LANGUAGE_LEADS_LATIN) SCAN_NAME(_latin)(x, p1, n1, &f);
        if (groups & LANGUAGE_LEADS_GREEK) SCAN_NAME(_greek)(x, p1, n1, &f);
        if (groups & LANGUAGE_LEADS_CYRILLIC) SCAN_NAME(_cyrillic)(x, p1, n1, &f);
        if (groups & LANGUAGE_LEADS_SEMITIC) SCAN_NAME(_semitic)(x, n1, &f);
        if (groups & LANGUAGE_LEADS_INDIC) SCAN_NAME(_indic)(x, p1, p2, n1, n2, &f);
        if (groups & LANGUAGE_LEADS_EASTERN) SCAN_NAME(_eastern)(x, p1, p2, n1, n2, &f);
        if (groups & LANGUAGE_LEADS_RARE) f.hard |= FROM(x, 0xCA, 0xCD) | (V)(x >= 0xF0);
    }
    y = (f.y & ~f.sign) | (f.sign & ' ');
    *(V *)(void *)out = y;
    bits->letters = SCAN_NAME(_bits)(letter | (V)(y >= 0xC0));
    bits->others = SCAN_NAME(_bits)((V)(y >= 0xCA));
    bits->ends = SCAN_NAME(_bits)(f.ends);
    return SCAN_NAME(_bits)(f.hard);
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

#undef V
#undef AT
#undef IS
#undef FROM
#undef SCAN_WIDTH
#undef SCAN_NAME
#undef SCAN_TARGET
