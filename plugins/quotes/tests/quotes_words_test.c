/* The fast paths of words and marks say what the plain ones say: keys by whole chunks and byte by
 * byte, words in the midst of a document and at its very end, marks by blocks and one at a time,
 * last parts of compounds, tables that have grown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "group.h"

enum { LONGEST = 120, TEXTS = 20000, MAX_WORDS = 64 };

static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static const char *const pieces[] = {
    "a",         "e",    "S",        "x",        "Z",  "7",        " ",
    " ",         " ",    ".",        ",",        "-",  "'",        "\"",
    "é",         "É",    "ß",        "×",        "ñ",  "ł",        "Ж",
    "ж",         "р",    "Р",        "’",        "“",  "”",        "«",
    "»",         "–",    "\xC2\xA0", "…",        "l'", "qu’",      "the",
    "président", "-il",  "'s",       "\n",       "(",  "ministre", "Landesregierung",
    "said",      "\xC3", "\x80",     "\xE2\x80", "‘",  "‹",        "「",
    "》"};

static size_t random_text(uint32_t *state, char *out)
{
    size_t n = 0, wanted = random_next(state) % LONGEST;
    while (n < wanted) {
        const char *p = pieces[random_next(state) % (sizeof pieces / sizeof *pieces)];
        memcpy(out + n, p, strlen(p));
        n += strlen(p);
    }
    return n;
}

static unsigned tokens_of(const char *text, size_t size, size_t n, const char *lang, qt_token *out)
{
    qt_engine *e = h->engine;
    e->text = text;
    e->size = (uint32_t)size;
    e->par_start = 0;
    quotes_set_lang(e, quotes_lang(h->lexicon, (tamis_str){lang, strlen(lang)}));
    return quotes_tokens_of(e, 0, (uint32_t)n, out, MAX_WORDS);
}

/* What stands after a text in the document is read with it and must not matter. */
static void words_are_the_same_at_the_end_of_a_document(void **unused)
{
    (void)unused;
    static const char *const langs[] = {"fr", "en", "de", "ru", "ar", "it"};
    static const char *const tails[] = {"                                ",
                                        "abcdefghijklmnopqrstuvwxyz", "éééééééééééééééééé"};
    uint32_t state = 88172645u;
    char text[LONGEST + 64];
    qt_token a[MAX_WORDS], b[MAX_WORDS];
    for (unsigned i = 0; i < TEXTS; i++) {
        size_t n = random_text(&state, text);
        const char *lang = langs[i % 6], *tail = tails[i % 3];
        char *alone = malloc(n ? n : 1); /* so that a sanitizer sees reads beyond it */
        assert_non_null(alone);
        memcpy(alone, text, n);
        unsigned count = tokens_of(alone, n, n, lang, a);
        free(alone);
        memcpy(text + n, tail, strlen(tail));
        /* a text that ends within a letter is another text when something follows */
        if (n && (unsigned char)text[n - 1] >= 0x80) memset(text + n, ' ', 32);
        assert_int_equal(tokens_of(text, n + 32, n, lang, b), count);
        for (unsigned k = 0; k < count; k++) {
            assert_true(a[k].key == b[k].key && a[k].start == b[k].start && a[k].end == b[k].end);
            assert_true(a[k].classes == b[k].classes && a[k].type == b[k].type);
            assert_int_equal(a[k].flags, b[k].flags);
            assert_int_equal(a[k].features, b[k].features);
        }
    }
}

/* Each word's key is that of its letters taken one by one. */
static void a_word_has_the_key_of_its_letters(void **unused)
{
    (void)unused;
    static const char *const words[] = {"a",
                                        "Word",
                                        "eightchr",
                                        "ninechars",
                                        "fifteenletters",
                                        "sixteen0letters",
                                        "seventeenletters0",
                                        "ÉLÈVE",
                                        "déjà",
                                        "Straße",
                                        "thirtytwo0letters0in0one0word000",
                                        "Москва",
                                        "Łódź",
                                        "l'été"};
    static const char *const small[] = {"a",
                                        "word",
                                        "eightchr",
                                        "ninechars",
                                        "fifteenletters",
                                        "sixteen0letters",
                                        "seventeenletters0",
                                        "élève",
                                        "déjà",
                                        "straße",
                                        "thirtytwo0letters0in0one0word000",
                                        "москва",
                                        "łódź",
                                        "l’été"};
    char text[128];
    qt_token t[MAX_WORDS];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint64_t key = quotes_key(words[i], strlen(words[i]));
        assert_true(key == quotes_key(small[i], strlen(small[i])));
        int n = snprintf(text, sizeof text, "%s and what follows it", words[i]);
        assert_true(tokens_of(text, (size_t)n, (size_t)n, "pl", t) > 3);
        assert_true(t[0].key == key);
        assert_int_equal(t[0].end, strlen(words[i]));
    }
}

static void marks_are_found_by_blocks_as_one_by_one(void **unused)
{
    (void)unused;
    static const unsigned char least[] = {QT_FROM_DASHES, QT_FROM_SINGLE, QT_FROM_DOUBLE};
    uint32_t state = 2463534242u;
    char text[LONGEST + 64];
    for (unsigned i = 0; i < TEXTS; i++) {
        size_t n = random_text(&state, text);
        bool single = i & 1;
        const char *end = text + n, *p = quotes_skip(text, end, end, least[i % 3], single);
        for (const char *s = text; s < end; s++) {
            qt_mark m = quotes_mark_at(s, end);
            bool pairs = m.family && (m.family != QT_SINGLE || single) && m.code != 0x2033;
            if (i % 3 == 2 && m.family == QT_SINGLE && m.length > 1) pairs = false;
            if (pairs) assert_true(p <= s);
            if (p == s) p = quotes_skip(s + 1, end, end, least[i % 3], single);
        }
        assert_ptr_equal(p, end);
    }
}

static unsigned words_one_by_one(const char *p, const char *end)
{
    unsigned words = 0, n;
    bool in = false;
    for (; p < end; p += n) {
        uint32_t c = quotes_decode(p, end, &n);
        bool letter = quotes_is_letter(c) || (c >= '0' && c <= '9');
        words += letter && !in;
        in = letter || (in && c == '-');
    }
    return words;
}

static void words_are_counted_by_blocks_as_one_by_one(void **unused)
{
    (void)unused;
    uint32_t state = 362436069u;
    char text[LONGEST + 64];
    for (unsigned i = 0; i < TEXTS; i++) {
        size_t n = random_text(&state, text);
        unsigned words = words_one_by_one(text, text + n);
        assert_int_equal(quotes_count_words(text, text + n, 250), words);
        assert_int_equal(quotes_count_words(text, text + n, 5), words < 5 ? words : 5);
    }
}

static void a_compound_is_what_its_last_part_is(void **unused)
{
    (void)unused;
    const qt_lang *de = &h->lexicon->langs[quotes_lang(h->lexicon, TAMIS_STR("de"))];
    const char *word = "Landesregierung";
    const qt_entry *e = quotes_lookup_tail(de, word, strlen(word));
    assert_non_null(e);
    assert_true(e->classes & QT_BODY);
    assert_true(e->key == quotes_key("regierung", 9));
    assert_null(quotes_lookup_tail(de, "Regierung", 9)); /* no head */
    assert_null(quotes_lookup_tail(de, "Landesregierungen", 17));
}

static void all_words_are_found_when_the_table_has_grown(void **unused)
{
    (void)unused;
    enum { WORDS = 6000 };
    static char file[WORDS * 16];
    size_t n = (size_t)snprintf(file, sizeof file, "language\tqq\nbody\t-\t");
    for (unsigned i = 0; i < WORDS; i++)
        n += (size_t)snprintf(file + n, sizeof file - n, "word%u ", i);
    file[n++] = '\n';
    assert_true(harness_add_cues(h, (tamis_str){file, n}));
    const qt_lang *lang = &h->lexicon->langs[quotes_lang(h->lexicon, TAMIS_STR("qq"))];
    for (unsigned i = 0; i < 2 * WORDS; i++) {
        char word[24];
        uint64_t key = quotes_key(word, (size_t)snprintf(word, sizeof word, "WORD%u", i));
        const qt_entry *e = quotes_lookup_key(lang, key);
        assert_int_equal(e != NULL, i < WORDS);
        if (e) assert_int_equal(e->classes, QT_BODY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_same_at_the_end_of_a_document),
        cmocka_unit_test(a_word_has_the_key_of_its_letters),
        cmocka_unit_test(marks_are_found_by_blocks_as_one_by_one),
        cmocka_unit_test(words_are_counted_by_blocks_as_one_by_one),
        cmocka_unit_test(a_compound_is_what_its_last_part_is),
        cmocka_unit_test(all_words_are_found_when_the_table_has_grown),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
