/* Option tables: one table fills, checks, suggests and describes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plugin/options.h"

typedef struct {
    bool keep;
    int64_t count;
    double share;
    tamis_str name;
    int32_t mode;
    tamis_str file;
    tamis_list kinds;
    int64_t limit;
    double time;
} conf;

static const tamis_option TABLE[] = {
    TAMIS_OPTION(BOOL, conf, keep, "true", NULL, "keeps"),
    TAMIS_OPTION(INT, conf, count, "3", "1..10", "counts"),
    TAMIS_OPTION(NUMBER, conf, share, "0.5", "0..1", "shares"),
    TAMIS_OPTION(STRING, conf, name, "n", NULL, "names"),
    TAMIS_OPTION(ENUM, conf, mode, "auto", "auto|page|article", "chooses"),
    TAMIS_OPTION(PATH, conf, file, NULL, NULL, "points"),
    TAMIS_OPTION(LIST, conf, kinds, "a,b", "a|b|c", "lists"),
    TAMIS_OPTION(SIZE, conf, limit, "64M", "1k..1G", "limits"),
    TAMIS_OPTION(DURATION, conf, time, "500ms", "0..1m", "times"),
};
enum { COUNT = sizeof TABLE / sizeof *TABLE };
static const options_owner OWNER = {"sample", "core/plugin", NULL};

typedef struct {
    arena memory;
    diagnostics found;
    value map;
    value_member members[8];
    value values[8];
} fixture;

static void give(fixture *f, const char *key, value v)
{
    size_t i = f->map.u.map.count++;
    v.at = (position){"pipeline.lua", (uint32_t)i + 1, 3, 2};
    f->values[i] = v;
    f->members[i] = (value_member){str_of(key), v.at, &f->values[i]};
    f->map.kind = VALUE_MAP;
    f->map.u.map.members = f->members;
}

static value text_value(const char *text)
{
    return (value){.kind = VALUE_STRING, .u.s = str_of(text)};
}
static value int_value(int64_t i)
{
    return (value){.kind = VALUE_INT, .u.i = i};
}

static conf fill(fixture *f)
{
    conf c;
    options_fill(TABLE, COUNT, &OWNER, f->map.kind ? &f->map : NULL, NULL, &c, sizeof c, &f->memory,
                 &f->found);
    return c;
}

static void done(fixture *f)
{
    arena_free(&f->memory);
    diagnostics_free(&f->found);
}

static void defaults_fill_every_member(void **state)
{
    fixture f = {0};
    conf c = fill(&f);
    assert_int_equal(f.found.count, 0);
    assert_true(c.keep && c.count == 3 && c.share == 0.5 && str_is(c.name, "n") && c.mode == 0);
    assert_int_equal(c.kinds.n, 2);
    assert_true(str_is(c.kinds.at[1], "b") && !c.file.n);
    assert_int_equal(c.limit, 64 << 20);
    assert_true(c.time > 0.4999 && c.time < 0.5001);
    done(&f);
}

static void given_values_override_defaults(void **state)
{
    fixture f = {0};
    give(&f, "count", int_value(10));
    give(&f, "mode", text_value("article"));
    give(&f, "limit", text_value("2k"));
    give(&f, "share", int_value(1));
    give(&f, "file", text_value("options.c"));
    conf c = fill(&f);
    assert_int_equal(f.found.count, 0);
    assert_true(c.count == 10 && c.mode == 2 && c.limit == 2048 && c.share == 1);
    assert_true(c.file.p[0] == '/');
    done(&f);
}

static void every_mistake_is_reported_at_once(void **state)
{
    fixture f = {0};
    give(&f, "cuont", int_value(1));
    give(&f, "count", int_value(11));
    give(&f, "share", text_value("half"));
    give(&f, "mode", text_value("artcle"));
    give(&f, "file", text_value("./none.tsv"));
    give(&f, "keep", int_value(1));
    fill(&f);
    assert_int_equal(f.found.errors, 6);
    const char *codes[] = {"E0107", "E0108", "E0108", "E0109", "E0109", "E0110"};
    for (size_t i = 0; i < 6; i++) {
        size_t seen = 0;
        for (size_t k = 0; k < 6; k++) seen += strcmp(f.found.items[k].code, codes[i]) == 0;
        assert_true(seen >= 1);
    }
    done(&f);
}

static void a_default_out_of_range_is_told_as_its_authors(void **state)
{
    static const tamis_option table[] = {TAMIS_OPTION(INT, conf, count, "8000", "1..10", "counts")};
    fixture f = {0};
    conf c;
    options_fill(table, 1, &OWNER, NULL, NULL, &c, sizeof c, &f.memory, &f.found);
    assert_int_equal(f.found.errors, 1);
    assert_non_null(strstr(f.found.items[0].help, "`8000` is the stage's own default"));
    done(&f);
}

static void a_misspelt_option_is_told_the_right_one(void **state)
{
    fixture f = {0};
    give(&f, "cuont", int_value(1));
    fill(&f);
    assert_int_equal(f.found.count, 1);
    assert_non_null(strstr(f.found.items[0].label, "`count`"));
    assert_int_equal(f.found.items[0].at.line, 1);
    done(&f);
}

static void text_from_the_command_line_is_read_as_the_options_type(void **state)
{
    fixture f = {0};
    give(&f, "count", text_value("7"));
    give(&f, "keep", text_value("false"));
    give(&f, "kinds", text_value("c"));
    for (size_t i = 0; i < 3; i++) f.values[i].at.file = NULL;
    conf c = fill(&f);
    assert_int_equal(f.found.count, 0);
    assert_true(c.count == 7 && !c.keep && c.kinds.n == 1);
    done(&f);
}

static void text_in_a_file_is_no_number(void **state)
{
    fixture f = {0};
    give(&f, "count", text_value("7"));
    fill(&f);
    assert_int_equal(f.found.errors, 1);
    done(&f);
}

static void a_table_that_does_not_fit_is_refused(void **state)
{
    error e = {0};
    tamis_option bad = {"far", "1", NULL, "", sizeof(conf) - 4, TAMIS_INT, 0};
    assert_int_equal(options_check_table(TABLE, COUNT, sizeof(conf), &e), TAMIS_OK);
    assert_int_equal(options_check_table(&bad, 1, sizeof(conf), &e), TAMIS_FAIL);
}

static void a_description_lists_what_came_out(void **state)
{
    fixture f = {0};
    buffer out = {0};
    conf c = fill(&f);
    options_describe(TABLE, COUNT, &c, &out);
    buffer_append_char(&out, 0);
    assert_string_equal(out.p,
                        "keep = true\ncount = 3\nshare = 0.5\nname = n\nmode = auto\nfile = \n"
                        "kinds = a, b\nlimit = 67108864\ntime = 0.5s\n");
    buffer_free(&out);
    done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_every_member),
        cmocka_unit_test(given_values_override_defaults),
        cmocka_unit_test(every_mistake_is_reported_at_once),
        cmocka_unit_test(a_default_out_of_range_is_told_as_its_authors),
        cmocka_unit_test(a_misspelt_option_is_told_the_right_one),
        cmocka_unit_test(text_from_the_command_line_is_read_as_the_options_type),
        cmocka_unit_test(text_in_a_file_is_no_number),
        cmocka_unit_test(a_table_that_does_not_fit_is_refused),
        cmocka_unit_test(a_description_lists_what_came_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
