/* What a pattern cannot match without. A pattern is read once, conservatively: runs of plain
 * characters that no quantifier makes optional, the best of a sequence, one of each branch of an
 * alternation. Whatever is not understood ends the run; constructs that change the meaning of what
 * follows give up altogether. Used so that of a thousand rules only those run whose literal is in
 * the document. */
#include "script/literals.h"

#include <ctype.h>
#include <stdlib.h>

enum { WIDEST = 100000, RUN_BYTES = 64 };

typedef struct {
    const char *p, *end;
    arena *memory;
    bool caseless, lost; /* lost: nothing can be said of this pattern */
    int depth;
} parser;

/* A sequence under way: the run of plain bytes, how wide what came before may be, and the best
 * found. */
typedef struct {
    char run[RUN_BYTES];
    size_t n;
    uint32_t run_before; /* width ahead of the run */
    uint32_t width;      /* of all so far, the run included; LITERAL_UNBOUNDED */
    literal_set best;
} sequence;

/* What one item was: how wide it may be, and what it requires. */
typedef struct {
    uint32_t width;
    literal_set set;
} item;

static uint32_t widen(uint32_t a, uint32_t b)
{
    return a == LITERAL_UNBOUNDED || b == LITERAL_UNBOUNDED || a + b > WIDEST ? LITERAL_UNBOUNDED
                                                                              : a + b;
}

static size_t weakest(const literal_set *set)
{
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < set->count; i++)
        if (set->at[i].text.n < least) least = set->at[i].text.n;
    return set->count ? least : 0;
}

/* Longer literals are rarer; a bounded one may be tried where it stands. */
static bool better(const literal_set *a, const literal_set *b)
{
    if (!a->count || !b->count) return a->count > b->count;
    bool bounded_a = true, bounded_b = true;
    for (size_t i = 0; i < a->count; i++) bounded_a &= a->at[i].before != LITERAL_UNBOUNDED;
    for (size_t i = 0; i < b->count; i++) bounded_b &= b->at[i].before != LITERAL_UNBOUNDED;
    size_t wa = weakest(a), wb = weakest(b);
    if (bounded_a != bounded_b) return bounded_a ? wa >= 4 || wa >= wb : wb < 4 && wa > wb;
    if (wa != wb) return wa > wb;
    return a->count < b->count;
}

static void end_run(parser *self, sequence *s)
{
    if (s->n >= LITERAL_SHORTEST) {
        literal_set found = {.count = 1};
        found.at[0] = (literal){arena_copy(self->memory, (tamis_str){s->run, s->n}), s->run_before};
        if (better(&found, &s->best)) s->best = found;
    }
    s->n = 0;
    s->run_before = s->width;
}

/* Characters whose other case, if they have one, folds to the same bytes; what folds to them
 * besides makes a text odd. */
static bool folds_in_place(const char *p, size_t n)
{
    static const uint32_t ranges[][2] = {
        {0x00, 0x7F},    {0xA1, 0xB4},     {0xB6, 0xC4},     {0xC6, 0xDE},     {0xE0, 0xE4},
        {0xE6, 0xFE},    {0x410, 0x44F},   {0x5D0, 0x5EA},   {0x620, 0x64A},   {0x671, 0x6D3},
        {0x900, 0x109F}, {0x2010, 0x2027}, {0x3040, 0x30FF}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}};
    size_t bytes;
    uint32_t code = utf8_decode(p, n, &bytes);
    if (bytes != n) return false;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1]) return true;
    return false;
}

static void add_bytes(parser *self, sequence *s, const char *p, size_t n)
{
    bool plain = !self->caseless || folds_in_place(p, n);
    if (!plain || s->n + n > RUN_BYTES) {
        end_run(self, s);
        s->width = widen(s->width, 4);
        s->run_before = s->width;
        return;
    }
    for (size_t i = 0; i < n; i++)
        s->run[s->n++] = self->caseless ? (char)literal_fold((unsigned char)p[i]) : p[i];
    s->width = widen(s->width, (uint32_t)n);
}

/* ------------------------------------------------------------------ quantifiers */

typedef struct {
    bool there, optional;
    uint32_t most; /* LITERAL_UNBOUNDED */
} quantifier;

static quantifier read_quantifier(parser *self)
{
    quantifier q = {.most = 1};
    if (self->p >= self->end) return q;
    char c = *self->p;
    if (c == '?' || c == '*' || c == '+') {
        self->p++;
        q = (quantifier){true, c != '+', c == '?' ? 1 : LITERAL_UNBOUNDED};
    } else if (c == '{') {
        const char *p = self->p + 1;
        if (p >= self->end || !isdigit((unsigned char)*p)) return q; /* a brace as it stands */
        uint32_t least = 0, most = 0;
        for (; p < self->end && isdigit((unsigned char)*p); p++)
            least = least * 10 + (uint32_t)(*p - '0');
        most = least;
        if (p < self->end && *p == ',') {
            p++;
            most = p < self->end && isdigit((unsigned char)*p) ? 0 : LITERAL_UNBOUNDED;
            for (; p < self->end && isdigit((unsigned char)*p); p++)
                most = most * 10 + (uint32_t)(*p - '0');
        }
        if (p >= self->end || *p != '}') return q;
        self->p = p + 1;
        q = (quantifier){true, least == 0, most};
    } else {
        return q;
    }
    if (self->p < self->end && (*self->p == '?' || *self->p == '+'))
        self->p++; /* lazy, possessive */
    return q;
}

static uint32_t times(uint32_t width, uint32_t n)
{
    if (width == 0) return 0;
    if (width == LITERAL_UNBOUNDED || n == LITERAL_UNBOUNDED || n > WIDEST / width)
        return LITERAL_UNBOUNDED;
    return width * n;
}

/* Adds an item that is no plain character, with the quantifier behind it. */
static void add_item(parser *self, sequence *s, item *i)
{
    quantifier q = read_quantifier(self);
    end_run(self, s);
    if (!q.optional && i->set.count) {
        for (size_t k = 0; k < i->set.count; k++)
            i->set.at[k].before = widen(i->set.at[k].before, s->width);
        if (better(&i->set, &s->best)) s->best = i->set;
    }
    s->width = widen(s->width, q.there ? times(i->width, q.most) : i->width);
    s->run_before = s->width;
}

/* Adds one plain character, which a quantifier may take back. */
static void add_character(parser *self, sequence *s, const char *p, size_t n)
{
    quantifier q = read_quantifier(self);
    if (!q.there) {
        add_bytes(self, s, p, n);
        return;
    }
    if (!q.optional) add_bytes(self, s, p, n);
    end_run(self, s);
    uint32_t more = q.most == LITERAL_UNBOUNDED ? LITERAL_UNBOUNDED : q.most - (q.optional ? 0 : 1);
    s->width = widen(s->width, times(self->caseless ? 4 : (uint32_t)n, more));
    s->run_before = s->width;
}

/* ------------------------------------------------------------------ items */

static void skip_class(parser *self)
{
    if (self->p < self->end && *self->p == '^') self->p++;
    if (self->p < self->end && *self->p == ']') self->p++;
    while (self->p < self->end && *self->p != ']') {
        if (*self->p == '\\') {
            if (self->p + 1 < self->end && (self->p[1] == 'Q' || self->p[1] == 'E'))
                self->lost = true;
            self->p++;
        } else if (*self->p == '[' && self->p + 1 < self->end && strchr(":.=", self->p[1])) {
            const char *close = self->p + 2;
            while (close + 1 < self->end && !(close[0] == self->p[1] && close[1] == ']')) close++;
            if (close + 1 < self->end) self->p = close + 1;
        }
        self->p++;
    }
    self->p++;
}

static void skip_braces(parser *self)
{
    if (self->p >= self->end || *self->p != '{') return;
    while (self->p < self->end && *self->p != '}') self->p++;
    self->p++;
}

static void read_alternatives(parser *self, item *out);

static void read_escape(parser *self, sequence *s)
{
    char c = self->p < self->end ? *self->p++ : 0;
    item i = {.width = 4};
    if (c && !isalnum((unsigned char)c)) {
        if ((unsigned char)c >= 0x80) self->lost = true;
        add_character(self, s, self->p - 1, 1);
        return;
    }
    switch (c) {
    case 'b':
    case 'B':
    case 'A':
    case 'z':
    case 'Z':
    case 'G': i.width = 0; break;
    case 'R': i.width = 4; break;
    case 'X': i.width = LITERAL_UNBOUNDED; break;
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 's':
    case 'S':
    case 'h':
    case 'H':
    case 'v':
    case 'V':
    case 'N':
    case 't':
    case 'n':
    case 'r':
    case 'f':
    case 'e':
    case 'a': break;
    case 'p':
    case 'P':
        if (self->p < self->end && *self->p == '{')
            skip_braces(self);
        else
            self->p++;
        break;
    case 'x':
        if (self->p < self->end && *self->p == '{')
            skip_braces(self);
        else
            for (int n = 0; n < 2 && self->p < self->end && isxdigit((unsigned char)*self->p); n++)
                self->p++;
        break;
    default: self->lost = true; return; /* \Q, \K, \1, \g, \k, \c, \o, \C … */
    }
    add_item(self, s, &i);
}

/* The letters of (?imsx-…) up to ')' or ':'; false where the group is of another kind. */
static bool read_flags(parser *self, bool *group)
{
    const char *p = self->p;
    bool on = true;
    for (; p < self->end && (isalpha((unsigned char)*p) || *p == '-' || *p == '^'); p++) {
        if (*p == '-') on = false;
        if (*p == 'x') self->lost = true;
        if (*p == 'i' && on)
            self->caseless = true; /* known from a first look at the pattern, too */
    }
    if (p >= self->end || (*p != ')' && *p != ':')) return false;
    *group = *p == ':';
    self->p = p + 1;
    return true;
}

static void read_group(parser *self, sequence *s)
{
    item i = {0};
    bool look = false, group = true;
    if (self->p < self->end && *self->p == '*') self->lost = true; /* verbs */
    if (self->p < self->end && *self->p == '?') {
        self->p++;
        char c = self->p < self->end ? *self->p : 0, d = self->p + 1 < self->end ? self->p[1] : 0;
        if (c == '#') {
            while (self->p < self->end && *self->p != ')') self->p++;
            self->p++;
            return;
        }
        if (c == '=' || c == '!' || (c == '<' && (d == '=' || d == '!'))) {
            look = true;
            self->p += c == '<' ? 2 : 1;
        } else if (c == ':' || c == '>' || c == '|') {
            self->p++;
        } else if (c == '<' || c == '\'' || (c == 'P' && d == '<')) {
            while (self->p < self->end && *self->p != '>' &&
                   (*self->p != '\'' || self->p[-1] == '?'))
                self->p++;
            self->p++;
        } else if (!read_flags(self, &group)) {
            self->lost = true; /* conditions, recursion */
            return;
        }
        if (!group) return;
    }
    if (++self->depth > 60) self->lost = true;
    if (!self->lost) read_alternatives(self, &i);
    self->depth--;
    if (self->p >= self->end) self->lost = true;
    self->p++;
    if (look) i = (item){0};
    add_item(self, s, &i);
}

static void read_sequence(parser *self, item *out)
{
    sequence s = {.n = 0};
    while (!self->lost && self->p < self->end && *self->p != '|' && *self->p != ')') {
        char c = *self->p++;
        item i = {.width = 4};
        if (c == '\\') {
            read_escape(self, &s);
        } else if (c == '[') {
            skip_class(self);
            add_item(self, &s, &i);
        } else if (c == '(') {
            read_group(self, &s);
        } else if (c == '.') {
            add_item(self, &s, &i);
        } else if (c == '^' || c == '$') {
            i.width = 0;
            add_item(self, &s, &i);
        } else {
            const char *from = self->p - 1;
            while (self->p < self->end && utf8_is_continuation((unsigned char)*self->p)) self->p++;
            add_character(self, &s, from, (size_t)(self->p - from));
        }
    }
    end_run(self, &s);
    out->width = s.width;
    out->set = s.best;
}

/* One literal of each branch, or nothing. */
static void read_alternatives(parser *self, item *out)
{
    bool known = true;
    *out = (item){0};
    for (;;) {
        item branch = {0};
        read_sequence(self, &branch);
        if (branch.width == LITERAL_UNBOUNDED || branch.width > out->width)
            out->width = branch.width;
        if (!branch.set.count || out->set.count + branch.set.count > LITERAL_SET) known = false;
        if (known) {
            memcpy(out->set.at + out->set.count, branch.set.at, branch.set.count * sizeof(literal));
            out->set.count += branch.set.count;
        }
        if (self->lost || self->p >= self->end || *self->p != '|') break;
        self->p++;
    }
    if (!known) out->set.count = 0;
}

/* Whether (?i…) stands anywhere: then every literal is taken as caseless, which finds no less. */
static bool mentions_caseless(tamis_str pattern)
{
    for (size_t i = 0; i + 2 < pattern.n; i++) {
        if (pattern.p[i] != '(' || pattern.p[i + 1] != '?') continue;
        for (size_t k = i + 2; k < pattern.n && isalpha((unsigned char)pattern.p[k]); k++)
            if (pattern.p[k] == 'i') return true;
    }
    return false;
}

void literals_required(tamis_str pattern, bool caseless, arena *memory, literal_set *out)
{
    parser self = {.p = pattern.p, .end = pattern.p + pattern.n, .memory = memory};
    self.caseless = caseless || mentions_caseless(pattern);
    item all;
    read_alternatives(&self, &all);
    *out = all.set;
    out->caseless = self.caseless;
    if (self.lost || self.p < self.end) out->count = 0;
}
