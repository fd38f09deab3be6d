/* Leftmost-longest matches: chunks of tokens from the scanner, and a walk through the trie for each
 * candidate that the filters let pass. Everything it needs lies on the stack, so any number of
 * threads may search one gazetteer. */
#include <stdatomic.h>

#include "match/scan.h"

/* ------------------------------------------------------------------ the path in use */

/* The best first; the last runs everywhere. */
static const scan_path *const paths[] = {
#if defined(__x86_64__)
    &scan_avx512, &scan_avx2,
#elif defined(__aarch64__) && defined(__ARM_NEON)
    &scan_neon,
#endif
    &scan_portable};
enum { PATH_COUNT = sizeof paths / sizeof paths[0] };

static _Atomic(const scan_path *) path_in_use;

const scan_path *scan_best(void)
{
    const scan_path *path = atomic_load_explicit(&path_in_use, memory_order_relaxed);
    if (path) return path;
    size_t i = 0;
    while (i + 1 < PATH_COUNT && !paths[i]->usable()) i++;
    path = paths[i];
    atomic_store_explicit(&path_in_use, path, memory_order_relaxed);
    return path;
}

const char *terms_path(void)
{
    return scan_best()->name;
}

bool terms_use_path(const char *name)
{
    for (size_t i = 0; i < PATH_COUNT; i++)
        if (strcmp(paths[i]->name, name) == 0 && paths[i]->usable()) {
            atomic_store(&path_in_use, paths[i]);
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------ walking the trie */

typedef struct {
    const tamis_terms *terms;
    tamis_str text;
    tamis_accept accept;
    void *user;
    tamis_hit *hits;
    size_t room, count;
    size_t base;   /* of the chunk in the text */
    size_t behind; /* tokens that begin before are part of a match */
    scan_chunk chunk;
} finder;

/* A place in a walk: behind the token that ends at `end`, at a node where terms end. */
typedef struct {
    uint32_t node;
    uint32_t tokens;
    size_t end;
} stop;

/* The token's bytes against those of a term: what the hashes said is now made sure. */
static bool same_tokens(const finder *self, size_t first, const stop *at, const uint8_t *folded)
{
    const scan_chunk *chunk = &self->chunk;
    size_t from = 0; /* behind the chunk's last token, once that is passed */
    fold_token spare;
    for (uint32_t i = 0; i < at->tokens; i++, folded += *folded + 1) {
        const unsigned char *bytes;
        size_t n;
        if (first + i < chunk->count) {
            bytes = chunk->folded + chunk->folded_start[first + i];
            n = (size_t)(chunk->folded_end[first + i] - chunk->folded_start[first + i]);
        } else {
            if (!from) from = self->base + scan_end(chunk, chunk->count - 1);
            if (!fold_next_token(self->text, from, &spare) || spare.cut) return false;
            bytes = spare.folded;
            n = spare.folded_bytes;
            from = spare.end;
        }
        if (n != *folded || memcmp(bytes, folded + 1, n) != 0) return false;
    }
    return true;
}

/* Moves behind `letters` letters of the text. */
static size_t skip_letters(tamis_str text, size_t at, unsigned letters)
{
    while (at < text.n) {
        fold_char c = fold_next((const unsigned char *)text.p + at, text.n - at);
        if (c.class != FOLD_JOINER && letters-- == 0) break;
        at += c.bytes;
    }
    return at;
}

/* Takes one of the forms that end here, if one is wanted. */
static bool take(finder *self, size_t first, const stop *at)
{
    const tamis_terms *terms = self->terms;
    uint32_t form_number = terms->nodes[at->node];
    size_t start = self->base + scan_start(&self->chunk, first);
    if (!form_number ||
        !same_tokens(self, first, at, terms->folded + terms->forms[form_number - 1].folded))
        return false;
    for (; form_number; form_number = terms->forms[form_number - 1].next) {
        const term_form *form = terms->forms + form_number - 1;
        tamis_hit hit = {start, at->end, form->row, terms->rows[form->row].flags};
        if (form->flags & FORM_CASED) {
            tamis_str found = {self->text.p + start, at->end - start};
            if ((uint32_t)(fold_case_signature(found) >> 32) != form->signature) continue;
        }
        if (form->skip) hit.start = skip_letters(self->text, start, form->skip);
        if (self->accept && !self->accept(self->user, self->text, &hit)) continue;
        if (!(hit.flags & TAMIS_TERM_EXCLUDE)) self->hits[self->count++] = hit;
        self->behind = at->end;
        return true;
    }
    return false;
}

/* The longest wanted term that begins with token `first` of the chunk, which leads to `root`. */
static void walk(finder *self, size_t first, bool goes_on, uint32_t root)
{
    const tamis_terms *terms = self->terms;
    const scan_chunk *chunk = &self->chunk;
    stop stops[TERM_TOKENS];
    unsigned stop_count = 0;
    uint32_t node = 0;
    size_t end = 0, token_bytes = 0;
    fold_token spare;
    for (uint32_t i = 0; i < TERM_TOKENS; i++) {
        const unsigned char *bytes;
        size_t at = first + i, start = 0, n;
        bool here = at < chunk->count;
        if (here) {
            bytes = chunk->folded + chunk->folded_start[at];
            n = (size_t)(chunk->folded_end[at] - chunk->folded_start[at]);
            if (i) start = self->base + scan_start(chunk, at);
        } else {
            if (!fold_next_token(self->text, end, &spare) || spare.cut) break;
            bytes = spare.folded;
            n = spare.folded_bytes;
            start = spare.start;
        }
        if (n > FOLD_TOKEN_BYTES) break;
        if (i && !fold_gap_joins(self->text, end, start, token_bytes)) break;
        node = i ? terms_child(terms, node, token_hash(bytes, (unsigned)n, terms->seed)) : root;
        if (!node) break;
        end = here ? self->base + scan_end(chunk, at) : spare.end;
        token_bytes = n;
        if (terms->nodes[node]) stops[stop_count++] = (stop){node, i + 1, end};
        if (!goes_on) break;
    }
    while (stop_count > 0)
        if (take(self, first, &stops[--stop_count])) return;
}

/* ------------------------------------------------------------------ chunk by chunk */

/* The nodes that some candidates lead to, all looked up at once, and what their walks will read is
 * fetched: one after another they would wait for memory at each step, for between two documents
 * other stages have had the caches. */
enum { AHEAD = 32 };

static uint64_t hash_at(const finder *self, size_t token)
{
    const scan_chunk *chunk = &self->chunk;
    unsigned start = chunk->folded_start[token];
    return token_hash(chunk->folded + start, chunk->folded_end[token] - start, self->terms->seed);
}

static void look_ahead(const finder *self, size_t from, uint32_t nodes[AHEAD])
{
    const tamis_terms *terms = self->terms;
    const uint16_t *candidates = self->chunk.candidates + from;
    size_t count = self->chunk.candidate_count - from;
    uint64_t hashes[AHEAD];
    if (count > AHEAD) count = AHEAD;
    for (size_t i = 0; i < count; i++) {
        hashes[i] = hash_at(self, candidates[i] & (SCAN_GOES_ON - 1));
        __builtin_prefetch(terms->slots + (slot_hash(0, hashes[i]) >> terms->slot_shift));
    }
    for (size_t i = 0; i < count; i++) {
        nodes[i] = terms_child(terms, 0, hashes[i]);
        __builtin_prefetch(terms->nodes + nodes[i]);
        size_t next = (candidates[i] & (SCAN_GOES_ON - 1)) + 1U;
        if (!nodes[i] || !(candidates[i] & SCAN_GOES_ON) || next >= self->chunk.count) continue;
        __builtin_prefetch(terms->slots +
                           (slot_hash(nodes[i], hash_at(self, next)) >> terms->slot_shift));
    }
    for (size_t i = 0; i < count; i++)
        if (terms->nodes[nodes[i]]) __builtin_prefetch(terms->forms + terms->nodes[nodes[i]] - 1);
    for (size_t i = 0; i < count; i++) {
        if (!terms->nodes[nodes[i]]) continue;
        const term_form *form = terms->forms + terms->nodes[nodes[i]] - 1;
        __builtin_prefetch(terms->folded + form->folded);
        __builtin_prefetch(terms->rows + form->row);
    }
}

/* The candidates of a chunk; false when the hits are full. */
static bool find_in_chunk(finder *self)
{
    uint32_t nodes[AHEAD] = {0};
    for (size_t i = 0; i < self->chunk.candidate_count; i++) {
        size_t token = self->chunk.candidates[i] & (SCAN_GOES_ON - 1);
        if (i % AHEAD == 0) look_ahead(self, i, nodes);
        if (!nodes[i % AHEAD]) continue;
        if (self->base < self->behind &&
            self->base + scan_start(&self->chunk, token) < self->behind)
            continue;
        walk(self, token, self->chunk.candidates[i] & SCAN_GOES_ON, nodes[i % AHEAD]);
        if (self->count == self->room) return false;
    }
    return true;
}

size_t terms_find(const tamis_terms *self, tamis_str text, size_t from, tamis_accept accept,
                  void *user, tamis_hit *hits, size_t room, size_t *next)
{
    const scan_path *path = scan_best();
    unsigned char tail[SCAN_CHUNK + 2 * SCAN_SLACK];
    finder f;
    f.terms = self, f.text = text, f.accept = accept, f.user = user;
    f.hits = hits, f.room = room, f.count = 0, f.behind = 0;
    if (room == 0) {
        *next = from;
        return 0;
    }
    size_t at = from < text.n ? fold_align(text, from) : text.n;
    while (at < text.n) {
        const unsigned char *p = (const unsigned char *)text.p + at;
        size_t left = text.n - at;
        bool last = left <= SCAN_CHUNK;
        if (left <= SCAN_CHUNK + SCAN_SLACK) {
            memcpy(tail, p, left);
            memset(tail + left, 0, SCAN_SLACK);
            p = tail;
        }
        f.base = at;
        path->tokens(p, last ? left : SCAN_CHUNK, last, &f.chunk);
        path->candidates(self, &f.chunk);
        if (!find_in_chunk(&f)) {
            *next = f.behind;
            return f.count;
        }
        if (last) break;
        if (f.chunk.open > 0) {
            at += f.chunk.open;
        } else { /* one token fills the chunk: no term is that long */
            at = fold_align(text, at + f.chunk.used);
        }
    }
    *next = text.n;
    return f.count;
}
