/* Option tables: parse, check, fill. One pass over the table writes the defaults, one over what the
 * user gave overrides them; whatever is wrong is gathered, so that a user sees all of it at
 * once. */
#include "plugin/options.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* What a parsed option holds before it is stored, whatever its type. */
typedef struct {
    bool b;
    int64_t i;
    double d;
    tamis_str s;
    tamis_list list;
} parsed;

const char *option_type_name(uint16_t type)
{
    static const char *const names[] = {"",       "true or false", "an integer",     "a number",
                                        "text",   "a word",        "a path",         "a list",
                                        "a size", "a duration",    "a list of paths"};
    return type < sizeof names / sizeof names[0] ? names[type] : "";
}

static size_t option_width(uint16_t type)
{
    switch (type) {
    case TAMIS_BOOL: return sizeof(bool);
    case TAMIS_ENUM: return sizeof(int32_t);
    case TAMIS_INT:
    case TAMIS_SIZE: return sizeof(int64_t);
    case TAMIS_NUMBER:
    case TAMIS_DURATION: return sizeof(double);
    case TAMIS_STRING:
    case TAMIS_PATH: return sizeof(tamis_str);
    case TAMIS_LIST:
    case TAMIS_PATHS: return sizeof(tamis_list);
    default: return 0;
    }
}

/* ------------------------------------------------------------------ scalars from text */

static bool parse_integer(tamis_str text, int64_t *out)
{
    char copy[32];
    if (text.n == 0 || text.n >= sizeof copy) return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    char *end;
    errno = 0;
    long long number = strtoll(copy, &end, 10);
    if (errno || *end) return false;
    *out = number;
    return true;
}

/* A decimal number and what follows it. strtod would take hexadecimals, "inf" and the locale's
 * comma. */
static bool parse_decimal(tamis_str text, double *out, tamis_str *rest)
{
    size_t i = 0, digits = 0;
    double sign = 1, number = 0, scale = 1;
    if (i < text.n && (text.p[i] == '-' || text.p[i] == '+')) sign = text.p[i++] == '-' ? -1 : 1;
    for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, digits++)
        number = number * 10 + (text.p[i] - '0');
    if (i < text.n && text.p[i] == '.')
        for (i++; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, digits++)
            number += (text.p[i] - '0') * (scale /= 10);
    if (!digits) return false;
    if (i < text.n && (text.p[i] == 'e' || text.p[i] == 'E')) {
        int64_t exponent;
        tamis_str tail = {text.p + i + 1, text.n - i - 1};
        if (parse_integer(tail, &exponent) && exponent > -300 && exponent < 300) {
            number *= pow(10, (double)exponent);
            i = text.n;
        }
    }
    *out = sign * number;
    *rest = (tamis_str){text.p + i, text.n - i};
    return true;
}

typedef struct {
    const char *suffix;
    double factor;
} unit;
static const unit SIZE_UNITS[] = {{"", 1},          {"B", 1},          {"k", 1024},
                                  {"K", 1024},      {"KiB", 1024},     {"M", 1048576},
                                  {"MiB", 1048576}, {"G", 1073741824}, {"GiB", 1073741824}};
static const unit TIME_UNITS[] = {{"", 1},     {"s", 1},  {"ms", 1e-3}, {"us", 1e-6},
                                  {"min", 60}, {"m", 60}, {"h", 3600}};

static bool parse_with_unit(tamis_str text, const unit *units, size_t count, double *out)
{
    tamis_str rest;
    if (!parse_decimal(text, out, &rest)) return false;
    for (size_t i = 0; i < count; i++)
        if (str_is(rest, units[i].suffix)) {
            *out *= units[i].factor;
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------ accepted ranges and words */

/* The words of "a|b|c" one after another; false at the end. */
static bool next_word(const char **list, tamis_str *word)
{
    if (!*list || !**list) return false;
    const char *bar = strchr(*list, '|');
    *word = (tamis_str){*list, bar ? (size_t)(bar - *list) : strlen(*list)};
    *list = bar ? bar + 1 : NULL;
    return true;
}

static int32_t word_index(const char *accept, tamis_str text)
{
    tamis_str word;
    for (int32_t i = 0; next_word(&accept, &word); i++)
        if (str_equal(word, text)) return i;
    return -1;
}

static const char *nearest_word(const char *accept, tamis_str text, arena *memory)
{
    const char *words[128];
    size_t count = 0;
    tamis_str word;
    while (count < 128 && next_word(&accept, &word)) words[count++] = arena_copy(memory, word).p;
    return did_you_mean(text, words, count);
}

/* Is a number within "low..high", either end open? Ends are written as the option's own values
 * are. */
static bool in_range(const tamis_option *option, double number)
{
    if (!option->accept) return true;
    const char *dots = strstr(option->accept, "..");
    if (!dots) return true;
    tamis_str low = {option->accept, (size_t)(dots - option->accept)}, high = str_of(dots + 2),
              rest;
    double bound;
    const unit *units = option->type == TAMIS_SIZE ? SIZE_UNITS : TIME_UNITS;
    size_t count = option->type == TAMIS_SIZE ? sizeof SIZE_UNITS / sizeof *SIZE_UNITS
                                              : sizeof TIME_UNITS / sizeof *TIME_UNITS;
    bool with_unit = option->type == TAMIS_SIZE || option->type == TAMIS_DURATION;
    if (low.n &&
        (with_unit ? parse_with_unit(low, units, count, &bound)
                   : parse_decimal(low, &bound, &rest)) &&
        number < bound)
        return false;
    if (high.n &&
        (with_unit ? parse_with_unit(high, units, count, &bound)
                   : parse_decimal(high, &bound, &rest)) &&
        number > bound)
        return false;
    return true;
}

/* ------------------------------------------------------------------ -D values */

tamis_rc options_parse(const tamis_option *option, tamis_str text, position at, arena *memory,
                       value *out, error *e)
{
    *out = (value){.at = at};
    tamis_str rest;
    switch (option->type) {
    case TAMIS_BOOL:
        out->kind = VALUE_BOOL;
        out->u.b = str_is(text, "true") || str_is(text, "yes") || str_is(text, "1");
        if (!out->u.b && !str_is(text, "false") && !str_is(text, "no") && !str_is(text, "0"))
            return error_set(e, TAMIS_FAIL, "`%.*s` is neither true nor false", (int)text.n,
                             text.p);
        return TAMIS_OK;
    case TAMIS_INT:
        out->kind = VALUE_INT;
        if (!parse_integer(text, &out->u.i))
            return error_set(e, TAMIS_FAIL, "`%.*s` is no integer", (int)text.n, text.p);
        return TAMIS_OK;
    case TAMIS_NUMBER:
        out->kind = VALUE_NUMBER;
        if (!parse_decimal(text, &out->u.d, &rest) || rest.n)
            return error_set(e, TAMIS_FAIL, "`%.*s` is no number", (int)text.n, text.p);
        return TAMIS_OK;
    case TAMIS_LIST:
    case TAMIS_PATHS: {
        size_t count = 1, i = 0;
        for (size_t k = 0; k < text.n; k++) count += text.p[k] == ',';
        if (!text.n) count = 0;
        out->kind = VALUE_LIST;
        out->u.list.items = arena_alloc(memory, (count + 1) * sizeof(value));
        if (!out->u.list.items) return error_set(e, TAMIS_FATAL, "no memory");
        out->u.list.count = count;
        for (size_t start = 0; i < count; i++) {
            size_t end = start;
            while (end < text.n && text.p[end] != ',') end++;
            out->u.list.items[i] = (value){.kind = VALUE_STRING, .at = at};
            out->u.list.items[i].u.s = arena_copy(memory, (tamis_str){text.p + start, end - start});
            start = end + 1;
        }
        return TAMIS_OK;
    }
    default:
        out->kind = VALUE_STRING;
        out->u.s = arena_copy(memory, text);
        return TAMIS_OK;
    }
}

/* ------------------------------------------------------------------ paths */

static const char *resolve_path(const options_owner *owner, tamis_str path, arena *memory)
{
    if (path.n && path.p[0] == '/') {
        tamis_str copy = arena_copy(memory, path);
        return access(copy.p, F_OK) == 0 ? copy.p : NULL;
    }
    char *local = path_join(memory, str_of(owner->folder ? owner->folder : "."), path);
    char absolute[PATH_MAX];
    if (local && realpath(local, absolute)) return arena_copy(memory, str_of(absolute)).p;
    if (path.n > 1 && path.p[0] == '.' && path.p[1] == '/') return NULL;
    for (size_t i = 0; owner->data_folders && owner->data_folders[i]; i++) {
        char *data = path_join(memory, str_of(owner->data_folders[i]), path);
        if (data && realpath(data, absolute)) return arena_copy(memory, str_of(absolute)).p;
    }
    return NULL;
}

static bool take_path(const options_owner *owner, const tamis_option *option, const value *given,
                      tamis_str *out, arena *memory, diagnostics *report)
{
    if (!given->u.s.n) {
        *out = (tamis_str){0};
        return true;
    }
    const char *found = resolve_path(owner, given->u.s, memory);
    if (found) {
        *out = str_of(found);
        return true;
    }
    diagnostic *d = diagnostics_add(report, DIAGNOSTIC_ERROR, "E0110", given->at,
                                    "no file `%.*s` for option `%s` of stage `%s`",
                                    (int)given->u.s.n, given->u.s.p, option->name, owner->stage);
    d->help = diagnostics_text(
        report, "looked in %s`%s`%s%s", given->at.file ? "" : "the working folder, in ",
        owner->folder ? owner->folder : ".",
        owner->data_folders && owner->data_folders[0] ? " and in the plugin's data, " : "",
        owner->data_folders && owner->data_folders[0] ? owner->data_folders[0] : "");
    return false;
}

/* ------------------------------------------------------------------ one value into its member */

static void wrong_type(const options_owner *owner, const tamis_option *option, const value *given,
                       diagnostics *report)
{
    diagnostic *d = diagnostics_add(
        report, DIAGNOSTIC_ERROR, "E0108", given->at, "option `%s` of stage `%s` takes %s, not %s",
        option->name, owner->stage, option_type_name(option->type), value_kind_name(given->kind));
    if (option->accept) d->help = diagnostics_text(report, "accepted: %s", option->accept);
}

static bool out_of_range(const options_owner *owner, const tamis_option *option, const value *given,
                         diagnostics *report)
{
    diagnostics_add(report, DIAGNOSTIC_ERROR, "E0109", given->at,
                    "option `%s` of stage `%s` is out of range: %s is accepted", option->name,
                    owner->stage, option->accept);
    return false;
}

static bool take_number(const options_owner *owner, const tamis_option *option, const value *given,
                        double *out, diagnostics *report)
{
    const unit *units = option->type == TAMIS_SIZE ? SIZE_UNITS : TIME_UNITS;
    size_t count = option->type == TAMIS_SIZE ? sizeof SIZE_UNITS / sizeof *SIZE_UNITS
                                              : sizeof TIME_UNITS / sizeof *TIME_UNITS;
    bool with_unit = option->type == TAMIS_SIZE || option->type == TAMIS_DURATION;
    if (given->kind == VALUE_INT) {
        *out = (double)given->u.i;
    } else if (given->kind == VALUE_NUMBER && option->type != TAMIS_INT) {
        *out = given->u.d;
    } else if (!(with_unit && given->kind == VALUE_STRING &&
                 parse_with_unit(given->u.s, units, count, out))) {
        wrong_type(owner, option, given, report);
        return false;
    }
    return in_range(option, *out) || out_of_range(owner, option, given, report);
}

static bool take_word(const options_owner *owner, const tamis_option *option, const value *given,
                      int32_t *out, arena *memory, diagnostics *report)
{
    if (given->kind != VALUE_STRING) {
        wrong_type(owner, option, given, report);
        return false;
    }
    *out = word_index(option->accept, given->u.s);
    if (*out >= 0) return true;
    const char *near = nearest_word(option->accept, given->u.s, memory);
    diagnostic *d = diagnostics_add(report, DIAGNOSTIC_ERROR, "E0109", given->at,
                                    "option `%s` of stage `%s` does not know `%.*s`", option->name,
                                    owner->stage, (int)given->u.s.n, given->u.s.p);
    if (near) d->label = diagnostics_text(report, "did you mean `%s`?", near);
    d->help = diagnostics_text(report, "accepted: %s", option->accept);
    return false;
}

static bool take_list(const options_owner *owner, const tamis_option *option, const value *given,
                      tamis_list *out, arena *memory, diagnostics *report)
{
    const value *items = given->u.list.items;
    size_t count = given->u.list.count;
    bool single = given->kind == VALUE_STRING, fine = true;
    if (given->kind == VALUE_MAP && given->u.map.count == 0)
        count = 0; /* {} is both in Lua */
    else if (single)
        items = given, count = 1;
    else if (given->kind != VALUE_LIST) {
        wrong_type(owner, option, given, report);
        return false;
    }
    tamis_str *rows = arena_alloc(memory, (count + 1) * sizeof(tamis_str));
    if (!rows) return false;
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != VALUE_STRING) {
            wrong_type(owner, option, &items[i], report);
            fine = false;
        } else if (option->type == TAMIS_PATHS) {
            fine &= take_path(owner, option, &items[i], &rows[i], memory, report);
        } else {
            int32_t index;
            rows[i] = arena_copy(memory, items[i].u.s);
            if (option->accept) fine &= take_word(owner, option, &items[i], &index, memory, report);
        }
    }
    *out = (tamis_list){rows, count};
    return fine;
}

static bool take(const options_owner *owner, const tamis_option *option, const value *given,
                 void *at, arena *memory, diagnostics *report)
{
    double number;
    value typed;
    if (given->kind == VALUE_STRING && !given->at.file &&
        (option->type == TAMIS_BOOL || option->type == TAMIS_INT || option->type == TAMIS_NUMBER)) {
        error e = {0}; /* a -D value: text, to be read as the option's type */
        if (options_parse(option, given->u.s, given->at, memory, &typed, &e) < 0) {
            diagnostics_add(report, DIAGNOSTIC_ERROR, "E0108", given->at,
                            "option `%s` of stage `%s` takes %s: %s", option->name, owner->stage,
                            option_type_name(option->type), e.text);
            return false;
        }
        given = &typed;
    }
    switch (option->type) {
    case TAMIS_BOOL:
        if (given->kind != VALUE_BOOL) {
            wrong_type(owner, option, given, report);
            return false;
        }
        *(bool *)at = given->u.b;
        return true;
    case TAMIS_INT:
    case TAMIS_SIZE:
        if (!take_number(owner, option, given, &number, report)) return false;
        *(int64_t *)at = given->kind == VALUE_INT ? given->u.i : (int64_t)number;
        return true;
    case TAMIS_NUMBER:
    case TAMIS_DURATION: return take_number(owner, option, given, at, report);
    case TAMIS_ENUM: return take_word(owner, option, given, at, memory, report);
    case TAMIS_LIST:
    case TAMIS_PATHS: return take_list(owner, option, given, at, memory, report);
    default:
        if (given->kind != VALUE_STRING) {
            wrong_type(owner, option, given, report);
            return false;
        }
        if (option->type == TAMIS_PATH) return take_path(owner, option, given, at, memory, report);
        *(tamis_str *)at = arena_copy(memory, given->u.s);
        return true;
    }
}

/* ------------------------------------------------------------------ the whole table */

static const tamis_option *option_find(const tamis_option *table, size_t count, tamis_str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(name, table[i].name)) return &table[i];
    return NULL;
}

static bool listed(const char *const *names, tamis_str name)
{
    for (; names && *names; names++)
        if (str_is(name, *names)) return true;
    return false;
}

static void unknown_option(const tamis_option *table, size_t count, const options_owner *owner,
                           const value_member *member, const char *const *ignored,
                           diagnostics *report)
{
    const char *words[256];
    size_t known = 0;
    for (size_t i = 0; i < count && known < 250; i++) words[known++] = table[i].name;
    for (; ignored && *ignored && known < 256; ignored++) words[known++] = *ignored;
    const char *near = did_you_mean(member->key, words, known);
    diagnostic *d = diagnostics_add(report, DIAGNOSTIC_ERROR, "E0107", member->at,
                                    "unknown option `%.*s` of stage `%s`", (int)member->key.n,
                                    member->key.p, owner->stage);
    if (near) d->label = diagnostics_text(report, "did you mean `%s`?", near);
    d->help = diagnostics_text(report, "`tamis show %s` lists its options", owner->stage);
}

/* A default that the option does not accept is no mistake of who left the option out. */
static void take_default(const options_owner *owner, const tamis_option *option,
                         const value *fallback, void *at, arena *memory, diagnostics *out)
{
    size_t before = out->count;
    take(owner, option, fallback, at, memory, out);
    if (out->count == before) return;
    diagnostic *d = &out->items[before];
    d->help = diagnostics_text(out,
                               "`%s` is the stage's own default: its author has to mend that; "
                               "until then give the option another value",
                               option->fallback);
}

void options_fill(const tamis_option *table, size_t count, const options_owner *owner,
                  const value *given, const char *const *ignored, void *conf, size_t conf_size,
                  arena *memory, diagnostics *out)
{
    if (conf_size) memset(conf, 0, conf_size);
    for (size_t i = 0; i < count; i++) {
        const tamis_option *option = &table[i];
        const value *own = given ? value_member_of(given, option->name) : NULL;
        void *at = (char *)conf + option->offset;
        if (own) {
            if (option->flags & TAMIS_DEPRECATED)
                diagnostics_add(out, DIAGNOSTIC_WARNING, "E0116", own->at,
                                "option `%s` of stage `%s` is deprecated: %s", option->name,
                                owner->stage, option->help);
            take(owner, option, own, at, memory, out);
        } else if (option->flags & TAMIS_REQUIRED) {
            diagnostics_add(out, DIAGNOSTIC_ERROR, "E0111", given ? given->at : (position){0},
                            "stage `%s` needs the option `%s`: %s", owner->stage, option->name,
                            option->help);
        } else if (option->fallback) {
            value fallback;
            error e = {0};
            if (options_parse(option, str_of(option->fallback), (position){0}, memory, &fallback,
                              &e) < 0)
                diagnostics_add(out, DIAGNOSTIC_ERROR, "E0201", (position){0},
                                "default of option `%s` of stage `%s`: %s", option->name,
                                owner->stage, e.text);
            else
                take_default(owner, option, &fallback, at, memory, out);
        }
    }
    if (!given) return;
    for (size_t i = 0; i < given->u.map.count; i++) {
        const value_member *member = &given->u.map.members[i];
        if (!option_find(table, count, member->key) && !listed(ignored, member->key))
            unknown_option(table, count, owner, member, ignored, out);
    }
}

tamis_rc options_check_table(const tamis_option *table, size_t count, size_t conf_size, error *e)
{
    for (size_t i = 0; i < count; i++) {
        const tamis_option *option = &table[i];
        size_t width = option_width(option->type);
        if (!option->name || !*option->name)
            return error_set(e, TAMIS_FAIL, "option %zu has no name", i + 1);
        if (!width)
            return error_set(e, TAMIS_FAIL, "option `%s` has the unknown type %u", option->name,
                             option->type);
        if (option->flags & ~(TAMIS_REQUIRED | TAMIS_DEPRECATED))
            return error_set(e, TAMIS_FAIL, "option `%s` has unknown flag bits", option->name);
        if (option->offset > conf_size || conf_size - option->offset < width)
            return error_set(e, TAMIS_FAIL,
                             "option `%s` lies outside the configuration of %zu bytes",
                             option->name, conf_size);
        if (option->type == TAMIS_ENUM && !option->accept)
            return error_set(e, TAMIS_FAIL, "option `%s` names no accepted words", option->name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(table[k].name, option->name) == 0)
                return error_set(e, TAMIS_FAIL, "option `%s` is listed twice", option->name);
    }
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ description */

static void describe_list(const tamis_list *list, buffer *out)
{
    for (size_t i = 0; i < list->n; i++) {
        if (i) buffer_append_text(out, ", ");
        buffer_append_str(out, list->at[i]);
    }
}

void options_describe(const tamis_option *table, size_t count, const void *conf, buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        const tamis_option *option = &table[i];
        const void *at = (const char *)conf + option->offset;
        buffer_printf(out, "%s = ", option->name);
        switch (option->type) {
        case TAMIS_BOOL: buffer_append_text(out, *(const bool *)at ? "true" : "false"); break;
        case TAMIS_INT:
        case TAMIS_SIZE: buffer_printf(out, "%lld", (long long)*(const int64_t *)at); break;
        case TAMIS_NUMBER: buffer_printf(out, "%g", *(const double *)at); break;
        case TAMIS_DURATION: buffer_printf(out, "%gs", *(const double *)at); break;
        case TAMIS_ENUM: {
            const char *accept = option->accept;
            tamis_str word = {0};
            for (int32_t k = 0; k <= *(const int32_t *)at && next_word(&accept, &word); k++)
                continue;
            buffer_append_str(out, word);
            break;
        }
        case TAMIS_LIST:
        case TAMIS_PATHS: describe_list(at, out); break;
        default: buffer_append_str(out, *(const tamis_str *)at);
        }
        buffer_append_char(out, '\n');
    }
}
