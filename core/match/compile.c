/* From rows to the compiled form: each row's spellings are cut into folded tokens and put into the
 * trie; a later row takes the place of an earlier one of the same spelling, language and capitals.
 * Spellings that the compiler derives itself (umlauts written out, Latin and Cyrillic lookalikes in
 * designators, Arabic proclitics) never take the place of written ones. */
#include <stdlib.h>

#include "match/trie.h"

enum { SEED_TRIES = 8, FILTER_BITS_EACH = 10, FILTER_WORDS_LEAST = 7, FILTER_WORDS_MOST = 15 };

typedef struct {
    trie trie;
    const parsed *rows;
    terms_bad_row report; /* in the first try only */
    void *user;
} compiler;

static uint64_t padded_key(const unsigned char *p, unsigned n)
{
    unsigned char copy[16] = {0};
    memcpy(copy, p, n < KEY_PREFIX ? n : KEY_PREFIX);
    return token_key(copy, n);
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
    if (trie_add(&self->trie, row, text, 0, 0) || !self->report) return;
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
    if (any) trie_add(&self->trie, row, (tamis_str){copy, n}, FORM_DERIVED, 0);
}

/* Designators, up to three letters before or behind digits, in letters that Latin and Cyrillic
 * share. */
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
    for (size_t i = 0; i < text.n && letters <= 4; i++) {
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
        if (swapped) trie_add(&self->trie, row, (tamis_str){copy, n}, FORM_DERIVED, 0);
    }
}

/* --- Arabic: particles and the article are written onto the word. The article is part of the
 * match. */

enum { ARABIC_BYTES = 480 };
static const struct {
    const char *text;
    uint8_t letters; /* that stay outside the match */
    bool article;
} proclitics[] = {{"ال", 0, true},  {"و", 1, false},   {"ف", 1, false},  {"ب", 1, false},
                  {"ل", 1, false},  {"ك", 1, false},   {"وال", 1, true}, {"فال", 1, true},
                  {"بال", 1, true}, {"كال", 1, true},  {"لل", 1, true},  {"وب", 2, false},
                  {"ول", 2, false}, {"وبال", 2, true}, {"ولل", 2, true}};

/* The words of a term with `before` on each but the first, or `behind` on each; an adjective takes
 * the article and the ending of its noun. Empty where a word cannot have it. */
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
    trie_add(&self->trie, row, (tamis_str){copy, n + text.n}, FORM_DERIVED,
             proclitics[proclitic].letters);
}

static void add_arabic(compiler *self, uint32_t row, tamis_str text)
{
    char defined[ARABIC_BYTES], accusative[ARABIC_BYTES];
    if (text.n > ARABIC_BYTES || !text.n || (unsigned char)*text.p < 0xD8 ||
        (unsigned char)*text.p > 0xDB)
        return;
    tamis_str all = agree(defined, text, str_of("ال"), str_of("")),
              object = agree(accusative, text, str_of(""), str_of("ا"));
    if (object.n) trie_add(&self->trie, row, object, FORM_DERIVED, 0);
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

static tamis_rc build_trie(compiler *self, uint64_t seed, error *e)
{
    if (!trie_open(&self->trie, self->rows, seed))
        return error_set(e, TAMIS_FATAL, "no memory to compile a gazetteer");
    for (uint32_t i = 0; i < self->rows->count; i++) for_spellings(self, i, add_written);
    for (uint32_t i = 0; i < self->rows->count; i++) for_spellings(self, i, add_derived);
    trie_settle(&self->trie);
    if (self->trie.failed) return error_set(e, TAMIS_FATAL, "no memory to compile a gazetteer");
    return TAMIS_OK;
}

/* How many words of 64 bits, as a power of two, give each key so many bits. */
static unsigned words_for(size_t count)
{
    unsigned bits = FILTER_WORDS_LEAST;
    while (((size_t)64 << bits) < count * FILTER_BITS_EACH && bits < FILTER_WORDS_MOST) bits++;
    return bits;
}

/* The filters while they are filled: each as large as what it holds asks for, so that they stay in
 * the nearer caches. */
typedef struct {
    unsigned gate_bits, single_bits, pair_bits;
    uint64_t *gate, *single, *pairs;
} filters;

static size_t filter_bytes(unsigned bits)
{
    return sizeof(uint64_t) << bits;
}

static filters size_filters(const trie *self)
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

static void fill_filters(const trie *self, const filters *to)
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

static tamis_rc build_block(const trie *self, const parsed *from, tamis_terms **out, error *e)
{
    filters filter = size_filters(self);
    size_t slots = ((size_t)1 << self->slot_bits) * sizeof(term_slot);
    tamis_terms *terms = calloc(1, sizeof *terms);
    char *block = NULL;
    tamis_rc rc = TAMIS_OK;
    if (!terms) goto no_memory;

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
    compiler *self = malloc(sizeof *self);
    if (rc == TAMIS_OK && !self) rc = error_set(e, TAMIS_FATAL, "no memory to compile a gazetteer");
    for (uint64_t seed = 1; rc == TAMIS_OK && !*out; seed++) {
        self->rows = &from;
        self->report = seed == 1 ? report : NULL;
        self->user = user;
        rc = build_trie(self, seed * TOKEN_K2, e);
        if (rc == TAMIS_OK && !self->trie.collided)
            rc = build_block(&self->trie, &from, out, e);
        else if (rc == TAMIS_OK && seed == SEED_TRIES)
            rc = error_set(e, TAMIS_FATAL, "a gazetteer whose words share one hash under 8 seeds");
        trie_free(&self->trie);
    }
    free(self);
    parsed_free(&from);
    return rc;
}
