/* A document's life, and all it carries beside spans and removals: strings, metadata, attributes,
 * errors, notes. Arrays stay on the heap from document to document, strings go into the arena: in
 * steady state a document costs no malloc. */
#include "base/json.h"
#include "document/private.h"

#include <stdlib.h>

enum {
    KEPT_ARRAY = 4 * 1024 * 1024, /* bytes: a larger array is freed by document_reset */
    TEXT_CHUNK = 2048             /* bytes taken from the arena at a time for small strings */
};

/* ------------------------------------------------------------------ life */

tamis_rc document_init(tamis_doc *self, error *e)
{
    *self = (tamis_doc){0};
    self->map = calloc(1, sizeof *self->map);
    if (!self->map) return error_set(e, TAMIS_FAIL, "no memory left for a document");
    document_view_is_source(self);
    return TAMIS_OK;
}

/* `array` is the address of any array's pointer. */
static void trim(void *array, size_t *room, size_t item)
{
    void *p;
    memcpy(&p, array, sizeof p);
    if (*room * item <= KEPT_ARRAY) return;
    free(p);
    p = NULL;
    memcpy(array, &p, sizeof p);
    *room = 0;
}

void document_reset(tamis_doc *self)
{
    struct document_map *map = self->map;
    arena_reset(&self->memory);
    trim(&self->spans, &self->span_room, sizeof *self->spans);
    trim(&self->removals, &self->removal_room, sizeof *self->removals);
    trim(&self->notes, &self->note_room, sizeof *self->notes);
    trim(&self->errors, &self->error_room, sizeof *self->errors);
    trim(&self->meta, &self->meta_room, sizeof *self->meta);
    trim(&map->cuts, &map->cut_room, sizeof *map->cuts);
    trim(&map->pending, &map->pending_room, sizeof *map->pending);
    trim(&map->lines, &map->line_room, sizeof *map->lines);
    trim(&map->view_bytes, &map->view_room, 1);
    self->id = self->input = self->locator = self->reason = (tamis_str){NULL, 0};
    self->source = (tamis_str){NULL, 0};
    self->status = DOCUMENT_OPEN;
    self->span_count = self->removal_count = self->attribute_count = 0;
    self->meta_count = self->error_count = self->note_count = 0;
    map->stage = (tamis_str){NULL, 0};
    map->stage_kept = map->attributes_touched = false;
    map->spans_before = map->pending_count = map->visible = map->cache_count = 0;
    map->removal_calls = 0;
    map->text_left = 0;
    if (map->intern_dirty) memset(map->interned, 0, sizeof map->interned);
    map->intern_dirty = false;
    document_view_is_source(self);
}

void document_free(tamis_doc *self)
{
    struct document_map *map = self->map;
    if (map) {
        free(map->cuts);
        free(map->view_bytes);
        free(map->pending);
        free(map->lines);
        free(map->caches);
        free(map);
    }
    free(self->spans);
    free(self->removals);
    free(self->attributes);
    free(self->meta);
    free(self->errors);
    free(self->notes);
    arena_free(&self->memory);
    *self = (tamis_doc){0};
}

tamis_rc document_borrow_source(tamis_doc *self, tamis_str utf8, error *e)
{
    if (self->span_count || self->removal_count)
        return error_set(e, TAMIS_FAIL,
                         "the source cannot change once there are spans or removals");
    self->source = utf8;
    if (!utf8.p) self->source.p = "";
    document_view_is_source(self);
    return TAMIS_OK;
}

tamis_rc document_set_source(tamis_doc *self, tamis_str utf8, error *e)
{
    tamis_str copy = arena_copy(&self->memory, utf8);
    if (!copy.p) return error_set(e, TAMIS_FAIL, "no memory left for %zu bytes of text", utf8.n);
    return document_borrow_source(self, copy, e);
}

/* ------------------------------------------------------------------ memory */

tamis_rc document_grow(void *array, size_t *room, size_t count, size_t item, error *e)
{
    if (count <= *room) return TAMIS_OK;
    size_t wanted = *room * 2 + 16;
    if (wanted < count) wanted = count;
    void *p;
    memcpy(&p, array, sizeof p); /* any object pointer has this shape on the systems we run on */
    void *grown = wanted > SIZE_MAX / item ? NULL : realloc(p, wanted * item);
    if (!grown) return error_set(e, TAMIS_FAIL, "no memory left for %zu items", wanted);
    memcpy(array, &grown, sizeof grown);
    *room = wanted;
    return TAMIS_OK;
}

/* Small strings are packed without the arena's alignment. */
static char *text_room(tamis_doc *self, size_t n)
{
    struct document_map *map = self->map;
    if (n > TEXT_CHUNK / 4) return arena_alloc_raw(&self->memory, n);
    if (n > map->text_left) {
        char *chunk = arena_alloc_raw(&self->memory, TEXT_CHUNK);
        if (!chunk) return NULL;
        map->text_at = chunk;
        map->text_left = TEXT_CHUNK;
    }
    char *p = map->text_at;
    map->text_at += n;
    map->text_left -= n;
    return p;
}

static size_t intern_slot(tamis_str text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    size_t n = text.n;
    return (n * 31u + p[0] * 7u + p[n / 2] * 13u + p[n - 1]) % INTERN_SLOTS;
}

tamis_rc document_keep(tamis_doc *self, tamis_str text, const char *what, tamis_str *out, error *e)
{
    if (text.n == 0) {
        *out = (tamis_str){NULL, 0};
        return TAMIS_OK;
    }
    tamis_str *slot = NULL;
    if (text.n <= INTERN_LONGEST) {
        slot = &self->map->interned[intern_slot(text)];
        if (str_equal(*slot, text)) {
            *out = *slot;
            return TAMIS_OK;
        }
    }
    size_t good = utf8_valid_prefix(text);
    if (good != text.n)
        return error_set(e, TAMIS_FAIL, "the %s is not UTF-8: byte %zu of \"%.*s\"", what, good,
                         (int)(good > 60 ? 60 : good), text.p);
    char *copy = text_room(self, text.n);
    if (!copy) return error_set(e, TAMIS_FAIL, "no memory left for a %s", what);
    memcpy(copy, text.p, text.n);
    *out = (tamis_str){copy, text.n};
    if (slot) {
        *slot = *out;
        self->map->intern_dirty = true;
    }
    return TAMIS_OK;
}

tamis_rc document_stage_name(tamis_doc *self, tamis_str *out, error *e)
{
    struct document_map *map = self->map;
    if (!map->stage_kept) {
        FORWARD(document_keep(self, map->stage, "stage's name", &map->stage, e));
        map->stage_kept = true;
    }
    *out = map->stage;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ metadata */

tamis_rc document_add_meta(tamis_doc *self, tamis_str key, tamis_str raw, error *e)
{
    FORWARD(
        document_grow(&self->meta, &self->meta_room, self->meta_count + 1, sizeof *self->meta, e));
    meta_member *member = &self->meta[self->meta_count];
    FORWARD(document_keep(self, key, "meta key", &member->key, e));
    member->raw = arena_copy(&self->memory, raw);
    if (!member->raw.p) return error_set(e, TAMIS_FAIL, "no memory left for metadata");
    self->meta_count++;
    return TAMIS_OK;
}

tamis_str document_meta(const tamis_doc *self, tamis_str path)
{
    /* A key that holds dots is found before the path that it looks like. */
    for (size_t i = 0; i < self->meta_count; i++)
        if (str_equal(self->meta[i].key, path)) return self->meta[i].raw;
    const char *dot = path.n ? memchr(path.p, '.', path.n) : NULL;
    if (!dot) return (tamis_str){NULL, 0};
    tamis_str key = {path.p, (size_t)(dot - path.p)};
    tamis_str rest = {dot + 1, path.n - key.n - 1};
    for (size_t i = 0; i < self->meta_count; i++)
        if (str_equal(self->meta[i].key, key)) return json_find(self->meta[i].raw, rest);
    return (tamis_str){NULL, 0};
}

/* ------------------------------------------------------------------ attributes */

static document_attribute *attribute_find(const tamis_doc *self, tamis_str key)
{
    for (size_t i = 0; i < self->attribute_count; i++)
        if (str_equal(self->attributes[i].attr.key, key)) return &self->attributes[i];
    return NULL;
}

/* Before the first change of a stage: what rollback brings back. */
static tamis_rc save_attributes(tamis_doc *self, error *e)
{
    struct document_map *map = self->map;
    if (map->attributes_touched) return TAMIS_OK;
    size_t bytes = self->attribute_count * sizeof *self->attributes;
    map->attributes_before = arena_alloc_raw(&self->memory, bytes);
    if (!map->attributes_before) return error_set(e, TAMIS_FAIL, "no memory left for attributes");
    if (bytes) memcpy(map->attributes_before, self->attributes, bytes);
    map->attributes_before_count = self->attribute_count;
    map->attributes_touched = true;
    return TAMIS_OK;
}

tamis_rc document_set(tamis_doc *self, const tamis_attr *attribute, error *e)
{
    tamis_attr *kept;
    tamis_str stage;
    if (str_is(attribute->key, "lang") && attribute->type != TAMIS_ATTR_STRING)
        return error_set(e, TAMIS_FAIL, "the attribute `lang` is a string");
    if (str_is(attribute->key, "lang_score") && attribute->type != TAMIS_ATTR_NUMBER)
        return error_set(e, TAMIS_FAIL, "the attribute `lang_score` is a number");
    FORWARD(save_attributes(self, e));
    FORWARD(document_keep_attrs(self, attribute, 1, false, &kept, e));
    FORWARD(document_stage_name(self, &stage, e));
    document_attribute *there = attribute_find(self, kept->key);
    if (!there) {
        FORWARD(document_grow(&self->attributes, &self->attribute_room, self->attribute_count + 1,
                              sizeof *self->attributes, e));
        there = &self->attributes[self->attribute_count++];
    }
    *there = (document_attribute){*kept, stage};
    return TAMIS_OK;
}

bool document_attribute_get(const tamis_doc *self, tamis_str key, tamis_attr *out)
{
    const document_attribute *there = attribute_find(self, key);
    if (!there) return false;
    *out = there->attr;
    size_t end;
    if (out->type == TAMIS_ATTR_OFFSET || out->type == TAMIS_ATTR_END) {
        size_t at = (size_t)out->u.i, view;
        document_view_range(self, at, at, &view, &end);
        out->u.i = (int64_t)view;
    }
    return true;
}

/* ------------------------------------------------------------------ errors, notes */

tamis_rc document_add_error(tamis_doc *self, size_t source_start, size_t source_end, tamis_str code,
                            tamis_str message, tamis_str stage)
{
    error *quiet = NULL;
    FORWARD(document_grow(&self->errors, &self->error_room, self->error_count + 1,
                          sizeof *self->errors, quiet));
    document_error *made = &self->errors[self->error_count];
    *made = (document_error){.start = source_start, .end = source_end};
    FORWARD(document_keep(self, code, "code", &made->code, quiet));
    FORWARD(document_keep(self, stage, "stage", &made->stage, quiet));
    if (document_keep(self, message, "message", &made->message, quiet) < 0) {
        /* A message may quote what a stage said, in whatever bytes. */
        buffer mended = {0};
        utf8_repair(message, &mended, NULL, NULL);
        tamis_rc rc = document_keep(self, buffer_str(&mended), "message", &made->message, quiet);
        buffer_free(&mended);
        FORWARD(rc);
    }
    self->error_count++;
    return TAMIS_OK;
}

tamis_rc document_note_add(tamis_doc *self, size_t start, size_t end, bool reject, const char *cue,
                           const char *format, va_list arguments)
{
    error *quiet = NULL;
    document_note note = {.reject = reject};
    if (start > end || end > self->view.n) return TAMIS_FAIL;
    char text[1024];
    int n = vsnprintf(text, sizeof text, format, arguments);
    if (n < 0) return TAMIS_FAIL;
    tamis_str said = {text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    said.n = utf8_valid_prefix(said);
    note.start = document_source_start(self, start);
    note.end = start == end ? note.start : document_source_end(self, end);
    FORWARD(document_keep(self, said, "note", &note.text, quiet));
    FORWARD(document_keep(self, str_of(cue), "cue", &note.cue, quiet));
    FORWARD(document_stage_name(self, &note.stage, quiet));
    FORWARD(document_grow(&self->notes, &self->note_room, self->note_count + 1, sizeof *self->notes,
                          quiet));
    self->notes[self->note_count++] = note;
    return TAMIS_OK;
}
