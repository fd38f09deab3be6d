/* A tamis/1 record is read again: its text is the source, and where that is the original one,
 * spans, removals and attributes come back. What does not fit is left out and said in an error
 * span. */
#include "io/decode.h"
#include "io/offsets.h"

typedef struct {
    tamis_doc *doc;
    arena scratch; /* of one span or removal at a time: the document keeps copies */
    offset_table offsets;
    uint32_t *numbers;   /* by the record's span numbers: ours; 0: none */
    uint32_t *refs;      /* by our numbers: the record's `ref` */
    size_t number_limit; /* of record numbers */
    size_t lost_spans, lost_removals;
    error first_loss;
} restorer;

static bool is_string(const json_value *v)
{
    return v && v->kind == JSON_STRING;
}

/* The string member of an object, empty where it is null, absent or something else. */
static tamis_str string_of(restorer *self, members *all, const char *name)
{
    const json_value *v = members_find(all, name);
    tamis_str text = {NULL, 0};
    if (is_string(v)) json_string(v, &self->scratch, &text, NULL, NULL, NULL);
    return text;
}

static double score_of(members *all, const char *name)
{
    const json_value *v = members_find(all, name);
    double score = 0;
    if (!v || !json_number(v, &score) || !(score >= 0 && score <= 1)) return 0;
    return score;
}

/* A member that holds an offset in the record's unit, in bytes. */
static bool offset_of(restorer *self, members *all, const char *name, size_t *out)
{
    const json_value *v = members_find(all, name);
    int64_t units;
    return v && json_int(v, &units) && units >= 0 && offsets_in(&self->offsets, (size_t)units, out);
}

/* `meta` and `attrs` are JSON in a string, or the object itself (--nested). */
static tamis_str inner_json(restorer *self, const json_value *v)
{
    tamis_str text = {NULL, 0};
    if (v && v->kind == JSON_OBJECT) return v->raw;
    if (is_string(v)) json_string(v, &self->scratch, &text, NULL, NULL, NULL);
    return text;
}

/* ------------------------------------------------------------------ attributes */

/* Whole numbers under keys named as bounds are offsets, as the stages that ship write them. */
static bool restore_attr(restorer *self, const member *m, tamis_attr *out)
{
    *out = (tamis_attr){.key = m->name};
    switch (m->value.kind) {
    case JSON_STRING:
        out->type = TAMIS_ATTR_STRING;
        return json_string(&m->value, &self->scratch, &out->u.s, NULL, NULL, NULL) == TAMIS_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        out->type = TAMIS_ATTR_BOOL;
        out->u.b = m->value.kind == JSON_TRUE;
        return true;
    case JSON_NUMBER: break;
    default: return false;
    }
    if (!json_int(&m->value, &out->u.i)) {
        out->type = TAMIS_ATTR_NUMBER;
        return json_number(&m->value, &out->u.d);
    }
    out->type = TAMIS_ATTR_INT;
    if (str_ends_with(m->name, "_start")) out->type = TAMIS_ATTR_OFFSET;
    if (str_ends_with(m->name, "_end")) out->type = TAMIS_ATTR_END;
    if (out->type != TAMIS_ATTR_INT) {
        size_t at;
        if (out->u.i < 0 || !offsets_in(&self->offsets, (size_t)out->u.i, &at)) return false;
        out->u.i = (int64_t)at;
    }
    return true;
}

static tamis_rc restore_attrs(restorer *self, const json_value *v, document_span *span, error *e)
{
    members all;
    tamis_str text = inner_json(self, v);
    if (text.n == 0 || str_is(text, "{}")) return TAMIS_OK;
    FORWARD(members_read(text, &self->scratch, &all, e));
    span->attrs = arena_alloc(&self->scratch, all.count * sizeof *span->attrs);
    if (!span->attrs) return error_set(e, TAMIS_FAIL, "no memory left for attributes");
    for (size_t i = 0; i < all.count; i++)
        if (restore_attr(self, &all.at[i], &span->attrs[span->attr_count])) span->attr_count++;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ spans */

static uint32_t number_of(members *all, const char *name)
{
    const json_value *v = members_find(all, name);
    int64_t n;
    return v && json_int(v, &n) && n > 0 && n < UINT32_MAX ? (uint32_t)n : 0;
}

static bool is_error_span(members *all)
{
    const json_value *type = members_find(all, "type");
    return type && json_string_is(type, "error");
}

static tamis_rc restore_error(restorer *self, members *all)
{
    size_t start = 0, end = 0;
    if (!offset_of(self, all, "source_start", &start) ||
        !offset_of(self, all, "source_end", &end) || start > end)
        start = end = 0;
    return document_add_error(self->doc, start, end, string_of(self, all, "category"),
                              string_of(self, all, "value"), string_of(self, all, "stage"));
}

static tamis_rc restore_span(restorer *self, tamis_str raw, error *e)
{
    members all;
    arena_reset(&self->scratch);
    FORWARD(members_read(raw, &self->scratch, &all, e));
    if (is_error_span(&all)) return restore_error(self, &all);
    document_span span = {.type = string_of(self, &all, "type"),
                          .value = string_of(self, &all, "value"),
                          .category = string_of(self, &all, "category"),
                          .lang = string_of(self, &all, "lang"),
                          .rule = string_of(self, &all, "rule"),
                          .role = string_of(self, &all, "role"),
                          .stage = string_of(self, &all, "stage"),
                          .score = score_of(&all, "score")};
    error why = {0};
    bool fits = offset_of(self, &all, "source_start", &span.start) &&
                offset_of(self, &all, "source_end", &span.end);
    if (!fits) error_set(&why, TAMIS_FAIL, "a span's offsets do not fit the text");
    if (fits) FORWARD(restore_attrs(self, members_find(&all, "attrs"), &span, e));
    uint32_t number = fits ? document_restore_span(self->doc, &span, &why) : 0;
    if (number) {
        uint32_t theirs = number_of(&all, "span");
        if (theirs < self->number_limit) self->numbers[theirs] = number;
        self->refs[number] = number_of(&all, "ref");
        return TAMIS_OK;
    }
    error_set(&self->first_loss, TAMIS_FAIL, "%s", why.text);
    self->lost_spans++;
    return TAMIS_OK;
}

/* Numbers of the record become ours, once all spans are there: a link may point ahead. */
static void restore_links(restorer *self)
{
    for (size_t i = 0; i < self->doc->span_count; i++) {
        document_span *span = &self->doc->spans[i];
        uint32_t ref = self->refs[i + 1];
        span->ref = ref && ref < self->number_limit ? self->numbers[ref] : 0;
        for (uint32_t k = 0; k < span->attr_count; k++) {
            tamis_attr *attr = &span->attrs[k];
            if (attr->type != TAMIS_ATTR_INT || !str_is(attr->key, "group")) continue;
            bool known = attr->u.i > 0 && (uint64_t)attr->u.i < self->number_limit;
            attr->u.i = known ? self->numbers[attr->u.i] : 0;
        }
    }
}

static tamis_rc restore_spans(restorer *self, const json_value *list, error *e)
{
    if (!list || list->kind != JSON_ARRAY) return TAMIS_OK;
    self->number_limit = list->raw.n / 40 + 2; /* no list of that length holds as many spans */
    self->numbers = arena_alloc(&self->doc->memory, self->number_limit * sizeof *self->numbers);
    self->refs = arena_alloc(&self->doc->memory, self->number_limit * sizeof *self->refs);
    if (!self->numbers || !self->refs) return error_set(e, TAMIS_FAIL, "no memory left for spans");
    json_scan scan = json_scan_of(list->raw);
    json_value item;
    tamis_rc rc;
    FORWARD(json_open(&scan, '[', e));
    while ((rc = json_item(&scan, &item, e)) == JSON_MORE) FORWARD(restore_span(self, item.raw, e));
    restore_links(self);
    return rc;
}

/* ------------------------------------------------------------------ removals */

static tamis_rc restore_removals(restorer *self, const json_value *list, error *e)
{
    if (!list || list->kind != JSON_ARRAY) return TAMIS_OK;
    json_scan scan = json_scan_of(list->raw);
    json_value item;
    tamis_rc rc;
    FORWARD(json_open(&scan, '[', e));
    while ((rc = json_item(&scan, &item, e)) == JSON_MORE) {
        members all;
        arena_reset(&self->scratch);
        FORWARD(members_read(item.raw, &self->scratch, &all, e));
        document_removal removal = {.reason = string_of(self, &all, "reason"),
                                    .rule = string_of(self, &all, "rule"),
                                    .placeholder = string_of(self, &all, "placeholder"),
                                    .stage = string_of(self, &all, "stage"),
                                    .score = score_of(&all, "score")};
        error why = {0};
        bool fits = offset_of(self, &all, "start", &removal.start) &&
                    offset_of(self, &all, "end", &removal.end);
        if (!fits) error_set(&why, TAMIS_FAIL, "a removal's offsets do not fit the text");
        if (fits && document_restore_removal(self->doc, &removal, &why) == TAMIS_OK) continue;
        error_set(&self->first_loss, TAMIS_FAIL, "%s", why.text);
        self->lost_removals++;
    }
    return rc;
}

/* ------------------------------------------------------------------ the record */

static tamis_rc restore_meta(restorer *self, const json_value *meta, error *e)
{
    members all;
    tamis_str text = inner_json(self, meta);
    if (text.n == 0) return TAMIS_OK;
    FORWARD(members_read(text, &self->scratch, &all, e));
    for (size_t i = 0; i < all.count; i++) FORWARD(decode_meta(self->doc, &all.at[i], e));
    return TAMIS_OK;
}

/* What somebody added to a record beside our keys is metadata from then on. */
static tamis_rc restore_others(members *all, tamis_doc *doc, error *e)
{
    static const char *const OURS[] = {"schema", "id",        "input",       "status", "reason",
                                       "text",   "text_kind", "offset_unit", "lang",   "lang_score",
                                       "errors", "spans",     "removed",     "meta"};
    for (size_t i = 0; i < all->count; i++) {
        bool ours = false;
        for (size_t k = 0; k < sizeof OURS / sizeof OURS[0] && !ours; k++)
            ours = str_is(all->at[i].name, OURS[k]);
        if (!ours) FORWARD(decode_meta(doc, &all->at[i], e));
    }
    return TAMIS_OK;
}

static tamis_rc restore_lang(restorer *self, members *all, error *e)
{
    tamis_attr lang = {.key = TAMIS_STR("lang"), .type = TAMIS_ATTR_STRING};
    tamis_attr score = {.key = TAMIS_STR("lang_score"), .type = TAMIS_ATTR_NUMBER};
    lang.u.s = string_of(self, all, "lang");
    if (lang.u.s.n == 0) return TAMIS_OK;
    FORWARD(document_set(self->doc, &lang, e));
    score.u.d = score_of(all, "lang_score");
    return score.u.d > 0 ? document_set(self->doc, &score, e) : TAMIS_OK;
}

static offset_unit unit_of(members *all)
{
    const json_value *unit = members_find(all, "offset_unit");
    if (unit && json_string_is(unit, "byte")) return OFFSETS_BYTE;
    if (unit && json_string_is(unit, "utf16")) return OFFSETS_UTF16;
    return OFFSETS_CODEPOINT;
}

static bool has_items(const json_value *list)
{
    return list && list->kind == JSON_ARRAY && list->raw.n > 2;
}

static tamis_rc report_loss(restorer *self, const char *cause)
{
    char text[400];
    snprintf(text, sizeof text,
             "%zu spans and %zu removals of an earlier record are left out: %.200s",
             self->lost_spans, self->lost_removals, cause);
    return document_add_error(self->doc, 0, 0, TAMIS_STR("E0505"), str_of(text), TAMIS_STR("read"));
}

/* Spans, removals and attributes of a record whose text is the original one. */
static tamis_rc restore_findings(restorer *self, members *all, error *e)
{
    tamis_doc *doc = self->doc;
    const json_value *spans = members_find(all, "spans"), *removed = members_find(all, "removed");
    const json_value *kind = members_find(all, "text_kind");
    if (!kind || !json_string_is(kind, "original")) {
        if (!has_items(removed) && !has_items(spans)) return TAMIS_OK;
        return document_add_error(
            doc, 0, 0, TAMIS_STR("E0505"),
            TAMIS_STR("spans and removals of an earlier record are left out: "
                      "its text is the clean one (--text original keeps them)"),
            TAMIS_STR("read"));
    }
    FORWARD(offsets_open(&self->offsets, doc->source, unit_of(all), &doc->memory, e));
    FORWARD(restore_spans(self, spans, e));
    FORWARD(restore_removals(self, removed, e));
    error overlap = {0};
    if (document_restore_done(doc, &overlap) < 0)
        error_set(&self->first_loss, TAMIS_FAIL, "%s", overlap.text);
    return self->first_loss.rc ? report_loss(self, self->first_loss.text) : TAMIS_OK;
}

static tamis_rc restore_all(restorer *self, members *all, const decode_origin *origin, error *e)
{
    const member *text = NULL;
    for (size_t i = 0; i < all->count && !text; i++)
        if (str_is(all->at[i].name, "text")) text = &all->at[i];
    tamis_str id = string_of(self, all, "id"), input = string_of(self, all, "input");
    decode_origin from = *origin;
    if (input.n) from.input = input;
    FORWARD(decode_origin_set(self->doc, &from, id, e));
    if (!text) return error_set(e, TAMIS_FAIL, "a tamis/1 record without `text`");
    FORWARD(decode_text(self->doc, text, e));
    FORWARD(restore_meta(self, members_find(all, "meta"), e));
    FORWARD(restore_others(all, self->doc, e));
    FORWARD(restore_lang(self, all, e));
    return restore_findings(self, all, e);
}

tamis_rc restore_record(members *all, const decode_origin *origin, tamis_doc *doc, error *e)
{
    restorer self = {.doc = doc};
    tamis_rc rc = restore_all(&self, all, origin, e);
    arena_free(&self.scratch);
    return rc;
}
