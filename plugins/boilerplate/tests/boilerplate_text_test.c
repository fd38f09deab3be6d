/* The reader's two paths, the passes over all words, and the filter in front of the phrases. All
 * texts are written or drawn for these tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "boilerplate/fill.h"
#include "plugin/call.h"
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static unsigned draw(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

static const char *const pieces[] = {
    "a",
    "of",
    "the ",
    "Word",
    "PARIS",
    "1968",
    "7",
    "b2b",
    " ",
    " ",
    "  ",
    "\t",
    "\r",
    "\n",
    "\n",
    "\n\n",
    ".",
    ". ",
    "...",
    "?",
    "!\"",
    ", ",
    ";",
    ":",
    "|",
    "/",
    "»",
    "«",
    "’",
    "'",
    "“",
    "”",
    "–",
    "-",
    "(",
    ")",
    "é",
    "É",
    "ß",
    "œ",
    "Škoda",
    "ž",
    "день",
    "ПЯТЬ",
    "ё",
    "ώ",
    "Σ",
    "שלום",
    "خبر",
    "٣",
    "今",
    "日本",
    "。",
    "、",
    "カ",
    "ไทย",
    "한국",
    "😀",
    "©",
    "\u00A0",
    "\u2003",
    "\u200D",
    "\u00AD",
    "e\u0301",
    "x@y",
    "#tag",
    "{}",
    "http",
    "www.",
    "_",
    "\x01",
    "\u3000",
    "internationalisation",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenbescheidsamt",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

static size_t draw_text(char *out, size_t room)
{
    size_t n = 0;
    while (n + 128 < room) {
        const char *piece = pieces[draw(draw(3) ? 16 : sizeof pieces / sizeof *pieces)];
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static void same_row(const boilerplate_row *a, const boilerplate_row *b)
{
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->word, b->word);
    assert_int_equal(a->words, b->words);
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->line_start, b->line_start);
    assert_memory_equal(a->count, b->count, sizeof a->count);
    assert_int_equal(a->characters, b->characters);
    assert_int_equal(a->letters, b->letters);
    assert_int_equal(a->sentences, b->sentences);
    assert_int_equal(a->capitals, b->capitals);
    assert_int_equal(a->numbers, b->numbers);
    assert_int_equal(a->shorts, b->shorts);
    assert_int_equal(a->longest, b->longest);
    assert_int_equal(a->first, b->first);
    assert_int_equal(a->first_next, b->first_next);
    assert_int_equal(a->ending, b->ending);
    assert_int_equal(a->blank_before, b->blank_before);
    assert_int_equal(a->straight, b->straight);
    assert_int_equal(a->curly, b->curly);
    assert_int_equal(a->joined, b->joined);
    assert_int_equal(a->opaque, b->opaque);
    assert_true(a->hash == b->hash);
}

static void both_paths_read_the_same(void **unused)
{
    (void)unused;
    static char bytes[90000];
    boilerplate_text plain = {0}, wide = {0};
    for (int round = 0; round < 400; round++) {
        size_t n = draw_text(bytes, 200 + draw(round % 16 ? 2700 : sizeof bytes - 200));
        for (size_t k = 0; round % 32 == 16 && k < n; k++) /* few lines, longer than a chunk */
            if (bytes[k] == '\n' && draw(3000)) bytes[k] = ' ';
        for (size_t k = round % 4 ? n : 0; k < n; k += draw(400)) /* no sound UTF-8 */
            bytes[k] = (char)(unsigned char)draw(256);
        char *copy = malloc(n + 1); /* so that reading past its end is seen */
        assert_non_null(copy);
        memcpy(copy, bytes, n);
        assert_true(boilerplate_read_by(&plain, copy, n, false));
        assert_true(boilerplate_read_by(&wide, copy, n, true));
        free(copy);
        assert_int_equal(plain.row_count, wide.row_count);
        assert_int_equal(plain.word_count, wide.word_count);
        assert_int_equal(plain.lines, wide.lines);
        for (size_t i = 0; i < plain.row_count; i++) same_row(&plain.rows[i], &wide.rows[i]);
        for (size_t k = 0; k < plain.word_count; k++) {
            const boilerplate_word *a = &plain.words[k], *b = &wide.words[k];
            assert_int_equal(a->start, b->start);
            assert_int_equal(a->length, b->length);
            assert_int_equal(a->characters, b->characters);
            assert_int_equal(a->flags, b->flags);
            assert_int_equal(plain.hashes[k], wide.hashes[k]);
            assert_int_equal(plain.stems[k], wide.stems[k]);
            if (!(a->flags & BOILERPLATE_WORD_NUMBER)) /* of digits in any script */
                assert_int_equal(plain.hashes[k], boilerplate_hash(plain.p + a->start, a->length));
        }
    }
    boilerplate_text_free(&plain);
    boilerplate_text_free(&wide);
}

/* What the scale and the share are by their definition. */
static unsigned scale_of(uint64_t count)
{
    if (count < 8) return (unsigned)count;
    unsigned octave = 3;
    while (count >> (octave + 1)) octave++;
    unsigned value = 8 + (octave - 3) * 4 + (unsigned)(count >> (octave - 2) & 3);
    return value < 63 ? value : 63;
}

static void numbers_keep_to_their_definition(void **unused)
{
    (void)unused;
    for (uint64_t n = 0; n < 300000; n++)
        if (boilerplate_scale(n) != scale_of(n)) fail_msg("scale of %u", (unsigned)n);
    assert_int_equal(boilerplate_scale(UINT64_MAX), 63);
    for (unsigned whole = 0; whole < 700; whole++)
        for (unsigned part = 0; part <= whole + 1; part++) {
            unsigned most = part < whole ? part : whole;
            if (boilerplate_share(part, whole) != (whole ? most * 16 / whole : 0))
                fail_msg("share of %u in %u", part, whole);
        }
    assert_int_equal(boilerplate_share(70000, 70001), 15);
    assert_int_equal(boilerplate_share(80000, 70001), 16);
}

static bool bit(const uint64_t *bits, uint32_t at)
{
    return bits[at >> 6] >> (at & 63) & 1;
}

static void words_are_selected_as_one_by_one(void **unused)
{
    (void)unused;
    enum { WORDS = 700, SHIFT = 20 };
    static uint32_t hashes[WORDS + 40], found[WORDS + 40];
    static int8_t table[(1 << 12) + 4], words[WORDS + 40], pairs[WORDS + 40];
    static int32_t sums[WORDS + 40];
    uint64_t many[(1 << 12) / 64], few[8];
    for (size_t n = 0; n < WORDS; n += n < 40 ? 1 : 61) {
        boilerplate_text text = {.hashes = hashes, .word_count = n};
        memset(hashes, 0, sizeof hashes);
        for (size_t k = 0; k < n; k++) hashes[k] = draw(9) ? (uint32_t)draw(UINT32_MAX) : 77;
        for (size_t k = 0; k < sizeof many / 8; k++) many[k] = state * (k + 3);
        for (size_t k = 0; k < 8; k++) few[k] = state * (k + 5) & state;
        for (size_t k = 0; k < 1 << 12; k++) table[k] = (int8_t)(uint8_t)draw(256);
        size_t count = boilerplate_select_words(&text, many, SHIFT, found), at = 0;
        for (uint32_t k = 0; k < n; k++)
            if (bit(many, hashes[k] >> SHIFT)) assert_int_equal(found[at++], k);
        assert_int_equal(at, count);
        count = boilerplate_select_words(&text, few, 32 - 9, found);
        at = 0;
        for (uint32_t k = 0; k < n; k++)
            if (bit(few, hashes[k] >> (32 - 9))) assert_int_equal(found[at++], k);
        assert_int_equal(at, count);
        count = boilerplate_select_pairs(&text, many, SHIFT, found);
        at = 0;
        for (uint32_t k = 0; k + 1 < n; k++)
            if (bit(many, boilerplate_hash_pair(hashes[k], hashes[k + 1]) >> SHIFT))
                assert_int_equal(found[at++], k);
        assert_int_equal(at, count);
        const uint32_t wanted[3] = {77, n ? hashes[n / 2] : 1, 3};
        count = boilerplate_select_equal(&text, wanted, found);
        at = 0;
        for (uint32_t k = 0; k < n; k++)
            if (hashes[k] == wanted[0] || hashes[k] == wanted[1] || hashes[k] == wanted[2])
                assert_int_equal(found[at++], k);
        assert_int_equal(at, count);
        boilerplate_select_weights(&text, table, SHIFT, words, pairs, sums);
        int32_t sum = 0;
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(sums[k], sum);
            assert_int_equal(words[k], table[hashes[k] >> SHIFT]);
            assert_int_equal(pairs[k],
                             table[boilerplate_hash_pair(hashes[k], hashes[k + 1]) >> SHIFT]);
            sum += (int32_t)words[k] + (int32_t)pairs[k];
        }
        assert_int_equal(sums[n], sum);
    }
}

static void stems_keep_their_owners(void **unused)
{
    (void)unused;
    enum { WORDS = 700 };
    static uint32_t stems[WORDS + 40], owner[WORDS + 40], sums[WORDS];
    static uint16_t slots[WORDS + 40];
    for (size_t n = 0; n < WORDS; n += n < 40 ? 1 : 61) {
        boilerplate_text text = {.stems = stems, .word_count = n};
        memset(stems, 0, sizeof stems);
        memset(owner, 0, sizeof owner);
        uint32_t sum = 0;
        for (size_t k = 0; k < n; k++) {
            stems[k] = draw(3) ? draw(UINT32_MAX) | 1 : 0;
            owner[k] = draw(4) ? 0 : draw(9);
            sums[k] = sum += owner[k];
        }
        size_t count = boilerplate_select_stems(&text, 1023, slots, owner), at = 0;
        for (size_t k = 0; k < n; k++) {
            if (!stems[k]) continue;
            assert_int_equal(slots[at], stems[k] >> 1 & 1023);
            assert_int_equal(owner[at++], sums[k]);
        }
        assert_int_equal(at, count);
    }
}

static void means_are_those_of_the_rows_around(void **unused)
{
    (void)unused;
    enum { ROWS = 200, MOST = 60 };
    static const boilerplate_window windows[] = {
        {2, 1, false}, {15, 1, false}, {3, 4, true}, {8, 4, true}, {20, 4, true}};
    static uint32_t sums[ROWS + 1];
    static uint8_t out[ROWS + 1];
    for (size_t n = 0; n <= ROWS; n += n < 90 ? 1 : 37)
        for (size_t k = 0; k < sizeof windows / sizeof *windows; k++) {
            size_t reach = windows[k].reach;
            for (size_t i = 0; i < n; i++) sums[i + 1] = sums[i] + (n % 3 ? draw(MOST + 1) : MOST);
            out[n] = 77;
            boilerplate_fill_means(out, sums, n, windows[k]);
            for (size_t i = 0; i < n; i++) {
                size_t from = i > reach ? i - reach : 0, to = i + reach < n ? i + reach + 1 : n;
                size_t mean = (sums[to] - sums[from]) * windows[k].times / (to - from);
                assert_int_equal(out[i], windows[k].scaled ? scale_of(mean) : mean);
            }
            assert_int_equal(out[n], 77);
        }
}

static void rates_are_those_of_the_rows_around(void **unused)
{
    (void)unused;
    enum { ROWS = 200, MOST = 60 };
    static const uint32_t reaches[] = {3, 10, 20};
    static uint32_t parts[ROWS + 1], sums[ROWS + 1];
    static uint8_t out[ROWS + 1];
    for (size_t n = 0; n <= ROWS; n += n < 90 ? 1 : 37)
        for (size_t k = 0; k < sizeof reaches / sizeof *reaches; k++) {
            size_t reach = reaches[k];
            for (size_t i = 0; i < n; i++) {
                uint32_t words = n % 3 ? draw(MOST + 1) : draw(3);
                sums[i + 1] = sums[i] + words;
                parts[i + 1] = parts[i] + draw(words + 1);
            }
            out[n] = 77;
            boilerplate_fill_rates(out, parts, sums, n, (uint32_t)reach);
            for (size_t i = 0; i < n; i++) {
                size_t from = i > reach ? i - reach : 0, to = i + reach < n ? i + reach + 1 : n;
                size_t rate = (parts[to] - parts[from]) * 64 / (sums[to] - sums[from] + 8);
                assert_int_equal(out[i], rate < 63 ? rate : 63);
            }
            assert_int_equal(out[n], 77);
        }
}

static void shapes_are_filled_as_row_by_row(void **unused)
{
    (void)unused;
    static char bytes[20000];
    static boilerplate_phrase_row phrases[20000];
    boilerplate_text text = {0};
    boilerplate_columns columns = {0};
    boilerplate_language_word word = {0}; /* a table of function words with none in it */
    boilerplate_languages languages = {.words = &word};
    for (int round = 0; round < 60; round++) {
        size_t n = draw_text(bytes, 200 + draw(sizeof bytes - 200));
        for (size_t k = 0; round % 4 == 1 && k < n; k++) /* some lines of many characters */
            if (bytes[k] == '\n' && draw(30)) bytes[k] = ' ';
        assert_true(boilerplate_read(&text, bytes, n));
        assert_true(boilerplate_fill(&columns, &text, phrases, &languages));
        boilerplate_filler f = boilerplate_filler_of(&columns, &text);
        size_t size = (BOILERPLATE_F_script + 1) * columns.stride;
        uint8_t *wide = malloc(size);
        assert_non_null(wide);
        boilerplate_fill_shape_by(&f, true);
        memcpy(wide, columns.bytes, size);
        boilerplate_fill_shape_by(&f, false);
        assert_memory_equal(wide, columns.bytes, size);
        free(wide);
    }
    boilerplate_text_free(&text);
    boilerplate_columns_free(&columns);
}

static void addresses_are_known_by_their_words(void **unused)
{
    (void)unused;
    boilerplate_text text = {0};
    boilerplate_columns columns = {0};
    static const boilerplate_phrase_row no_phrases[8];
    boilerplate_language_word none[1] = {{0}};
    const boilerplate_languages languages = {.words = none};
    const char *page = "no address. here\nsee www.example.org.\nhttp://a.b and https://c.d\nWWW.X";
    assert_true(boilerplate_read(&text, page, strlen(page)));
    assert_true(boilerplate_fill(&columns, &text, no_phrases, &languages));
    const uint8_t *address = boilerplate_column(&columns, BOILERPLATE_F_address);
    assert_int_equal(address[0], 0);
    assert_int_equal(address[1], 1);
    assert_int_equal(address[2], 2);
    assert_int_equal(address[3], 0); /* in capitals it is none */
    boilerplate_text_free(&text);
    boilerplate_columns_free(&columns);
}

/* ------------------------------------------------------------------ phrases */

static boilerplate_phrases phrases;
static stage_call call;
static registry_stage element;
static arena memory;

static int open_phrases(void **unused)
{
    (void)unused;
    element.data_folders[0] = TAMIS_SOURCE_FOLDER "/plugins/boilerplate/data";
    call = (stage_call){.run = {.size = sizeof call.run},
                        .phase = PHASE_OPEN,
                        .stage = "boilerplate",
                        .element = &element,
                        .memory = &memory,
                        .resources = stage_resources_new()};
    return boilerplate_phrases_open(&host_table, &call.run, NULL, 0, &phrases);
}

static int close_phrases(void **unused)
{
    (void)unused;
    stage_resources_free(call.resources);
    arena_free(&memory);
    return 0;
}

static bool passes(const char *line, size_t n)
{
    boilerplate_text text = {0};
    uint32_t spare[400];
    uint8_t pass[4] = {0};
    assert_true(boilerplate_read(&text, line, n));
    assert_true(text.word_count + BOILERPLATE_SELECT_SLACK <= 400 && text.row_count <= 1);
    if (text.row_count) boilerplate_filter_rows(&phrases.filter, &text, 12, 60, spare, pass);
    boilerplate_text_free(&text);
    return pass[0];
}

static void no_listed_phrase_is_filtered_out(void **unused)
{
    (void)unused;
    size_t seen = 0;
    assert_false(phrases.filter.open);
    for (size_t i = 0; i < phrases.count; i++) {
        tamis_term_row row;
        char line[400];
        assert_true(host_table.terms_row(phrases.terms, (uint32_t)i, &row, sizeof row));
        if (row.term.n > 300) continue;
        int n = snprintf(line, sizeof line, "%.*s", (int)row.term.n, row.term.p);
        if (!passes(line, (size_t)n)) fail_msg("%s", line);
        for (int k = 0; k < n; k++) /* ASCII capitals */
            if (line[k] >= 'a' && line[k] <= 'z') line[k] = (char)(line[k] - 32);
        if (!passes(line, (size_t)n)) fail_msg("%s", line);
        n = snprintf(line, sizeof line, "quux %.*s (zyzzy)", (int)row.term.n, row.term.p);
        if (!passes(line, (size_t)n)) fail_msg("%s", line);
        seen++;
    }
    assert_true(seen > 1000);
}

static void spellings_pass_and_others_do_not(void **unused)
{
    (void)unused;
    static const char *const pass[] = {
        "À lire aussi",     "A LIRE AUSSI", "ЧИТАЙТЕ ТАКЖЕ", "Читайте также", "Mentions Légales",
        "Mentions legales", "Přihlásit se", "PŘIHLÁSIT SE",  "العربية",       "今日"};
    static const char *const stay[] = {"Lorem ipsum dolor", "Quux", "Ein Haufen Steine",
                                       "Мокрый зелёный камень"};
    for (size_t i = 0; i < sizeof pass / sizeof *pass; i++)
        if (!passes(pass[i], strlen(pass[i]))) fail_msg("%s", pass[i]);
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        if (passes(stay[i], strlen(stay[i]))) fail_msg("%s", stay[i]);
    /* a single word that opens a list of links says nothing in the midst of a long sentence */
    const char *prose =
        "The ferry that was related to an older one had been lying in the harbour for "
        "months when the storm came";
    assert_false(passes(prose, strlen(prose)));
}

static void a_phrase_over_a_line_end_hides_none(void **unused)
{
    (void)unused;
    boilerplate_text text = {0};
    boilerplate_phrase_work work = {0};
    static boilerplate_phrase_row rows[4];
    const char *page = "We read\nmore about this\nread more";
    assert_true(boilerplate_read(&text, page, strlen(page)));
    assert_true(boilerplate_phrases_find(&phrases, &host_table, &text, &work, rows));
    assert_int_equal(rows[2].hit, BOILERPLATE_HIT_WHOLE);
    assert_true(rows[0].kind != BOILERPLATE_KIND_related || rows[0].bytes <= 4);
    boilerplate_text_free(&text);
    boilerplate_phrase_work_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_paths_read_the_same),
        cmocka_unit_test(numbers_keep_to_their_definition),
        cmocka_unit_test(words_are_selected_as_one_by_one),
        cmocka_unit_test(stems_keep_their_owners),
        cmocka_unit_test(means_are_those_of_the_rows_around),
        cmocka_unit_test(rates_are_those_of_the_rows_around),
        cmocka_unit_test(shapes_are_filled_as_row_by_row),
        cmocka_unit_test(addresses_are_known_by_their_words),
        cmocka_unit_test(no_listed_phrase_is_filtered_out),
        cmocka_unit_test(spellings_pass_and_others_do_not),
        cmocka_unit_test(a_phrase_over_a_line_end_hides_none),
    };
    return cmocka_run_group_tests(tests, open_phrases, close_phrases);
}
