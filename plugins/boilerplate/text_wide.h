/* boilerplate/text_wide: what the reader does by vectors of 64 bytes: bytes as sets of bits, and
 * the words of a piece without characters beyond ASCII. Included by text.c alone; its plain
 * counterparts stand there, and both see the same (tested). */
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

WIDE static inline uint64_t feeds_wide(const char *p)
{
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(p), _mm512_set1_epi8('\n'));
}

/* What a piece of a row has, once its words and counts are written. */
typedef struct {
    unsigned whole; /* bytes that it took; 0: none, the plain path must see it */
    unsigned words, capitals, numbers, shorts;
    unsigned characters, joined, left, right; /* left, right: « and » */
    bool mixed;                               /* words of letters and digits */
    bool ended;                               /* it is the row's last, and `ending` is known */
    uint8_t ending;
} piece_wide;

/* A piece as sets of bits: by class, at characters' first bytes; its bytes by kind. */
typedef struct {
    uint64_t class[BOILERPLATE_CLASSES];
    uint64_t two, three, four; /* first bytes of characters of that many bytes */
    uint64_t goes_on;          /* bytes that are no first ones */
    uint64_t word, digit;      /* all bytes of words without ideographs, of digits */
} sets_wide;

/* The classes of characters beyond ASCII, put in at their first bytes. */
WIDE static inline __m512i add_classes_wide(const char *p, __m512i v, __m512i classes,
                                            const sets_wide *s)
{
    __m512i next = _mm512_loadu_si512(p + 1);
    for (uint64_t rest = s->two; rest;) { /* a table for each first byte; most texts have few */
        unsigned char lead = (unsigned char)p[__builtin_ctzll(rest)];
        uint64_t same = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)lead));
        __m512i table = _mm512_loadu_si512(boilerplate_two_byte_class + ((lead & 31u) << 6));
        classes = _mm512_mask_permutexvar_epi8(classes, same, next, table);
        rest &= ~same;
    }
    if (!(s->three | s->four)) return classes;
    uint64_t ideographs = s->three & range_wide(v, (char)0xE4, 6);
    uint64_t letters = s->three & range_wide(v, (char)0xEA, 5);
    classes = _mm512_mask_mov_epi8(classes, ideographs, _mm512_set1_epi8(BOILERPLATE_IDEO));
    classes = _mm512_mask_mov_epi8(classes, letters, _mm512_set1_epi8(BOILERPLATE_LETTER));
    for (uint64_t rest = (s->three | s->four) & ~(ideographs | letters); rest; rest &= rest - 1) {
        size_t k = (size_t)__builtin_ctzll(rest), length;
        uint8_t class = boilerplate_decode_class((const unsigned char *)p + k, 4, &length);
        classes = _mm512_mask_mov_epi8(classes, rest & -rest, _mm512_set1_epi8((char)class));
    }
    return classes;
}

/* The bytes of the characters whose first bytes are given. */
WIDE static inline uint64_t whole_wide(const sets_wide *s, uint64_t first)
{
    uint64_t more = first & (s->two | s->three | s->four);
    return first | more << 1 | (more & ~s->two) << 2 | (first & s->four) << 3;
}

_Static_assert(BOILERPLATE_CLASSES == 24, "sort_wide and add_counts_wide write out all classes");
WIDE static inline void put_four_wide(sets_wide *s, unsigned k, __m512i classes)
{
    const uint64_t begins = ~s->goes_on;
    s->class[k] = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8((char)k)) & begins;
    s->class[k + 1] = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8((char)(k + 1))) & begins;
    s->class[k + 2] = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8((char)(k + 2))) & begins;
    s->class[k + 3] = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8((char)(k + 3))) & begins;
}

/* The sets of the bytes of v, which are those at p, or zeros behind the row's end. False: they are
 * no sound UTF-8. */
WIDE static inline bool sort_wide(const char *p, __m512i v, __m512i *classes, sets_wide *s)
{
    const __m512i low = _mm512_loadu_si512(boilerplate_ascii_class);
    const __m512i high = _mm512_loadu_si512(boilerplate_ascii_class + 64);
    uint64_t beyond = _mm512_movepi8_mask(v);
    *classes = _mm512_permutex2var_epi8(low, v, high);
    s->two = s->three = s->four = s->goes_on = 0;
    if (beyond) {
        s->two = range_wide(v, (char)0xC2, 0xE0 - 0xC2);
        s->three = range_wide(v, (char)0xE0, 16);
        s->four = range_wide(v, (char)0xF0, 5);
        s->goes_on = range_wide(v, (char)0x80, 64);
        uint64_t wanted =
            (s->two | s->three | s->four) << 1 | (s->three | s->four) << 2 | s->four << 3;
        if (wanted != s->goes_on || beyond != (s->two | s->three | s->four | s->goes_on))
            return false;
        *classes = add_classes_wide(p, v, *classes, s);
    }
    put_four_wide(s, 0, *classes);
    put_four_wide(s, 4, *classes);
    put_four_wide(s, 8, *classes);
    put_four_wide(s, 12, *classes);
    put_four_wide(s, 16, *classes);
    put_four_wide(s, 20, *classes);
    s->digit = whole_wide(s, s->class[BOILERPLATE_DIGIT]);
    s->word =
        s->digit | whole_wide(s, s->class[BOILERPLATE_LOWER] | s->class[BOILERPLATE_UPPER] |
                                     s->class[BOILERPLATE_LETTER] | s->class[BOILERPLATE_MARK]);
    return true;
}

/* How many of the bytes of a piece that is no row's last can be taken: whole characters, up to a
 * gap between words, with some bytes behind that can be looked at. 0: there is no gap. */
WIDE static inline unsigned cut_wide(const sets_wide *s)
{
    enum { MOST = 60 };
    uint64_t begins = ~s->goes_on & _bzhi_u64(~(uint64_t)0, MOST + 1);
    uint64_t gaps = ~s->word & (((uint64_t)1 << (63 - _lzcnt_u64(begins))) - 1);
    return 64 - (unsigned)_lzcnt_u64(gaps);
}

/* Sentence ends among the bytes `all`, by what follows in those of the row: closing marks, then the
 * row's end, a blank or a control character. -1: that lies too far away to be seen. */
WIDE static inline int sentences_wide(__m512i v, const sets_wide *s, uint64_t all, uint64_t row)
{
    uint64_t marks = (s->class[BOILERPLATE_STOP] | s->class[BOILERPLATE_ASK]) & all;
    if (!marks) return 0;
    uint64_t wide_marks = marks & s->three; /* 。 needs no space after it */
    marks ^= wide_marks;
    uint64_t closers = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')) |
                       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(')')) |
                       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(']'));
    uint64_t next = (marks & ~s->two) << 1 | (marks & s->two) << 2;
    closers &= row;
    next = ((closers + (next & closers)) | next) & ~closers; /* carried over runs of closers */
    if (s->three) {                                          /* ” or ’ may follow */
        uint64_t third = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0x9D)) |
                         _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0x99));
        uint64_t quotes = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xE2)) &
                          _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0x80)) >> 1 &
                          (third & row) >> 2;
        next = (next & ~quotes) | (next & quotes) << 3;
    }
    if (_mm_popcnt_u64(next) != _mm_popcnt_u64(marks)) return -1;
    uint64_t ends = _mm512_cmple_epu8_mask(v, _mm512_set1_epi8(' ')) |
                    _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xC2)) | ~row;
    return (int)(_mm_popcnt_u64(next & ends) + _mm_popcnt_u64(wide_marks));
}

/* Writes the words of a piece that lies at `at`; `all`: its bytes. Up to seven more may be
 * written. */
WIDE static inline void put_words_wide(boilerplate_word *out, size_t at, const sets_wide *s,
                                       uint64_t all, piece_wide *piece)
{
    enum { AT_ONCE = 8 };
    const __m512i counting = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    uint64_t word = s->word & all, digit = s->digit & all;
    uint64_t ideographs = s->class[BOILERPLATE_IDEO] & all;
    uint64_t starts = (word & ~(word << 1)) | ideographs;
    uint64_t ends = (word << 1 & ~word) | (ideographs & s->three) << 3 |
                    (ideographs & s->four) << 4; /* bytes behind words */
    /* a run of digits from a word's start: adding carries past its end */
    uint64_t numbers = (digit + (starts & digit)) & ~digit;
    __m512i first = _mm512_maskz_compress_epi8(starts, counting);
    __m512i size = _mm512_sub_epi8(_mm512_maskz_compress_epi8(ends, counting), first);
    __m512i characters = size;
    if (s->goes_on) {
        uint64_t begins = ~s->goes_on;
        characters = _mm512_maskz_compress_epi8(_pext_u64(ends, begins), counting);
        characters = _mm512_sub_epi8(
            characters, _mm512_maskz_compress_epi8(_pext_u64(starts, begins), counting));
    }
    piece->words = (unsigned)_mm_popcnt_u64(starts);
    uint64_t capitals = _pext_u64(s->class[BOILERPLATE_UPPER], starts);
    uint64_t ideos = _pext_u64(ideographs, starts);
    numbers = _pext_u64(numbers, ends);
    uint64_t shorts = _mm512_cmple_epu8_mask(characters, _mm512_set1_epi8(3)) &
                      ~(capitals | numbers | ideos) & _bzhi_u64(~(uint64_t)0, piece->words);
    __m512i flags =
        _mm512_or_si512(_mm512_maskz_set1_epi8(capitals, BOILERPLATE_WORD_CAPITAL),
                        _mm512_or_si512(_mm512_maskz_set1_epi8(numbers, BOILERPLATE_WORD_NUMBER),
                                        _mm512_maskz_set1_epi8(shorts, BOILERPLATE_WORD_SHORT)));
    flags = _mm512_or_si512(flags, _mm512_maskz_set1_epi8(ideos, BOILERPLATE_WORD_IDEO));
    piece->capitals = (unsigned)_mm_popcnt_u64(capitals);
    piece->numbers = (unsigned)_mm_popcnt_u64(numbers);
    piece->shorts = (unsigned)_mm_popcnt_u64(shorts);
    const __m512i none = _mm512_setzero_si512(), base = _mm512_set1_epi64((long long)at);
    for (unsigned k = 0; k < piece->words; k += AT_ONCE) {
        __m512i entry = _mm512_add_epi64(_mm512_cvtepu8_epi64(_mm512_castsi512_si128(first)), base);
        __m512i length = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(size));
        __m512i letters = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(characters));
        __m512i flag = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(flags));
        entry = _mm512_or_si512(entry, _mm512_slli_epi64(length, 32));
        entry = _mm512_or_si512(entry, _mm512_slli_epi64(letters, 48));
        _mm512_storeu_si512(out + k, _mm512_or_si512(entry, _mm512_slli_epi64(flag, 56)));
        first = _mm512_alignr_epi64(none, first, 1);
        size = _mm512_alignr_epi64(none, size, 1);
        characters = _mm512_alignr_epi64(none, characters, 1);
        flags = _mm512_alignr_epi64(none, flags, 1);
    }
}

WIDE static inline uint16_t add_wide(uint16_t count, uint64_t set)
{
    unsigned n = count + (unsigned)_mm_popcnt_u64(set);
    return (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
}

/* Adds the characters of each class to the row's counts, up to 65,535. */
WIDE static inline void add_counts_wide(uint16_t *count, const sets_wide *s, uint64_t all)
{
    const __m512i within = _mm512_set1_epi64((long long)all);
    __m512i sets = _mm512_and_si512(_mm512_loadu_si512(s->class), within);
    __m128i a = _mm512_cvtepi64_epi16(_mm512_popcnt_epi64(sets));
    sets = _mm512_and_si512(_mm512_loadu_si512(s->class + 8), within);
    __m128i b = _mm512_cvtepi64_epi16(_mm512_popcnt_epi64(sets));
    sets = _mm512_and_si512(_mm512_loadu_si512(s->class + 16), within);
    __m128i c = _mm512_cvtepi64_epi16(_mm512_popcnt_epi64(sets));
    __m128i *at = (__m128i *)(void *)count;
    _mm_storeu_si128(at, _mm_adds_epu16(a, _mm_loadu_si128(at)));
    _mm_storeu_si128(at + 1, _mm_adds_epu16(b, _mm_loadu_si128(at + 1)));
    _mm_storeu_si128(at + 2, _mm_adds_epu16(c, _mm_loadu_si128(at + 2)));
}

/* What the row ends with, if the piece has that: the last mark, looking through closing ones, as
 * find_ending of text.c does. `before`: bytes of the row before the piece. */
WIDE static inline void end_wide(const char *p, size_t before, __m512i classes, const sets_wide *s,
                                 uint64_t all, piece_wide *piece)
{
    uint8_t class[64];
    uint64_t closers = (s->class[BOILERPLATE_CLOSE] | s->class[BOILERPLATE_QUOTE] |
                        s->class[BOILERPLATE_CURLY] | s->class[BOILERPLATE_STRAIGHT]) &
                       all;
    uint64_t rest =
        all & ~(s->goes_on | closers | s->class[BOILERPLATE_SPACE] | s->class[BOILERPLATE_MARK]);
    if (!rest) return;
    unsigned last = 63 - (unsigned)_lzcnt_u64(rest);
    _mm512_storeu_si512(class, classes);
    unsigned ending = boilerplate_class_ending[class[last]];
    if (ending == BOILERPLATE_END_STOP && before + last >= 2 && p[last] == '.' &&
        p[(ptrdiff_t)last - 1] == '.' && p[(ptrdiff_t)last - 2] == '.')
        ending = BOILERPLATE_END_DOTS;
    if (ending < BOILERPLATE_END_DOTS && closers >> last) ending = BOILERPLATE_END_CLOSE;
    piece->ended = true;
    piece->ending = (uint8_t)ending;
}

/* Capitals with two lower-case letters before and one behind; a word of several pieces begins
 * before p. */
WIDE static inline unsigned joined_wide(const char *p, uint64_t lower, uint64_t upper, uint64_t all)
{
    uint64_t one = lower << 1 | (p[-1] >= 'a' && p[-1] <= 'z');
    uint64_t two = one << 1 | (p[-2] >= 'a' && p[-2] <= 'z');
    return (unsigned)_mm_popcnt_u64(upper & one & two & lower >> 1 & all);
}

/* Apostrophes between letters, « and », capitals that letters stand before. */
WIDE static inline void add_marks_wide(const char *p, size_t before, __m512i v, const sets_wide *s,
                                       uint64_t all, uint64_t row, boilerplate_row *out,
                                       piece_wide *piece)
{
    uint64_t beyond = s->two | s->three | s->four | s->goes_on;
    uint64_t lower = s->class[BOILERPLATE_LOWER] & ~beyond & row;
    uint64_t upper = s->class[BOILERPLATE_UPPER] & ~beyond;
    piece->joined = joined_wide(p, lower, upper, all);
    uint64_t straight = s->class[BOILERPLATE_STRAIGHT] & all;
    uint64_t curly = s->class[BOILERPLATE_CURLY] & all;
    if (straight | curly) {
        unsigned char c = (unsigned char)p[-1];
        bool letter = before && (c >= 128 || boilerplate_ascii_class[c] <= BOILERPLATE_LETTER);
        uint64_t letters = (beyond | lower | upper) & row, previous = letters << 1 | letter;
        unsigned n = out->straight + (unsigned)_mm_popcnt_u64(straight & previous & letters >> 1);
        out->straight = (uint8_t)(n < 255 ? n : 255);
        n = out->curly + (unsigned)_mm_popcnt_u64(curly & previous & letters >> 3);
        out->curly = (uint8_t)(n < 255 ? n : 255);
    }
    if (s->two) {
        uint64_t second = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xAB)) >> 1;
        uint64_t lead = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xC2)) & all;
        piece->left = (unsigned)_mm_popcnt_u64(lead & second);
        second = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)0xBB)) >> 1;
        piece->right = (unsigned)_mm_popcnt_u64(lead & second);
    }
}

/* The same as below of a piece whose bytes are letters, digits and blanks of ASCII: half of all
 * are. */
WIDE static inline bool see_plain_wide(const char *p, __m512i v, size_t at, uint64_t row, bool last,
                                       boilerplate_word *words, boilerplate_row *out,
                                       piece_wide *piece)
{
    const __m512i letter_case = _mm512_set1_epi8(0x20);
    sets_wide s;
    uint64_t letter = range_wide(_mm512_or_si512(v, letter_case), 'a', 26);
    uint64_t space = range_wide(v, '\t', 5) | _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(' '));
    uint64_t lower = letter & _mm512_test_epi8_mask(v, letter_case);
    s.digit = range_wide(v, '0', 10);
    s.word = letter | s.digit;
    s.class[BOILERPLATE_UPPER] = letter ^ lower;
    s.class[BOILERPLATE_IDEO] = s.three = s.four = s.goes_on = 0;
    if (row & ~(s.word | space)) return false;
    piece->whole = last ? (unsigned)_mm_popcnt_u64(row) : cut_wide(&s);
    if (!piece->whole) return false;
    uint64_t all = ((uint64_t)1 << piece->whole) - 1;
    uint16_t *count = out->count;
    count[BOILERPLATE_LOWER] = add_wide(count[BOILERPLATE_LOWER], lower & all);
    count[BOILERPLATE_UPPER] = add_wide(count[BOILERPLATE_UPPER], s.class[BOILERPLATE_UPPER] & all);
    count[BOILERPLATE_DIGIT] = add_wide(count[BOILERPLATE_DIGIT], s.digit & all);
    count[BOILERPLATE_SPACE] = add_wide(count[BOILERPLATE_SPACE], space & all);
    piece->characters = piece->whole;
    uint64_t digit = s.digit & all, letters = letter & all;
    piece->mixed = ((digit & letters << 1) | (letters & digit << 1)) != 0;
    piece->joined = joined_wide(p, lower, s.class[BOILERPLATE_UPPER], all);
    put_words_wide(words, at, &s, all, piece);
    piece->ended = last; /* the row's last byte is no blank */
    piece->ending =
        s.digit >> (piece->whole - 1) & 1 ? BOILERPLATE_END_DIGIT : BOILERPLATE_END_LETTER;
    return true;
}

/* One piece of a row at p, of which `left` bytes are left and `before` lie before; `at` is its
 * place in the text. Its words go to `words`, its counts to the row. */
WIDE static inline piece_wide see_piece_wide(const char *p, size_t at, size_t before, size_t left,
                                             boilerplate_word *words, boilerplate_row *out)
{
    piece_wide piece = {0};
    sets_wide s;
    bool last = left < 64;
    uint64_t row = last ? ((uint64_t)1 << left) - 1 : ~(uint64_t)0;
    __m512i v = _mm512_maskz_loadu_epi8(row, p), classes;
    if (see_plain_wide(p, v, at, row, last, words, out, &piece)) return piece;
    piece.whole = 0;
    if (!sort_wide(p, v, &classes, &s)) return piece;
    uint64_t controls = _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(' ')) & row;
    unsigned whole = last ? (unsigned)left : cut_wide(&s);
    if (!whole || controls & ~s.class[BOILERPLATE_SPACE]) return piece;
    uint64_t all = ((uint64_t)1 << whole) - 1;
    int sentences = sentences_wide(v, &s, all, row);
    if (sentences < 0) return piece;
    out->sentences = add_wide(out->sentences, ((uint64_t)1 << sentences) - 1);
    piece.whole = whole;
    piece.characters = (unsigned)_mm_popcnt_u64(all & ~s.goes_on);
    uint64_t digit = s.digit & all, letters = s.word & all & ~s.digit;
    piece.mixed = ((digit & letters << 1) | (letters & digit << 1)) != 0;
    add_counts_wide(out->count, &s, all);
    add_marks_wide(p, before, v, &s, all, row, out, &piece);
    put_words_wide(words, at, &s, all, &piece);
    if (last) end_wide(p, before, classes, &s, all, &piece);
    return piece;
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
    __m512i most = _mm512_setzero_si512();
    uint64_t sum = row->words;
    for (uint32_t k = 0; k < row->words; k += 8) {
        uint32_t left = row->words - k;
        __mmask8 there = (__mmask8)(left < 8 ? (1u << left) - 1 : 0xFF);
        __m512i hash = _mm512_cvtepu32_epi64(_mm256_maskz_loadu_epi32(there, hashes + k));
        hash = _mm512_mullo_epi64(hash, places);
        sum = hash_block(sum, add_all_wide(hash));
        __m512i entry = _mm512_maskz_loadu_epi64(there, words + k);
        most = _mm512_max_epu64(most, _mm512_srli_epi64(_mm512_slli_epi64(entry, 8), 56));
    }
    row->hash = sum;
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
