/* Words, sentences and addresses of any text: the little that the stage needs to know around a
 * term. */
#include <string.h>

#include "weapons.h"

enum { SENTENCE_BYTES = 500 };

bool weapons_equal(tamis_str a, tamis_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

size_t weapons_char(const char *p, size_t n, uint32_t *code)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t bytes = u[0] < 0xC2 ? 1 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    if (bytes > n) bytes = 1;
    *code = bytes == 1   ? u[0]
            : bytes == 2 ? (uint32_t)(u[0] & 31) << 6 | (u[1] & 63)
            : bytes == 3 ? (uint32_t)(u[0] & 15) << 12 | (uint32_t)(u[1] & 63) << 6 | (u[2] & 63)
                         : (uint32_t)(u[0] & 7) << 18 | (uint32_t)(u[1] & 63) << 12 |
                               (uint32_t)(u[2] & 63) << 6 | (u[3] & 63);
    return bytes;
}

bool weapons_is_letter(uint32_t code)
{
    if (code < 0x80) return (code | 32) >= 'a' && (code | 32) <= 'z';
    if (code < 0xC0) return code == 0xAD; /* a soft hyphen joins */
    if (code == 0xD7 || code == 0xF7) return false;
    if (code >= 0x2000 && code < 0x2C00) return code == 0x200C || code == 0x200D;
    return code != 0x60C && code != 0x61B && code != 0x61F && !(code >= 0x3000 && code <= 0x3004) &&
           !(code >= 0x3008 && code <= 0x303F) && !(code >= 0xFF00 && code <= 0xFF0F) &&
           code < 0x1F000;
}

bool weapons_is_capital(uint32_t code)
{
    return (code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0xDE && code != 0xD7) ||
           (code >= 0x400 && code <= 0x42F) || code == 0x490 || (code >= 0x391 && code <= 0x3A9) ||
           (code >= 0x100 && code <= 0x17F &&
            (code >= 0x139 && code <= 0x148 ? code & 1 : !(code & 1)));
}

static bool is_word(uint32_t code)
{
    return weapons_is_letter(code) || weapons_is_digit(code);
}

static size_t step_back(tamis_str text, size_t at)
{
    do at--;
    while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80);
    return at;
}

static inline bool is_ascii_word(unsigned char c)
{
    unsigned char low = c | 0x20;
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

size_t weapons_word_end(tamis_str text, size_t at)
{
    while (at < text.n) {
        unsigned char c = (unsigned char)text.p[at];
        uint32_t code;
        size_t bytes = 1;
        if (c < 0x80) {
            if (!is_ascii_word(c)) break;
        } else {
            bytes = weapons_char(text.p + at, text.n - at, &code);
            if (!is_word(code)) break;
        }
        at += bytes;
    }
    return at;
}

bool weapons_is_within_word(tamis_str text, size_t at)
{
    uint32_t code;
    if (at == 0) return false;
    size_t before = step_back(text, at);
    weapons_char(text.p + before, text.n - before, &code);
    return is_word(code);
}

bool weapons_word_after(tamis_str text, size_t from, size_t *start, size_t *end)
{
    while (from < text.n) {
        unsigned char c = (unsigned char)text.p[from];
        uint32_t code;
        size_t bytes = 1;
        if (c < 0x80) {
            if (is_ascii_word(c)) break;
        } else {
            bytes = weapons_char(text.p + from, text.n - from, &code);
            if (is_word(code)) break;
        }
        from += bytes;
    }
    *start = from;
    *end = weapons_word_end(text, from);
    return *start < *end;
}

bool weapons_word_before(tamis_str text, size_t to, size_t *start, size_t *end)
{
    uint32_t code;
    while (to > 0) {
        size_t at = step_back(text, to);
        weapons_char(text.p + at, text.n - at, &code);
        if (is_word(code)) break;
        to = at;
    }
    *end = to;
    while (to > 0) {
        size_t at = step_back(text, to);
        weapons_char(text.p + at, text.n - at, &code);
        if (!is_word(code)) break;
        to = at;
    }
    *start = to;
    return *start < *end;
}

size_t weapons_fold(tamis_str word, char *out, size_t room)
{
    static const char latin[] =
        "aaaaaaaceeeeiiiidnooooo\0ouuuuytsaaaaaaaceeeeiiiidnooooo\0ouuuuyty";
    static const char extended[] =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
        "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    size_t n = 0;
    for (size_t at = 0; at < word.n;) {
        uint32_t code;
        size_t bytes = weapons_char(word.p + at, word.n - at, &code);
        if (n + bytes > room) break;
        if (code == 0xAD || (code >= 0x300 && code < 0x370) || (code >= 0x64B && code <= 0x65F) ||
            code == 0x640) {
            at += bytes;
            continue;
        }
        if (code < 0x80)
            out[n++] = (char)(code >= 'A' && code <= 'Z' ? code | 32 : code);
        else if (code >= 0xC0 && code <= 0xFF && latin[code - 0xC0])
            out[n++] = latin[code - 0xC0];
        else if (code >= 0x100 && code <= 0x17F)
            out[n++] = extended[code - 0x100];
        else {
            if (code >= 0x410 && code <= 0x42F)
                code += 0x20;
            else if (code >= 0x400 && code <= 0x40F)
                code += 0x50;
            if (code == 0x451) code = 0x435;
            if (code == 0x439) code = 0x438;
            if (code == 0x457) code = 0x456;
            if (code >= 0x400 && code < 0x500) {
                out[n++] = (char)(0xC0 | code >> 6);
                out[n++] = (char)(0x80 | (code & 63));
            } else {
                memcpy(out + n, word.p + at, bytes);
                n += bytes;
            }
        }
        at += bytes;
    }
    return n;
}

size_t weapons_lower(tamis_str word, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < word.n && n < room; i++) {
        unsigned char c = (unsigned char)word.p[i], before = i ? (unsigned char)word.p[i - 1] : 0;
        if (c == 0xC2 && i + 1 < word.n && (unsigned char)word.p[i + 1] == 0xAD)
            i++; /* a soft hyphen */
        else if ((c >= 'A' && c <= 'Z') || (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97))
            out[n++] = (char)(c | 0x20);
        else
            out[n++] = (char)c;
    }
    return n;
}

bool weapons_ends_clause(tamis_str text, size_t start, size_t end)
{
    for (size_t at = start; at < end;) {
        uint32_t code;
        at += weapons_char(text.p + at, text.n - at, &code);
        if (code < 0x80 ? strchr(".;:!?,\n", (int)code) != NULL && code
                        : code == 0xBB || code == 0x201D || code == 0x2026 || code == 0x60C)
            return true;
    }
    return false;
}

/* A sentence ends at a line's end, or at a stop that a space follows and that is no abbreviation's
 * (a capital letter alone before it). */
static bool ends_sentence(tamis_str text, size_t at)
{
    char c = text.p[at];
    if (c == '\n') return true;
    if (c != '.' && c != '!' && c != '?') return false;
    if (at + 1 < text.n && text.p[at + 1] != ' ' && text.p[at + 1] != '"' && text.p[at + 1] != ')')
        return false;
    return !(c == '.' && at >= 2 && text.p[at - 1] >= 'A' && text.p[at - 1] <= 'Z' &&
             text.p[at - 2] == ' ');
}

void weapons_sentence(tamis_str text, size_t start, size_t end, size_t *first, size_t *last)
{
    size_t low = start > SENTENCE_BYTES ? start - SENTENCE_BYTES : 0;
    size_t high = text.n - end > SENTENCE_BYTES ? end + SENTENCE_BYTES : text.n;
    size_t at = start;
    while (at > low && !ends_sentence(text, at - 1)) at--;
    *first = at;
    at = end;
    while (at < high && !ends_sentence(text, at)) at++;
    *last = at;
    while (*first < start && ((unsigned char)text.p[*first] & 0xC0) == 0x80) ++*first;
    while (*last < text.n && ((unsigned char)text.p[*last] & 0xC0) == 0x80) ++*last;
}

/* The run without spaces around a place says what it is. */
bool weapons_in_address(tamis_str text, size_t start, size_t end)
{
    size_t a = start, b = end;
    while (a > 0 && start - a < 300 && !strchr(" \n\t\r<>\"()[]", text.p[a - 1])) a--;
    while (b < text.n && b - end < 300 &&
           !(text.p[b] == '\0' || strchr(" \n\t\r<>\"()[]", text.p[b])))
        b++;
    for (size_t i = a; i + 1 < b; i++) {
        char c = text.p[i], d = text.p[i + 1];
        if (c == '@' && i > a) return true;
        if (c == ':' && d == '/' && i + 2 < b && text.p[i + 2] == '/') return true;
        if (b - i > 4 && (memcmp(text.p + i, "www.", 4) == 0)) return true;
    }
    /* A host name: words joined by dots that end in two to six small letters, the term being one of
     * them. */
    size_t dot = b;
    while (b > a && (text.p[b - 1] == '.' || text.p[b - 1] == ',' || text.p[b - 1] == ';' ||
                     text.p[b - 1] == ':'))
        b--;
    for (size_t i = a; i < b; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '/') {
            if (i > a && dot != b && dot < i) b = i;
            break;
        }
        if (c == '.')
            dot = i;
        else if (c >= 0x80 ||
                 !(c == '-' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')))
            return false;
    }
    if (dot >= b || dot <= a || b - dot < 3 || b - dot > 7) return false;
    for (size_t i = dot + 1; i < b; i++)
        if (text.p[i] < 'a' || text.p[i] > 'z') return false;
    return end <= dot || start > dot;
}
