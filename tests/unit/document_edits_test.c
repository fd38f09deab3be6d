/* The law of the document, on random edits: view + removals = source byte for byte, every whole
 * span's text stands in view and source alike, no code point is split; and the segment table agrees
 * with a naive model that keeps, for each byte of the view, where it came from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "document/document.h"

#include <stdlib.h>

enum { ROUNDS = 6000, MOST_SPANS = 200, MOST_REMOVALS = 64, TEXT_ROOM = 4096, VIEW_ROOM = 16384 };

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

/* ------------------------------------------------------------------ the model */

/* A byte of the view: from the source, or from the placeholder of the removal that begins at
 * `cut_start`. */
typedef struct {
    bool placeholder;
    size_t source;             /* index in the source */
    size_t cut_start, cut_end; /* of a placeholder: the range it stands for */
    char byte;
} cell;

typedef struct {
    cell view[VIEW_ROOM];
    size_t n;
    bool alive[TEXT_ROOM];
} model;

typedef struct {
    size_t start, end;
    char placeholder[8];
} asked;

static model now; /* too large for the stack */
static cell next_view[VIEW_ROOM];
static int owner[VIEW_ROOM];

static void model_start(tamis_str source)
{
    now.n = source.n;
    for (size_t i = 0; i < source.n; i++) {
        now.view[i] = (cell){false, i, 0, 0, source.p[i]};
        now.alive[i] = true;
    }
}

/* A placeholder goes when all of it and some source text belong to one stretch of one removal. */
static bool hidden(size_t at, size_t end)
{
    for (size_t i = at; i < end; i++)
        if (owner[i] < 0 || owner[i] != owner[at]) return false;
    for (size_t i = at; i-- > 0 && owner[i] == owner[at];)
        if (!now.view[i].placeholder) return true;
    for (size_t i = end; i < now.n && owner[i] == owner[at]; i++)
        if (!now.view[i].placeholder) return true;
    return false;
}

static void model_commit(const asked *all, size_t count)
{
    for (size_t i = 0; i < now.n; i++) {
        owner[i] = -1;
        for (size_t k = 0; k < count && owner[i] < 0; k++)
            if (all[k].start <= i && i < all[k].end) owner[i] = (int)k;
    }
    size_t n = 0;
    bool begun[MOST_REMOVALS] = {false};
    for (size_t i = 0; i < now.n;) {
        const cell *c = &now.view[i];
        if (c->placeholder) {
            size_t end = i;
            while (end < now.n && now.view[end].placeholder &&
                   now.view[end].cut_start == c->cut_start)
                end++;
            if (!hidden(i, end))
                for (size_t k = i; k < end; k++) next_view[n++] = now.view[k];
            i = end;
            continue;
        }
        if (owner[i] < 0) {
            next_view[n++] = *c;
            i++;
            continue;
        }
        /* The first piece of a removal ends where the source is interrupted or another takes
         * over. */
        const asked *a = &all[owner[i]];
        size_t end = i + 1;
        while (end < now.n && owner[end] == owner[i] && !now.view[end].placeholder &&
               now.view[end].source == now.view[end - 1].source + 1)
            end++;
        if (!begun[owner[i]])
            for (const char *p = a->placeholder; *p; p++)
                next_view[n++] = (cell){true, 0, c->source, now.view[end - 1].source + 1, *p};
        begun[owner[i]] = true;
        for (; i < end; i++) now.alive[now.view[i].source] = false;
    }
    memcpy(now.view, next_view, n * sizeof *next_view);
    now.n = n;
}

static size_t model_source_start(size_t at, size_t source_length)
{
    if (at == now.n) return source_length;
    return now.view[at].placeholder ? now.view[at].cut_start : now.view[at].source;
}

static size_t model_source_end(size_t at)
{
    if (at == 0) return 0;
    const cell *c = &now.view[at - 1];
    return c->placeholder ? c->cut_end : c->source + 1;
}

/* ------------------------------------------------------------------ checks */

static void check_law(const tamis_doc *doc)
{
    assert_int_equal(doc->view.n, now.n);
    for (size_t i = 0; i < now.n; i++) assert_int_equal(doc->view.p[i], now.view[i].byte);
    assert_int_equal(utf8_valid_prefix(doc->view), doc->view.n);

    /* Put the source together again from what is seen and what was removed. */
    char *whole = malloc(doc->source.n + 1);
    size_t at = 0, view = 0;
    for (size_t i = 0; i <= doc->removal_count; i++) {
        const document_removal *r = i < doc->removal_count ? &doc->removals[i] : NULL;
        size_t stop = r ? r->start : doc->source.n;
        assert_true(stop >= at);
        assert_true(view + stop - at <= doc->view.n);
        memcpy(whole + at, doc->view.p + view, stop - at);
        view += stop - at;
        at = stop;
        if (!r) break;
        assert_true(r->end > r->start);
        assert_true(document_offset_ok(doc->source, r->start));
        memcpy(whole + at, doc->source.p + r->start, r->end - r->start);
        for (size_t k = r->start; k < r->end; k++) assert_false(now.alive[k]);
        assert_memory_equal(doc->view.p + view, r->placeholder.p ? r->placeholder.p : "",
                            r->placeholder.n);
        view += r->placeholder.n;
        at = r->end;
    }
    assert_int_equal(view, doc->view.n);
    assert_memory_equal(whole, doc->source.p, doc->source.n);
    free(whole);
}

static void check_offsets(const tamis_doc *doc)
{
    for (int i = 0; i < 12; i++) {
        size_t at = draw((uint32_t)doc->view.n + 1);
        assert_int_equal(document_source_start(doc, at), model_source_start(at, doc->source.n));
        assert_int_equal(document_source_end(doc, at), model_source_end(at));
    }
    for (size_t at = 0; at <= doc->view.n; at++) /* in order, as encoders do it */
        assert_int_equal(document_source_start(doc, at), model_source_start(at, doc->source.n));
    for (size_t at = 0; at <= doc->view.n; at++)
        assert_int_equal(document_source_end(doc, at), model_source_end(at));
}

static void check_range(const tamis_doc *doc, size_t start, size_t end)
{
    size_t view_start, view_end, living = 0, seen = 0;
    uint32_t state = document_view_range(doc, start, end, &view_start, &view_end);
    for (size_t i = start; i < end; i++) living += now.alive[i];
    assert_true(view_start <= view_end && view_end <= doc->view.n);
    for (size_t i = view_start; i < view_end; i++)
        if (!now.view[i].placeholder) {
            seen++;
            assert_true(now.view[i].source >= start && now.view[i].source < end);
        }
    assert_int_equal(seen, living);
    if (start == end) {
        bool inside =
            start > 0 && start < doc->source.n && !now.alive[start - 1] && !now.alive[start];
        if (!inside) assert_int_equal(state, TAMIS_SPAN_WHOLE);
        assert_int_equal(view_start, view_end);
    } else if (living == end - start) {
        assert_int_equal(state, TAMIS_SPAN_WHOLE);
        assert_int_equal(view_end - view_start, end - start);
        assert_memory_equal(doc->view.p + view_start, doc->source.p + start, end - start);
    } else {
        assert_int_equal(state, living ? TAMIS_SPAN_CUT : TAMIS_SPAN_GONE);
        if (!living) assert_int_equal(view_start, view_end);
    }
}

static void check_spans(tamis_doc *doc)
{
    static const char *const types[] = {"*", "quote", "weapon", "a.b", "none"};
    error e = {0};
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        size_t count, expected = 0;
        const tamis_span *rows = document_spans(doc, str_of(types[t]), &count, &e);
        for (size_t i = 0; i < doc->span_count; i++)
            expected += t == 0 || str_is(doc->spans[i].type, types[t]);
        assert_int_equal(count, expected);
        assert_int_equal(e.rc, TAMIS_OK);
        for (size_t i = 0; i < count; i++) {
            const document_span *s = &doc->spans[rows[i].number - 1];
            size_t start, end;
            assert_int_equal(rows[i].state,
                             document_view_range(doc, s->start, s->end, &start, &end));
            assert_int_equal(rows[i].start, start);
            assert_int_equal(rows[i].end, end);
            assert_int_equal(rows[i].source_start, s->start);
            if (i == 0) continue;
            const tamis_span *before = &rows[i - 1];
            assert_true(before->start <= rows[i].start);
            if (before->start == rows[i].start) assert_true(before->end <= rows[i].end);
            if (before->start == rows[i].start && before->end == rows[i].end)
                assert_true(before->number < rows[i].number);
        }
    }
    for (size_t i = 0; i < doc->span_count; i++)
        check_range(doc, doc->spans[i].start, doc->spans[i].end);
}

static void check_lines(tamis_doc *doc)
{
    tamis_lines lines;
    error e = {0};
    assert_int_equal(document_lines(doc, &lines, &e), TAMIS_OK);
    size_t count = 0;
    for (size_t i = 0; i < doc->view.n; i++) {
        if (i == 0 || doc->view.p[i - 1] == '\n') {
            assert_true(count < lines.count);
            assert_int_equal(lines.start[count], i);
            count++;
        }
    }
    assert_int_equal(lines.count, count);
    assert_int_equal(lines.start[count], doc->view.n);
}

/* ------------------------------------------------------------------ random documents */

static size_t random_text(char *out)
{
    static const struct {
        const char *p;
        size_t n;
    } pieces[] = {{"a", 1},    {"word ", 5}, {"é", 2},     {"漢", 3}, {"\xF0\x9F\x98\x80", 4},
                  {"\r\n", 2}, {"\n", 1},    {"\r", 1},    {"\0", 1}, {"e\xCC\x81", 3},
                  {"שלום", 8}, {".", 1},     {"\r\r\n", 3}};
    size_t n = 0, wanted = draw(4) ? draw(60) : draw(400);
    while (n < wanted) {
        uint32_t k = draw(sizeof pieces / sizeof pieces[0]);
        memcpy(out + n, pieces[k].p, pieces[k].n);
        n += pieces[k].n;
    }
    return n;
}

static bool offset_fits(tamis_str text, size_t at)
{
    if (at > text.n) return false;
    if (at == text.n || at == 0) return true;
    if (((unsigned char)text.p[at] & 0xC0) == 0x80) return false;
    return !(text.p[at - 1] == '\r' && text.p[at] == '\n');
}

static void random_range(tamis_str view, size_t *start, size_t *end)
{
    *start = draw((uint32_t)view.n + 2);
    *end = draw(3) ? *start + draw(12) : draw((uint32_t)view.n + 2);
}

static void random_span(tamis_doc *doc)
{
    static const char *const types[] = {"quote", "weapon", "a.b"};
    error e = {0};
    tamis_span span = {.type = str_of(types[draw(3)]), .value = TAMIS_STR("who"), .score = 0.5};
    random_range(doc->view, &span.start, &span.end);
    size_t at = draw((uint32_t)doc->view.n + 1);
    tamis_attr attrs[2] = {{.key = TAMIS_STR("outer"), .type = TAMIS_ATTR_OFFSET},
                           {.key = TAMIS_STR("end"), .type = TAMIS_ATTR_END}};
    attrs[0].u.i = attrs[1].u.i = (int64_t)at;
    bool fits = offset_fits(doc->view, span.start) && offset_fits(doc->view, span.end) &&
                span.start <= span.end;
    if (draw(3) == 0) {
        span.attrs = attrs;
        span.attr_count = 2;
        fits = fits && offset_fits(doc->view, at);
    }
    if (doc->span_count && draw(2)) span.ref = 1 + draw((uint32_t)doc->span_count);
    size_t before = doc->span_count;
    uint32_t number = document_span_add(doc, &span, &e);
    assert_int_equal(number != 0, fits);
    assert_int_equal(doc->span_count, before + fits);
    if (!fits) {
        assert_int_equal(e.rc, TAMIS_FAIL);
        return;
    }
    const document_span *s = &doc->spans[number - 1];
    assert_int_equal(s->start, model_source_start(span.start, doc->source.n));
    if (span.start < span.end) assert_int_equal(s->end, model_source_end(span.end));
    if (span.attr_count) { /* sorted by key */
        assert_true(str_is(s->attrs[0].key, "end"));
        assert_int_equal(s->attrs[0].u.i, model_source_end(at));
        assert_int_equal(s->attrs[1].u.i, model_source_start(at, doc->source.n));
    }
}

static bool random_removal(tamis_doc *doc, asked *out)
{
    static const char *const placeholders[] = {"", "", "", "[x]", "…", "█"};
    error e = {0};
    tamis_removal removal = {.reason = TAMIS_STR("test"), .rule = TAMIS_STR("r")};
    removal.placeholder = str_of(placeholders[draw(6)]);
    random_range(doc->view, &removal.start, &removal.end);
    bool fits = offset_fits(doc->view, removal.start) && offset_fits(doc->view, removal.end) &&
                removal.start < removal.end;
    assert_int_equal(document_remove(doc, &removal, &e) == TAMIS_OK, fits);
    if (!fits) return false;
    *out = (asked){removal.start, removal.end, ""};
    memcpy(out->placeholder, removal.placeholder.p, removal.placeholder.n);
    return true;
}

/* A span's text as it was when its stage ended, where it was whole. */
typedef struct {
    char *text;
    size_t n;
} remembered;

static void check_remembered(const tamis_doc *doc, const remembered *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const document_span *s = &doc->spans[i];
        size_t start, end;
        if (document_view_range(doc, s->start, s->end, &start, &end) != TAMIS_SPAN_WHOLE) continue;
        assert_int_equal(end - start, texts[i].n);
        if (texts[i].n == 0) continue;
        assert_memory_equal(doc->view.p + start, texts[i].text, texts[i].n);
        assert_memory_equal(doc->source.p + s->start, texts[i].text, texts[i].n);
    }
}

static void one_document(tamis_doc *doc)
{
    static char text[TEXT_ROOM];
    static asked all[MOST_REMOVALS];
    remembered texts[MOST_SPANS];
    size_t text_count = 0;
    error e = {0};
    document_reset(doc);
    size_t n = random_text(text);
    assert_int_equal(document_set_source(doc, (tamis_str){text, n}, &e), TAMIS_OK);
    model_start(doc->source);
    uint32_t stages = 1 + draw(5);
    for (uint32_t s = 0; s < stages; s++) {
        size_t spans = doc->span_count, removals = doc->removal_count, asked_count = 0;
        uint64_t generation = doc->generation;
        document_stage_begin(doc, TAMIS_STR("stage"));
        uint32_t writes = draw(12);
        for (uint32_t i = 0; i < writes; i++) {
            if (doc->span_count < MOST_SPANS && draw(2)) random_span(doc);
            if (asked_count < MOST_REMOVALS && draw(3) == 0)
                asked_count += random_removal(doc, &all[asked_count]);
        }
        assert_int_equal(doc->view.n, now.n); /* stands still while the stage runs */
        size_t visible;
        document_spans(doc, TAMIS_STR("*"), &visible, &e);
        assert_int_equal(visible, spans); /* not those of this very stage */
        if (draw(4) == 0) {
            document_stage_rollback(doc);
            assert_int_equal(doc->span_count, spans);
            assert_int_equal(doc->removal_count, removals);
            assert_int_equal(doc->generation, generation);
        } else {
            assert_int_equal(document_stage_commit(doc, &e), TAMIS_OK);
            model_commit(all, asked_count);
            for (; text_count < doc->span_count; text_count++) {
                const document_span *span = &doc->spans[text_count];
                texts[text_count].n = span->end - span->start;
                texts[text_count].text = malloc(texts[text_count].n + 1);
                memcpy(texts[text_count].text, doc->source.p + span->start, texts[text_count].n);
            }
        }
        check_law(doc);
        check_offsets(doc);
        check_spans(doc);
        check_lines(doc);
        check_remembered(doc, texts, text_count);
        for (int i = 0; i < 10; i++) {
            size_t start = draw((uint32_t)doc->source.n + 1);
            check_range(doc, start, start + draw((uint32_t)(doc->source.n - start) + 1));
        }
    }
    for (size_t i = 0; i < text_count; i++) free(texts[i].text);
}

static void view_and_removals_are_the_source_whatever_is_done(void **state)
{
    tamis_doc doc;
    assert_int_equal(document_init(&doc, NULL), TAMIS_OK);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        seed = round * UINT64_C(0x9E3779B97F4A7C15);
        one_document(&doc);
    }
    document_free(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(view_and_removals_are_the_source_whatever_is_done),
    };
    return cmocka_run_group_tests_name("document edits", tests, NULL, NULL);
}
