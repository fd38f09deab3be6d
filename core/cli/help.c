/* -h, --help, --version and `tamis help`, from the tables. Nothing else is done before: `tamis
 * --help` answers in a few milliseconds. */
#include "cli/cli.h"
#include "cli/topics.h"

#include <lua.h>
#include <stdlib.h>

#include "base/diagnostic.h"

enum { FLAG_COLUMN = 2, HELP_COLUMN = 28, MAX_WIDTH = 100 };

static const char TAGLINE[] = "sieves web text: lifts boilerplate off, marks languages, attributes "
                              "quotes, tags weapon terms";

static const char *bold(bool colour)
{
    return colour ? "\033[1m" : "";
}
static const char *plain(bool colour)
{
    return colour ? "\033[0m" : "";
}

static unsigned help_width(FILE *out)
{
    unsigned width = cli_columns(out);
    return width > MAX_WIDTH ? MAX_WIDTH : width;
}

/* "  -o, --output FILE          Write to FILE…", the help wrapped in its column. */
static void print_flag(FILE *out, const cli_flag *flag, const cli_verb *verb, bool complete,
                       unsigned width)
{
    char head[128];
    char letter[] = {'-', flag->letter, ',', ' ', 0};
    snprintf(head, sizeof head, "%s--%s%s%s", flag->letter ? letter : "    ", flag->name,
             flag->metavar ? " " : "", flag->metavar ? flag->metavar : "");
    unsigned columns = (unsigned)utf8_count(str_of(head));
    fprintf(out, "%*s%s", FLAG_COLUMN, "", head);
    buffer text = {0};
    const char *detail;
    buffer_append_text(&text, cli_flag_help(flag, verb, &detail));
    if (complete && *detail) buffer_printf(&text, ". %s", detail);
    buffer_append_char(&text, '\0');
    if (text.failed) return;
    buffer wrapped = {0};
    FILE *memory = open_memstream(&wrapped.p, &wrapped.n);
    if (memory) {
        cli_print_wrapped(memory, text.p, HELP_COLUMN, width);
        fclose(memory);
        /* The first line goes beside the flag where that is short enough. */
        if (FLAG_COLUMN + columns + 1 < HELP_COLUMN)
            fprintf(out, "%*s%s", (int)(HELP_COLUMN - FLAG_COLUMN - columns), "",
                    wrapped.p + HELP_COLUMN);
        else
            fprintf(out, "\n%s", wrapped.p);
    }
    buffer_free(&wrapped);
    buffer_free(&text);
}

static bool shown(const cli_flag *flag, const cli_verb *verb)
{
    return verb ? cli_flag_of(flag, verb) : flag->verbs == UINT64_MAX;
}

/* The flags of a verb under their groups, in the order of the table. NULL: those of every verb. */
static void print_flags(FILE *out, const cli_verb *verb, bool complete, bool colour)
{
    const char *group = NULL;
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const cli_flag *flag = &cli_flags[i];
        if (!shown(flag, verb)) continue;
        if (!group || strcmp(group, flag->group) != 0)
            fprintf(out, "\n%s%s:%s\n", bold(colour), flag->group, plain(colour));
        group = flag->group;
        print_flag(out, flag, verb, complete, help_width(out));
    }
}

static void print_verbs(FILE *out, bool colour)
{
    static const char *const groups[] = {"Sieve", "Look closer", "Find out", "Make"};
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        bool any = false;
        for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
            const cli_verb *verb = &cli_verbs[i];
            if (strcmp(verb->group, groups[g]) != 0) continue;
            if (!any) fprintf(out, "\n%s%s:%s\n", bold(colour), groups[g], plain(colour));
            any = true;
            fprintf(out, "  %s%-11s%s %s\n", bold(colour), verb->name, plain(colour), verb->help);
        }
    }
}

static void print_exits(FILE *out)
{
#define X(name, code, text) fprintf(out, "  %3d  %s\n", code, text);
    CLI_EXITS(X)
#undef X
}

void cli_print_help(FILE *out, bool complete, bool colour)
{
    fprintf(out, "%stamis%s %s\n\n", bold(colour), plain(colour), TAGLINE);
    fprintf(out, "%sUsage:%s tamis VERB [FLAGS] …\n\n", bold(colour), plain(colour));
    fputs("  tamis run arms-news article.txt                  what is in it, on the terminal\n"
          "  tamis run pipeline.lua crawl.jsonl -o out.jsonl  one JSON record a document\n"
          "  tamis explain arms-news article.txt:12           why line 12 was removed, or stayed\n",
          out);
    print_verbs(out, colour);
    print_flags(out, NULL, complete, colour);
    if (complete) {
        fprintf(out, "\n%sEnvironment:%s\n", bold(colour), plain(colour));
        cli_print_wrapped(out, topic_text("environment"), 2, help_width(out));
        fprintf(out, "\n%sExit codes:%s\n", bold(colour), plain(colour));
        print_exits(out);
    }
    fputs("\n`tamis VERB --help` tells all of a verb, `tamis help topics` lists what else is "
          "explained\n",
          out);
}

void cli_print_verb_help(FILE *out, const cli_verb *verb, bool complete, bool colour)
{
    fprintf(out, "%s\n\n", verb->help);
    fprintf(out, "%sUsage:%s tamis %s%s%s [FLAGS]\n", bold(colour), plain(colour), verb->name,
            *verb->operands ? " " : "", verb->operands);
    if (complete) {
        fputc('\n', out);
        cli_print_wrapped(out, verb->detail, 0, help_width(out));
    }
    print_flags(out, verb, complete, colour);
    if (!complete) fprintf(out, "\n`tamis %s --help` tells more, with examples\n", verb->name);
}

void cli_print_version(FILE *out)
{
    fprintf(out, "tamis %s (plugin ABI %u.%u, %s)\n", TAMIS_VERSION, TAMIS_ABI_MAJOR,
            TAMIS_ABI_MINOR, LUA_RELEASE);
}

/* ------------------------------------------------------------------ tamis help */

static void print_topics(void)
{
    puts("tamis help VERB           one of the verbs that `tamis --help` lists");
    puts("tamis help CODE           an error code, such as E0107");
    puts("tamis help codes          all error codes");
    puts("tamis help exit-codes     what the exit codes mean");
    puts("tamis help man            the man page, for `man -l`");
    puts("tamis help bash|zsh|fish  completions");
    for (size_t i = 0; i < topic_count; i++)
        printf("tamis help %-14s %s\n", topics[i].name, topics[i].title);
}

static void print_codes(void)
{
    const code_entry *entry;
    for (size_t i = 0; (entry = code_at(i)); i++) printf("%s  %s\n", entry->code, entry->title);
}

static bool help_generated(const char *word)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } makers[] = {{"man", cli_print_man},
                  {"bash", cli_print_bash},
                  {"zsh", cli_print_zsh},
                  {"fish", cli_print_fish}};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (!strcmp(word, makers[i].name)) {
            makers[i].print(stdout);
            return true;
        }
    return false;
}

static int help_unknown(const char *word)
{
    const char *names[CLI_VERB_COUNT + 64];
    size_t count = 0;
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) names[count++] = cli_verbs[i].name;
    for (size_t i = 0; i < topic_count; i++) names[count++] = topics[i].name;
    const char *meant = did_you_mean(str_of(word), names, count);
    if (meant) return cli_usage(NULL, "no help on `%s`: did you mean `%s`?", word, meant);
    return cli_usage(NULL, "no help on `%s`: `tamis help topics` lists what there is", word);
}

/* A page of codes.def: its lines are joined to paragraphs. */
static void print_page(const char *page, unsigned width)
{
    char *text = strdup(page);
    if (!text) return;
    for (char *at = text; *at; at++)
        if (at[0] == '\n' && at[1] != '\n' && at[1] != ' ' && (at == text || at[-1] != '\n'))
            *at = ' ';
    cli_print_wrapped(stdout, text, 0, width);
    free(text);
}

int verb_help(const cli_args *args)
{
    bool colour = cli_colour(args, stdout);
    if (!args->operands.count) {
        cli_print_help(stdout, true, colour);
        return cli_flush();
    }
    if (args->operands.count > 1) return cli_usage(args->verb, "one topic at a time");
    const char *word = args->operands.at[0];
    const cli_verb *verb = cli_verb_find(word);
    const code_entry *code = code_find(str_of(word));
    const char *text = topic_text(word);
    if (verb) {
        cli_print_verb_help(stdout, verb, true, colour);
        if (text) fputc('\n', stdout);
        if (text) cli_print_wrapped(stdout, text, 0, help_width(stdout));
    } else if (!strcmp(word, "topics"))
        print_topics();
    else if (!strcmp(word, "codes"))
        print_codes();
    else if (!strcmp(word, "exit-codes"))
        print_exits(stdout);
    else if (code) {
        printf("%s%s: %s%s\n\n", bold(colour), code->code, code->title, plain(colour));
        print_page(code->page, help_width(stdout));
    } else if (text)
        cli_print_wrapped(stdout, text, 0, help_width(stdout));
    else if (!help_generated(word))
        return help_unknown(word);
    return cli_flush();
}
