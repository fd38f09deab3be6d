/* How the command talks: errors and usage on stderr, colours, the terminal's width, wrapped
 * text. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int cli_usage(const cli_verb *verb, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("tamis: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (verb)
        fprintf(stderr, "\n`tamis %s --help` tells more\n", verb->name);
    else
        fputs("\n`tamis --help` tells more\n", stderr);
    return CLI_USAGE;
}

int cli_fail(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("tamis: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return code;
}

bool cli_colour(const cli_args *args, FILE *stream)
{
    switch (args ? cli_word(args, FLAG_color, 0) : 0) {
    case 1: return true;
    case 2: return false;
    default: break;
    }
    const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
    if (no && *no) return false;
    if (force && *force && strcmp(force, "0") != 0) return true;
    const char *term = getenv("TERM");
    return isatty(fileno(stream)) && !(term && !strcmp(term, "dumb"));
}

unsigned cli_columns(FILE *stream)
{
    struct winsize size;
    if (isatty(fileno(stream)) && !ioctl(fileno(stream), TIOCGWINSZ, &size) && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

/* The bytes of the next word, or of the one wide character that it begins with: scripts without
 * blanks break anywhere. */
static size_t next_word(tamis_str text, size_t at, unsigned *columns)
{
    size_t i = at;
    *columns = 0;
    while (i < text.n && text.p[i] != ' ' && text.p[i] != '\n') {
        size_t n;
        if (text.p[i] == '\033') { /* to the letter that ends the escape */
            while (i < text.n && !(text.p[i] >= '@' && text.p[i] != '[')) i++;
            i += i < text.n;
            continue;
        }
        unsigned wide = utf8_columns(utf8_decode(text.p + i, text.n - i, &n));
        if (wide == 2 && *columns) break;
        *columns += wide;
        i += n;
        if (wide == 2) break;
    }
    return i - at;
}

static void fold(FILE *stream, tamis_str text, unsigned hang)
{
    unsigned width = cli_columns(stream), column = 0, blanks = 0;
    if (width < hang + 20) { /* nothing to gain */
        fwrite(text.p, 1, text.n, stream);
        return;
    }
    bool begun = false; /* a word stands in this line */
    for (size_t i = 0; i < text.n;) {
        unsigned columns;
        if (text.p[i] == '\n' || text.p[i] == ' ') {
            bool end = text.p[i++] == '\n';
            blanks = end ? 0 : blanks + 1;
            if (end) fputc('\n', stream), column = 0, begun = false;
            continue;
        }
        size_t n = next_word(text, i, &columns);
        if (begun && columns && column + blanks + columns > width) {
            fputc('\n', stream);
            column = 0;
            blanks = hang;
        }
        for (; blanks; blanks--, column++) fputc(' ', stream);
        fwrite(text.p + i, 1, n, stream);
        column += columns;
        begun |= columns > 0;
        i += n;
    }
}

FILE *cli_fold_begin(cli_folded *self, FILE *stream)
{
    *self = (cli_folded){.stream = stream};
    if (isatty(fileno(stream))) self->out = open_memstream(&self->text, &self->n);
    if (!self->out) self->out = stream;
    return self->out;
}

void cli_fold_end(cli_folded *self, unsigned hang)
{
    if (self->out == self->stream) return;
    fclose(self->out);
    fold(self->stream, (tamis_str){self->text, self->n}, hang);
    free(self->text);
}

int cli_flush(void)
{
    if (!fflush(stdout) && !ferror(stdout)) return CLI_DONE;
    if (errno == EPIPE) return CLI_DONE; /* whoever read it has seen enough */
    return cli_fail(CLI_IO, "cannot write to standard output: %s", strerror(errno));
}

/* One word's columns: code points, near enough for our own text. */
static unsigned columns_of(const char *word, size_t n)
{
    return (unsigned)utf8_count((tamis_str){word, n});
}

static void wrap_line(FILE *out, const char *line, size_t n, unsigned indent, unsigned width)
{
    unsigned column = 0;
    size_t at = 0;
    while (at < n) {
        size_t end = at;
        while (end < n && line[end] != ' ') end++;
        unsigned columns = columns_of(line + at, end - at);
        if (column && column + 1 + columns > width) {
            fputc('\n', out);
            column = 0;
        }
        if (column)
            fputc(' ', out);
        else
            fprintf(out, "%*s", (int)indent, "");
        column += columns + (column ? 1 : 0);
        fwrite(line + at, 1, end - at, out);
        at = end + (end < n);
    }
    fputc('\n', out);
}

void cli_print_wrapped(FILE *out, const char *text, unsigned indent, unsigned width)
{
    width = width > indent + 20 ? width - indent : 20;
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n == 0)
            fputc('\n', out);
        else if (*text == ' ')
            fprintf(out, "%*s%.*s\n", (int)indent, "", (int)n, text);
        else
            wrap_line(out, text, n, indent, width);
        text += n + (text[n] == '\n');
    }
}
