/* The row grammar of gazetteers and what the stage adds to it, on rows and texts written for it. A case
 * is a gazetteer, a text, and what is to be found: "words=value" for terms, "#words" for quantities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tamis/tamis.h>
#include <unistd.h>

static char folder[] = "/tmp/tamis-weapons-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/p.lua", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/g.tsv", folder);
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *name, const char *head, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(head, f);
    fputs(text, f);
    fclose(f);
}

static int by_start(const void *a, const void *b)
{
    const tamis_span *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->end > y->end) - (x->end < y->end);
}

/* Runs the stage over a text and writes down what it found. */
static void find(const char *stages, const char *rows, const char *text, char *out, size_t room)
{
    char path[128], script[1024];
    tamis_message why = {0};
    write_file("g.tsv", "term\tlang\tvalue\tcategory\tnotes\n", rows);
    snprintf(script, sizeof script, "return pipeline \"t\" { %s }\n", stages);
    write_file("p.lua", "", script);
    snprintf(path, sizeof path, "%s/p.lua", folder);
    tamis_pipeline *p = tamis_pipeline_open(path, NULL, &why);
    if (!p) fail_msg("%s", why.text);
    tamis_session *s = tamis_session_new(p, &why);
    if (!s) fail_msg("%s", why.text);
    assert_int_equal(tamis_session_run(s, "x", text, strlen(text), &why), TAMIS_OK);
    size_t count, n = 0;
    const tamis_span *found = tamis_session_spans(s, "*", sizeof *found, &count);
    tamis_span *spans = malloc((count + 1) * sizeof *spans);
    assert_non_null(spans);
    if (count) memcpy(spans, found, count * sizeof *spans);
    qsort(spans, count, sizeof *spans, by_start);
    out[0] = '\0';
    for (size_t i = 0; i < count && n < room; i++) {
        const tamis_span *x = spans + i;
        bool quantity = x->type.n == 8 && memcmp(x->type.p, "quantity", 8) == 0;
        if (x->type.n == 8 && memcmp(x->type.p, "language", 8) == 0) continue;
        n += (size_t)snprintf(out + n, room - n, "%s%s%.*s%s%.*s", n ? "|" : "",
                              quantity ? "#" : "", (int)(x->end - x->start), text + x->start,
                              quantity ? "" : "=", (int)x->value.n, x->value.n ? x->value.p : "");
    }
    free(spans);
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void check(const char *stages, const char *rows, const char *text, const char *expected)
{
    char found[2048];
    find(stages, rows, text, found, sizeof found);
    assert_string_equal(found, expected);
}

#define PLAIN         "stage \"weapons\" { gazetteer = \"g.tsv\", cues = \"\" }"
#define WITH_LANGUAGE "stage \"language\" {}, stage \"weapons\" { gazetteer = \"g.tsv\" }"

#define RIFLE "rifle\ten\tR\tx.y\tinfl=rifles\n"

static void number_words_are_of_the_language_of_the_text(void **state)
{
    (void)state;
    check(WITH_LANGUAGE, RIFLE, "Customs officers seize 27 rifles hidden in a truck at the border.",
          "#27|rifles=R");
    check(WITH_LANGUAGE, "fusil\tfr\tF\tx.y\tinfl=fusils\n",
          "Les douaniers ont saisi seize fusils dans un camion à la frontière.", "#seize|fusils=F");
}

static void number_words_are_of_the_row_where_no_language_is_known(void **state)
{
    (void)state;
    check(PLAIN, RIFLE, "They seize 27 rifles.", "#27|rifles=R");
}

static void a_number_reaches_through_a_partitive(void **state)
{
    (void)state;
    check(PLAIN, RIFLE, "Three of these rifles were lost.", "#Three|rifles=R");
    check(PLAIN, "arme\tfr\tA\tx.y\tinfl=armes\n", "Beaucoup de ces armes sont vieilles.",
          "#Beaucoup|armes=A");
}

static void hashtags_are_read_without_elided_article_and_parted_at_capitals(void **state)
{
    (void)state;
    check(PLAIN, "artillerie\tfr\tA\tx.y\t\nStorm Shadow\tmul\tS\tx.y\t\n",
          "Tirs #dartillerie et #StormShadow.", "dartillerie=A|StormShadow=S");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_words_are_of_the_language_of_the_text),
        cmocka_unit_test(number_words_are_of_the_row_where_no_language_is_known),
        cmocka_unit_test(a_number_reaches_through_a_partitive),
        cmocka_unit_test(hashtags_are_read_without_elided_article_and_parted_at_capitals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
