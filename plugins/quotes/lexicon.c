/* The tables of a lexicon: words and phrases by their keys, stems, last parts of compounds, and by
 * what words a language is known.
 *
 * A word's key is a 64-bit hash of its lower-case letters, a phrase's that of its words' keys.
 * Tables are filled while files are read (cuefile.c, through entries.h), then only looked up. */
#include "entries.h"

/* What tells a language in quotes_probe. */
#define COMMON ((QT_FUNCTION | QT_CUE) & ~(uint32_t)QT_NONAME)

enum { LONGEST_STEM = 47, TAIL_BYTES = 4, TAIL_CLASSES = QT_ROLE | QT_BODY | QT_TITLE };

/* ------------------------------------------------------------------ hashing */

typedef struct {
    uint64_t key;
    unsigned filled; /* bytes of the block; the others are zero */
    char block[QT_BLOCK];
} hasher;

static inline void feed(hasher *self, uint32_t byte)
{
    self->block[self->filled++] = (char)byte;
    if (self->filled < QT_BLOCK) return;
    self->key = quotes_key_mix(self->key, quotes_load_chunk(self->block),
                               quotes_load_chunk(self->block + QT_CHUNK));
    memset(self->block, 0, QT_BLOCK);
    self->filled = 0;
}

static inline uint64_t finish(const hasher *self)
{
    if (!self->filled) return self->key;
    return quotes_key_mix(self->key, quotes_load_chunk(self->block),
                          quotes_load_chunk(self->block + QT_CHUNK));
}

static void feed_code_point(hasher *self, uint32_t c)
{
    if (c == 0x2019) c = '\'';
    if (c >= 0x622 && c < 0x653) { /* Arabic: one alef, no vowel signs, no stretching */
        if (c >= 0x64B || c == 0x640) return;
        if (c == 0x622 || c == 0x623 || c == 0x625) c = 0x627;
        if (c == 0x649) c = 0x64A;
    }
    if (c < 0x80) {
        feed(self, c);
    } else if (c < 0x800) {
        feed(self, 0xC0 | c >> 6);
        feed(self, 0x80 | (c & 0x3F));
    } else {
        feed(self, 0xE0 | c >> 12);
        feed(self, 0x80 | (c >> 6 & 0x3F));
        feed(self, 0x80 | (c & 0x3F));
    }
}

/* Feeds the lower case of the character at p; its length. */
static inline unsigned feed_lower(hasher *self, const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    if (c < 0x80) {
        feed(self, c | 0x20u); /* of the signs that words have none changes */
        return 1;
    }
    if (c == 0xC3 && end - p > 1 && ((unsigned char)p[1] & 0xC0) == 0x80) {
        feed(self, c | 0x20u); /* of ß, which is a small letter, this makes ÿ */
        feed(self, (unsigned char)p[1] | 0x20u);
        return 2;
    }
    if (c >= 0xE3 && c < 0xF0 && end - p > 2 && ((unsigned char)p[1] & 0xC0) == 0x80 &&
        ((unsigned char)p[2] & 0xC0) == 0x80) { /* neither small nor large */
        for (unsigned i = 0; i < 3; i++) feed(self, (unsigned char)p[i]);
        return 3;
    }
    unsigned length;
    uint32_t code = quotes_decode_wide(p, end, &length);
    feed_code_point(self, quotes_lower(code));
    return length;
}

/* The key of ASCII, whole blocks at a time; false where there is anything else. */
static bool ascii_key(const char *p, size_t n, uint64_t *key)
{
    *key = QT_KEY_START;
    for (; n; p += QT_BLOCK) {
        char block[QT_BLOCK] = {0};
        unsigned size = n < QT_BLOCK ? (unsigned)n : QT_BLOCK;
        memcpy(block, p, size);
        uint64_t both = quotes_load_chunk(block) | quotes_load_chunk(block + QT_CHUNK);
        if (both & 0x8080808080808080u) return false;
        *key = quotes_block_mix(*key, block, size);
        n -= size;
    }
    return true;
}

uint64_t quotes_key(const char *p, size_t n)
{
    uint64_t key;
    if (ascii_key(p, n, &key)) return key;
    hasher h = {.key = QT_KEY_START};
    for (const char *end = p + n; p < end;) p += feed_lower(&h, p, end);
    return finish(&h);
}

/* ------------------------------------------------------------------ tables */

static void set_bit(uint64_t *bits, unsigned count_bits, uint64_t key)
{
    uint64_t at = key >> (64 - count_bits);
    bits[at >> 6] |= (uint64_t)1 << (at & 63);
}

static const qt_entry *find(const qt_entry *slots, uint32_t mask, uint64_t key)
{
    if (!slots) return NULL;
    for (uint32_t i = (uint32_t)key & mask;; i = (i + 1) & mask) {
        if (slots[i].key == key) return &slots[i];
        if (!slots[i].key) return NULL;
    }
}

static qt_common *find_common(qt_common *slots, uint32_t mask, uint64_t key)
{
    uint32_t i = (uint32_t)key & mask;
    while (slots[i].key && slots[i].key != key) i = (i + 1) & mask;
    return &slots[i];
}

static bool fail(qt_filling *self, const char *what)
{
    self->what = what;
    return false;
}

/* A function word or verb of saying of this language. */
static bool put_common(qt_filling *self, uint64_t key)
{
    qt_lexicon *l = self->lexicon;
    if (!l->common || l->common_used * 2 > l->common_mask) {
        uint32_t mask = l->common ? l->common_mask * 2 + 1 : 16383;
        qt_common *bigger = self->alloc(self->user, (mask + (size_t)1) * sizeof *bigger);
        if (!bigger) return fail(self, "out of memory");
        for (uint32_t i = 0; l->common && i <= l->common_mask; i++) {
            if (l->common[i].key) *find_common(bigger, mask, l->common[i].key) = l->common[i];
        }
        l->common = bigger;
        l->common_mask = mask;
    }
    qt_common *slot = find_common(l->common, l->common_mask, key);
    l->common_used += !slot->key;
    slot->key = key;
    slot->langs |= (uint64_t)1 << (self->lang - l->langs);
    return true;
}

static bool grow(qt_filling *self, qt_entry **slots, uint32_t *mask)
{
    uint32_t size = *slots ? (*mask + 1) * 2 : 1024;
    qt_entry *bigger = self->alloc(self->user, size * sizeof *bigger);
    if (!bigger) return fail(self, "out of memory");
    for (uint32_t i = 0; *slots && i <= *mask; i++) {
        if (!(*slots)[i].key) continue;
        uint32_t j = (uint32_t)(*slots)[i].key & (size - 1);
        while (bigger[j].key) j = (j + 1) & (size - 1);
        bigger[j] = (*slots)[i];
    }
    *slots = bigger;
    *mask = size - 1;
    return true;
}

/* The entry goes to where its key begins: before others where it is a common word, else behind the
 * first, so that what is asked for most is found at once. */
static void link_entry(qt_lang *lang, uint32_t entry)
{
    uint16_t *place = &lang->index[lang->entries[entry].key & lang->mask];
    if (*place && !(lang->entries[entry].classes & COMMON)) place = &lang->entries[*place].next;
    lang->entries[entry].next = *place;
    *place = (uint16_t)entry;
}

/* Room for twice as many entries, and four places in the index for each. */
static bool grow_entries(qt_filling *self)
{
    qt_lang *lang = self->lang;
    uint32_t room = lang->room ? lang->room * 2 : 256;
    if (room > UINT16_MAX + 1u) return fail(self, "too many forms");
    qt_entry *entries = self->alloc(self->user, room * sizeof *entries);
    uint16_t *index = self->alloc(self->user, 4 * room * sizeof *index);
    if (!entries || !index) return fail(self, "out of memory");
    entries[0].bits = quotes_bits_of(0);
    if (lang->room) memcpy(entries, lang->entries, (lang->used + 1) * sizeof *entries);
    lang->entries = entries;
    lang->index = index;
    lang->room = room;
    lang->mask = 4 * room - 1;
    for (uint32_t i = 1; i <= lang->used; i++) {
        link_entry(lang, i);
    }
    return true;
}

static bool put_stem_key(qt_filling *self, uint64_t key, uint32_t classes, uint32_t features)
{
    qt_lang *lang = self->lang;
    if ((!lang->stems || lang->stem_used * 2 > lang->stem_mask) &&
        !grow(self, &lang->stems, &lang->stem_mask))
        return false;
    uint32_t i = (uint32_t)key & lang->stem_mask;
    while (lang->stems[i].key && lang->stems[i].key != key) i = (i + 1) & lang->stem_mask;
    qt_entry *e = &lang->stems[i];
    lang->stem_used += !e->key;
    e->key = key;
    e->classes |= classes;
    e->features |= (uint8_t)features;
    e->bits = quotes_bits_of(e->classes) | (e->features & QT_PHRASE);
    set_bit(lang->stems_seen, 12, key);
    return true;
}

static bool put_key(qt_filling *self, uint64_t key, uint32_t classes, uint32_t features)
{
    qt_lang *lang = self->lang;
    qt_entry *e = lang->entries + (quotes_find(lang, key) - lang->entries);
    if (!e->key) {
        if (lang->used + 1 == lang->room && !grow_entries(self)) return false;
        e = &lang->entries[++lang->used];
        e->key = key;
        e->classes = classes;
        link_entry(lang, lang->used);
    }
    e->classes |= classes;
    e->features |= (uint8_t)features;
    e->bits = quotes_bits_of(e->classes) | (e->features & QT_PHRASE);
    if (lang == &self->lexicon->names) set_bit(self->lexicon->given, 16, key);
    bool common = classes & COMMON && lang != &self->lexicon->names;
    return !common || put_common(self, key);
}

/* The longest stem that the word begins with. */
static const qt_entry *lookup_stem(const qt_lang *lang, const char *p, size_t n)
{
    enum { LEAST = 3 };
    const qt_entry *found = NULL;
    hasher h = {.key = QT_KEY_START};
    const char *s = p, *end = p + n;
    while (s < end && s - p < LONGEST_STEM) {
        s += feed_lower(&h, s, end);
        if (s - p > LONGEST_STEM || s - p < LEAST || !(lang->stem_lengths >> (s - p) & 1)) continue;
        uint64_t key = finish(&h);
        if (!quotes_may_have(lang->stems_seen, 12, key)) continue;
        const qt_entry *hit = find(lang->stems, lang->stem_mask, key);
        if (hit) found = hit;
    }
    return found;
}

const qt_entry *quotes_lookup_word(const qt_lang *lang, const char *p, size_t n, uint64_t key)
{
    if (!lang) return NULL;
    const qt_entry *hit = quotes_lookup_key(lang, key);
    return hit || !lang->stem_lengths ? hit : lookup_stem(lang, p, n);
}

const qt_entry *quotes_lookup(const qt_lang *lang, const char *p, size_t n, uint64_t *key)
{
    *key = quotes_key(p, n);
    return quotes_lookup_word(lang, p, n, *key);
}

/* ------------------------------------------------------------------ last parts of compounds */

const qt_entry *quotes_lookup_tail(const qt_lang *lang, const char *p, size_t n)
{
    enum { LEAST_HEAD = 3, LONGEST = 40 };
    if (n > LONGEST || n < LEAST_HEAD + TAIL_BYTES) return NULL;
    uint64_t tail = quotes_tail(p + n - TAIL_BYTES);
    if (!quotes_may_have_tail(lang, tail, 0)) return NULL;
    for (size_t from = LEAST_HEAD; from + TAIL_BYTES <= n; from++) {
        if (!quotes_may_have_tail(lang, tail, n - from)) continue;
        if (((unsigned char)p[from] & 0xC0) == 0x80) continue;
        const qt_entry *e = quotes_find(lang, quotes_key(p + from, n - from));
        if (e->classes & TAIL_CLASSES && !(e->classes & QT_FUNCTION)) return e;
    }
    return NULL;
}

static void put_tail(qt_lang *lang, const char *form, size_t n)
{
    if (memchr(form, '\'', n)) /* stands for a longer one too: anything may be a tail */
        memset(lang->tails, 0xFF, sizeof lang->tails);
    else if (n >= TAIL_BYTES) {
        uint64_t tail = quotes_tail(form + n - TAIL_BYTES);
        set_bit(lang->tails, 15, quotes_key_mix(tail, n, 0));
        set_bit(lang->tails, 15, quotes_key_mix(tail, 0, 0));
    }
}

unsigned quotes_lang(const qt_lexicon *self, tamis_str tag)
{
    size_t primary = 0;
    while (primary < tag.n && tag.p[primary] != '-' && tag.p[primary] != '_') primary++;
    for (unsigned i = 0; i < self->lang_count; i++) {
        if (strlen(self->langs[i].tag) == primary && !memcmp(self->langs[i].tag, tag.p, primary))
            return i;
    }
    return QT_NO_LANG;
}

/* ------------------------------------------------------------------ filling */

tamis_str quotes_cut(tamis_str *rest, char at)
{
    const char *hit = rest->n ? memchr(rest->p, at, rest->n) : NULL;
    tamis_str head = {rest->p, hit ? (size_t)(hit - rest->p) : rest->n};
    size_t used = head.n + (hit ? 1 : 0);
    rest->p += used;
    rest->n -= used;
    return head;
}

bool quotes_next_row(tamis_str *file, unsigned *line, tamis_str *row)
{
    while (file->n) {
        *row = quotes_cut(file, '\n');
        ++*line;
        if (row->n && row->p[row->n - 1] == '\r') row->n--;
        if (row->n && row->p[0] != '#') return true;
    }
    return false;
}

uint64_t quotes_form_key(tamis_str form)
{
    uint64_t joined = 0;
    for (unsigned words = 0; form.n; words++) {
        tamis_str word = quotes_cut(&form, '_');
        uint64_t key = quotes_key(word.p, word.n);
        joined = words ? quotes_key_join(joined, key) : key;
    }
    return joined;
}

bool quotes_put_stem(qt_filling *self, tamis_str form, uint32_t classes, uint32_t features)
{
    self->lang->stem_lengths |= (uint64_t)1 << (form.n < LONGEST_STEM ? form.n : LONGEST_STEM);
    return put_stem_key(self, quotes_form_key(form), classes, features);
}

bool quotes_put(qt_filling *self, tamis_str form, uint32_t classes, uint32_t features)
{
    uint64_t first = 0, joined = 0;
    unsigned words = 0;
    for (tamis_str rest = form; rest.n; words++) {
        tamis_str word = quotes_cut(&rest, '_');
        uint64_t key = quotes_key(word.p, word.n);
        if (words) set_bit(self->lang->phrases, 15, quotes_key_pair(joined, key));
        joined = words ? quotes_key_join(joined, key) : key;
        if (!words) first = key;
    }
    if (words > 1 && !put_key(self, first, 0, QT_PHRASE)) return false;
    if (words == 1 && classes & TAIL_CLASSES) put_tail(self->lang, form.p, form.n);
    return put_key(self, joined, classes, features);
}

bool quotes_fill(qt_filling *self, tamis_str tag)
{
    qt_lexicon *l = self->lexicon;
    if (!tag.n || tag.n >= sizeof self->lang->tag)
        return fail(self, "a language tag of 1 to 7 letters is wanted");
    unsigned found = quotes_lang(l, tag);
    if (quotes_str_is(tag, "*")) {
        self->lang = &l->names;
    } else if (found != QT_NO_LANG) {
        self->lang = &l->langs[found];
    } else {
        if (l->lang_count == QT_MAX_LANGS) return fail(self, "too many languages");
        self->lang = &l->langs[l->lang_count++];
        memcpy(self->lang->tag, tag.p, tag.n);
    }
    return self->lang->room || grow_entries(self);
}

/* ------------------------------------------------------------------ which language */

/* Function words decide; a word of several languages counts for each. */
unsigned quotes_probe(const qt_lexicon *self, tamis_str text, unsigned fallback)
{
    unsigned hits[QT_MAX_LANGS] = {0};
    unsigned words = 0;
    const char *p = text.p, *end = text.p + text.n;
    while (p < end && words < 160) {
        unsigned length;
        uint32_t c = quotes_decode(p, end, &length);
        if (!quotes_is_letter(c)) {
            p += length;
            continue;
        }
        const char *from = p;
        while (p < end && quotes_is_letter(c)) {
            p += length;
            if (p < end) c = quotes_decode(p, end, &length);
        }
        if (p - from > 24) continue;
        words++;
        uint64_t key = quotes_key(from, (size_t)(p - from));
        uint64_t langs =
            self->common ? find_common(self->common, self->common_mask, key)->langs : 0;
        for (; langs; langs &= langs - 1) hits[__builtin_ctzll(langs)]++;
    }
    unsigned best = fallback, most = fallback < self->lang_count ? hits[fallback] : 0;
    for (unsigned i = 0; i < self->lang_count; i++) {
        bool clear = fallback == QT_NO_LANG
                         ? hits[i] >= 2 && hits[i] > most
                         : hits[i] >= 4 && hits[i] > most && 2 * hits[i] > 3 * hits[fallback];
        if (clear) {
            best = i;
            most = hits[i];
        }
    }
    return best;
}
