/* Parses the command line by the tables: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, switches
 * together (-qv), -- ends the flags. Values are checked here, so that whoever reads them cannot
 * fail. */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/diagnostic.h"

static void words_add(cli_words *self, const char *word)
{
    const char **more = realloc(self->at, (self->count + 1) * sizeof *more);
    if (!more) abort(); /* a handful of pointers: there is no going on */
    self->at = more;
    self->at[self->count++] = word;
}

/* ------------------------------------------------------------------ values */

static bool parse_count(const char *text, uint64_t *out)
{
    if (!isdigit((unsigned char)*text)) return false;
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return !errno && !*end;
}

/* "512", "64K", "64M", "2G": powers of 1024. */
static bool parse_size(const char *text, uint64_t *out)
{
    if (!isdigit((unsigned char)*text)) return false;
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (errno) return false;
    unsigned shift = 0;
    switch (toupper((unsigned char)*end)) {
    case '\0': break;
    case 'K': shift = 10; break;
    case 'M': shift = 20; break;
    case 'G': shift = 30; break;
    default: return false;
    }
    if (shift && (end[1] || n > UINT64_MAX >> shift)) return false;
    *out = (uint64_t)n << shift;
    return true;
}

/* The index of `text` among "a|b|c", or -1. */
static int word_index(const char *words, const char *text)
{
    size_t n = strlen(text);
    int i = 0;
    for (const char *at = words; at; i++) {
        const char *end = strchr(at, '|');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        if (length == n && !memcmp(at, text, n)) return i;
        at = end ? end + 1 : NULL;
    }
    return -1;
}

/* The word of "a|b|c" nearest to `text`, in `room`, or NULL. */
static const char *word_meant(const char *words, const char *text, char *room, size_t size)
{
    const char *list[16];
    size_t count = 0;
    snprintf(room, size, "%s", words);
    for (char *at = strtok(room, "|"); at && count < 16; at = strtok(NULL, "|")) list[count++] = at;
    return did_you_mean(str_of(text), list, count);
}

static bool value_ok(const cli_verb *verb, const cli_flag *flag, const char *text)
{
    uint64_t number;
    switch (flag->kind) {
    case KIND_COUNT:
        if (parse_count(text, &number)) return true;
        cli_usage(verb, "--%s takes a whole number, not `%s`", flag->name, text);
        return false;
    case KIND_SIZE:
        if (parse_size(text, &number)) return true;
        cli_usage(verb, "--%s takes a size such as 64M, not `%s`", flag->name, text);
        return false;
    case KIND_WORD:
        if (word_index(flag->metavar, text) >= 0) return true;
        char room[256];
        const char *meant = word_meant(flag->metavar, text, room, sizeof room);
        if (meant)
            cli_usage(verb, "--%s takes %s, not `%s`: did you mean `%s`?", flag->name,
                      flag->metavar, text, meant);
        else
            cli_usage(verb, "--%s takes %s, not `%s`", flag->name, flag->metavar, text);
        return false;
    case KIND_FILE:
    case KIND_FOLDER:
        if (*text) return true;
        cli_usage(verb, "--%s takes a path, not an empty string", flag->name);
        return false;
    case KIND_SWITCH:
    case KIND_TEXT: break;
    }
    return true;
}

/* ------------------------------------------------------------------ flags */

static bool known(const cli_args *self, const cli_flag *flag)
{
    return flag->verbs == UINT64_MAX || (self->verb && cli_flag_of(flag, self->verb));
}

/* Two verbs may have flags of one name that take other values: the verb's own goes first. */
static const cli_flag *flag_by_name(const cli_args *self, const char *name, size_t n)
{
    const cli_flag *found = NULL;
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const cli_flag *flag = &cli_flags[i];
        if (strlen(flag->name) != n || memcmp(flag->name, name, n) != 0) continue;
        if (known(self, flag)) return flag;
        if (!found) found = flag;
    }
    return found;
}

static const cli_flag *flag_by_letter(const cli_args *self, char letter)
{
    const cli_flag *found = NULL;
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const cli_flag *flag = &cli_flags[i];
        if (flag->letter != letter) continue;
        if (known(self, flag)) return flag;
        if (!found) found = flag;
    }
    return found;
}

static void tell_unknown(const cli_args *self, const char *name, size_t n)
{
    const char *names[FLAG_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (known(self, &cli_flags[i])) names[count++] = cli_flags[i].name;
    const char *meant = did_you_mean((tamis_str){name, n}, names, count);
    if (meant)
        cli_usage(self->verb, "unknown flag `--%.*s`: did you mean `--%s`?", (int)n, name, meant);
    else
        cli_usage(self->verb, "unknown flag `--%.*s`", (int)n, name);
}

static bool tell_foreign(const cli_args *self, const cli_flag *flag)
{
    if (!self->verb)
        cli_usage(NULL, "`--%s` belongs behind a verb: tamis VERB --%s", flag->name, flag->name);
    else
        cli_usage(self->verb, "`tamis %s` does not take --%s", self->verb->name, flag->name);
    return false;
}

/* --name, --name=VALUE, --name VALUE */
static bool parse_long(cli_args *self, int argc, char **argv, int *i)
{
    const char *word = argv[*i] + 2, *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    const cli_flag *flag = flag_by_name(self, word, n);
    if (!flag) {
        tell_unknown(self, word, n);
        return false;
    }
    if (!known(self, flag)) return tell_foreign(self, flag);
    const char *value = argv[*i];
    if (flag->kind == KIND_SWITCH) {
        if (equals) {
            cli_usage(self->verb, "--%s takes no value", flag->name);
            return false;
        }
    } else {
        if (equals)
            value = equals + 1;
        else if (*i + 1 < argc)
            value = argv[++*i];
        else {
            cli_usage(self->verb, "--%s needs a value: --%s %s", flag->name, flag->name,
                      flag->metavar);
            return false;
        }
        if (!value_ok(self->verb, flag, value)) return false;
    }
    words_add(&self->flags[flag - cli_flags], value);
    return true;
}

/* -q, -qv, -nVALUE, -n VALUE */
static bool parse_short(cli_args *self, int argc, char **argv, int *i)
{
    for (const char *at = argv[*i] + 1; *at; at++) {
        const cli_flag *flag = flag_by_letter(self, *at);
        if (!flag) {
            cli_usage(self->verb, "unknown flag `-%c`", *at);
            return false;
        }
        if (!known(self, flag)) return tell_foreign(self, flag);
        if (flag->kind == KIND_SWITCH) {
            words_add(&self->flags[flag - cli_flags], argv[*i]);
            continue;
        }
        const char *value = at + 1;
        if (*value == '=') value++;
        if (!*value) {
            if (*i + 1 >= argc) {
                cli_usage(self->verb, "-%c needs a value: -%c %s", *at, *at, flag->metavar);
                return false;
            }
            value = argv[++*i];
        }
        if (!value_ok(self->verb, flag, value)) return false;
        words_add(&self->flags[flag - cli_flags], value);
        return true;
    }
    return true;
}

static bool parse_verb(cli_args *self, const char *word)
{
    self->verb = cli_verb_find(word);
    if (self->verb) return true;
    const char *names[CLI_VERB_COUNT];
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) names[i] = cli_verbs[i].name;
    const char *meant = did_you_mean(str_of(word), names, CLI_VERB_COUNT);
    size_t n = strlen(word);
    if (n > 4 && !strcmp(word + n - 4, ".lua"))
        cli_usage(NULL, "`%s` is no verb: to run a pipeline say `tamis run %s`", word, word);
    else if (meant)
        cli_usage(NULL, "no verb `%s`: did you mean `%s`?", word, meant);
    else
        cli_usage(NULL, "no verb `%s`: `tamis help` lists them", word);
    return false;
}

bool cli_parse(cli_args *self, int argc, char **argv)
{
    *self = (cli_args){0};
    bool flags_end = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool ok = true;
        if (!flags_end && !strcmp(word, "--"))
            flags_end = true;
        else if (!flags_end && word[0] == '-' && word[1] == '-')
            ok = parse_long(self, argc, argv, &i);
        else if (!flags_end && word[0] == '-' && word[1])
            ok = parse_short(self, argc, argv, &i);
        else if (!self->verb)
            ok = parse_verb(self, word);
        else
            words_add(&self->operands, word);
        if (!ok) return false;
    }
    return true;
}

void cli_args_free(cli_args *self)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) free(self->flags[i].at);
    free(self->operands.at);
    *self = (cli_args){0};
}

/* ------------------------------------------------------------------ reading values */

const char *cli_value(const cli_args *self, enum cli_flag_id flag)
{
    const cli_words *words = &self->flags[flag];
    return words->count ? words->at[words->count - 1] : NULL;
}

uint64_t cli_number(const cli_args *self, enum cli_flag_id flag, uint64_t fallback)
{
    const char *text = cli_value(self, flag);
    uint64_t number = fallback;
    if (!text) return fallback;
    if (cli_flags[flag].kind == KIND_SIZE)
        parse_size(text, &number);
    else
        parse_count(text, &number);
    return number;
}

int cli_word(const cli_args *self, enum cli_flag_id flag, int fallback)
{
    const char *text = cli_value(self, flag);
    return text ? word_index(cli_flags[flag].metavar, text) : fallback;
}
