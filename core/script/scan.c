/* One pass for the literals of all rules. Each literal is known by four of its bytes (three for the
 * shortest); the text's windows are looked up in a bitmap of 64 Ki bits that stays in the first
 * cache, and only where a bit is set is the table behind it asked and the literal compared. ASCII
 * case is folded by setting a bit, which also folds a few other bytes: the comparison sorts those
 * out. */
#include "script/literals.h"

#include <stdlib.h>

enum { HASH_BITS = 16, HASH_SIZE = 1 << HASH_BITS };

typedef struct {
    tamis_str text;
    uint32_t before, rule;
    uint32_t window; /* where in the literal its four bytes stand */
    uint32_t key;
    bool caseless;
    uint32_t next; /* index + 1 in the same bucket; 0: end */
} entry;

struct literal_scan {
    entry *entries;
    size_t count, room;
    uint8_t bits[HASH_SIZE / 8], short_bits[HASH_SIZE / 8];
    uint32_t bucket[HASH_SIZE];
    bool has_short, wide; /* wide: caseless literals beyond ASCII */
    unsigned char fold[256];
};

unsigned char literal_fold(unsigned char byte)
{
    if (byte >= 'A' && byte <= 'Z') return byte | 0x20;
    if (byte >= 0x80 && byte < 0xC0) return byte | 0x20;
    return byte == 0xD1 ? 0xD0 : byte;
}

/* A key folds case by one bit in each byte; `wide` also takes the lowest bit of bytes beyond ASCII,
 * as D0 and D1 begin the two cases of a Cyrillic letter. */
static inline uint32_t key_of(uint32_t bytes, bool wide)
{
    uint32_t key = bytes | 0x20202020u;
    return wide ? key & ~((bytes & 0x80808080u) >> 7) : key;
}

static inline uint32_t load_window(const char *p, bool wide)
{
    uint32_t bytes;
    memcpy(&bytes, p, 4);
    return key_of(bytes, wide);
}

static inline uint32_t load_short(const char *p, bool wide)
{
    return key_of((uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8 |
                      (uint32_t)(unsigned char)p[2] << 16,
                  wide) &
           0xFFFFFFu;
}

static inline uint32_t hash_of(uint32_t key)
{
    return key * 2654435761u >> (32 - HASH_BITS);
}

literal_scan *literal_scan_new(void)
{
    literal_scan *self = calloc(1, sizeof *self);
    for (int i = 0; self && i < 256; i++) self->fold[i] = literal_fold((unsigned char)i);
    return self;
}

void literal_scan_free(literal_scan *self)
{
    if (!self) return;
    free(self->entries);
    free(self);
}

size_t literal_scan_count(const literal_scan *self)
{
    return self->count;
}

/* How common a byte is in text, roughly: windows of rare bytes make fewer false starts. */
static int commonness(unsigned char c)
{
    if (c == ' ') return 12;
    if (c >= 0x80) return 3;
    return strchr("etaoinsr", c | 0x20) && c ? 8 : strchr("lhdcum", c | 0x20) && c ? 5 : 2;
}

static uint32_t rarest_window(tamis_str text)
{
    uint32_t best = 0;
    int least = 1000;
    for (uint32_t i = 0; i + 4 <= text.n; i++) {
        int sum = 0;
        for (uint32_t k = 0; k < 4; k++) sum += commonness((unsigned char)text.p[i + k]);
        if (sum < least) {
            least = sum;
            best = i;
        }
    }
    return best;
}

bool literal_scan_add(literal_scan *self, const literal_set *set, uint32_t rule)
{
    for (size_t i = 0; i < set->count; i++) {
        if (self->count == self->room) {
            size_t room = self->room ? 2 * self->room : 64;
            entry *moved = realloc(self->entries, room * sizeof *moved);
            if (!moved) return false;
            self->entries = moved;
            self->room = room;
        }
        const literal *l = &set->at[i];
        entry *e = &self->entries[self->count++];
        *e = (entry){.text = l->text, .before = l->before, .rule = rule, .caseless = set->caseless};
        /* hits of one rule must come in order: with several literals all are known by their
         * beginning */
        e->window = l->text.n >= 4 && set->count == 1 ? rarest_window(l->text) : 0;
        if (l->text.n < 4) self->has_short = true;
        for (size_t k = 0; set->caseless && k < l->text.n; k++)
            self->wide = self->wide || (unsigned char)l->text.p[k] >= 0x80;
    }
    return true;
}

bool literal_scan_build(literal_scan *self)
{
    for (size_t i = 0; i < self->count; i++) {
        entry *e = &self->entries[i];
        bool is_short = e->text.n < 4;
        e->key = is_short ? load_short(e->text.p, self->wide)
                          : load_window(e->text.p + e->window, self->wide);
        uint32_t hash = hash_of(e->key);
        uint8_t *bits = is_short ? self->short_bits : self->bits;
        bits[hash >> 3] |= (uint8_t)(1u << (hash & 7));
        e->next = self->bucket[hash];
        self->bucket[hash] = (uint32_t)i + 1;
    }
    return true;
}

static bool compare(const literal_scan *self, const entry *e, const char *p)
{
    if (!e->caseless) return memcmp(p, e->text.p, e->text.n) == 0;
    for (size_t i = 0; i < e->text.n; i++)
        if (self->fold[(unsigned char)p[i]] != (unsigned char)e->text.p[i]) return false;
    return true;
}

static bool look_up(const literal_scan *self, tamis_str text, size_t at, uint32_t key,
                    bool is_short, literal_hit hit, void *user)
{
    for (uint32_t i = self->bucket[hash_of(key)]; i; i = self->entries[i - 1].next) {
        const entry *e = &self->entries[i - 1];
        if (e->key != key || (e->text.n < 4) != is_short || at < e->window) continue;
        size_t start = at - e->window;
        if (text.n - start < e->text.n || !compare(self, e, text.p + start)) continue;
        if (!hit(user, e->rule, start, e->before)) return false;
    }
    return true;
}

/* Inlined twice, for `wide` and not, so that plain literals pay nothing for the others. */
static inline __attribute__((always_inline)) bool
scan_text(const literal_scan *self, tamis_str text, literal_hit hit, void *user, bool wide)
{
    size_t i = 0;
    for (; i + 4 <= text.n; i++) {
        uint32_t key = load_window(text.p + i, wide), hash = hash_of(key);
        if (self->bits[hash >> 3] >> (hash & 7) & 1)
            if (!look_up(self, text, i, key, false, hit, user)) return false;
        if (!self->has_short) continue;
        key &= 0xFFFFFFu;
        hash = hash_of(key);
        if (self->short_bits[hash >> 3] >> (hash & 7) & 1)
            if (!look_up(self, text, i, key, true, hit, user)) return false;
    }
    if (self->has_short && i + LITERAL_SHORTEST <= text.n)
        return look_up(self, text, i, load_short(text.p + i, wide), true, hit, user);
    return true;
}

bool literal_scan_run(const literal_scan *self, tamis_str text, literal_hit hit, void *user)
{
    if (text.n < LITERAL_SHORTEST || !self->count) return true;
    return self->wide ? scan_text(self, text, hit, user, true)
                      : scan_text(self, text, hit, user, false);
}

/* U+017F folds to s, U+212A to k, U+1C80 and the next to Cyrillic letters. */
bool literal_text_is_odd(tamis_str text)
{
    return memmem(text.p, text.n, "\xC5\xBF", 2) != NULL ||
           memmem(text.p, text.n, "\xE2\x84\xAA", 3) != NULL ||
           memmem(text.p, text.n, "\xE1\xB2", 2) != NULL;
}
