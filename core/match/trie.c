/* Spellings into a trie over tokens: a batch is folded first, then goes from token to token in
 * step, then is hung on its nodes in the order in which it came. */
#include "match/trie.h"

enum { SLOT_BITS_LEAST = 11 };
static const uint32_t NOWHERE = UINT32_MAX;

/* Room for twice as many, or at first for as many as the text may ask for: what is not touched
 * costs nothing. */
static bool grow(const trie *self, void **items, uint32_t *room, size_t size)
{
    size_t guess = self->rows->text / 16, more = *room ? (size_t)*room * 2 : 1024;
    if (*room == 0 && more < guess) more = guess;
    void *p = more <= UINT32_MAX ? pages_grow(*items, *room * size, more * size) : NULL;
    if (!p) return false;
    *items = p;
    *room = (uint32_t)more;
    return true;
}

/* ------------------------------------------------------------------ nodes */

static void give_slots(trie *self)
{
    if (self->slots) pages_give(self->slots, sizeof *self->slots << self->slot_bits);
}

static bool slots_grow(trie *self)
{
    unsigned bits = self->slot_bits ? self->slot_bits + 1 : SLOT_BITS_LEAST;
    while (!self->slot_bits && ((size_t)3 << bits >> 2) < self->rows->count) bits++;
    size_t count = (size_t)1 << bits, mask = count - 1;
    term_slot *slots = pages_take(count * sizeof *slots);
    if (!slots) return false;
    for (uint32_t node = 1; node < self->node_count; node++) {
        uint64_t h = slot_hash(self->made[node].parent, self->made[node].hash);
        size_t i = h >> (64 - bits);
        while (slots[i].node) i = (i + 1) & mask;
        slots[i] = (term_slot){(uint32_t)h, node};
    }
    give_slots(self);
    self->slots = slots;
    self->slot_bits = bits;
    return true;
}

static bool nodes_grow(trie *self)
{
    uint32_t room = self->node_room;
    return grow(self, (void **)&self->nodes, &room, sizeof *self->nodes) &&
           grow(self, (void **)&self->made, &self->node_room, sizeof *self->made);
}

/* Where the spelling's bytes stand in the pool, put there when they do not yet. */
static uint32_t keep_bytes(trie *self, trie_spelling *s)
{
    if (s->folded == NOWHERE) {
        s->folded = (uint32_t)self->folded.n;
        buffer_append(&self->folded, s->bytes, s->length);
        self->failed |= self->folded.failed;
    }
    return s->folded;
}

static uint64_t hash_of(const trie *self, const trie_spelling *s, unsigned token)
{
    const uint8_t *p = s->bytes + s->at[token];
    return token_hash(p + 1, *p, self->seed);
}

/* Says which slot the next token will ask for. */
static void look_ahead(const trie *self, trie_spelling *s, unsigned token)
{
    if (token == s->form.tokens) return;
    s->hash = slot_hash(token ? s->path[token - 1] : 0, hash_of(self, s, token));
    __builtin_prefetch(self->slots + (s->hash >> (64 - self->slot_bits)));
}

/* Goes on by one token; the node is made when there is none. Whether one that is there is for this
 * token and no other of the same hash is looked at later: check. */
static void step(trie *self, trie_spelling *s, unsigned token)
{
    /* Three quarters full is where probing still costs less than the cache lines of a sparser
     * table. */
    if (self->node_count >= ((size_t)3 << self->slot_bits >> 2) && !slots_grow(self)) goto failed;
    size_t mask = ((size_t)1 << self->slot_bits) - 1, i = s->hash >> (64 - self->slot_bits);
    while (self->slots[i].node && self->slots[i].tag != (uint32_t)s->hash) i = (i + 1) & mask;
    uint32_t node = self->slots[i].node;
    if (!node) {
        if (self->node_count == self->node_room && !nodes_grow(self)) goto failed;
        node = self->node_count++;
        self->slots[i] = (term_slot){(uint32_t)s->hash, node};
        self->made[node] = (made_node){hash_of(self, s, token), token ? s->path[token - 1] : 0,
                                       keep_bytes(self, s) + s->at[token]};
        self->nodes[node] = 0;
        s->fresh |= UINT32_C(1) << token;
    }
    s->path[token] = node;
    __builtin_prefetch(self->made + node);
    if (token + 1U == s->form.tokens) __builtin_prefetch(self->nodes + node);
    look_ahead(self, s, token + 1);
    return;
failed:
    self->failed = true;
}

/* Fetches what check and hang will read. */
static void look_back(const trie *self, const trie_spelling *s)
{
    for (unsigned i = 0; i < s->form.tokens; i++)
        if (!(s->fresh >> i & 1))
            __builtin_prefetch(self->folded.p + self->made[s->path[i]].folded);
    uint32_t form = self->nodes[s->path[s->form.tokens - 1]];
    if (form) __builtin_prefetch(self->forms + form - 1);
}

static void check(trie *self, const trie_spelling *s)
{
    for (unsigned i = 0; i < s->form.tokens; i++) {
        if (s->fresh >> i & 1) continue;
        const made_node *node = self->made + s->path[i];
        const uint8_t *have = (uint8_t *)self->folded.p + node->folded, *want = s->bytes + s->at[i];
        if (node->parent != (i ? s->path[i - 1] : 0) || memcmp(have, want, *want + 1U) != 0)
            self->collided = true;
    }
}

/* ------------------------------------------------------------------ forms */

/* The number of a form's language stands in the form, unless there are very many. */
enum { LANGS_MANY = UINT8_MAX };

static bool same_lang(const trie *self, const term_form *a, const term_form *b)
{
    return a->lang == b->lang && (a->lang != LANGS_MANY ||
                                  self->rows->rows[a->row].lang == self->rows->rows[b->row].lang);
}

/* Hangs a form on its node: capitals that must match first, then the later rows first. */
static void hang(trie *self, trie_spelling *s)
{
    const term_form *form = &s->form;
    uint32_t node = s->path[form->tokens - 1], *at = self->nodes + node;
    if (form->flags & FORM_DERIVED && *at) {
        for (uint32_t i = *at; i; i = self->forms[i - 1].next)
            if (!(self->forms[i - 1].flags & FORM_DERIVED) ||
                same_lang(self, &self->forms[i - 1], form))
                return;
    }
    for (; *at; at = &self->forms[*at - 1].next) {
        term_form *other = self->forms + *at - 1;
        if (same_lang(self, other, form) && other->flags == form->flags &&
            other->signature == form->signature) {
            other->row = form->row;
            other->skip = form->skip;
            return;
        }
    }
    if (self->form_count == self->form_room &&
        !grow(self, (void **)&self->forms, &self->form_room, sizeof *self->forms)) {
        self->failed = true;
        return;
    }
    at = self->nodes + node; /* may come to point into the forms, which have grown by now */
    if (!(form->flags & FORM_CASED))
        while (*at && self->forms[*at - 1].flags & FORM_CASED) at = &self->forms[*at - 1].next;
    s->form.folded = keep_bytes(self, s);
    s->form.next = *at;
    self->forms[self->form_count] = s->form;
    *at = ++self->form_count;
}

/* ------------------------------------------------------------------ batches */

void trie_settle(trie *self)
{
    bool more = true;
    for (unsigned token = 0; more && !self->failed; token++) {
        more = false;
        for (size_t i = 0; i < self->batched && !self->failed; i++) {
            if (token >= self->batch[i].form.tokens) continue;
            step(self, &self->batch[i], token);
            more = true;
        }
    }
    for (size_t i = 0; i < self->batched && !self->failed; i++) look_back(self, &self->batch[i]);
    for (size_t i = 0; i < self->batched && !self->failed && !self->collided; i++) {
        check(self, &self->batch[i]);
        hang(self, &self->batch[i]);
    }
    self->batched = self->batch_bytes = 0;
}

static bool spell(trie_spelling *self, uint8_t *bytes, tamis_str text)
{
    fold_token token;
    uint32_t length = 0;
    uint8_t tokens = 0;
    for (size_t from = 0; fold_next_token(text, from, &token); from = token.end) {
        if (tokens == TERM_TOKENS || token.cut ||
            length + token.folded_bytes + 1 > SPELLING_BYTES - 16)
            return false;
        if (!token.folded_bytes) continue;
        self->at[tokens++] = (uint16_t)length;
        bytes[length++] = (uint8_t)token.folded_bytes;
        memcpy(bytes + length, token.folded, token.folded_bytes);
        length += token.folded_bytes;
    }
    memset(bytes + length, 0, 16); /* hashes read that far */
    self->bytes = bytes;
    self->length = length;
    self->form.tokens = tokens;
    return tokens > 0;
}

bool trie_add(trie *self, uint32_t row, tamis_str text, uint8_t flags, uint8_t skip)
{
    trie_spelling *s = self->batch + self->batched;
    const parsed_row *r = self->rows->rows + row;
    s->form = (term_form){.row = row, .skip = skip, .flags = flags};
    s->form.lang = (uint8_t)(r->lang < LANGS_MANY ? r->lang : LANGS_MANY);
    if (!spell(s, self->bytes + self->batch_bytes, text)) return false;
    if (r->row.flags & TAMIS_TERM_CASED) {
        s->form.flags |= FORM_CASED;
        s->form.signature = (uint32_t)(fold_case_signature(text) >> 32);
    }
    s->folded = NOWHERE;
    s->fresh = 0;
    look_ahead(self, s, 0);
    self->batch_bytes += s->length + 16;
    self->batched++;
    if (self->batched == TRIE_BATCH || BATCH_BYTES - self->batch_bytes < SPELLING_BYTES)
        trie_settle(self);
    return true;
}

bool trie_open(trie *self, const parsed *rows, uint64_t seed)
{
    *self = (trie){.rows = rows, .seed = seed, .node_count = 1};
    return nodes_grow(self) && slots_grow(self);
}

void trie_free(trie *self)
{
    give_slots(self);
    pages_give(self->nodes, self->node_room * sizeof *self->nodes);
    pages_give(self->made, self->node_room * sizeof *self->made);
    pages_give(self->forms, self->form_room * sizeof *self->forms);
    buffer_free(&self->folded);
}
