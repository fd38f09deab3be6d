/* From rows to the compiled form: each row's spellings are cut into folded tokens and put into the
 * trie; a later row takes the place of an earlier one of the same spelling, language and capitals. Spellings that
 * the compiler derives itself (umlauts written out, Latin and Cyrillic lookalikes in designators,
 * Arabic proclitics) never take the place of written ones. */
#include <stdlib.h>

#include "match/compiled.h"

enum {
    SEED_TRIES = 8,
    SLOT_BITS_LEAST = 11,
    FILTER_BITS_EACH = 10,
    FILTER_WORDS_LEAST = 7,
    FILTER_WORDS_MOST = 15
};

/* A node while it is made: its token, so that equal hashes of unequal tokens are seen. */
typedef struct {
    uint64_t hash; /* of its token */
    uint32_t parent, folded;
} made_node;

typedef struct {
    const parsed *rows;
    terms_bad_row report; /* in the first try only */
    void *user;
    uint64_t seed;
    term_slot *slots;
    unsigned slot_bits;
    uint32_t *nodes; /* first form + 1 */
    made_node *made;
    uint32_t node_count, node_room;
    term_form *forms;
    uint32_t form_count, form_room;
    buffer folded; /* for each form its tokens: a byte of length and the bytes */
    bool collided; /* two tokens of one hash: try another seed */
    bool failed;   /* no memory */
} compiler;

/* A spelling in folded tokens. */
typedef struct {
    uint8_t bytes[4096 + 16];
    uint32_t length;
    uint32_t at[TERM_TOKENS + 1]; /* where token i's length byte stands */
    uint8_t tokens;
} spelling;

/* Room for twice as many, or at first for as many as the text may ask for: what is not touched costs nothing. */
static bool grow(const compiler *self, void **items, uint32_t *room, size_t size)
{
    size_t guess = self->rows->text / 16, more = *room ? (size_t)*room * 2 : 1024;
    if (*room == 0 && more < guess) more = guess;
    void *p = more <= UINT32_MAX ? pages_grow(*items, *room * size, more * size) : NULL;
    if (!p) return false;
    *items = p;
    *room = (uint32_t)more;
    return true;
}

static bool spell(spelling *self, tamis_str text)
{
    fold_token token;
    self->length = 0;
    self->tokens = 0;
    for (size_t from = 0; fold_next_token(text, from, &token); from = token.end) {
        if (self->tokens == TERM_TOKENS || token.cut ||
            self->length + token.folded_bytes + 1 > sizeof self->bytes - 16)
            return false;
        if (!token.folded_bytes) continue;
        self->at[self->tokens++] = self->length;
        self->bytes[self->length++] = (uint8_t)token.folded_bytes;
        memcpy(self->bytes + self->length, token.folded, token.folded_bytes);
        self->length += token.folded_bytes;
    }
    memset(self->bytes + self->length, 0, 16); /* hashes read that far */
    return self->tokens > 0;
}

static uint64_t padded_key(const unsigned char *p, unsigned n)
{
    unsigned char copy[16] = {0};
    memcpy(copy, p, n < KEY_PREFIX ? n : KEY_PREFIX);
    return token_key(copy, n);
}

static void give_slots(compiler *self)
{
    if (self->slots) pages_give(self->slots, sizeof *self->slots << self->slot_bits);
}

static bool slots_grow(compiler *self)
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

static bool same_token(const compiler *self, uint32_t node, uint32_t parent, const uint8_t *token)
{
    const uint8_t *have = (uint8_t *)self->folded.p + self->made[node].folded;
    return self->made[node].parent == parent && memcmp(have, token, (size_t)token[0] + 1) == 0;
}

/* The child of `parent` by a token, which stands at `folded` in the pool; made when there is none. */
static uint32_t child(compiler *self, uint32_t parent, const uint8_t *token, uint32_t folded)
{
    uint64_t hash = token_hash(token + 1, token[0], self->seed), h = slot_hash(parent, hash);
    /* Three quarters full is where probing still costs less than the cache lines of a sparser table. */
    if (!self->slots || self->node_count >= ((size_t)3 << self->slot_bits >> 2))
        if (!slots_grow(self)) goto failed;
    size_t mask = ((size_t)1 << self->slot_bits) - 1;
    size_t i = h >> (64 - self->slot_bits);
    for (; self->slots[i].node; i = (i + 1) & mask) {
        if (self->slots[i].tag != (uint32_t)h) continue;
        if (same_token(self, self->slots[i].node, parent, token)) return self->slots[i].node;
        self->collided = true;
        return 0;
    }
    if (self->node_count == self->node_room) {
        uint32_t room = self->node_room;
        if (!grow(self, (void **)&self->nodes, &room, sizeof *self->nodes)) goto failed;
        if (!grow(self, (void **)&self->made, &self->node_room, sizeof *self->made)) goto failed;
    }
    self->slots[i] = (term_slot){(uint32_t)h, self->node_count};
    self->made[self->node_count] = (made_node){hash, parent, folded};
    self->nodes[self->node_count] = 0;
    return self->node_count++;
failed:
    self->failed = true;
    return 0;
}

/* The number of a form's language stands in the form, unless there are very many. */
enum { LANGS_MANY = UINT8_MAX };

static bool same_lang(const compiler *self, const term_form *a, const term_form *b)
{
    return a->lang == b->lang && (a->lang != LANGS_MANY ||
                                  self->rows->rows[a->row].lang == self->rows->rows[b->row].lang);
}

/* Hangs a form on its node: capitals that must match first, then the later rows first. */
static void hang(compiler *self, uint32_t node, const term_form *form)
{
    uint32_t *at = self->nodes + node;
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
    self->forms[self->form_count] = *form;
    self->forms[self->form_count].next = *at;
    *at = ++self->form_count;
}

static bool add_form(compiler *self, uint32_t row, tamis_str text, uint8_t flags, uint8_t skip)
{
    spelling s;
    if (!spell(&s, text)) return false;
    uint32_t folded = (uint32_t)self->folded.n, node = 0;
    buffer_append(&self->folded, s.bytes, s.length);
    if (self->folded.failed) self->failed = true;
    uint32_t nodes_before = self->node_count;
    for (uint8_t i = 0; i < s.tokens && !self->failed && !self->collided; i++)
        node = child(self, node, s.bytes + s.at[i], folded + s.at[i]);
    if (self->failed || self->collided) return true;
    if (self->rows->rows[row].row.flags & TAMIS_TERM_CASED) flags |= FORM_CASED;
    uint32_t lang = self->rows->rows[row].lang;
    term_form form = {.row = row,
                      .lang = (uint8_t)(lang < LANGS_MANY ? lang : LANGS_MANY),
                      .folded = folded,
                      .tokens = s.tokens,
                      .skip = skip,
                      .flags = flags};
    if (flags & FORM_CASED) form.signature = (uint32_t)(fold_case_signature(text) >> 32);
    uint32_t forms_before = self->form_count;
    hang(self, node, &form);
    if (self->node_count == nodes_before && self->form_count == forms_before)
        self->folded.n = folded; /* nothing refers to it */
    return true;
}

/* Each spelling of a row: the term and what `infl=` lists. */
typedef void (*each_spelling)(compiler *self, uint32_t row, tamis_str text);

static void for_spellings(compiler *self, uint32_t row, each_spelling call)
{
    const parsed_row *r = self->rows->rows + row;
    call(self, row, r->term);
    for (tamis_str rest = r->infl; rest.n;) {
        const char *bar = memchr(rest.p, '|', rest.n);
        size_t n = bar ? (size_t)(bar - rest.p) : rest.n;
        call(self, row, (tamis_str){rest.p, n});
        rest.p += n + (bar ? 1 : 0), rest.n -= n + (bar ? 1 : 0);
    }
}

static void add_written(compiler *self, uint32_t row, tamis_str text)
{
    const parsed_row *r = self->rows->rows + row;
    if (add_form(self, row, text, 0, 0) || !self->report) return;
    const parsed *all = self->rows;
    self->report(self->user, r->row.file ? all->pool.p + all->files[r->row.file - 1].name + 2 : "",
                 r->row.line, "a term of more than 32 words or of a word beyond 255 bytes");
}

/* --- spellings derived from written ones */

/* German umlauts written out: Panzerfaeuste. */
static void add_umlauts(compiler *self, uint32_t row, tamis_str text)
{
    static const char *const umlauts[] = {"ä", "ae", "ö", "oe", "ü", "ue",
                                          "Ä", "Ae", "Ö", "Oe", "Ü", "Ue"};
    char copy[512];
    size_t n = 0;
    bool any = false;
    if (text.n > sizeof copy / 2) return;
    for (size_t i = 0; i < text.n; i++) {
        size_t k = 0;
        while (k < 12 && (text.n - i < 2 || memcmp(text.p + i, umlauts[k], 2) != 0)) k += 2;
        if (k < 12) {
            memcpy(copy + n, umlauts[k + 1], 2);
            n += 2, i++;
            any = true;
        } else {
            copy[n++] = text.p[i];
        }
    }
    if (any) add_form(self, row, (tamis_str){copy, n}, FORM_DERIVED, 0);
}

/* Designators, up to three letters before or behind digits, in letters that Latin and Cyrillic share. */
static const struct {
    char latin;
    const char *cyrillic;
} lookalikes[] = {{'A', "А"}, {'B', "В"}, {'C', "С"}, {'E', "Е"}, {'H', "Н"},
                  {'K', "К"}, {'M', "М"}, {'O', "О"}, {'P', "Р"}, {'T', "Т"},
                  {'X', "Х"}, {'Y', "У"}, {'I', "І"}, {'S', "Ѕ"}};

static bool is_designator(tamis_str text)
{
    bool digit = false;
    size_t letters = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= '0' && c <= '9')
            digit = true;
        else if (c != '-' && c != ' ' && !utf8_is_continuation(c))
            letters++;
    }
    return digit && letters > 0 && letters <= 4;
}

static void add_lookalikes(compiler *self, uint32_t row, tamis_str text)
{
    if (!is_designator(text) || text.n > 64) return;
    for (int to_cyrillic = 0; to_cyrillic < 2; to_cyrillic++) {
        char copy[160];
        size_t n = 0, swapped = 0;
        for (size_t i = 0; i < text.n;) {
            size_t k = 0, count = sizeof lookalikes / sizeof *lookalikes;
            size_t bytes = to_cyrillic ? 1 : 2;
            while (k < count &&
                   (to_cyrillic
                        ? text.p[i] != lookalikes[k].latin
                        : text.n - i < 2 || memcmp(text.p + i, lookalikes[k].cyrillic, 2) != 0))
                k++;
            if (k == count) {
                copy[n++] = text.p[i++];
                continue;
            }
            if (to_cyrillic)
                memcpy(copy + n, lookalikes[k].cyrillic, 2), n += 2;
            else
                copy[n++] = lookalikes[k].latin;
            i += bytes;
            swapped++;
        }
        if (swapped) add_form(self, row, (tamis_str){copy, n}, FORM_DERIVED, 0);
    }
}

/* --- Arabic: particles and the article are written onto the word. The article is part of the match. */

enum { ARABIC_BYTES = 480 };
static const struct {
    const char *text;
    uint8_t letters; /* that stay outside the match */
    bool article;
} proclitics[] = {{"ال", 0, true},  {"و", 1, false},   {"ف", 1, false},  {"ب", 1, false},
                  {"ل", 1, false},  {"ك", 1, false},   {"وال", 1, true}, {"فال", 1, true},
                  {"بال", 1, true}, {"كال", 1, true},  {"لل", 1, true},  {"وب", 2, false},
                  {"ول", 2, false}, {"وبال", 2, true}, {"ولل", 2, true}};

/* The words of a term with `before` on each but the first, or `behind` on each; an adjective takes the
 * article and the ending of its noun. Empty where a word cannot have it. */
static tamis_str agree(char *out, tamis_str text, tamis_str before, tamis_str behind)
{
    static const char *const closed[] = {"ة", "ا", "ى", "ء", "ين", "ون", "ات"};
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        const char *space = memchr(text.p + at, ' ', text.n - at);
        tamis_str word = {text.p + at, space ? (size_t)(space - text.p) - at : text.n - at};
        size_t b = at ? before.n : 0, e = behind.n;
        if (n + word.n + b + e + 1 > ARABIC_BYTES) return (tamis_str){NULL, 0};
        if (b && word.n > 4 && memcmp(word.p, "ال", 4) == 0) return (tamis_str){NULL, 0};
        for (size_t i = 0; e && i < sizeof closed / sizeof *closed; i++) {
            size_t k = strlen(closed[i]);
            if (word.n < k || memcmp(word.p + word.n - k, closed[i], k) == 0)
                return (tamis_str){NULL, 0};
        }
        if (at) out[n++] = ' ';
        if (b) memcpy(out + n, before.p, b);
        memcpy(out + n + b, word.p, word.n);
        if (e) memcpy(out + n + b + word.n, behind.p, e);
        n += b + word.n + e;
        at += word.n + (space ? 1 : 0);
    }
    return (tamis_str){out, n};
}

static void add_with(compiler *self, uint32_t row, size_t proclitic, tamis_str text)
{
    char copy[ARABIC_BYTES + 16];
    size_t n = strlen(proclitics[proclitic].text);
    if (!text.n) return;
    memcpy(copy, proclitics[proclitic].text, n);
    memcpy(copy + n, text.p, text.n);
    add_form(self, row, (tamis_str){copy, n + text.n}, FORM_DERIVED, proclitics[proclitic].letters);
}

static void add_arabic(compiler *self, uint32_t row, tamis_str text)
{
    char defined[ARABIC_BYTES], accusative[ARABIC_BYTES];
    if (text.n > ARABIC_BYTES || !text.n || (unsigned char)*text.p < 0xD8 ||
        (unsigned char)*text.p > 0xDB)
        return;
    tamis_str all = agree(defined, text, str_of("ال"), str_of("")),
              object = agree(accusative, text, str_of(""), str_of("ا"));
    if (object.n) add_form(self, row, object, FORM_DERIVED, 0);
    for (size_t i = 0; i < sizeof proclitics / sizeof *proclitics; i++) {
        add_with(self, row, i, text);
        if (proclitics[i].article)
            add_with(self, row, i, all);
        else
            add_with(self, row, i, object);
    }
}

static void add_derived(compiler *self, uint32_t row, tamis_str text)
{
    const parsed_row *r = self->rows->rows + row;
    tamis_str lang = self->rows->langs[r->lang];
    if (str_is(lang, "de")) add_umlauts(self, row, text);
    if (str_is(lang, "ar")) add_arabic(self, row, text);
    if (!(r->row.flags & TAMIS_TERM_EXCLUDE)) add_lookalikes(self, row, text);
}

/* --- the block */

static void compiler_free(compiler *self)
{
    give_slots(self);
    pages_give(self->nodes, self->node_room * sizeof *self->nodes);
    pages_give(self->made, self->node_room * sizeof *self->made);
    pages_give(self->forms, self->form_room * sizeof *self->forms);
    buffer_free(&self->folded);
}

static tamis_rc build_trie(compiler *self, error *e)
{
    uint32_t room = 0;
    if (!grow(self, (void **)&self->nodes, &room, sizeof *self->nodes) ||
        !grow(self, (void **)&self->made, &self->node_room, sizeof *self->made))
        return error_set(e, TAMIS_FATAL, "no memory to compile a gazetteer");
    self->node_count = 1;
    self->nodes[0] = 0;
    self->made[0] = (made_node){0, 0, 0};
    for (uint32_t i = 0; i < self->rows->count; i++) for_spellings(self, i, add_written);
    for (uint32_t i = 0; i < self->rows->count; i++) for_spellings(self, i, add_derived);
    if (self->failed) return error_set(e, TAMIS_FATAL, "no memory to compile a gazetteer");
    return TAMIS_OK;
}

/* How many words of 64 bits, as a power of two, give each key so many bits. */
static unsigned words_for(size_t count)
{
    unsigned bits = FILTER_WORDS_LEAST;
    while (((size_t)64 << bits) < count * FILTER_BITS_EACH && bits < FILTER_WORDS_MOST) bits++;
    return bits;
}

/* The filters while they are filled: each as large as what it holds asks for, so that they stay in the
 * nearer caches. */
typedef struct {
    unsigned gate_bits, single_bits, pair_bits;
    uint64_t *gate, *single, *pairs;
} filters;

static size_t filter_bytes(unsigned bits)
{
    return sizeof(uint64_t) << bits;
}

static filters size_filters(const compiler *self)
{
    size_t single = 0, pairs = 0;
    for (uint32_t i = 1; i < self->node_count; i++) {
        uint32_t parent = self->made[i].parent;
        single += parent == 0 && self->nodes[i];
        pairs += parent != 0 && self->made[parent].parent == 0;
    }
    return (filters){.gate_bits = words_for(single + pairs),
                     .single_bits = words_for(single),
                     .pair_bits = words_for(pairs)};
}

static void fill_filters(const compiler *self, const filters *to)
{
    for (uint32_t i = 1; i < self->node_count; i++) {
        const uint8_t *token = (uint8_t *)self->folded.p + self->made[i].folded;
        uint32_t parent = self->made[i].parent;
        if (parent && self->made[parent].parent) continue;
        uint64_t key = padded_key(token + 1, token[0]);
        if (parent == 0) {
            if (!self->nodes[i]) continue;
            to->gate[key >> (64 - to->gate_bits)] |= gate_bits(key, 0);
            to->single[key >> (64 - to->single_bits)] |= gate_bits(key, 0);
            continue;
        }
        const uint8_t *first = (uint8_t *)self->folded.p + self->made[parent].folded;
        uint64_t first_key = padded_key(first + 1, first[0]);
        uint64_t neighbour = neighbour_of(token[1], key), both = pair_key(first_key, key);
        to->gate[first_key >> (64 - to->gate_bits)] |= gate_bits(first_key, neighbour);
        to->pairs[both >> (64 - to->pair_bits)] |= gate_bits(both, 0);
    }
}

static uint64_t place(uint64_t *at, size_t bytes)
{
    uint64_t here = *at;
    *at += (bytes + 63) & ~(size_t)63;
    return here;
}

static tamis_rc build_block(const compiler *self, parsed *from, tamis_terms **out, error *e)
{
    filters filter = size_filters(self);
    size_t slots = ((size_t)1 << self->slot_bits) * sizeof(term_slot);
    tamis_terms *terms = calloc(1, sizeof *terms);
    char *block = NULL;
    tamis_rc rc = TAMIS_OK;
    if (!terms || !self->slots || !self->nodes) goto no_memory;

    uint64_t at = 0;
    place(&at, sizeof(term_header));
    term_header head = {.magic = "tamisgz",
                        .seed = self->seed,
                        .row_count = (uint32_t)from->count,
                        .form_count = self->form_count,
                        .node_count = self->node_count,
                        .file_count = (uint32_t)from->file_count,
                        .slot_bits = self->slot_bits,
                        .gate_bits = filter.gate_bits,
                        .single_bits = filter.single_bits,
                        .pair_bits = filter.pair_bits};
    head.slots = place(&at, slots);
    head.nodes = place(&at, self->node_count * sizeof(uint32_t));
    head.forms = place(&at, self->form_count * sizeof(term_form));
    head.gate = place(&at, filter_bytes(filter.gate_bits));
    head.single = place(&at, filter_bytes(filter.single_bits));
    head.pairs = place(&at, filter_bytes(filter.pair_bits));
    head.folded = place(&at, self->folded.n + 16);
    head.rows = place(&at, from->count * sizeof(term_row));
    head.files = place(&at, from->file_count * sizeof *from->files);
    head.pool = place(&at, from->pool.n);
    head.bytes = at;
    block = pages_take(at); /* zeros in the gaps too: an image is the same each time */
    if (!block) goto no_memory;
    memcpy(block, &head, sizeof head);
    memcpy(block + head.slots, self->slots, slots);
    memcpy(block + head.nodes, self->nodes, self->node_count * sizeof(uint32_t));
    if (self->form_count)
        memcpy(block + head.forms, self->forms, self->form_count * sizeof(term_form));
    if (self->folded.n) memcpy(block + head.folded, self->folded.p, self->folded.n);
    term_row *rows = (term_row *)(void *)(block + head.rows);
    for (size_t i = 0; i < from->count; i++) rows[i] = from->rows[i].row;
    if (from->file_count)
        memcpy(block + head.files, from->files, from->file_count * sizeof *from->files);
    if (from->pool.n) memcpy(block + head.pool, from->pool.p, from->pool.n);
    filter.gate = (uint64_t *)(void *)(block + head.gate);
    filter.single = (uint64_t *)(void *)(block + head.single);
    filter.pairs = (uint64_t *)(void *)(block + head.pairs);
    fill_filters(self, &filter);
    terms_bind(terms, block);
    terms->owned = block;
    *out = terms;
    terms = NULL;
    goto done;
no_memory:
    rc = error_set(e, TAMIS_FATAL, "no memory for a gazetteer of %zu rows", from->count);
done:
    free(terms);
    return rc;
}

tamis_rc terms_compile(const terms_file *files, size_t file_count, const tamis_term *rows,
                       size_t row_count, terms_bad_row report, void *user, tamis_terms **out,
                       error *e)
{
    parsed from = {0};
    *out = NULL;
    tamis_rc rc = gazetteer_parse(&from, files, file_count, rows, row_count, report, user, e);
    for (uint64_t seed = 1; rc == TAMIS_OK && !*out; seed++) {
        compiler self = {.rows = &from,
                         .report = seed == 1 ? report : NULL,
                         .user = user,
                         .seed = seed * TOKEN_K2};
        rc = build_trie(&self, e);
        if (rc == TAMIS_OK && !self.slots && !slots_grow(&self))
            rc = error_set(e, TAMIS_FATAL, "no memory to compile a gazetteer");
        if (rc == TAMIS_OK && !self.collided)
            rc = build_block(&self, &from, out, e);
        else if (rc == TAMIS_OK && seed == SEED_TRIES)
            rc = error_set(e, TAMIS_FATAL, "a gazetteer whose words share one hash under 8 seeds");
        compiler_free(&self);
    }
    parsed_free(&from);
    return rc;
}
