/* The patterns of rules: compiled one by one, so that a mistake is shown at its own character, and
 * joined where a rule gives several. */
#include "script/rules_read.h"

#include <stdlib.h>

/* The place of byte `offset` of a text that is written at `at`: behind its opening mark, some lines
 * on. False where escapes make it unsure. */
static bool place_within(const source_map *map, tamis_str text, size_t offset, position *at)
{
    const char *p = map->text.p, *end = map->text.p + map->text.n;
    uint32_t line = 1;
    while (line < at->line && p < end) line += *p++ == '\n';
    if (!at->column || p + at->column - 1 >= end) return false;
    const char *line_start = p;
    p += at->column - 1;
    if (*p == '[') {
        p++;
        while (p < end && *p == '=') p++;
        p++;
        if (p < end && *p == '\r') p++;
        if (p < end && *p == '\n') {
            line_start = ++p;
            line++;
        }
    } else {
        p++;
    }
    if ((size_t)(end - p) < text.n || (text.n && memcmp(p, text.p, text.n) != 0)) return false;
    for (size_t i = 0; i < offset; i++, p++)
        if (*p == '\n') {
            line_start = p + 1;
            line++;
        }
    at->line = line;
    at->column = (uint32_t)(p - line_start + 1);
    at->width = 1;
    return true;
}

static void bad_pattern(rule_reading *r, const value *v, size_t offset, const char *why)
{
    position at = v->at;
    tamis_str text = v->u.s;
    const source_map *map = at.file ? source_find(r->owner, at.file) : NULL;
    size_t shown = offset ? offset - 1 : 0; /* PCRE2 stops behind what it stumbles over */
    while (shown > 0 && utf8_is_continuation((unsigned char)text.p[shown])) shown--;
    bool placed = map && place_within(map, text, shown, &at);
    diagnostic *said = rule_bad(r, at, why);
    if (!placed)
        said->help = diagnostics_text(r->out, "in the pattern `%.*s`, at byte %zu",
                                      (int)(text.n > 80 ? 80 : text.n), text.p, offset + 1);
}

/* "\b" in quotes is a backspace by the time we see it. */
static void warn_of_escapes(rule_reading *r, const value *v)
{
    for (size_t i = 0; i < v->u.s.n; i++) {
        char c = v->u.s.p[i];
        if (c != '\b' && c != '\a' && c != '\v' && c != '\f') continue;
        const char letter = c == '\b' ? 'b' : c == '\a' ? 'a' : c == '\v' ? 'v' : 'f';
        diagnostic *said = rule_bad(r, v->at, "the pattern holds a control character");
        said->help = diagnostics_text(
            r->out, "Lua reads \\%c in quotes as one: write the pattern in [[…]]", letter);
        return;
    }
}

static script_regex *compile(rule_reading *r, const value *v, uint32_t flags, tamis_str text,
                             size_t ahead)
{
    error e = {0};
    size_t offset = 0;
    script_regex *regex = regex_new(r->owner, text, flags, &offset, &e);
    if (!regex) bad_pattern(r, v, offset > ahead ? offset - ahead : 0, e.text);
    return regex;
}

static bool is_pattern(rule_reading *r, const value *v)
{
    if (v->kind == VALUE_STRING && v->u.s.n) {
        warn_of_escapes(r, v);
        return true;
    }
    rule_bad(r, v->at,
             "a pattern is text, or a list of texts: write it in [[…]], so that \\ stays \\");
    return false;
}

static script_regex *take_list(rule_reading *r, const value *v, uint32_t flags, const char *ahead,
                               const char *behind, tamis_str *joined)
{
    buffer all = {0};
    bool good = true;
    buffer_append_text(&all, ahead);
    for (size_t i = 0; i < v->u.list.count; i++) {
        const value *item = &v->u.list.items[i];
        script_regex *one = is_pattern(r, item) ? compile(r, item, flags, item->u.s, 0) : NULL;
        good = good && one;
        regex_free(one);
        if (!good) continue;
        if (i) buffer_append_char(&all, '|');
        buffer_append_text(&all, "(?:");
        buffer_append_str(&all, item->u.s);
        buffer_append_text(&all, flags & PCRE2_EXTENDED ? "\n)" : ")");
    }
    buffer_append_text(&all, behind);
    *joined = arena_copy(&r->owner->memory, buffer_str(&all));
    buffer_free(&all);
    return good ? compile(r, v, flags | PCRE2_DUPNAMES, *joined, 0) : NULL;
}

script_regex *rule_take_pattern(rule_reading *r, const value *v, uint32_t flags, const char *ahead,
                                const char *behind, tamis_str *joined)
{
    tamis_str unused;
    if (!joined) joined = &unused;
    *joined = (tamis_str){NULL, 0};
    if (v->kind == VALUE_LIST && v->u.list.count)
        return take_list(r, v, flags, ahead, behind, joined);
    if (!is_pattern(r, v)) return NULL;
    *joined =
        str_of(arena_printf(&r->owner->memory, "%s%.*s%s", ahead, (int)v->u.s.n, v->u.s.p, behind));
    if (!joined->p) return NULL;
    joined->n = strlen(ahead) + v->u.s.n + strlen(behind);
    return compile(r, v, flags, *joined, strlen(ahead));
}
