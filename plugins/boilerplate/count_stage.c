/* The stage `line-counts`: of each document the keys of its site, its lines and its runs of five
 * words, once each. It changes nothing; what it gathers leaves by `save`, as entries that
 * core/match/tally sorts and adds up. `tamis frequencies` drives it; in a pipeline it only tells
 * how much there was. */
#include "boilerplate.h"
#include "counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define tamis boilerplate_host

typedef struct {
    tamis_str site;
} count_conf;

static const tamis_option count_options[] = {
    TAMIS_OPTION(STRING, count_conf, site, "url", NULL,
                 "input field that names a document's site: an address, or any string"),
};

typedef struct {
    boilerplate_text text;
    uint64_t *seen; /* keys of the document in work; an open-addressing table */
    size_t size, used;
    uint8_t *out;
    size_t bytes, room;
    bool failed;
} count_work;

static bool grow_seen(count_work *self)
{
    size_t size = self->size ? self->size * 2 : 4096;
    uint64_t *bigger = calloc(size, sizeof *bigger);
    if (!bigger) return false;
    for (size_t k = 0; k < self->size; k++) {
        if (!self->seen[k]) continue;
        size_t at = self->seen[k] & (size - 1);
        while (bigger[at]) at = (at + 1) & (size - 1);
        bigger[at] = self->seen[k];
    }
    free(self->seen);
    self->seen = bigger;
    self->size = size;
    return true;
}

static bool put_entry(count_work *self, uint64_t key)
{
    if (self->bytes + BOILERPLATE_COUNT_BYTES > self->room) {
        size_t room = self->room ? self->room * 2 : 65536;
        uint8_t *out = realloc(self->out, room);
        if (!out) return false;
        self->out = out;
        self->room = room;
    }
    const uint32_t once = 1;
    memcpy(self->out + self->bytes, &key, sizeof key);
    memcpy(self->out + self->bytes + sizeof key, &once, sizeof once);
    self->bytes += BOILERPLATE_COUNT_BYTES;
    return true;
}

/* Counts `key`, unless this document had it already. */
static void count_key(count_work *self, uint64_t key)
{
    if (self->failed) return;
    if (self->used * 2 >= self->size && !grow_seen(self)) self->failed = true;
    if (self->failed) return;
    size_t at = key & (self->size - 1);
    while (self->seen[at] && self->seen[at] != key) at = (at + 1) & (self->size - 1);
    if (self->seen[at]) return;
    self->seen[at] = key;
    self->used++;
    self->failed = !put_entry(self, key);
}

static tamis_rc count_document(const tamis_run *c, tamis_doc *doc)
{
    const count_conf *conf = c->conf;
    count_work *self = c->scratch;
    tamis_str view = tamis->view(doc);
    char path[256];
    if (!view.n) return TAMIS_OK;
    snprintf(path, sizeof path, "%.*s", (int)conf->site.n, conf->site.p);
    uint64_t site = boilerplate_site(tamis->meta(c, doc, path));
    if (self->used) memset(self->seen, 0, self->size * sizeof *self->seen);
    self->used = 0;
    if (!boilerplate_read(&self->text, view.p, view.n)) self->failed = true;
    count_key(self, boilerplate_site_key(site));
    for (size_t i = 0; i < self->text.row_count && !self->failed; i++) {
        const boilerplate_row *row = &self->text.rows[i];
        if (row->words) count_key(self, boilerplate_line_key(site, &self->text, row));
        for (unsigned k = 0; k + BOILERPLATE_COUNT_RUN <= row->words; k++)
            count_key(self, boilerplate_run_key(site, &self->text, row->word + k));
    }
    if (!self->failed) return TAMIS_OK;
    self->failed = false;
    return tamis->fail(c, TAMIS_FATAL, "line-counts: no memory");
}

static tamis_rc enter_counts(const tamis_run *c, void **scratch)
{
    *scratch = calloc(1, sizeof(count_work));
    return *scratch ? TAMIS_OK : tamis->fail(c, TAMIS_FAIL, "line-counts: no memory");
}

static void leave_counts(const void *shared, void *scratch)
{
    count_work *self = scratch;
    (void)shared;
    if (!self) return;
    boilerplate_text_free(&self->text);
    free(self->seen);
    free(self->out);
    free(self);
}

static tamis_rc save_counts(const tamis_run *c, tamis_str *bytes)
{
    count_work *self = c->scratch;
    *bytes = (tamis_str){(const char *)self->out, self->bytes};
    self->bytes = 0;
    return TAMIS_OK;
}

static tamis_rc merge_counts(const tamis_run *c, void **total, tamis_str bytes)
{
    if (!*total) *total = calloc(1, sizeof(uint64_t));
    if (!*total) return tamis->fail(c, TAMIS_FATAL, "line-counts: no memory");
    *(uint64_t *)*total += bytes.n / BOILERPLATE_COUNT_BYTES;
    return TAMIS_OK;
}

static tamis_rc finish_counts(const tamis_run *c, void *total, tamis_str *json)
{
    char *text = tamis->alloc(c, 64);
    uint64_t n = total ? *(uint64_t *)total : 0;
    free(total);
    if (!text) return TAMIS_FAIL;
    int length = snprintf(text, 64, "{\"entries\":%llu}", (unsigned long long)n);
    *json = (tamis_str){text, (size_t)length};
    return TAMIS_OK;
}

static const char *const count_reads[] = {"view", "meta", NULL};
static const char *const count_writes[] = {NULL};

const tamis_stage boilerplate_count_stage = {
    .size = sizeof boilerplate_count_stage,
    .name = "line-counts",
    .help = "gathers in how many documents of a site a line occurs: see `tamis frequencies`",
    .version = "1.0",
    .options = count_options,
    .option_count = sizeof count_options / sizeof *count_options,
    .conf_size = sizeof(count_conf),
    .reads = count_reads,
    .writes = count_writes,
    .enter = enter_counts,
    .leave = leave_counts,
    .run = count_document,
    .save = save_counts,
    .merge = merge_counts,
    .finish = finish_counts,
};
