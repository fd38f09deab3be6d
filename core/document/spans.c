/* Spans: writing them with checks, and reading them back by type, sorted, in offsets of the view.
 * What is read is made once a view and a number of spans, so that several readers of a stage share
 * it. */
#include "document/private.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ attributes */

static bool key_ok(tamis_str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return key.n > 0;
}

static tamis_rc keep_attr(tamis_doc *self, const tamis_attr *from, bool source_offsets,
                          tamis_attr *to, error *e)
{
    if (!key_ok(from->key))
        return error_set(
            e, TAMIS_FAIL, "attribute key \"%.*s\": a key is lower-case letters, digits and '_'",
            (int)(from->key.n > 60 ? 60 : from->key.n), from->key.p ? from->key.p : "");
    *to = *from;
    to->reserved = 0;
    FORWARD(document_keep(self, from->key, "attribute key", &to->key, e));
    int key_length = (int)to->key.n;
    switch (from->type) {
    case TAMIS_ATTR_STRING: return document_keep(self, from->u.s, "attribute", &to->u.s, e);
    case TAMIS_ATTR_INT:
    case TAMIS_ATTR_BOOL: return TAMIS_OK;
    case TAMIS_ATTR_NUMBER:
        if (from->u.d - from->u.d == 0) return TAMIS_OK;
        return error_set(e, TAMIS_FAIL, "attribute `%.*s` is not a finite number", key_length,
                         to->key.p);
    case TAMIS_ATTR_OFFSET:
    case TAMIS_ATTR_END: {
        tamis_str text = source_offsets ? self->source : self->view;
        const char *fault =
            from->u.i < 0 ? "is negative" : document_offset_fault(text, (size_t)from->u.i);
        if (fault)
            return error_set(e, TAMIS_FAIL, "attribute `%.*s`: offset %lld %s", key_length,
                             to->key.p, (long long)from->u.i, fault);
        if (source_offsets) return TAMIS_OK;
        size_t at = (size_t)from->u.i;
        to->u.i = (int64_t)(from->type == TAMIS_ATTR_OFFSET ? document_source_start(self, at)
                                                            : document_source_end(self, at));
        return TAMIS_OK;
    }
    default:
        return error_set(e, TAMIS_FAIL, "attribute `%.*s` has the unknown type %d", key_length,
                         to->key.p, (int)from->type);
    }
}

tamis_rc document_keep_attrs(tamis_doc *self, const tamis_attr *attrs, size_t count,
                             bool source_offsets, tamis_attr **out, error *e)
{
    *out = NULL;
    if (count == 0) return TAMIS_OK;
    tamis_attr *kept = arena_alloc_raw(&self->memory, count * sizeof *kept);
    if (!kept) return error_set(e, TAMIS_FAIL, "no memory left for attributes");
    for (size_t i = 0; i < count; i++) {
        tamis_attr attr;
        FORWARD(keep_attr(self, &attrs[i], source_offsets, &attr, e));
        size_t at = i;
        for (; at > 0; at--) {
            int order = str_compare(kept[at - 1].key, attr.key);
            if (order < 0) break;
            if (order == 0)
                return error_set(e, TAMIS_FAIL, "attribute `%.*s` is given twice", (int)attr.key.n,
                                 attr.key.p);
            kept[at] = kept[at - 1];
        }
        kept[at] = attr;
    }
    *out = kept;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ writing */

static bool type_ok(tamis_str type)
{
    for (size_t i = 0; i < type.n; i++) {
        char c = type.p[i]; // NOLINT(clang-analyzer-*): p is not NULL where n > 0
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
            return false;
    }
    return type.n > 0;
}

static tamis_rc check_span(const tamis_doc *self, const tamis_span *span, error *e)
{
    int n = (int)(span->type.n > 60 ? 60 : span->type.n);
    const char *type = span->type.p ? span->type.p : "";
    if (!type_ok(span->type))
        return error_set(e, TAMIS_FAIL,
                         "span type \"%.*s\": a type is lower-case letters, digits, '_' and '.'", n,
                         type);
    const char *fault = document_offset_fault(self->view, span->start);
    if (fault)
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): its start %s", n, type, span->start,
                         span->end, fault);
    fault = document_offset_fault(self->view, span->end);
    if (fault)
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): its end %s", n, type, span->start,
                         span->end, fault);
    if (span->start > span->end)
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): it ends before it starts", n, type,
                         span->start, span->end);
    if (span->ref > self->span_count)
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): ref %u: no such span yet", n, type,
                         span->start, span->end, (unsigned)span->ref);
    if (!(span->score >= 0 && span->score <= 1))
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): score %g is not from 0 to 1", n,
                         type, span->start, span->end, span->score);
    if (span->attr_count && !span->attrs)
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): attr_count without attrs", n, type,
                         span->start, span->end);
    if (self->span_count >= UINT32_MAX - 1)
        return error_set(e, TAMIS_FAIL, "too many spans in one document");
    return TAMIS_OK;
}

static tamis_rc add_span(tamis_doc *self, const tamis_span *span, error *e)
{
    FORWARD(check_span(self, span, e));
    FORWARD(document_grow(&self->spans, &self->span_room, self->span_count + 1, sizeof *self->spans,
                          e));
    document_span *s = &self->spans[self->span_count];
    s->start = document_source_start(self, span->start);
    s->end = span->start == span->end ? s->start : document_source_end(self, span->end);
    FORWARD(document_keep(self, span->type, "type", &s->type, e));
    FORWARD(document_keep(self, span->value, "value", &s->value, e));
    FORWARD(document_keep(self, span->category, "category", &s->category, e));
    FORWARD(document_keep(self, span->lang, "lang", &s->lang, e));
    FORWARD(document_keep(self, span->rule, "rule", &s->rule, e));
    FORWARD(document_keep(self, span->role, "role", &s->role, e));
    FORWARD(document_keep_attrs(self, span->attrs, span->attr_count, false, &s->attrs, e));
    FORWARD(document_stage_name(self, &s->stage, e));
    s->attr_count = span->attr_count;
    s->ref = span->ref;
    s->score = span->score;
    s->flags = 0;
    s->number = (uint32_t)++self->span_count;
    return TAMIS_OK;
}

uint32_t document_span_add(tamis_doc *self, const tamis_span *span, error *e)
{
    return add_span(self, span, e) < 0 ? 0 : (uint32_t)self->span_count;
}

static tamis_rc restore_span(tamis_doc *self, const document_span *span, error *e)
{
    tamis_span row = {.type = span->type, .ref = 0, .score = span->score};
    if (!(row.score >= 0 && row.score <= 1)) row.score = 0;
    FORWARD(check_span(self, &row, e));
    const char *fault = document_offset_fault(self->source, span->start);
    if (!fault) fault = document_offset_fault(self->source, span->end);
    if (fault || span->start > span->end)
        return error_set(e, TAMIS_FAIL, "%.*s span [%zu, %zu): %s", (int)span->type.n, span->type.p,
                         span->start, span->end, fault ? fault : "ends before it starts");
    FORWARD(document_grow(&self->spans, &self->span_room, self->span_count + 1, sizeof *self->spans,
                          e));
    document_span *s = &self->spans[self->span_count];
    *s = *span;
    s->score = row.score;
    FORWARD(document_keep(self, span->type, "type", &s->type, e));
    FORWARD(document_keep(self, span->value, "value", &s->value, e));
    FORWARD(document_keep(self, span->category, "category", &s->category, e));
    FORWARD(document_keep(self, span->lang, "lang", &s->lang, e));
    FORWARD(document_keep(self, span->rule, "rule", &s->rule, e));
    FORWARD(document_keep(self, span->role, "role", &s->role, e));
    FORWARD(document_keep(self, span->stage, "stage", &s->stage, e));
    FORWARD(document_keep_attrs(self, span->attrs, span->attr_count, true, &s->attrs, e));
    s->flags |= SPAN_READ;
    s->number = (uint32_t)++self->span_count;
    return TAMIS_OK;
}

uint32_t document_restore_span(tamis_doc *self, const document_span *span, error *e)
{
    return restore_span(self, span, e) < 0 ? 0 : (uint32_t)self->span_count;
}

/* ------------------------------------------------------------------ reading */

typedef struct {
    size_t start, end;
    uint32_t number;
} sort_key;

static int compare_keys(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->end != y->end) return x->end < y->end ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Offset attributes as the view has them now; the stored ones where nothing was ever removed. */
static const tamis_attr *attrs_in_view(tamis_doc *self, const document_span *s)
{
    bool moved = false;
    if (self->map->cut_count)
        for (uint32_t i = 0; i < s->attr_count; i++)
            moved = moved || s->attrs[i].type == TAMIS_ATTR_OFFSET ||
                    s->attrs[i].type == TAMIS_ATTR_END;
    if (!moved) return s->attrs;
    tamis_attr *attrs = arena_alloc_raw(&self->memory, s->attr_count * sizeof *attrs);
    if (!attrs) return NULL;
    memcpy(attrs, s->attrs, s->attr_count * sizeof *attrs);
    for (uint32_t i = 0; i < s->attr_count; i++)
        if (attrs[i].type == TAMIS_ATTR_OFFSET || attrs[i].type == TAMIS_ATTR_END) {
            size_t at = (size_t)attrs[i].u.i, start, end;
            document_view_range(self, at, at, &start, &end);
            attrs[i].u.i = (int64_t)start;
        }
    return attrs;
}

static tamis_rc fill_row(tamis_doc *self, const document_span *s, tamis_span *row, error *e)
{
    *row = (tamis_span){0};
    row->state = document_view_range(self, s->start, s->end, &row->start, &row->end);
    row->type = s->type;
    row->value = s->value;
    row->category = s->category;
    row->lang = s->lang;
    row->rule = s->rule;
    row->role = s->role;
    row->ref = s->ref;
    row->attr_count = s->attr_count;
    row->attrs = attrs_in_view(self, s);
    if (s->attr_count && !row->attrs) return error_set(e, TAMIS_FAIL, "no memory left for spans");
    row->score = s->score;
    row->number = s->number;
    row->source_start = s->start;
    row->source_end = s->end;
    row->stage = s->stage;
    return TAMIS_OK;
}

/* Fills `rows` with the spans picked, sorted. Most stages write in order: then nothing is moved. */
static tamis_rc sorted_rows(tamis_doc *self, sort_key *keys, size_t count, tamis_span *rows,
                            error *e)
{
    bool sorted = true;
    for (size_t i = 0; i < count; i++) {
        const document_span *s = &self->spans[keys[i].number - 1];
        document_view_range(self, s->start, s->end, &keys[i].start, &keys[i].end);
        sorted = sorted && (i == 0 || compare_keys(&keys[i - 1], &keys[i]) < 0);
    }
    if (!sorted) qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++)
        FORWARD(fill_row(self, &self->spans[keys[i].number - 1], &rows[i], e));
    return TAMIS_OK;
}

static tamis_rc fill_cache(tamis_doc *self, span_cache *cache, error *e)
{
    size_t visible = self->map->visible, count = 0;
    bool all = str_is(cache->type, "*");
    arena_mark mark = arena_here(&self->memory);
    for (size_t i = 0; i < visible; i++)
        count += all || str_equal(self->spans[i].type, cache->type);
    if (count > cache->room) {
        cache->rows = arena_alloc_raw(&self->memory, count * sizeof *cache->rows);
        cache->room = cache->rows ? count : 0;
        if (!cache->rows) return error_set(e, TAMIS_FAIL, "no memory left for %zu spans", count);
        mark = arena_here(&self->memory);
    }
    sort_key *keys = arena_alloc_raw(&self->memory, count * sizeof *keys);
    if (!keys) return error_set(e, TAMIS_FAIL, "no memory left for %zu spans", count);
    size_t at = 0;
    for (size_t i = 0; i < visible; i++)
        if (all || str_equal(self->spans[i].type, cache->type)) keys[at++].number = (uint32_t)i + 1;
    size_t used = self->memory.used;
    FORWARD(sorted_rows(self, keys, count, cache->rows, e));
    if (self->memory.used == used)
        arena_rewind(&self->memory, mark); /* no attributes behind the keys */
    cache->count = count;
    cache->visible = visible;
    cache->view_number = self->map->view_number;
    return TAMIS_OK;
}

static tamis_rc find_cache(tamis_doc *self, tamis_str type, span_cache **out, error *e)
{
    struct document_map *map = self->map;
    for (size_t i = 0; i < map->cache_count; i++)
        if (str_equal(map->caches[i].type, type)) {
            *out = &map->caches[i];
            return TAMIS_OK;
        }
    FORWARD(document_grow(&map->caches, &map->cache_room, map->cache_count + 1, sizeof *map->caches,
                          e));
    span_cache *made = &map->caches[map->cache_count];
    *made = (span_cache){0};
    FORWARD(document_keep(self, type, "type", &made->type, e));
    map->cache_count++;
    *out = made;
    return TAMIS_OK;
}

const tamis_span *document_spans(tamis_doc *self, tamis_str type, size_t *count, error *e)
{
    struct document_map *map = self->map;
    *count = 0;
    if (map->visible == 0) return NULL;
    span_cache *cache;
    if (find_cache(self, type, &cache, e) < 0) return NULL;
    if (cache->view_number != map->view_number || cache->visible != map->visible)
        if (fill_cache(self, cache, e) < 0) return NULL;
    *count = cache->count;
    return cache->count ? cache->rows : NULL;
}
