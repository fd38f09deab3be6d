/* Selecting, merging, sorting and numbering spans: see plan.h. */
#include "io/plan.h"

#include <stdlib.h>

/* Types whose spans tile the text: their own text would double the record. */
static const char *const TILING[] = {"language"};

static bool type_tiles(tamis_str type)
{
    for (size_t i = 0; i < sizeof TILING / sizeof TILING[0]; i++)
        if (str_is(type, TILING[i])) return true;
    return false;
}

static bool type_selected(const record_options *options, tamis_str type)
{
    if (options->type_count == 0) return !type.n || !memchr(type.p, '.', type.n);
    for (size_t i = 0; i < options->type_count; i++)
        if (str_equal(options->types[i], type)) return true;
    return false;
}

/* (source start, source end, type, stage, rule, order of writing) */
static int compare_planned(const void *a, const void *b)
{
    const planned *x = a, *y = b;
    if (x->source_start != y->source_start) return x->source_start < y->source_start ? -1 : 1;
    if (x->source_end != y->source_end) return x->source_end < y->source_end ? -1 : 1;
    int order = str_compare(x->span->type, y->span->type);
    if (!order) order = str_compare(x->span->stage, y->span->stage);
    if (!order) order = str_compare(x->span->rule, y->span->rule);
    if (order) return order;
    return (x->span->number > y->span->number) - (x->span->number < y->span->number);
}

/* ------------------------------------------------------------------ merging tiles */

static bool blank_between(tamis_str text, size_t start, size_t end)
{
    for (; start < end; start++)
        if (!strchr(" \t\r\n", text.p[start]) || text.p[start] == '\0') return false;
    return true;
}

static bool same_attrs(const document_span *a, const document_span *b)
{
    if (a->attr_count != b->attr_count) return false;
    for (uint32_t i = 0; i < a->attr_count; i++) {
        const tamis_attr *x = &a->attrs[i], *y = &b->attrs[i];
        if (!str_equal(x->key, y->key) || x->type != y->type) return false;
        if (x->type == TAMIS_ATTR_STRING ? !str_equal(x->u.s, y->u.s) : x->u.i != y->u.i)
            return false;
    }
    return true;
}

static bool tiles_join(const plan *self, const planned *a, const planned *b)
{
    const document_span *x = a->span, *y = b->span;
    return a->tiling && b->tiling && b->start >= a->end && str_equal(x->type, y->type) &&
           str_equal(x->value, y->value) && str_equal(x->category, y->category) &&
           str_equal(x->lang, y->lang) && str_equal(x->stage, y->stage) &&
           str_equal(x->rule, y->rule) && x->ref == y->ref &&
           blank_between(self->text, a->end, b->start);
}

/* Makes `into` cover `more` too: the score is the mean by length, attributes stay where both agree,
 * else they are those of the longer one. */
static tamis_rc join_tiles(arena *memory, planned *into, const planned *more, error *e)
{
    document_span *joined = arena_alloc_raw(memory, sizeof *joined);
    if (!joined) return error_set(e, TAMIS_FAIL, "no memory left to merge spans");
    *joined = *into->span;
    double a = (double)(into->end - into->start), b = (double)(more->end - more->start);
    if (a + b > 0) joined->score = (joined->score * a + more->span->score * b) / (a + b);
    if (!same_attrs(into->span, more->span) && b > a) {
        joined->attrs = more->span->attrs;
        joined->attr_count = more->span->attr_count;
    }
    into->span = joined;
    into->end = more->end > into->end ? more->end : into->end;
    if (more->source_end > into->source_end) into->source_end = more->source_end;
    return TAMIS_OK;
}

/* Joins neighbours in the sorted items; `owner[i]` of item i becomes where it went. Other spans may
 * stand between two tiles, so the last tile is remembered, not the last item. */
static tamis_rc merge_tiles(plan *self, arena *memory, size_t *owner, error *e)
{
    size_t kept = 0, last_tile = SIZE_MAX;
    for (size_t i = 0; i < self->count; i++) {
        const planned *item = &self->items[i];
        if (item->tiling && last_tile != SIZE_MAX &&
            tiles_join(self, &self->items[last_tile], item)) {
            FORWARD(join_tiles(memory, &self->items[last_tile], item, e));
            owner[i] = last_tile;
            continue;
        }
        if (item->tiling) last_tile = kept;
        owner[i] = kept;
        self->items[kept++] = *item;
    }
    self->count = kept;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ the plan */

static void place(plan *self, const tamis_doc *doc, planned *item)
{
    item->source_start = item->span->start;
    item->source_end = item->span->end;
    if (self->options->text == TEXT_ORIGINAL) {
        item->start = item->source_start;
        item->end = item->source_end;
    } else {
        document_view_range(doc, item->source_start, item->source_end, &item->start, &item->end);
    }
}

static tamis_rc plan_errors(plan *self, tamis_doc *doc, error *e)
{
    if (!doc->error_count || !type_selected(self->options, TAMIS_STR("error"))) return TAMIS_OK;
    document_span *made = arena_alloc(&doc->memory, doc->error_count * sizeof *made);
    if (!made) return error_set(e, TAMIS_FAIL, "no memory left for errors");
    for (size_t i = 0; i < doc->error_count; i++) {
        const document_error *fault = &doc->errors[i];
        made[i].start = fault->start;
        made[i].end = fault->end;
        made[i].type = TAMIS_STR("error");
        made[i].category = fault->code;
        made[i].value = fault->message;
        made[i].stage = fault->stage;
        planned *item = &self->items[self->count++];
        *item = (planned){.span = &made[i]};
        place(self, doc, item);
    }
    return TAMIS_OK;
}

static tamis_rc number_items(plan *self, tamis_doc *doc, bool tiles, error *e)
{
    for (size_t i = 0; i < self->count && !tiles; i++)
        self->numbers[self->items[i].span->number] = (uint32_t)i + 1;
    if (tiles) {
        size_t before = self->count;
        size_t *owner = arena_alloc_raw(&doc->memory, before * sizeof *owner);
        uint32_t *number = arena_alloc_raw(&doc->memory, before * sizeof *number);
        if (!owner || !number) return error_set(e, TAMIS_FAIL, "no memory left to merge spans");
        for (size_t i = 0; i < before; i++) number[i] = self->items[i].span->number;
        FORWARD(merge_tiles(self, &doc->memory, owner, e));
        for (size_t i = 0; i < before; i++) self->numbers[number[i]] = (uint32_t)owner[i] + 1;
    }
    self->numbers[0] = 0; /* errors are no target */
    return TAMIS_OK;
}

tamis_rc plan_make(plan *self, tamis_doc *doc, const record_options *options, error *e)
{
    *self = (plan){.options = options};
    self->text = options->text == TEXT_ORIGINAL ? doc->source : doc->view;
    FORWARD(offsets_open(&self->source_offsets, doc->source, options->offsets, &doc->memory, e));
    self->text_offsets = self->source_offsets;
    self->same_text = self->text.p == doc->source.p && self->text.n == doc->source.n;
    if (!self->same_text)
        FORWARD(offsets_open(&self->text_offsets, self->text, options->offsets, &doc->memory, e));
    size_t room = doc->span_count + doc->error_count;
    if (room == 0) return TAMIS_OK;
    self->items = arena_alloc_raw(&doc->memory, room * sizeof *self->items);
    self->numbers = arena_alloc(&doc->memory, (doc->span_count + 1) * sizeof *self->numbers);
    if (!self->items || !self->numbers) return error_set(e, TAMIS_FAIL, "no memory left for spans");
    bool tiles = false, sorted = true;
    tamis_str last_type = {NULL, 0};
    bool last_selected = false, last_tiles = false;
    for (size_t i = 0; i < doc->span_count; i++) {
        const document_span *span = &doc->spans[i];
        if (span->type.p != last_type.p || i == 0) { /* types are kept once a document */
            last_type = span->type;
            last_selected = type_selected(options, span->type);
            last_tiles = type_tiles(span->type);
        }
        if (!last_selected) continue;
        planned *item = &self->items[self->count++];
        *item = (planned){.span = span, .tiling = last_tiles};
        tiles = tiles || last_tiles;
        place(self, doc, item);
        sorted = sorted && (self->count < 2 || compare_planned(item - 1, item) < 0);
    }
    size_t spans = self->count;
    FORWARD(plan_errors(self, doc, e));
    if (!sorted || self->count != spans)
        qsort(self->items, self->count, sizeof *self->items, compare_planned);
    return number_items(self, doc, tiles, e);
}

/* ------------------------------------------------------------------ offsets */

size_t plan_text_offset(plan *self, size_t byte)
{
    return offsets_out(&self->text_offsets, byte);
}

size_t plan_source_offset(plan *self, size_t byte)
{
    return offsets_out(&self->source_offsets, byte);
}

size_t plan_attr_offset(plan *self, const tamis_doc *doc, const tamis_attr *attr)
{
    size_t at = (size_t)attr->u.i, start = at, end;
    if (self->options->text == TEXT_CLEAN) document_view_range(doc, at, at, &start, &end);
    return plan_text_offset(self, start);
}
