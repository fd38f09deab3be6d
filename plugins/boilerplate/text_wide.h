/* boilerplate/text_wide: the reader by vectors of 64 bytes, which lines do not part: each block's
 * bytes become sets of bits, of each class and of all else that rows count, and lists of where
 * words begin and end. What a row has is then the difference of two running counts, at its line
 * feed and at the one before, all of them in a few vectors; words are made eight by eight out of
 * lists. Blocks are taken in chunks of whole lines. A line that has something odd, as no sound
 * UTF-8, is left to the plain path. Included by text.c alone; its plain counterparts stand there,
 * and both see the same (tested). */
#ifndef BOILERPLATE_TEXT_WIDE_H
#define BOILERPLATE_TEXT_WIDE_H

#include "classes.h"

/* A row's hash: of eight words at a time, each weighed by its place among them. */
static const uint64_t boilerplate_row_places[8] = {
    0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu, 0x165667B19E3779F9u, 0xD6E8FEB86659FD93u,
    0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu, 0x8EBC6AF09C88C6E3u, 0x589965CC75374CC3u};
static inline uint64_t hash_block(uint64_t sum, uint64_t block)
{
    return (sum ^ sum >> 29) * 0x9E3779B97F4A7C15u + block;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define WIDE                                                                               \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,bmi," \
                          "avx512vpopcntdq,bmi2,popcnt,lzcnt")))

static inline bool has_wide(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vpopcntdq") &&
           __builtin_cpu_supports("bmi2");
}

/* Bytes of [low, low + width). */
WIDE static inline uint64_t range_wide(__m512i v, char low, char width)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(low)),
                                  _mm512_set1_epi8(width));
}

WIDE static inline uint64_t equal_wide(__m512i v, int byte)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)byte));
}

/* What is counted of a row, by number: the classes, of characters' first bytes, and these. Those up
 * to WORDS stand side by side in a row, too. */
enum {
    SET_CHARACTERS = BOILERPLATE_CLASSES, /* their first bytes */
    SET_SENTENCES,                        /* bytes behind sentence ends */
    SET_CAPITALS,
    SET_NUMBERS,  /* bytes behind words of digits */
    SET_STRAIGHT, /* bytes behind apostrophes between letters */
    SET_CURLY,
    SET_JOINED, /* bytes behind capitals in a word */
    SET_WORDS,  /* their first bytes */
    SET_LEFT,   /* « */
    SET_RIGHT,
    SET_MIXED, /* where letters and digits touch */
    SET_ODD,   /* what the plain path must see */
    SET_SOLID, /* not counted: characters that a row's ending goes by, and closing marks */
    SET_CLOSERS,
    SETS = 40
};

typedef struct {
    uint64_t set[SETS];
    uint16_t before[SETS]; /* how many there are before the block */
} block_wide;

/* Blocks of whole lines, and lists of what is in them: places are bytes from the chunk's first. */
enum {
    BLOCK = 64,
    CHUNK_LEAST = 48, /* blocks; more where a line needs it */
    CHUNK_MOST = 512, /* so that 16 bits hold what is counted */
    BLOCK_WORDS = 33, /* words end within a block, at most */
    CHUNK_WORDS = CHUNK_MOST * BLOCK_WORDS + BLOCK
};
struct boilerplate_chunk {
    block_wide blocks[CHUNK_MOST];
    uint16_t feeds[CHUNK_MOST * BLOCK + BLOCK];
    uint16_t starts[CHUNK_WORDS], ends[CHUNK_WORDS];
    uint16_t first[CHUNK_WORDS], last[CHUNK_WORDS]; /* starts and ends counted in characters */
    uint8_t flags[CHUNK_WORDS];                     /* by start: capitals, ideographs */
    uint8_t numbers[CHUNK_WORDS];                   /* by end */
};

/* What one block tells the next: its sets, and what is carried over its end. */
typedef struct {
    uint64_t two, three, four; /* first bytes of characters of that many bytes */
    uint64_t word, letter, digit;
    uint64_t letter_first, digit_first, ideo;
    uint64_t mark, mark_two, quote; /* sentence ends; places from where ” or ’ is passed over */
    uint64_t straight, curly, letter_byte, lower, upper, guillemet;
    unsigned long long closers, number; /* a run of closing marks, of digits, goes on */
} carried;

typedef struct {
    struct boilerplate_chunk *chunk;
    carried carry;
    __m512i low, high; /* classes of ASCII, a line feed having none */
    size_t feeds, starts, ends;
    unsigned characters;
} block_state;

/* The set moved k bytes on, the end of the block before coming in. */
WIDE static inline uint64_t behind(uint64_t set, uint64_t before, unsigned k)
{
    return set << k | before >> (64 - k);
}

/* a + b, and what is carried in and out. */
WIDE static inline uint64_t add_carry(uint64_t a, uint64_t b, unsigned long long *carry)
{
    unsigned long long sum;
    *carry = _addcarry_u64((unsigned char)*carry, a, b, &sum);
    return sum;
}

/* The classes of characters beyond ASCII, put in at their first bytes. */
WIDE static inline __m512i add_classes_wide(const char *p, __m512i v, __m512i classes, uint64_t two,
                                            uint64_t three, uint64_t four)
{
    __m512i next = _mm512_loadu_si512(p + 1);
    for (uint64_t rest = two; rest;) { /* a table for each first byte; most texts have few */
        unsigned char lead = (unsigned char)p[__builtin_ctzll(rest)];
        uint64_t same = equal_wide(v, lead);
        __m512i table = _mm512_loadu_si512(boilerplate_two_byte_class + ((lead & 31u) << 6));
        classes = _mm512_mask_permutexvar_epi8(classes, same, next, table);
        rest &= ~same;
    }
    if (!(three | four)) return classes;
    uint64_t ideographs = three & range_wide(v, (char)0xE4, 6);
    uint64_t letters = three & range_wide(v, (char)0xEA, 5);
    classes = _mm512_mask_mov_epi8(classes, ideographs, _mm512_set1_epi8(BOILERPLATE_IDEO));
    classes = _mm512_mask_mov_epi8(classes, letters, _mm512_set1_epi8(BOILERPLATE_LETTER));
    for (uint64_t rest = (three | four) & ~(ideographs | letters); rest; rest &= rest - 1) {
        size_t k = (size_t)__builtin_ctzll(rest), length;
        uint8_t class = boilerplate_decode_class((const unsigned char *)p + k, 4, &length);
        classes = _mm512_mask_mov_epi8(classes, rest & -rest, _mm512_set1_epi8((char)class));
    }
    return classes;
}

/* The sets of all classes, eight at a time, out of five sets: the bits of the classes' numbers. */
_Static_assert(BOILERPLATE_CLASSES == 24, "put_sets_wide writes three times eight classes");
WIDE static inline void put_sets_wide(uint64_t *set, __m512i classes, uint64_t begins)
{
    const __m512i one = _mm512_set_epi64(-1, 0, -1, 0, -1, 0, -1, 0);
    const __m512i two = _mm512_set_epi64(-1, -1, 0, 0, -1, -1, 0, 0);
    const __m512i four = _mm512_set_epi64(-1, -1, -1, -1, 0, 0, 0, 0);
#define HAS(bit)  _mm512_test_epi8_mask(classes, _mm512_set1_epi8(bit))
#define ALL(bits) _mm512_set1_epi64((long long)(bits))
    uint64_t eight = HAS(8), sixteen = HAS(16);
    __m512i other = _mm512_xor_si512(ALL(HAS(1)), one); /* other | (bits ^ number): 0xF6 */
    other = _mm512_ternarylogic_epi64(other, ALL(HAS(2)), two, 0xF6);
    other = _mm512_ternarylogic_epi64(other, ALL(HAS(4)), four, 0xF6);
    _mm512_storeu_si512(set, _mm512_andnot_si512(other, ALL(begins & ~(eight | sixteen))));
    _mm512_storeu_si512(set + 8, _mm512_andnot_si512(other, ALL(begins & eight & ~sixteen)));
    _mm512_storeu_si512(set + 16, _mm512_andnot_si512(other, ALL(begins & sixteen & ~eight)));
#undef HAS
#undef ALL
}

/* All bytes of the characters whose first bytes are given, of this block and of the one before. */
WIDE static inline uint64_t whole_wide(uint64_t first, uint64_t before, const carried *now,
                                       const carried *last)
{
    uint64_t set = first;
    set |= behind(first & (now->two | now->three | now->four),
                  before & (last->two | last->three | last->four), 1);
    set |= behind(first & (now->three | now->four), before & (last->three | last->four), 2);
    return set | behind(first & now->four, before & last->four, 3);
}

/* The classes of a block with characters beyond ASCII; `odd` gets what is no sound UTF-8. Returns
 * bytes that are no first ones. */
WIDE static inline uint64_t see_beyond_wide(const char *p, __m512i v, uint64_t beyond,
                                            const carried *last, carried *now, __m512i *classes,
                                            uint64_t *odd)
{
    now->two = range_wide(v, (char)0xC2, 0xE0 - 0xC2);
    now->three = range_wide(v, (char)0xE0, 16);
    now->four = range_wide(v, (char)0xF0, 5);
    uint64_t first = now->two | now->three | now->four;
    uint64_t goes_on = range_wide(v, (char)0x80, 64);
    uint64_t wanted = behind(first, last->two | last->three | last->four, 1) |
                      behind(now->three | now->four, last->three | last->four, 2) |
                      behind(now->four, last->four, 3);
    *odd |= (wanted ^ goes_on) | (beyond & ~(first | goes_on));
    *classes = add_classes_wide(p, v, *classes, now->two, now->three, now->four);
    return goes_on;
}

/* Where sentence ends lead to, past closing marks, and then past ” or ’. */
WIDE static inline uint64_t pass_closers_wide(const char *p, __m512i v, uint64_t closers,
                                              const carried *last, carried *now)
{
    uint64_t next = behind(now->mark, last->mark, 1) | behind(now->mark_two, last->mark_two, 2);
    now->closers = last->closers;
    next |= add_carry(closers, next & closers, &now->closers); /* carried over runs of closers */
    next &= ~closers;
    now->quote = 0;
    if (now->three & next) {
        __m512i third = _mm512_loadu_si512(p + 2);
        now->quote = next & equal_wide(v, 0xE2) & equal_wide(_mm512_loadu_si512(p + 1), 0x80) &
                     (equal_wide(third, 0x9D) | equal_wide(third, 0x99));
    }
    return (next & ~now->quote) | behind(now->quote, last->quote, 3);
}

/* Numbers 0 to 63 of the bits, byte by byte. */
WIDE static inline __m512i places_wide(uint64_t bits)
{
    const __m512i counting = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_maskz_compress_epi8(bits, counting);
}

/* Writes 32 such places, counted from `base` on. */
WIDE static inline void list_wide(uint16_t *out, __m256i places, unsigned base)
{
    _mm512_storeu_si512(
        out, _mm512_add_epi16(_mm512_cvtepu8_epi16(places), _mm512_set1_epi16((short)base)));
}

WIDE static inline void list_feeds_wide(block_state *s, unsigned base, uint64_t feeds)
{
    uint16_t *out = s->chunk->feeds + s->feeds;
    unsigned count = (unsigned)_mm_popcnt_u64(feeds);
    __m512i places = places_wide(feeds);
    list_wide(out, _mm512_castsi512_si256(places), base);
    if (count > BLOCK / 2) list_wide(out + BLOCK / 2, _mm512_extracti64x4_epi64(places, 1), base);
    s->feeds += count;
}

/* The lists of a block's words. */
WIDE static inline void list_words_wide(block_state *s, unsigned base, uint64_t starts,
                                        uint64_t ends, uint64_t goes_on, uint64_t upper,
                                        uint64_t ideo, uint64_t numbers)
{
    struct boilerplate_chunk *c = s->chunk;
    __m512i flags = _mm512_or_si512(_mm512_maskz_set1_epi8(upper, BOILERPLATE_WORD_CAPITAL),
                                    _mm512_maskz_set1_epi8(ideo, BOILERPLATE_WORD_IDEO));
    __m512i number = _mm512_maskz_set1_epi8(numbers, BOILERPLATE_WORD_NUMBER);
    __m256i first = _mm512_castsi512_si256(places_wide(starts));
    __m256i last = _mm512_castsi512_si256(places_wide(ends));
    list_wide(c->starts + s->starts, first, base);
    list_wide(c->ends + s->ends, last, base);
    if (goes_on) { /* places in characters */
        first = _mm512_castsi512_si256(places_wide(_pext_u64(starts, ~goes_on)));
        last = _mm512_castsi512_si256(places_wide(_pext_u64(ends, ~goes_on)));
    }
    list_wide(c->first + s->starts, first, s->characters);
    list_wide(c->last + s->ends, last, s->characters);
    _mm512_storeu_si512(c->flags + s->starts, _mm512_maskz_compress_epi8(starts, flags));
    _mm512_storeu_si512(c->numbers + s->ends, _mm512_maskz_compress_epi8(ends, number));
    s->starts += (unsigned)_mm_popcnt_u64(starts);
    s->ends += (unsigned)_mm_popcnt_u64(ends);
    s->characters += BLOCK - (unsigned)_mm_popcnt_u64(goes_on);
}

/* Notes of each block how many of each set there are before it. */
WIDE static inline void count_blocks_wide(struct boilerplate_chunk *c, size_t blocks)
{
    __m512i counts[SETS / 8];
    for (unsigned i = 0; i < SETS / 8; i++) counts[i] = _mm512_setzero_si512();
    for (size_t k = 0; k < blocks; k++) {
        block_wide *b = &c->blocks[k];
#pragma GCC unroll 5
        for (unsigned i = 0; i < SETS / 8; i++) {
            _mm_storeu_si128((__m128i *)(void *)(b->before + 8 * i),
                             _mm512_cvtepi64_epi16(counts[i]));
            counts[i] = _mm512_add_epi64(counts[i],
                                         _mm512_popcnt_epi64(_mm512_loadu_si512(b->set + 8 * i)));
        }
    }
}

/* The block at p, `base` bytes from the chunk's first. */
WIDE static inline void see_block_wide(block_state *s, block_wide *b, const char *p, unsigned base)
{
    const carried last = s->carry;
    carried now = {0};
    uint64_t *set = b->set, odd = 0, goes_on = 0;
    __m512i v = _mm512_loadu_si512(p);
    __m512i classes = _mm512_permutex2var_epi8(s->low, v, s->high);
    uint64_t beyond = _mm512_movepi8_mask(v), feeds = equal_wide(v, '\n');
    bool more = beyond || (last.two | last.three | last.four) >> 61;
    if (more) goes_on = see_beyond_wide(p, v, beyond, &last, &now, &classes, &odd);
    uint64_t begins = ~goes_on;
    put_sets_wide(set, classes, begins);
    uint64_t upper = set[BOILERPLATE_UPPER], lower = set[BOILERPLATE_LOWER];
    uint64_t ideo = set[BOILERPLATE_IDEO], many = now.two | now.three | now.four;
    now.letter = now.letter_first = upper | lower | set[BOILERPLATE_LETTER] | set[BOILERPLATE_MARK];
    now.digit = now.digit_first = set[BOILERPLATE_DIGIT];
    now.ideo = ideo;
    uint64_t ends = 0;
    set[SET_LEFT] = set[SET_RIGHT] = 0;
    if (more) {
        now.letter = whole_wide(now.letter_first, last.letter_first, &now, &last);
        now.digit = whole_wide(now.digit_first, last.digit_first, &now, &last);
        ends = behind(ideo & now.three, last.ideo & last.three, 3) |
               behind(ideo & now.four, last.ideo & last.four, 4);
        now.guillemet = equal_wide(v, 0xC2);
        uint64_t second = behind(now.guillemet, last.guillemet, 1);
        set[SET_LEFT] = second & equal_wide(v, 0xAB);
        set[SET_RIGHT] = second & equal_wide(v, 0xBB);
    }
    uint64_t word = now.word = now.letter | now.digit;
    uint64_t after = behind(word, last.word, 1);
    uint64_t starts = (word & ~after) | ideo;
    ends |= after & ~word;
    now.number = last.number;
    /* a run of digits from a word's start: adding carries past its end */
    uint64_t numbers = add_carry(now.digit, starts & now.digit, &now.number) & ~now.digit & ends;
    if ((unsigned)_lzcnt_u64(~last.word) + (unsigned)_tzcnt_u64(~word) >= BLOCK) odd |= 1;
    list_words_wide(s, base, starts, ends, goes_on, upper, ideo, numbers);
    list_feeds_wide(s, base, feeds);

    uint64_t stops = set[BOILERPLATE_STOP] | set[BOILERPLATE_ASK];
    now.mark = stops & ~many;
    now.mark_two = stops & now.two;
    uint64_t closing = set[BOILERPLATE_QUOTE] | set[BOILERPLATE_CLOSE];
    uint64_t next = pass_closers_wide(p, v, closing & ~many, &last, &now);
    uint64_t blank = _mm512_cmple_epu8_mask(v, _mm512_set1_epi8(' '));
    set[SET_SENTENCES] = (next & (blank | now.guillemet)) | (stops & now.three);

    now.straight = set[BOILERPLATE_STRAIGHT];
    now.curly = set[BOILERPLATE_CURLY];
    now.lower = lower & ~many;
    now.upper = upper & ~many;
    now.letter_byte = beyond | now.lower | now.upper;
    set[SET_STRAIGHT] = now.letter_byte & behind(now.straight, last.straight, 1) &
                        behind(now.letter_byte, last.letter_byte, 2);
    set[SET_CURLY] = now.letter_byte & behind(now.curly, last.curly, 3) &
                     behind(now.letter_byte, last.letter_byte, 4);
    set[SET_JOINED] = now.lower & behind(now.upper, last.upper, 1) &
                      behind(now.lower, last.lower, 2) & behind(now.lower, last.lower, 3);
    set[SET_MIXED] = (now.digit & behind(now.letter, last.letter, 1)) |
                     (now.letter & behind(now.digit, last.digit, 1));
    set[SET_CHARACTERS] = begins & ~feeds;
    set[SET_CAPITALS] = upper & starts;
    set[SET_NUMBERS] = numbers;
    set[SET_WORDS] = starts;
    uint64_t controls = _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(' '));
    set[SET_ODD] = odd | (controls & ~(set[BOILERPLATE_SPACE] | feeds)) | (now.straight & many);
    set[SET_CLOSERS] = closing | now.straight | now.curly;
    set[SET_SOLID] =
        begins & ~(set[SET_CLOSERS] | set[BOILERPLATE_SPACE] | set[BOILERPLATE_MARK] | feeds);
    set[SET_CLOSERS + 1] = set[SET_CLOSERS + 2] = 0;
    s->carry = now;
}

/* Sees blocks from p on until lines enough have ended, `n` bytes being left; returns how many
 * ended. */
WIDE static inline size_t see_chunk_wide(block_state *s, const char *p, size_t n)
{
    size_t blocks = (n + BLOCK - 1) / BLOCK;
    const __m512i low = _mm512_loadu_si512(boilerplate_ascii_class);
    s->low = _mm512_mask_mov_epi8(low, (uint64_t)1 << '\n', _mm512_set1_epi8(BOILERPLATE_CLASSES));
    s->high = _mm512_loadu_si512(boilerplate_ascii_class + 64);
    size_t k = 0;
    for (; k < blocks; k++) {
        if (k >= CHUNK_LEAST && (s->feeds || k == CHUNK_MOST)) break;
        see_block_wide(s, &s->chunk->blocks[k], p + k * BLOCK, (unsigned)k * BLOCK);
    }
    count_blocks_wide(s->chunk, k);
    return s->feeds;
}

/* ------------------------------------------------------------------ rows */

/* All counts up to and with a place; those of the row are the difference to the place before. */
typedef struct {
    __m128i at[SETS / 8];
} counts_wide;

WIDE static inline counts_wide count_to_wide(const struct boilerplate_chunk *c, unsigned place)
{
    const block_wide *b = &c->blocks[place / BLOCK];
    const __m512i within = _mm512_set1_epi64((long long)(~(uint64_t)0 >> (63 - place % BLOCK)));
    counts_wide counts;
#pragma GCC unroll 5
    for (unsigned k = 0; k < SETS / 8; k++) {
        __m512i set = _mm512_and_si512(_mm512_loadu_si512(b->set + 8 * k), within);
        counts.at[k] =
            _mm_add_epi16(_mm512_cvtepi64_epi16(_mm512_popcnt_epi64(set)),
                          _mm_loadu_si128((const __m128i *)(const void *)(b->before + 8 * k)));
    }
    return counts;
}

/* What the row ends with, as find_ending of text.c has it, by the last block that it has a part of;
 * false: that is not in there. */
WIDE static inline bool end_wide(const boilerplate_text *t, const struct boilerplate_chunk *c,
                                 size_t from, boilerplate_row *row)
{
    size_t last = row->end - from - 1, start = row->start - from;
    const block_wide *b = &c->blocks[last / BLOCK];
    uint64_t mine = ~(uint64_t)0 >> (63 - last % BLOCK);
    if (start / BLOCK == last / BLOCK) mine &= ~(uint64_t)0 << start % BLOCK;
    uint64_t solid = b->set[SET_SOLID] & mine;
    if (!solid) return false;
    unsigned k = 63 - (unsigned)_lzcnt_u64(solid);
    size_t at = from + last / BLOCK * BLOCK + k, length;
    unsigned ending = boilerplate_class_ending[class_at(t, at, row->end, &length)];
    if (ending == BOILERPLATE_END_STOP && at >= row->start + 2 && t->p[at] == '.' &&
        t->p[at - 1] == '.' && t->p[at - 2] == '.')
        ending = BOILERPLATE_END_DOTS;
    if (ending < BOILERPLATE_END_DOTS && (b->set[SET_CLOSERS] & mine) >> k)
        ending = BOILERPLATE_END_CLOSE;
    row->ending = (uint8_t)ending;
    return true;
}

/* The white space of ASCII at both ends of a line; how many bytes. */
WIDE static inline unsigned trim_wide(const char *p, size_t *at, size_t *end)
{
    size_t first = *at, last = *end;
    while (first < last && boilerplate_ascii_class[p[first] & 127] == BOILERPLATE_SPACE &&
           p[first] >= 0)
        first++;
    while (last > first && boilerplate_ascii_class[p[last - 1] & 127] == BOILERPLATE_SPACE &&
           p[last - 1] >= 0)
        last--;
    unsigned n = (unsigned)(first - *at + (*end - last));
    *at = first;
    *end = last;
    return n;
}

/* Whether other white space lies at an end of what is left of the line: it counts in no row, and
 * has been counted. */
WIDE static inline bool is_ragged_wide(const boilerplate_text *t, size_t at, size_t end)
{
    size_t length;
    return (t->p[at] < 0 && class_at(t, at, end, &length) == BOILERPLATE_SPACE) ||
           (t->p[end - 1] < 0 && class_before(t, at, end, &length) == BOILERPLATE_SPACE);
}

/* One row, of which row->line_start is known, up to the line feed at `end`; `counts`: its own. */
WIDE static inline void fill_row_wide(boilerplate_row *row, const __m128i *counts, unsigned trimmed)
{
    const __m128i most = _mm_set_epi16(-1, 255, 255, 255, -1, -1, -1, -1);
    __m128i *out = (__m128i *)(void *)row->count;
    _mm_storeu_si128(out, counts[0]);
    _mm_storeu_si128(out + 1, counts[1]);
    _mm_storeu_si128(out + 2, counts[2]);
    _mm_storeu_si128(out + 3, _mm_min_epu16(counts[3], most));
    uint64_t more = (uint64_t)_mm_cvtsi128_si64(counts[4]);
    uint16_t left = (uint16_t)more, right = (uint16_t)(more >> 16);
    row->count[BOILERPLATE_SPACE] = (uint16_t)(row->count[BOILERPLATE_SPACE] - trimmed);
    row->characters = (uint16_t)(row->characters - trimmed);
    if (!left && right) { /* » alone parts the steps of a path, it does not quote */
        row->count[BOILERPLATE_SEP] = (uint16_t)(row->count[BOILERPLATE_SEP] + right);
        row->count[BOILERPLATE_CLOSE] = (uint16_t)(row->count[BOILERPLATE_CLOSE] - right);
    }
    row->words = row->shorts;
    row->letters = (uint16_t)(row->count[BOILERPLATE_LOWER] + row->count[BOILERPLATE_UPPER] +
                              row->count[BOILERPLATE_LETTER] + row->count[BOILERPLATE_IDEO]);
    row->opaque = (more >> 32 & 0xFFFF) || row->count[BOILERPLATE_LETTER] ||
                  row->count[BOILERPLATE_IDEO] || row->count[BOILERPLATE_MARK];
}

/* The rows of a chunk that begins at `from`, up to the first odd line; returns where that, or what
 * is behind the last line, begins. There is room for all of them. */
WIDE static inline size_t take_rows_wide(boilerplate_text *t, size_t from, size_t feeds,
                                         uint8_t *blank)
{
    const struct boilerplate_chunk *c = t->chunk;
    counts_wide before = {{{0}}};
    size_t line = from, words = t->word_count;
    for (size_t k = 0; k < feeds; k++) {
        size_t end = from + c->feeds[k], at = line, length;
        counts_wide now = count_to_wide(c, c->feeds[k]), own;
#pragma GCC unroll 5
        for (unsigned i = 0; i < SETS / 8; i++) own.at[i] = _mm_sub_epi16(now.at[i], before.at[i]);
        if ((uint64_t)_mm_cvtsi128_si64(own.at[4]) >> 48) break; /* SET_ODD */
        unsigned trimmed = trim_wide(t->p, &at, &end);
        if (at < end && is_ragged_wide(t, at, end)) break;
        boilerplate_row *row = &t->rows[t->row_count];
        row->line = (uint32_t)t->lines++;
        row->line_start = (uint32_t)line;
        before = now;
        line = from + c->feeds[k] + 1;
        if (at == end) {
            *blank = 1;
            continue;
        }
        row->start = (uint32_t)at;
        row->end = (uint32_t)end;
        row->word = (uint32_t)words;
        fill_row_wide(row, own.at, trimmed);
        words += row->words;
        row->first = class_at(t, at, end, &length);
        row->first_next =
            at + length < end ? class_at(t, at + length, end, &length) : BOILERPLATE_SPACE;
        if (!end_wide(t, c, from, row)) row->ending = find_ending(t, at, end);
        row->blank_before = *blank;
        *blank = 0;
        t->row_count++;
    }
    return line;
}

/* Makes the first `count` words of the chunk's lists. */
WIDE static inline void put_words_wide(boilerplate_word *out, const struct boilerplate_chunk *c,
                                       size_t from, size_t count)
{
    enum { LANES = 8 };
    const __m128i three = _mm_set1_epi16(3), is_short = _mm_set1_epi16(BOILERPLATE_WORD_SHORT);
    const __m512i base = _mm512_set1_epi64((long long)from);
#define LOAD(list) _mm_loadu_si128((const __m128i *)(const void *)(c->list + k))
#define LOAD_BYTES(list) \
    _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)(const void *)(c->list + k)))
    for (size_t k = 0; k < count; k += LANES) {
        __m128i start = LOAD(starts), length = _mm_sub_epi16(LOAD(ends), start);
        __m128i characters = _mm_sub_epi16(LOAD(last), LOAD(first));
        __m128i flags = _mm_or_si128(LOAD_BYTES(flags), LOAD_BYTES(numbers));
        __mmask8 brief =
            _mm_cmple_epu16_mask(characters, three) & _mm_testn_epi16_mask(flags, flags);
        flags = _mm_mask_mov_epi16(flags, brief, is_short);
        characters = _mm_or_si128(characters, _mm_slli_epi16(flags, 8));
        __m512i entry = _mm512_add_epi64(_mm512_cvtepu16_epi64(start), base);
        entry = _mm512_or_si512(entry, _mm512_slli_epi64(_mm512_cvtepu16_epi64(length), 32));
        entry = _mm512_or_si512(entry, _mm512_slli_epi64(_mm512_cvtepu16_epi64(characters), 48));
        _mm512_storeu_si512(out + k, entry);
    }
#undef LOAD
#undef LOAD_BYTES
}

/* All eight numbers together; the compiler's own sum takes them for signed ones. */
WIDE static inline uint64_t add_all_wide(__m512i v)
{
    __m256i four = _mm256_add_epi64(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

/* What rows have of their words: hashes of eight words weighed by their places; see hash_row in
 * text.c. */
WIDE static inline void sum_words_wide(boilerplate_row *row, const uint32_t *hashes,
                                       const boilerplate_word *words)
{
    const __m512i places = _mm512_loadu_si512(boilerplate_row_places);
    const __m512i is_short = _mm512_set1_epi64((long long)BOILERPLATE_WORD_SHORT << 56);
    __m512i most = _mm512_setzero_si512();
    uint64_t sum = row->words;
    unsigned shorts = 0;
    for (uint32_t k = 0; k < row->words; k += 8) {
        uint32_t left = row->words - k;
        __mmask8 there = (__mmask8)(left < 8 ? (1u << left) - 1 : 0xFF);
        __m512i hash = _mm512_cvtepu32_epi64(_mm256_maskz_loadu_epi32(there, hashes + k));
        hash = _mm512_mullo_epi64(hash, places);
        sum = hash_block(sum, add_all_wide(hash));
        __m512i entry = _mm512_maskz_loadu_epi64(there, words + k);
        most = _mm512_max_epu64(most, _mm512_srli_epi64(_mm512_slli_epi64(entry, 8), 56));
        shorts += (unsigned)_mm_popcnt_u32(_mm512_test_epi64_mask(entry, is_short));
    }
    row->hash = sum;
    row->shorts = (uint16_t)(shorts < UINT16_MAX ? shorts : UINT16_MAX);
    row->longest = (uint16_t)_mm512_reduce_max_epu64(most);
}

/* The stems of eight words, whose bytes begin with `head`, folded; see stem_word in text.c. */
WIDE static inline void put_stems_wide(__m512i entry, __m512i n, __m512i head, uint32_t *stems)
{
    const __m512i five = _mm512_set1_epi64(0xFFFFFFFFFF), one = _mm512_set1_epi64(1);
    const __m512i blank = _mm512_set1_epi64((long long)0x2020200000000000u);
    __m512i characters = _mm512_and_si512(_mm512_srli_epi64(entry, 48), _mm512_set1_epi64(0xFF));
    __m512i thrice = _mm512_add_epi64(characters, _mm512_add_epi64(characters, characters));
    __mmask8 latin = _mm512_cmplt_epu64_mask(_mm512_add_epi64(n, n), thrice);
    __mmask8 has = latin | _mm512_cmpge_epu64_mask(characters, _mm512_set1_epi64(4)) |
                   _mm512_cmpge_epu64_mask(n, thrice);
    has &= _mm512_cmpge_epu64_mask(n, _mm512_set1_epi64(5));
    has &=
        _mm512_testn_epi64_mask(entry, _mm512_set1_epi64((long long)BOILERPLATE_WORD_NUMBER << 56));
    /* (head & five) | blank */
    head = _mm512_mask_ternarylogic_epi64(head, latin, five, blank, 0xEA);
    head = _mm512_mullo_epi64(head, _mm512_set1_epi64((long long)0x9E3779B97F4A7C15u));
    head = _mm512_maskz_or_epi64(has, _mm512_srli_epi64(head, 32), one);
    _mm256_storeu_si256((__m256i *)(void *)stems, _mm512_cvtepi64_epi32(head));
}

/* The hashes and stems of eight words at once; see hash_word in text.c. */
WIDE static inline void put_hashes_wide(const char *p, const boilerplate_word *w, uint32_t *out,
                                        uint32_t *stems)
{
    const __m512i fold = _mm512_set1_epi8(0x20), eight = _mm512_set1_epi64(8);
    const __m512i ones = _mm512_set1_epi64(-1);
    __m512i entry = _mm512_loadu_si512(w);
    __m512i n = _mm512_and_si512(_mm512_srli_epi64(entry, 32), _mm512_set1_epi64(0xFFFF));
    __m512i at = _mm512_and_si512(entry, _mm512_set1_epi64(0xFFFFFFFF));
    __m512i cut = _mm512_slli_epi64(_mm512_sub_epi64(eight, _mm512_min_epu64(n, eight)), 3);
    __m512i head = _mm512_and_si512(_mm512_i64gather_epi64(at, p, 1), _mm512_srlv_epi64(ones, cut));
    __m512i back = _mm512_sub_epi64(_mm512_add_epi64(at, n), eight);
    __mmask8 longer = _mm512_cmpgt_epu64_mask(n, eight);
    __m512i tail = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), longer, back, p, 1);
    head = _mm512_or_si512(head, fold);
    put_stems_wide(entry, n, head, stems);
    head = _mm512_mullo_epi64(head, _mm512_set1_epi64((long long)0x9E3779B97F4A7C15u));
    tail = _mm512_mullo_epi64(_mm512_add_epi64(_mm512_or_si512(tail, fold), n),
                              _mm512_set1_epi64((long long)0xC2B2AE3D27D4EB4Fu));
    __m512i h = _mm512_xor_si512(head, tail);
    h = _mm512_mullo_epi64(_mm512_xor_si512(h, _mm512_srli_epi64(h, 29)),
                           _mm512_set1_epi64((long long)0x165667B19E3779F9u));
    __mmask8 number =
        _mm512_test_epi64_mask(entry, _mm512_set1_epi64((long long)BOILERPLATE_WORD_NUMBER << 56));
    __m512i by_length = _mm512_mullo_epi64(_mm512_add_epi64(n, _mm512_set1_epi64(1)),
                                           _mm512_set1_epi64((long long)0x9E3779B9u));
    h = _mm512_mask_mov_epi64(_mm512_srli_epi64(h, 32), number, by_length);
    _mm256_storeu_si256((__m256i *)(void *)out, _mm512_cvtepi64_epi32(h));
}
#endif

#endif
