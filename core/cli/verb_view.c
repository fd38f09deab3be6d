/* tamis view: records as one HTML file for people. Self-contained: no script, no network, works
 * from file:// and in print; switches are check boxes and CSS. The text is shown as it was read,
 * what was removed struck out; marks may overlap, so the text is cut at every bound and each piece
 * wears the classes of all it is in. All text is escaped, and a content security policy allows
 * nothing but the style sheet. */
#include "cli/cli.h"
#include "cli/records.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_DOCUMENTS = 200 };

static void escape(FILE *out, tamis_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        switch (c) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\'': fputs("&#39;", out); break;
        default:
            if (c < 0x20 && c != '\n' && c != '\t' && c != '\r')
                fputs("\xef\xbf\xbd", out);
            else
                fputc(c, out);
        }
    }
}

/* ------------------------------------------------------------------ the text with its marks */

/* What a type looks like; those without a look of their own share one. */
static const char *look_of(tamis_str type)
{
    static const char *const known[] = {"quote",    "speaker",  "cue",  "weapon",
                                        "quantity", "language", "error"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(type, known[i])) return known[i];
    return "other";
}

static bool is_foreign(const record *r, const record_span *s)
{
    return str_is(s->type, "language") && !str_equal(s->value, r->lang);
}

/* Language spans in the document's own language are no news. */
static bool marked(const record *r, const record_span *s)
{
    return s->end > s->start && (!str_is(s->type, "language") || is_foreign(r, s));
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static size_t *gather_bounds(const record *r, size_t *count)
{
    size_t *bounds = malloc((2 * (r->span_count + r->removal_count) + 2) * sizeof *bounds), n = 0;
    if (!bounds) return NULL;
    bounds[n++] = 0;
    bounds[n++] = r->source.n;
    for (size_t i = 0; i < r->span_count; i++) {
        bounds[n++] = r->spans[i].start;
        bounds[n++] = r->spans[i].end;
    }
    for (size_t i = 0; i < r->removal_count; i++) {
        bounds[n++] = r->removals[i].start;
        bounds[n++] = r->removals[i].end;
    }
    qsort(bounds, n, sizeof *bounds, by_size);
    *count = n;
    return bounds;
}

static void chip(FILE *out, const char *look, tamis_str text)
{
    if (!text.n) return;
    fprintf(out, "<span class=\"chip c-%s\">", look);
    escape(out, text);
    fputs("</span>", out);
}

/* Behind the end of a mark: who speaks, what class a weapon is of, what language. */
static void print_chips(FILE *out, const record *r, size_t at)
{
    for (size_t i = 0; i < r->span_count; i++) {
        const record_span *s = &r->spans[i];
        if (s->end != at || !marked(r, s)) continue;
        const char *look = look_of(s->type);
        if (!strcmp(look, "quote"))
            chip(out, look, s->value);
        else if (!strcmp(look, "weapon"))
            chip(out, look, s->category);
        else if (!strcmp(look, "language"))
            chip(out, look, s->value);
        else if (!strcmp(look, "other"))
            chip(out, look, s->value.n ? s->value : s->type);
    }
}

static void print_piece(FILE *out, const record *r, size_t document, size_t start, size_t end)
{
    const record_removal *gone = NULL;
    size_t gone_number = 0;
    int open = 0;
    for (size_t i = 0; i < r->removal_count; i++)
        if (r->removals[i].start <= start && end <= r->removals[i].end) {
            gone = &r->removals[i];
            gone_number = i;
        }
    for (size_t i = 0; i < r->span_count; i++) {
        const record_span *s = &r->spans[i];
        if (s->start > start || end > s->end || !marked(r, s)) continue;
        fputs("<span", out);
        if (s->start == start) fprintf(out, " id=\"d%zu-s%" PRId64 "\"", document, s->number);
        fprintf(out, " class=\"t-%s\" title=\"", look_of(s->type));
        escape(out, s->type);
        if (s->value.n) fputs(": ", out), escape(out, s->value);
        if (s->rule.n) fputs(" \xc2\xb7 ", out), escape(out, s->rule);
        fputs("\">", out);
        open++;
    }
    if (gone) {
        fprintf(out, "<span class=\"gone\"");
        if (gone->start == start) fprintf(out, " id=\"d%zu-r%zu\"", document, gone_number);
        fputs(" title=\"", out);
        escape(out, gone->reason);
        if (gone->rule.n) fputs(" \xc2\xb7 ", out), escape(out, gone->rule);
        fputs("\">", out);
        open++;
    }
    escape(out, (tamis_str){r->source.p + start, end - start});
    while (open--) fputs("</span>", out);
}

static bool print_text(FILE *out, const record *r, size_t document)
{
    size_t count, *bounds = gather_bounds(r, &count);
    if (!bounds) return false;
    fputs("<div class=\"text\" dir=\"auto\">", out);
    for (size_t i = 0; i + 1 < count; i++) {
        if (bounds[i] == bounds[i + 1]) continue;
        print_piece(out, r, document, bounds[i], bounds[i + 1]);
        print_chips(out, r, bounds[i + 1]);
    }
    fputs("</div>\n", out);
    free(bounds);
    return true;
}

/* ------------------------------------------------------------------ the margin */

static const record_span *serving(const record *r, const record_span *s, const char *role)
{
    for (size_t i = 0; i < r->span_count; i++)
        if (r->spans[i].ref == s->number && str_is(r->spans[i].role, role)) return &r->spans[i];
    return NULL;
}

static void cell(FILE *out, tamis_str text, size_t most)
{
    fputs("<td dir=\"auto\">", out);
    size_t n = text.n;
    if (n > most) {
        n = most;
        while (n && utf8_is_continuation((unsigned char)text.p[n])) n--;
    }
    escape(out, (tamis_str){text.p, n});
    fputs(n < text.n ? "\xe2\x80\xa6</td>" : "</td>", out);
}

static void link_to(FILE *out, size_t document, char kind, int64_t number)
{
    fprintf(out, "<td class=\"n\"><a href=\"#d%zu-%c%" PRId64 "\">%" PRId64 "</a></td>", document,
            kind, number, kind == 'r' ? number + 1 : number);
}

static void print_score(FILE *out, double score)
{
    if (score >= 0)
        fprintf(out, "<td class=\"n\">%.2f</td>", score);
    else
        fputs("<td></td>", out);
}

static size_t count_type(const record *r, const char *type)
{
    size_t count = 0;
    for (size_t i = 0; i < r->span_count; i++) count += str_is(r->spans[i].type, type);
    return count;
}

static void print_quotes(FILE *out, const record *r, size_t document)
{
    if (!count_type(r, "quote")) return;
    fputs("<h3>Quotes</h3><table class=\"wide\"><tr><th "
          "class=\"n\">span</th><th>who</th><th>cue</th><th>quote</th>"
          "<th>kind</th><th class=\"n\">score</th></tr>\n",
          out);
    for (size_t i = 0; i < r->span_count; i++) {
        const record_span *s = &r->spans[i];
        if (!str_is(s->type, "quote")) continue;
        const record_span *cue = serving(r, s, "cue"), *who = serving(r, s, "speaker");
        fputs("<tr>", out);
        link_to(out, document, 's', s->number);
        cell(out, s->value.n ? s->value : who ? who->text : (tamis_str){0}, 120);
        cell(out, cue ? cue->text : (tamis_str){0}, 60);
        cell(out, s->text, 240);
        cell(out, s->category, 40);
        print_score(out, s->score);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void print_weapons(FILE *out, const record *r, size_t document)
{
    if (!count_type(r, "weapon")) return;
    fputs("<h3>Weapons</h3><table><tr><th class=\"n\">span</th><th>named</th><th>in the text</th>"
          "<th>class</th><th>quantity</th></tr>\n",
          out);
    for (size_t i = 0; i < r->span_count; i++) {
        const record_span *s = &r->spans[i];
        if (!str_is(s->type, "weapon")) continue;
        const record_span *quantity = serving(r, s, "quantity");
        fputs("<tr>", out);
        link_to(out, document, 's', s->number);
        cell(out, s->value, 80);
        cell(out, s->text, 80);
        cell(out, s->category, 60);
        cell(out, quantity ? quantity->text : (tamis_str){0}, 60);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void print_removals(FILE *out, const record *r, size_t document)
{
    if (!r->removal_count) return;
    fputs("<h3>Removed</h3><table class=\"wide\"><tr><th "
          "class=\"n\">no.</th><th>reason</th><th>rule</th><th>text</th>"
          "<th class=\"n\">score</th></tr>\n",
          out);
    for (size_t i = 0; i < r->removal_count; i++) {
        const record_removal *m = &r->removals[i];
        fputs("<tr>", out);
        link_to(out, document, 'r', (int64_t)i);
        cell(out, m->reason, 60);
        cell(out, m->rule, 60);
        cell(out, m->withheld ? TAMIS_STR("(withheld)") : m->text, 160);
        print_score(out, m->score);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static size_t removed_bytes(const record *r)
{
    size_t sum = 0;
    for (size_t i = 0; i < r->removal_count; i++) sum += r->removals[i].end - r->removals[i].start;
    return sum;
}

static bool print_document(FILE *out, const record *r, size_t document)
{
    fprintf(out, "<article id=\"d%zu\"><header><h2>", document);
    escape(out, r->id);
    fputs("</h2><div class=\"soft\">", out);
    escape(out, r->input);
    if (!str_is(r->status, "written")) {
        fputs(" \xc2\xb7 ", out), escape(out, r->status);
        if (r->reason.n) fputs(": ", out), escape(out, r->reason);
    }
    if (r->lang.n) fputs(" \xc2\xb7 ", out), escape(out, r->lang);
    fprintf(out, " \xc2\xb7 %zu %% removed</div></header>\n",
            r->source.n ? 100 * removed_bytes(r) / r->source.n : 0);
    if (!print_text(out, r, document)) return false;
    fputs("<aside>\n", out);
    print_quotes(out, r, document);
    print_weapons(out, r, document);
    print_removals(out, r, document);
    fputs("</aside></article>\n", out);
    return true;
}

/* ------------------------------------------------------------------ the page */

static void print_head(FILE *out, const char *name)
{
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\"><title>",
          out);
    escape(out, str_of(name));
    fputs(" \xc2\xb7 tamis</title>\n<style>\n", out);
#define STYLE(text) fputs(text, out);
#include "cli/view_style.def"
#undef STYLE
    fputs("</style></head><body>\n<div class=\"switches\">"
          "<label><input type=\"checkbox\" id=\"clean\"> clean text only</label>"
          "<label><input type=\"checkbox\" id=\"no-quote\" checked> quotes</label>"
          "<label><input type=\"checkbox\" id=\"no-weapon\" checked> weapons</label>"
          "<label><input type=\"checkbox\" id=\"no-language\" checked> languages</label>"
          "<label><input type=\"checkbox\" id=\"no-other\" checked> other "
          "spans</label></div>\n<main><h1>",
          out);
    escape(out, str_of(name));
    fputs("</h1>\n", out);
}

static void index_row(FILE *out, const record *r, size_t document)
{
    fprintf(out, "<tr><td><a href=\"#d%zu\">", document);
    escape(out, r->id);
    fputs("</a></td><td>", out);
    escape(out, r->lang);
    fprintf(
        out,
        "</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td><td class=\"n\">%zu %%</td></tr>\n",
        count_type(r, "quote"), count_type(r, "weapon"),
        r->source.n ? 100 * removed_bytes(r) / r->source.n : 0);
}

/* The index comes first and is known last: documents are gathered in memory meanwhile. */
static int print_page(FILE *out, records *in, const char *name, uint64_t most, error *e)
{
    record r = {0};
    buffer rows = {0}, body = {0};
    FILE *row_file = open_memstream(&rows.p, &rows.n),
         *body_file = open_memstream(&body.p, &body.n);
    size_t documents = 0, more = 0;
    int code = row_file && body_file ? CLI_DONE : CLI_INTERNAL, rc = 0;
    while (!code && (rc = records_next(in, &r, e)) == 1) {
        if (documents == most) {
            more++;
            continue;
        }
        documents++;
        index_row(row_file, &r, documents);
        if (!print_document(body_file, &r, documents)) code = CLI_INTERNAL;
    }
    if (rc < 0) code = CLI_INPUT;
    if (row_file) fclose(row_file);
    if (body_file) fclose(body_file);
    if (!code) {
        print_head(out, name);
        fprintf(out, "<p class=\"soft\">%zu document%s", documents, documents == 1 ? "" : "s");
        if (more) fprintf(out, "; %zu further ones are not shown (-n shows more)", more);
        fputs("</p>\n<table><tr><th>document</th><th>language</th><th class=\"n\">quotes</th>"
              "<th class=\"n\">weapons</th><th class=\"n\">removed</th></tr>\n",
              out);
        fwrite(rows.p, 1, rows.n, out);
        fputs("</table>\n", out);
        fwrite(body.p, 1, body.n, out);
        fputs("</main></body></html>\n", out);
    }
    free(rows.p);
    free(body.p);
    record_free(&r);
    return code;
}

int verb_view(const cli_args *args)
{
    if (args->operands.count != 1)
        return cli_usage(args->verb, "view one file of records: tamis view RECORDS -o FILE.html");
    const char *path = cli_value(args, FLAG_output), *name = args->operands.at[0];
    if (!path && isatty(STDOUT_FILENO))
        return cli_usage(args->verb, "HTML is not for a terminal: -o FILE.html");
    error e = {0};
    records *in = records_open(name, &e);
    if (!in) return cli_fail(CLI_INPUT, "%s", e.text);
    FILE *out = path ? fopen(path, "w") : stdout;
    int code;
    if (!out)
        code = cli_fail(CLI_IO, "cannot write %s: %s", path, strerror(errno));
    else {
        uint64_t most = cli_number(args, FLAG_limit, MOST_DOCUMENTS);
        code = print_page(out, in, name, most ? most : UINT64_MAX, &e);
        if (code) cli_fail(code, "%s", e.text[0] ? e.text : "no memory");
        if (path && fclose(out) && !code)
            code = cli_fail(CLI_IO, "cannot write %s: %s", path, strerror(errno));
        if (!path && !code) code = cli_flush();
        if (path && code) unlink(path);
    }
    records_close(in);
    return code;
}
