/* The compiled form from outside: its rows, its size, its image. */
#include "match/terms.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "match/compiled.h"

/* What must be equal for an image to be taken: the layout's number and the sizes in it. */
enum { IMAGE_LAYOUT = 6 };
#define IMAGE_ORDER UINT64_C(0x0102030405060708)

/* Changes with the layout, and with how words are folded and hashed. */
static uint64_t image_build(void)
{
    static const char sample[] = "Straße ÆØÅ Čapek МиГ-31 İstanbul ٣ ﬁ";
    uint64_t words[16] = {IMAGE_LAYOUT,      sizeof(term_header), sizeof(term_slot),
                          sizeof(term_form), sizeof(term_row),    sizeof(term_file),
                          KEY_PREFIX,        NEIGHBOUR_NUMBER};
    fold_token token;
    size_t n = 8;
    for (size_t from = 0; n < 16 && fold_next_token(str_of(sample), from, &token); from = token.end)
        words[n++] = token_hash(token.folded, token.folded_bytes, 1) ^
                     token_key(token.folded, token.folded_bytes);
    return hash_bytes(TAMIS_VERSION, strlen(TAMIS_VERSION), hash_bytes(words, sizeof words, 0));
}

uint64_t terms_image_key(const terms_file *files, size_t file_count)
{
    uint64_t key = image_build() ^ IMAGE_ORDER;
    for (size_t i = 0; i < file_count; i++) {
        key = hash_bytes(files[i].name, strlen(files[i].name), key);
        key = hash_large(files[i].bytes.p, files[i].bytes.n, key);
    }
    return key;
}

void terms_image_name(uint64_t key, char name[TERMS_IMAGE_NAME])
{
    snprintf(name, TERMS_IMAGE_NAME, "%016" PRIx64 ".terms", key);
}

void terms_bind(tamis_terms *self, const void *block)
{
    const char *base = block;
    const term_header *head = block;
    self->head = head;
    self->slots = (const void *)(base + head->slots);
    self->nodes = (const void *)(base + head->nodes);
    self->forms = (const void *)(base + head->forms);
    self->gate = (const void *)(base + head->gate);
    self->single = (const void *)(base + head->single);
    self->pairs = (const void *)(base + head->pairs);
    self->folded = (const void *)(base + head->folded);
    self->rows = (const void *)(base + head->rows);
    self->files = (const void *)(base + head->files);
    self->pool = base + head->pool;
    self->seed = head->seed;
    self->slot_shift = 64 - head->slot_bits;
    self->gate_shift = 64 - head->gate_bits;
    self->single_shift = 64 - head->single_bits;
    self->pair_shift = 64 - head->pair_bits;
}

void terms_free(tamis_terms *self)
{
    if (!self) return;
    if (self->owned) pages_give(self->owned, self->head->bytes);
    free(self);
}

tamis_str terms_pool_string(const tamis_terms *self, uint32_t offset)
{
    uint16_t n;
    memcpy(&n, self->pool + offset, sizeof n);
    return n ? (tamis_str){self->pool + offset + sizeof n, n} : (tamis_str){NULL, 0};
}

bool terms_row(const tamis_terms *self, uint32_t row, tamis_term_row *out)
{
    if (row >= self->head->row_count) return false;
    const term_row *r = self->rows + row;
    *out = (tamis_term_row){.term = terms_pool_string(self, r->term),
                            .lang = terms_pool_string(self, r->lang),
                            .value = terms_pool_string(self, r->value),
                            .category = terms_pool_string(self, r->category),
                            .notes = terms_pool_string(self, r->notes),
                            .line = r->line,
                            .row = row,
                            .flags = r->flags};
    if (r->file) {
        const term_file *file = self->files + r->file - 1;
        out->file = terms_pool_string(self, file->name);
        if (file->folder)
            out->file = (tamis_str){out->file.p + file->folder, out->file.n - file->folder};
    }
    return true;
}

tamis_str terms_column(const tamis_terms *self, uint32_t row, const char *column)
{
    tamis_term_row known;
    tamis_str name = str_of(column);
    if (!terms_row(self, row, &known)) return (tamis_str){NULL, 0};
    if (str_is(name, "term")) return known.term;
    if (str_is(name, "lang")) return known.lang;
    if (str_is(name, "value") || str_is(name, "canonical")) return known.value;
    if (str_is(name, "category")) return known.category;
    if (str_is(name, "notes")) return known.notes;
    const term_row *r = self->rows + row;
    if (!r->file) return (tamis_str){NULL, 0};
    const term_file *file = self->files + r->file - 1;
    uint32_t at = file->columns, cell = r->extra;
    for (uint32_t i = 0; i < file->column_count; i++) {
        tamis_str header = terms_pool_string(self, at);
        tamis_str text = terms_pool_string(self, cell);
        if (str_equal(header, name)) return text;
        at += (uint32_t)header.n + 2;
        cell += (uint32_t)text.n + 2;
    }
    return (tamis_str){NULL, 0};
}

size_t terms_count(const tamis_terms *self)
{
    return self->head->row_count;
}

size_t terms_memory(const tamis_terms *self)
{
    return self->head->rows;
}

/* --- images */

static uint64_t image_checksum(const term_header *head)
{
    const char *base = (const char *)head;
    return hash_large(base + sizeof *head, head->bytes - sizeof *head, head->seed);
}

tamis_rc terms_save(const tamis_terms *self, uint64_t key, buffer *out, error *e)
{
    term_header head = *self->head;
    head.build = image_build();
    head.order = IMAGE_ORDER;
    head.key = key;
    head.checksum = image_checksum(self->head);
    buffer_append(out, &head, sizeof head);
    buffer_append(out, (const char *)self->head + sizeof head, head.bytes - sizeof head);
    if (out->failed) return error_set(e, TAMIS_FATAL, "no memory for a gazetteer's image");
    return TAMIS_OK;
}

tamis_rc terms_map(tamis_str image, uint64_t key, tamis_terms **out, error *e)
{
    const term_header *head = (const void *)image.p;
    *out = NULL;
    if ((uintptr_t)image.p % 8)
        return error_set(e, TAMIS_FAIL, "a gazetteer image must lie at a multiple of 8");
    if (image.n < sizeof *head || memcmp(head->magic, "tamisgz", 8) != 0)
        return error_set(e, TAMIS_FAIL, "not a gazetteer image: compile the gazetteer again");
    if (head->order != IMAGE_ORDER || head->build != image_build())
        return error_set(e, TAMIS_FAIL,
                         "a gazetteer image of another build of tamis: compile it again");
    if (head->key != key)
        return error_set(e, TAMIS_FAIL, "an image of another gazetteer: compile it again");
    if (head->bytes != image.n || head->checksum != image_checksum(head))
        return error_set(e, TAMIS_FAIL, "a damaged gazetteer image: compile the gazetteer again");
    tamis_terms *self = calloc(1, sizeof *self);
    if (!self) return error_set(e, TAMIS_FATAL, "no memory for a gazetteer");
    terms_bind(self, image.p);
    *out = self;
    return TAMIS_OK;
}
