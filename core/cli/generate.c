/* The man page and the completions of bash, zsh and fish, from the tables. */
#include "cli/cli.h"
#include "cli/topics.h"

/* ------------------------------------------------------------------ man page */

/* Roff text: backslashes, leading dots and quotes, hyphens that are to stay hyphens. */
static void roff(FILE *out, const char *text, size_t n)
{
    if (n && (*text == '.' || *text == '\'')) fputs("\\&", out);
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else
            fputc(text[i], out);
    }
}

/* Paragraphs as .PP, lines that begin with a blank as they are. */
static void roff_text(FILE *out, const char *text)
{
    bool verbatim = false;
    while (*text) {
        size_t n = strcspn(text, "\n");
        bool code = *text == ' ';
        if (code != verbatim) fputs(code ? ".nf\n" : ".fi\n", out);
        verbatim = code;
        if (n == 0)
            fputs(".PP", out);
        else
            roff(out, text, n);
        fputc('\n', out);
        text += n + (text[n] == '\n');
    }
    if (verbatim) fputs(".fi\n", out);
}

static void roff_flag(FILE *out, const cli_flag *flag)
{
    fputs(".TP\n", out);
    if (flag->letter) fprintf(out, "\\fB\\-%c\\fR, ", flag->letter);
    fputs("\\fB\\-\\-", out);
    roff(out, flag->name, strlen(flag->name));
    fputs("\\fR", out);
    if (flag->metavar) {
        fputs(" \\fI", out);
        roff(out, flag->metavar, strlen(flag->metavar));
        fputs("\\fR", out);
    }
    fputc('\n', out);
    roff(out, flag->help, strlen(flag->help));
    fputs(".\n", out);
    roff_text(out, flag->detail);
    if (*flag->detail) fputc('\n', out);
    if (flag->verbs == UINT64_MAX) return;
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        const char *help = cli_flag_help(flag, &cli_verbs[i], NULL);
        if (help == flag->help) continue;
        fprintf(out, "%s: ", cli_verbs[i].name);
        roff(out, help, strlen(help));
        fputs(".\n", out);
    }
    fputs("(", out);
    bool first = true;
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        if (!cli_flag_of(flag, &cli_verbs[i])) continue;
        fprintf(out, "%s%s", first ? "" : ", ", cli_verbs[i].name);
        first = false;
    }
    fputs(")\n", out);
}

void cli_print_man(FILE *out)
{
    fprintf(out, ".TH TAMIS 1 \"\" \"tamis %s\" \"User Commands\"\n", TAMIS_VERSION);
    fputs(".SH NAME\ntamis \\- sieve web text\n.SH SYNOPSIS\n", out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        fprintf(out, "%s\\fBtamis %s\\fR ", i ? ".br\n" : "", cli_verbs[i].name);
        roff(out, cli_verbs[i].operands, strlen(cli_verbs[i].operands));
        fputs(" [\\fIFLAGS\\fR]\n", out);
    }
    fputs(
        ".SH DESCRIPTION\n"
        "A document goes in; out comes the same document with its boilerplate lifted off, its "
        "languages marked, its quotes attributed and its weapon terms tagged, each finding tied by "
        "offset to the text it came from, and each removal with its reason.\n.SH VERBS\n",
        out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        fprintf(out, ".SS tamis %s ", cli_verbs[i].name);
        roff(out, cli_verbs[i].operands, strlen(cli_verbs[i].operands));
        fprintf(out, "\n%s.\n", cli_verbs[i].help);
        roff_text(out, cli_verbs[i].detail);
    }
    fputs(".SH FLAGS\n", out);
    const char *group = "";
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if (strcmp(group, cli_flags[i].group) != 0) fprintf(out, ".SS %s\n", cli_flags[i].group);
        group = cli_flags[i].group;
        roff_flag(out, &cli_flags[i]);
    }
    for (size_t i = 0; i < topic_count; i++) {
        fputs(".SH \"", out);
        for (const char *at = topics[i].name; *at; at++)
            fputc(*at >= 'a' && *at <= 'z' ? *at - 32 : *at, out);
        fputs("\"\n", out);
        roff_text(out, topics[i].text);
    }
    fputs(".SH \"EXIT STATUS\"\n", out);
#define X(name, code, text) fprintf(out, ".TP\n%d\n%s\n", code, text);
    CLI_EXITS(X)
#undef X
}

/* ------------------------------------------------------------------ completions */

/* Text within single quotes of a shell, with further characters behind a backslash. */
static void quoted(FILE *out, const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else {
            if (strchr(escaped, *text)) fputc('\\', out);
            fputc(*text, out);
        }
    }
}

static void words(FILE *out, const char *metavar)
{
    for (; *metavar; metavar++) fputc(*metavar == '|' ? ' ' : *metavar, out);
}

static void bash_flags(FILE *out, const cli_verb *verb)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const cli_flag *flag = &cli_flags[i];
        if (!cli_flag_of(flag, verb)) continue;
        if (flag->letter) fprintf(out, "-%c ", flag->letter);
        fprintf(out, "--%s ", flag->name);
    }
}

/* "    run:--format|check:--format) ", or "    *:--at) " where one flag has the name. */
static void bash_pattern(FILE *out, const cli_flag *flag)
{
    bool shared = false, first = true;
    for (size_t i = 0; i < FLAG_COUNT; i++)
        shared |= &cli_flags[i] != flag && !strcmp(cli_flags[i].name, flag->name);
    fputs("    ", out);
    for (size_t i = 0; i < (shared ? CLI_VERB_COUNT : 1); i++) {
        if (shared && !cli_flag_of(flag, &cli_verbs[i])) continue;
        const char *verb = shared ? cli_verbs[i].name : "*";
        fprintf(out, "%s%s:--%s", first ? "" : "|", verb, flag->name);
        if (flag->letter) fprintf(out, "|%s:-%c", verb, flag->letter);
        first = false;
    }
    fputs(") ", out);
}

void cli_print_bash(FILE *out)
{
    fputs("# Completion of tamis for bash; made by `tamis help bash`.\n"
          "_tamis()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb= "
          "flags= i\n"
          "    COMPREPLY=()\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        [[ ${COMP_WORDS[i]} == -* ]] || { verb=${COMP_WORDS[i]}; break; }\n"
          "    done\n"
          "    case $verb:$before in\n",
          out);
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const cli_flag *flag = &cli_flags[i];
        if (flag->kind == KIND_SWITCH) continue;
        bash_pattern(out, flag);
        if (flag->kind == KIND_WORD) {
            fputs("COMPREPLY=($(compgen -W '", out);
            words(out, flag->metavar);
            fputs("' -- \"$word\"))", out);
        } else if (flag->kind == KIND_FILE)
            fputs("COMPREPLY=($(compgen -f -- \"$word\"))", out);
        else if (flag->kind == KIND_FOLDER)
            fputs("COMPREPLY=($(compgen -d -- \"$word\"))", out);
        else
            fputc(':', out);
        fputs("; return ;;\n", out);
    }
    fputs("    esac\n    case $verb in\n    '') flags='", out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) fprintf(out, "%s ", cli_verbs[i].name);
    fputs("--help --version' ;;\n", out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        fprintf(out, "    %s) flags='", cli_verbs[i].name);
        bash_flags(out, &cli_verbs[i]);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n"
          "    if [[ $verb == help ]]; then\n"
          "        flags='",
          out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) fprintf(out, "%s ", cli_verbs[i].name);
    for (size_t i = 0; i < topic_count; i++) fprintf(out, "%s ", topics[i].name);
    fputs("topics codes exit-codes man bash zsh fish'\n"
          "    elif [[ $verb == new && $before == new ]]; then\n"
          "        flags='pipeline rule stage plugin'\n"
          "    fi\n"
          "    if [[ $word == -* || -z $verb || $verb == help || $before == new ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
          "    else\n"
          "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _tamis tamis\n",
          out);
}

static void zsh_flag(FILE *out, const cli_flag *flag, const cli_verb *verb)
{
    fputs("        ", out);
    if (flag->letter)
        fprintf(out, "'(-%c --%s)'{-%c,--%s%s}", flag->letter, flag->name, flag->letter, flag->name,
                flag->kind == KIND_SWITCH ? "" : "=");
    else
        fprintf(out, "'*'--%s%s", flag->name, flag->kind == KIND_SWITCH ? "" : "=");
    fputs("'[", out);
    quoted(out, cli_flag_help(flag, verb, NULL), "[]:");
    fputc(']', out);
    switch (flag->kind) {
    case KIND_SWITCH: break;
    case KIND_WORD:
        fputs(":word:(", out);
        words(out, flag->metavar);
        fputc(')', out);
        break;
    case KIND_FILE: fputs(":file:_files", out); break;
    case KIND_FOLDER: fputs(":folder:_files -/", out); break;
    case KIND_TEXT:
    case KIND_COUNT:
    case KIND_SIZE:
        fputc(':', out);
        quoted(out, flag->metavar, "[]:");
        fputc(':', out);
        break;
    }
    fputs("' \\\n", out);
}

void cli_print_zsh(FILE *out)
{
    fputs("#compdef tamis\n"
          "# Completion of tamis for zsh; made by `tamis help zsh`.\n"
          "_tamis() {\n    local -a verbs\n    verbs=(\n",
          out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        fprintf(out, "        '%s:", cli_verbs[i].name);
        quoted(out, cli_verbs[i].help, "");
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    if (( CURRENT == 2 )); then\n        _describe verb verbs\n        return\n    fi\n"
          "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $verb in\n",
          out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        fprintf(out, "    %s) _arguments -S \\\n", cli_verbs[i].name);
        for (size_t f = 0; f < FLAG_COUNT; f++)
            if (cli_flag_of(&cli_flags[f], &cli_verbs[i]))
                zsh_flag(out, &cli_flags[f], &cli_verbs[i]);
        fputs("        '*:file:_files' ;;\n", out);
    }
    fputs("    esac\n}\n"
          "if [[ $funcstack[1] == _tamis ]]; then _tamis \"$@\"; else compdef _tamis tamis; fi\n",
          out);
}

static void fish_flag(FILE *out, const cli_flag *flag)
{
    fputs("complete -c tamis", out);
    if (flag->verbs != UINT64_MAX) {
        fputs(" -n '__fish_seen_subcommand_from", out);
        for (size_t i = 0; i < CLI_VERB_COUNT; i++)
            if (cli_flag_of(flag, &cli_verbs[i])) fprintf(out, " %s", cli_verbs[i].name);
        fputc('\'', out);
    }
    if (flag->letter) fprintf(out, " -s %c", flag->letter);
    fprintf(out, " -l %s", flag->name);
    switch (flag->kind) {
    case KIND_SWITCH: break;
    case KIND_WORD:
        fputs(" -x -a '", out);
        words(out, flag->metavar);
        fputc('\'', out);
        break;
    case KIND_FILE: fputs(" -r -F", out); break;
    case KIND_FOLDER: fputs(" -x -a '(__fish_complete_directories)'", out); break;
    case KIND_TEXT:
    case KIND_COUNT:
    case KIND_SIZE: fputs(" -x", out); break;
    }
    fputs(" -d '", out);
    for (const char *at = flag->help; *at; at++) {
        if (*at == '\'' || *at == '\\') fputc('\\', out);
        fputc(*at, out);
    }
    fputs("'\n", out);
}

void cli_print_fish(FILE *out)
{
    fputs("# Completion of tamis for fish; made by `tamis help fish`.\n", out);
    for (size_t i = 0; i < CLI_VERB_COUNT; i++) {
        fprintf(out, "complete -c tamis -n __fish_use_subcommand -f -a %s -d '", cli_verbs[i].name);
        for (const char *at = cli_verbs[i].help; *at; at++) {
            if (*at == '\'') fputc('\\', out);
            fputc(*at, out);
        }
        fputs("'\n", out);
    }
    for (size_t i = 0; i < FLAG_COUNT; i++) fish_flag(out, &cli_flags[i]);
}
