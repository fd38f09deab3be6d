/* Characters one by one: the plain definition that the scanners are tested against, and what the
 * compiler uses on terms. */
#include "match/fold.h"

#include "match/fold_table.h"

enum {
    ENTRY_CLASS = 7,
    ENTRY_LENGTH_SHIFT = 3,
    ENTRY_OFFSET_SHIFT = 6,
    ENTRY_RAW = 7,
    TABLE_LIMIT = 0x20000
};

const unsigned char *const fold_pairs[5] = {fold_pair_C3, fold_pair_C4, fold_pair_C5, fold_pair_D0,
                                            fold_pair_D1};
const unsigned char *const fold_seconds[3] = {fold_second_C3, fold_second_C4, fold_second_C5};

const uint32_t (*const fold_steps)[256] = fold_step_table;
const unsigned char fold_step_kinds[256] = {
    [0x80] = 8, [0xC2] = 1, [0xC3] = 2, [0xC4] = 3, [0xC5] = 4, [0xD0] = 5, [0xD1] = 6, [0xE2] = 7};

static bool continues(const unsigned char *p, unsigned count)
{
    for (unsigned i = 1; i <= count; i++)
        if ((p[i] & 0xC0) != 0x80) return false;
    return true;
}

/* Decodes without trusting: 0 bytes when p is no character. */
static unsigned decode(const unsigned char *p, size_t n, uint32_t *code)
{
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] < 0xE0 && n >= 2 && continues(p, 1)) {
        *code = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
        return 2;
    }
    if (p[0] >= 0xE0 && p[0] < 0xF0 && n >= 3 && continues(p, 2)) {
        *code = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
        return 3;
    }
    if (p[0] >= 0xF0 && p[0] < 0xF5 && n >= 4 && continues(p, 3)) {
        *code = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
                (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
        return 4;
    }
    return 0;
}

fold_char fold_next(const unsigned char *p, size_t n)
{
    uint32_t code;
    unsigned bytes = decode(p, n, &code);
    if (!bytes) return (fold_char){FOLD_GAP, 1, 0, p};
    if (code >= TABLE_LIMIT) { /* planes 2 and 3 are ideographs */
        fold_class class = code < 0x40000                      ? FOLD_IDEOGRAPH
                           : code >= 0xE0100 && code < 0xE01F0 ? FOLD_JOINER
                                                               : FOLD_GAP;
        return (fold_char){class, bytes, class == FOLD_IDEOGRAPH ? bytes : 0, p};
    }
    uint32_t entry = fold_entries[fold_index[code >> 6]][code & 63];
    unsigned length = entry >> ENTRY_LENGTH_SHIFT & 7;
    if (length == ENTRY_RAW) return (fold_char){entry & ENTRY_CLASS, bytes, bytes, p};
    return (fold_char){entry & ENTRY_CLASS, bytes, length,
                       fold_pool + (entry >> ENTRY_OFFSET_SHIFT)};
}

static void token_append(fold_token *self, const fold_char *c)
{
    if (self->cut || self->folded_bytes + c->folded_bytes > FOLD_TOKEN_BYTES) {
        self->cut = true;
        return;
    }
    memcpy(self->folded + self->folded_bytes, c->folded, c->folded_bytes);
    self->folded_bytes += c->folded_bytes;
}

static inline fold_class class_of_ascii(unsigned char byte)
{
    unsigned char low = byte | 0x20;
    return low >= 'a' && low <= 'z'     ? FOLD_LETTER
           : byte >= '0' && byte <= '9' ? FOLD_DIGIT
                                        : FOLD_GAP;
}

bool fold_next_token(tamis_str text, size_t from, fold_token *token)
{
    const unsigned char *p = (const unsigned char *)text.p;
    size_t at = from;
    fold_class class = FOLD_GAP;
    while (at < text.n) {
        unsigned bytes = 1;
        if (p[at] < 0x80) {
            class = class_of_ascii(p[at]);
        } else {
            fold_char c = fold_next(p + at, text.n - at);
            class = c.class;
            bytes = c.bytes;
        }
        if (class != FOLD_GAP && class != FOLD_JOINER) break;
        at += bytes;
    }
    if (at >= text.n) return false;
    token->start = at;
    token->folded_bytes = 0;
    token->cut = false;
    for (bool first = true; at < text.n; first = false) {
        if (p[at] < 0x80) { /* most of most words */
            if (class_of_ascii(p[at]) != class) break;
            if (token->folded_bytes < FOLD_TOKEN_BYTES && !token->cut)
                token->folded[token->folded_bytes++] = p[at] | 0x20;
            else
                token->cut = true;
            at++;
            continue;
        }
        fold_char c = fold_next(p + at, text.n - at);
        if (c.class != FOLD_JOINER && (c.class != class || class == FOLD_IDEOGRAPH) && !first)
            break;
        token_append(token, &c);
        at += c.bytes;
    }
    token->end = at;
    memset(token->folded + token->folded_bytes, 0, 16);
    return true;
}

/* The class of the character before `at`, joiners skipped. */
static fold_class class_before(tamis_str text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.p;
    while (at > 0) {
        size_t start = at - 1;
        while (start > 0 && at - start < 4 && utf8_is_continuation(p[start])) start--;
        fold_char c = fold_next(p + start, at - start);
        if (c.class != FOLD_JOINER) return c.class;
        at = start;
    }
    return FOLD_GAP;
}

size_t fold_align(tamis_str text, size_t from)
{
    const unsigned char *p = (const unsigned char *)text.p;
    if (from == 0) return 0;
    while (from < text.n && utf8_is_continuation(p[from])) from++;
    fold_class before = class_before(text, from);
    if (before == FOLD_GAP) return from;
    while (from < text.n) {
        fold_char c = fold_next(p + from, text.n - from);
        if (c.class != FOLD_JOINER && (c.class != before || before == FOLD_IDEOGRAPH)) break;
        from += c.bytes;
    }
    return from;
}

/* The kinds of what may stand in a gap. */
typedef enum { GAP_STOP, GAP_SPACE, GAP_LINE, GAP_MARK, GAP_DOT, GAP_NOTHING } gap_kind;

static gap_kind gap_kind_of(const unsigned char *p, unsigned bytes)
{
    if (bytes == 1) {
        switch (*p) {
        case ' ':
        case '\t': return GAP_SPACE;
        case '\n': return GAP_LINE;
        case '\r': return GAP_NOTHING;
        case '-':
        case '\'':
        case '/':
        case '_': return GAP_MARK;
        case '.': return GAP_DOT;
        default: return GAP_STOP;
        }
    }
    uint32_t code = 0;
    decode(p, bytes, &code);
    if (code == 0xA0 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x205F ||
        code == 0x3000)
        return GAP_SPACE;
    if ((code >= 0x2010 && code <= 0x2013) || code == 0x2018 || code == 0x2019 || code == 0x2032 ||
        code == 0x2212 || code == 0x30FB || code == 0xB7)
        return GAP_MARK;
    fold_char c = fold_next(p, bytes);
    return c.class == FOLD_JOINER ? GAP_NOTHING : GAP_STOP;
}

static bool is_between(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* ". " behind what is cut short within a name: the initial of "Gerald R. Ford", the model of "vz.
 * 61". */
static bool is_abbreviation(const unsigned char *p, size_t start, size_t end, size_t n)
{
    if (end - start != 2 || p[start] != '.' || p[start + 1] != ' ' || end >= n || start < 3)
        return false;
    if (p[start - 2] == ' ')
        return is_between(p[start - 1], 'A', 'Z') && is_between(p[end], 'A', 'Z');
    return p[start - 3] == ' ' && is_between(p[start - 2], 'a', 'z') &&
           is_between(p[start - 1], 'a', 'z') && is_between(p[end], '0', '9');
}

bool fold_gap_joins(tamis_str text, size_t start, size_t end, size_t token_bytes)
{
    const unsigned char *p = (const unsigned char *)text.p;
    unsigned spaces = 0, lines = 0, marks = 0;
    if (start == end) return true;
    if (end - start == 1 && p[start] == ' ') return true;
    if (end - start == 1 && p[start] == ',' && start > 0 && end < text.n) /* "7,62" */
        return is_between(p[start - 1], '0', '9') && is_between(p[end], '0', '9');
    if (end - start > 24) return false;
    for (size_t at = start; at < end;) {
        unsigned bytes = p[at] < 0x80 ? 1 : fold_next(p + at, end - at).bytes;
        switch (gap_kind_of(p + at, bytes)) {
        case GAP_NOTHING: break;
        case GAP_SPACE: spaces++; break;
        case GAP_LINE: lines++; break;
        case GAP_MARK: marks++; break;
        case GAP_DOT:
            if (end - start > 1) return is_abbreviation(p, start, end, text.n);
            if (token_bytes > 3) return false;
            break;
        default: return false;
        }
        at += bytes;
    }
    /* Spaces pile up only around a line break (a wrapped, indented line). */
    return lines <= 1 && marks <= 1 && (lines == 1 || spaces <= 2) && !(marks && spaces > 1);
}

bool fold_is_capital(const unsigned char *p, unsigned bytes)
{
    if (bytes == 1) return *p >= 'A' && *p <= 'Z';
    uint32_t code = 0;
    decode(p, bytes, &code);
    if (code >= 0xC0 && code <= 0xDE) return code != 0xD7;
    if (code >= 0x100 && code <= 0x137) return !(code & 1);
    if (code >= 0x139 && code <= 0x148) return code & 1;
    if (code >= 0x14A && code <= 0x177) return !(code & 1);
    if (code == 0x178 || code == 0x179 || code == 0x17B || code == 0x17D) return true;
    if (code >= 0x386 && code <= 0x3AB) return code != 0x390;
    if (code >= 0x400 && code <= 0x42F) return true;
    if (code >= 0x460 && code <= 0x481) return !(code & 1);
    if (code >= 0x48A && code <= 0x4BF) return !(code & 1);
    return false;
}

uint64_t fold_case_signature(tamis_str text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    uint64_t hash = 0;
    for (size_t at = 0; at < text.n;) {
        fold_char c = fold_next(p + at, text.n - at);
        if (c.class == FOLD_LETTER)
            hash = hash * UINT64_C(0x9E3779B97F4A7C15) + (fold_is_capital(p + at, c.bytes) ? 2 : 1);
        at += c.bytes;
    }
    return hash;
}
