/* core/cli: the `tamis` command. One file a verb (verb_NAME.c); one table of flags (flags.def) and
 * one of verbs (verbs.def), from which the parser, -h, --help, the man page and the completions of
 * bash, zsh and fish come. stdout carries data alone; people read stderr. */
#ifndef TAMIS_CORE_CLI_H
#define TAMIS_CORE_CLI_H

#include "base/base.h"

/* ------------------------------------------------------------------ exit codes */

#define CLI_EXITS(X)                                                                  \
    X(DONE, 0, "done")                                                                \
    X(LIMIT, 1, "done, but more documents quarantined than allowed, or tests failed") \
    X(USAGE, 2, "wrong usage of the command")                                         \
    X(INPUT, 65, "input unusable: missing, or not what was said")                     \
    X(INTERNAL, 70, "internal failure")                                               \
    X(IO, 74, "reading or writing failed")                                            \
    X(CONFIG, 78, "pipeline, rules or plugin invalid")                                \
    X(INTERRUPTED, 130, "interrupted")

typedef enum {
#define X(name, code, text) CLI_##name = (code),
    CLI_EXITS(X)
#undef X
} cli_exit;

/* ------------------------------------------------------------------ verbs and flags */

enum cli_verb_id {
#define VERB(id, operands, group, help, detail) CLI_VERB_##id,
#include "cli/verbs.def"
#undef VERB
    CLI_VERB_COUNT
};

enum cli_flag_id {
#define FLAG(id, name, letter, kind, metavar, verbs, group, help, detail) FLAG_##id,
#include "cli/flags.def"
    FLAG_COUNT
};

/* What follows a flag. WORD: one of the metavar's words, "a|b|c". */
typedef enum {
    KIND_SWITCH,
    KIND_TEXT,
    KIND_FILE,
    KIND_FOLDER,
    KIND_COUNT,
    KIND_SIZE,
    KIND_WORD
} cli_kind;

typedef struct {
    const char *name; /* without its dashes */
    char letter;      /* 0: none */
    cli_kind kind;
    const char *metavar;
    uint64_t verbs; /* bit i: verb i knows it; all bits: every verb */
    const char *group, *help, *detail;
} cli_flag;

typedef struct cli_args cli_args;

typedef struct {
    const char *name, *operands, *group, *help, *detail;
    int (*run)(const cli_args *args);
} cli_verb;

extern const cli_flag cli_flags[FLAG_COUNT];
extern const cli_verb cli_verbs[CLI_VERB_COUNT];

#define VERB(id, operands, group, help, detail) int verb_##id(const cli_args *args);
#include "cli/verbs.def"
#undef VERB

/* One line of help on a flag, as it is to the verb (NULL: to all), and what is further said. */
const char *cli_flag_help(const cli_flag *flag, const cli_verb *verb, const char **detail);

static inline bool cli_flag_of(const cli_flag *flag, const cli_verb *verb)
{
    return flag->verbs >> (verb - cli_verbs) & 1;
}

/* ------------------------------------------------------------------ arguments */

typedef struct {
    const char **at;
    size_t count;
} cli_words;

struct cli_args {
    const cli_verb *verb; /* NULL: none was given */
    cli_words flags[FLAG_COUNT];
    cli_words operands;
};

/* Parses; false after a usage error, which it has told. */
bool cli_parse(cli_args *self, int argc, char **argv);
void cli_args_free(cli_args *self);
static inline bool cli_has(const cli_args *self, enum cli_flag_id flag)
{
    return self->flags[flag].count > 0;
}
/* The last value given, or NULL. */
const char *cli_value(const cli_args *self, enum cli_flag_id flag);
/* Of a COUNT or SIZE flag, which the parser has checked. */
uint64_t cli_number(const cli_args *self, enum cli_flag_id flag, uint64_t fallback);
/* Of a WORD flag: the index of its value among the metavar's words. */
int cli_word(const cli_args *self, enum cli_flag_id flag, int fallback);

/* ------------------------------------------------------------------ talking to people */

/* Says what is wrong with the command line and how to find help; returns CLI_USAGE. */
int cli_usage(const cli_verb *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "tamis: …" on stderr; returns `code`. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether to write colours to `stream`: --color, NO_COLOR, CLICOLOR_FORCE, a terminal. */
bool cli_colour(const cli_args *args, FILE *stream);
/* Columns of the terminal behind `stream`; 80 where there is none. */
unsigned cli_columns(FILE *stream);
/* What is written to the stream that `begin` returns comes to `stream` at `end`, its lines broken
 * between words; what is broken goes on `hang` blanks from the left. Escapes take no columns. Where
 * `stream` is no terminal nothing is broken, and it is returned itself. */
typedef struct {
    FILE *stream, *out;
    char *text;
    size_t n;
} cli_folded;
FILE *cli_fold_begin(cli_folded *self, FILE *stream);
void cli_fold_end(cli_folded *self, unsigned hang);
/* Flushes stdout; CLI_DONE, or CLI_IO where that fails. */
int cli_flush(void);

/* ------------------------------------------------------------------ what the tables give (help.c,
 * generate.c) */

void cli_print_help(FILE *out, bool complete, bool colour);
void cli_print_verb_help(FILE *out, const cli_verb *verb, bool complete, bool colour);
void cli_print_version(FILE *out);
void cli_print_man(FILE *out);
void cli_print_bash(FILE *out);
void cli_print_zsh(FILE *out);
void cli_print_fish(FILE *out);
const cli_verb *cli_verb_find(const char *name);
/* Text in paragraphs of `width` columns, each line behind `indent` blanks. Lines that begin with a
 * blank stay as they are. */
void cli_print_wrapped(FILE *out, const char *text, unsigned indent, unsigned width);

#endif
