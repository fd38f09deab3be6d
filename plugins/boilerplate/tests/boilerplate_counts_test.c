/* Frequencies of a collection and HTML blocks, as the stage looks them up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "boilerplate/counts.h"
#include "boilerplate/html.h"
#include "match/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const pages[] = {
    "Harbour news\nThe crane was repaired on Monday by two men from the yard.\nFollow all our 12 "
    "channels for more news of the harbour\n",
    "Harbour news\nA ferry left an hour late because of the fog over the bay.\nFollow all our 7 "
    "channels for more news of the harbour\n",
    "Harbour news\nThe museum of ropes opens its doors again in the spring.\nDo follow all our 9 "
    "channels for more news of the harbour today\n",
};

static void count_pages(tally *to, uint64_t site, size_t n)
{
    error e = {0};
    char entry[TALLY_ENTRY];
    const uint32_t once = 1;
    for (size_t k = 0; k < n; k++) {
        boilerplate_text text = {0};
        assert_true(boilerplate_read(&text, pages[k], strlen(pages[k])));
        uint64_t keys[200];
        size_t count = 0;
        keys[count++] = boilerplate_site_key(site);
        for (size_t i = 0; i < text.row_count; i++) {
            const boilerplate_row *row = &text.rows[i];
            keys[count++] = boilerplate_line_key(site, &text, row);
            for (unsigned w = 0; w + BOILERPLATE_COUNT_RUN <= row->words; w++)
                keys[count++] = boilerplate_run_key(site, &text, row->word + w);
        }
        for (size_t i = 0; i < count; i++) {
            memcpy(entry, &keys[i], 8);
            memcpy(entry + 8, &once, 4);
            assert_int_equal(tally_add(to, (tamis_str){entry, TALLY_ENTRY}, &e), TAMIS_OK);
        }
        boilerplate_text_free(&text);
    }
}

static char *table_of(tally *from, size_t *n)
{
    tally_summary s;
    error e = {0};
    FILE *out = tmpfile();
    assert_int_equal(tally_write(from, out, 1, 0, &s, &e), TAMIS_OK);
    tally_free(from);
    fseek(out, 0, SEEK_END);
    *n = (size_t)ftell(out);
    char *bytes = malloc(*n);
    rewind(out);
    assert_int_equal(fread(bytes, 1, *n, out), *n);
    fclose(out);
    return bytes;
}

static void every_key_of_a_table_is_found(void **state)
{
    (void)state;
    enum { N = 5000 };
    tally *t = tally_new(1 << 20);
    error e = {0};
    char entry[TALLY_ENTRY];
    uint64_t key = 1;
    for (uint32_t i = 1; i <= N; i++) {
        key = i % 50 ? key * 6364136223846793005u + 1442695040888963407u : key + 1; /* clusters */
        memcpy(entry, &key, 8);
        memcpy(entry + 8, &i, 4);
        assert_int_equal(tally_add(t, (tamis_str){entry, TALLY_ENTRY}, &e), TAMIS_OK);
    }
    size_t n;
    char message[160];
    char *bytes = table_of(t, &n);
    boilerplate_counts counts;
    assert_true(boilerplate_counts_read(&counts, (tamis_str){bytes, n}, message));
    assert_int_equal(counts.count, N);
    key = 1;
    for (uint32_t i = 1; i <= N; i++) {
        key = i % 50 ? key * 6364136223846793005u + 1442695040888963407u : key + 1;
        assert_int_equal(boilerplate_counts_find(&counts, key), i);
    }
    assert_int_equal(boilerplate_counts_find(&counts, 0), 0);
    assert_int_equal(boilerplate_counts_find(&counts, UINT64_MAX), 0);
    assert_false(boilerplate_counts_read(&counts, (tamis_str){bytes, n - 1}, message));
    assert_non_null(strstr(message, "cut off"));
    assert_false(boilerplate_counts_read(&counts, (tamis_str){"no table", 8}, message));
    free(bytes);
}

static uint64_t site_of(const char *raw)
{
    return boilerplate_site((tamis_str){raw, strlen(raw)});
}

static void a_site_is_the_host_of_its_address(void **state)
{
    (void)state;
    uint64_t site = site_of("\"https://www.example.org/a/b.html?c=d\"");
    assert_true(site == site_of("\"http://example.org\""));
    assert_true(site == site_of("\"https://EXAMPLE.org:8080/x\""));
    assert_true(site == site_of("\"example.org\""));
    assert_true(site != site_of("\"https://example.com/a\""));
    assert_true(site_of("") != site_of("\"example.org\""));
}

static unsigned column(const boilerplate_columns *columns, unsigned feature, size_t row)
{
    return boilerplate_column(columns, feature)[row];
}

static void fill(boilerplate_columns *columns, boilerplate_text *text, const char *page)
{
    boilerplate_language_word no_words[1] = {{0}};
    const boilerplate_languages none = {.words = no_words};
    static boilerplate_phrase_row phrases[64];
    assert_true(boilerplate_read(text, page, strlen(page)));
    assert_true(text->row_count < 64);
    assert_true(boilerplate_fill(columns, text, phrases, &none));
}

static void frequent_lines_are_told_by_site(void **state)
{
    (void)state;
    tally *t = tally_new(1 << 20);
    char message[160];
    size_t n;
    count_pages(t, site_of("a.org"), 3);
    char *bytes = table_of(t, &n);
    boilerplate_counts counts;
    assert_true(boilerplate_counts_read(&counts, (tamis_str){bytes, n}, message));
    boilerplate_text text = {0};
    boilerplate_columns columns = {0};
    fill(&columns, &text, pages[0]);
    boilerplate_fill_counts(&columns, &text, &counts, site_of("a.org"));
    assert_int_equal(column(&columns, BOILERPLATE_F_frequency, 0), 3);
    assert_int_equal(column(&columns, BOILERPLATE_F_frequent, 0), 16);
    assert_int_equal(column(&columns, BOILERPLATE_F_frequency, 1), 0);
    assert_int_equal(column(&columns, BOILERPLATE_F_frequent_words, 1), 0);
    assert_int_equal(column(&columns, BOILERPLATE_F_frequency, 2), 2); /* 12 and 7 are alike */
    assert_int_equal(column(&columns, BOILERPLATE_F_frequent_words, 2), 16);
    boilerplate_fill_counts(&columns, &text, &counts, site_of("b.org"));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(column(&columns, BOILERPLATE_F_frequency, i), 0);
    boilerplate_text_free(&text);
    boilerplate_columns_free(&columns);
    free(bytes);
}

#define S(words)                 \
    {                            \
        words, sizeof(words) - 1 \
    }

static void a_line_takes_the_innermost_block(void **state)
{
    (void)state;
    static const char page[] =
        "Home\nA heading\nFirst paragraph of it.\nPhoto of it\nLast words.\n";
    static const char list[] = "part\thint\nshare\t1\nstory-body\t2\n";
    static const tamis_attr names[] = {
        {.key = S("names"), .type = TAMIS_ATTR_STRING, .u.s = S("Story-Body wide")},
        {.key = S("links"), .type = TAMIS_ATTR_NUMBER, .u.d = 0.5}};
    static const tamis_attr share[] = {
        {.key = S("names"), .type = TAMIS_ATTR_STRING, .u.s = S("sharebar story-body")},
        {.key = S("path"), .type = TAMIS_ATTR_STRING, .u.s = S("body article figure")},
        {.key = S("links"), .type = TAMIS_ATTR_INT, .u.i = 1}};
    static const tamis_attr nav[] = {
        {.key = S("path"), .type = TAMIS_ATTR_STRING, .u.s = S("body nav ul")}};
    const tamis_span spans[] = {
        {.start = 0, .end = 4, .category = S("li"), .attrs = nav, .attr_count = 1},
        {.start = 5, .end = 50, .category = S("div"), .attrs = names, .attr_count = 2},
        {.start = 5, .end = 14, .category = S("h2")},
        {.start = 15, .end = 37, .category = S("p")},
        {.start = 38, .end = 49, .category = S("figcaption"), .attrs = share, .attr_count = 3},
    };
    boilerplate_html_names known;
    assert_true(boilerplate_html_read(&known, (tamis_str){list, sizeof list - 1}));
    boilerplate_text text = {0};
    boilerplate_columns columns = {0};
    fill(&columns, &text, page);
    assert_int_equal(column(&columns, BOILERPLATE_F_tag, 0), 0);
    assert_true(boilerplate_fill_html(&columns, &text, &known, spans, 5));
    static const unsigned tags[] = {BOILERPLATE_TAG_FRAME, BOILERPLATE_TAG_HEADING,
                                    BOILERPLATE_TAG_PARAGRAPH, BOILERPLATE_TAG_CAPTION, 0};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(column(&columns, BOILERPLATE_F_tag, i), tags[i]);
    assert_int_equal(column(&columns, BOILERPLATE_F_links, 3), 17);
    assert_int_equal(column(&columns, BOILERPLATE_F_hint, 3), 1);
    assert_int_equal(column(&columns, BOILERPLATE_F_links, 0), 0);
    fill(&columns, &text, page);
    assert_true(boilerplate_fill_html(&columns, &text, &known, &spans[1], 1));
    assert_int_equal(column(&columns, BOILERPLATE_F_hint, 2), 2);
    assert_int_equal(column(&columns, BOILERPLATE_F_links, 2), 9);
    assert_int_equal(column(&columns, BOILERPLATE_F_tag, 4), 0);
    boilerplate_html_free(&known);
    boilerplate_text_free(&text);
    boilerplate_columns_free(&columns);
}

static void broken_names_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {"part\thint\nshare\n", "part\thint\nshare\t3\n",
                                         "part\thint\n\t1\n"};
    for (size_t i = 0; i < 3; i++) {
        boilerplate_html_names names;
        assert_false(boilerplate_html_read(&names, (tamis_str){broken[i], strlen(broken[i])}));
        boilerplate_html_free(&names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_a_table_is_found),
        cmocka_unit_test(a_site_is_the_host_of_its_address),
        cmocka_unit_test(frequent_lines_are_told_by_site),
        cmocka_unit_test(a_line_takes_the_innermost_block),
        cmocka_unit_test(broken_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
