/* tamis export: records in the formats of programs for editing and sharing annotations. Both
 * formats count code points in the text as it was read, so findings and removals stand side by
 * side. */
#include "cli/cli.h"
#include "cli/records.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diagnostic.h"
#include "base/json.h"

/* ------------------------------------------------------------------ places in code points */

/* Offsets of a record in order of asking; asked for in rising order it walks the text once. */
typedef struct {
    tamis_str text;
    size_t byte, point;
} counter;

static size_t point_of(counter *self, size_t byte)
{
    if (byte < self->byte) self->byte = self->point = 0;
    self->point += utf8_count((tamis_str){self->text.p + self->byte, byte - self->byte});
    self->byte = byte;
    return self->point;
}

/* ------------------------------------------------------------------ brat */

enum { MOST_TYPES = 128 };

typedef struct {
    const char *folder;
    char *types[MOST_TYPES];
    size_t type_count;
    uint64_t documents;
} brat;

/* brat's names are letters, digits, _ and -. */
static char *brat_name(tamis_str type)
{
    char *name = strndup(type.n ? type.p : "none", type.n ? type.n : 4);
    for (char *at = name; at && *at; at++)
        if (!(*at >= 'a' && *at <= 'z') && !(*at >= 'A' && *at <= 'Z') &&
            !(*at >= '0' && *at <= '9'))
            *at = '_';
    return name;
}

static void brat_know(brat *self, const char *name)
{
    for (size_t i = 0; i < self->type_count; i++)
        if (!strcmp(self->types[i], name)) return;
    if (self->type_count < MOST_TYPES) self->types[self->type_count++] = strdup(name);
}

static void put_flat(FILE *out, tamis_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        fputc(c == '\n' || c == '\r' || c == '\t' ? ' ' : c, out);
    }
}

/* brat forbids empty annotations, and ends them at a line's end. */
static void brat_text(brat *self, FILE *out, const record *r, counter *c, const char *name,
                      size_t number, size_t start, size_t end)
{
    tamis_str text = {r->source.p + start, end - start};
    fprintf(out, "T%zu\t%s ", number, name);
    for (size_t at = 0; at < text.n;) {
        const char *lf = memchr(text.p + at, '\n', text.n - at);
        size_t n = lf ? (size_t)(lf - text.p) - at : text.n - at;
        size_t from = point_of(c, start + at), to = point_of(c, start + at + n);
        if (n) fprintf(out, "%s%zu %zu", at ? ";" : "", from, to);
        at += n;
        while (at < text.n && text.p[at] == '\n') at++;
    }
    fputc('\t', out);
    put_flat(out, text);
    fputc('\n', out);
    brat_know(self, name);
}

static void brat_span(brat *self, FILE *out, const record *r, counter *c, const record_span *s)
{
    size_t start = s->start, end = s->end;
    while (start < end && strchr("\r\n ", r->source.p[start]) && r->source.p[start]) start++;
    while (start < end && strchr("\r\n ", r->source.p[end - 1]) && r->source.p[end - 1]) end--;
    if (start == end) return;
    char *name = brat_name(s->type);
    if (!name) return;
    size_t number = (size_t)s->number;
    brat_text(self, out, r, c, name, number, start, end);
    if (s->value.n || s->category.n) {
        fprintf(out, "#%zu\tAnnotatorNotes T%zu\t", number, number);
        put_flat(out, s->value);
        if (s->category.n) {
            fputs(s->value.n ? " (" : "(", out);
            put_flat(out, s->category);
            fputc(')', out);
        }
        fputc('\n', out);
    }
    free(name);
}

static void brat_relations(FILE *out, const record *r)
{
    size_t number = 0;
    for (size_t i = 0; i < r->span_count; i++) {
        const record_span *s = &r->spans[i];
        if (!s->ref || s->end == s->start) continue;
        char *role = brat_name(s->role);
        fprintf(out, "R%zu\t%s Arg1:T%" PRId64 " Arg2:T%" PRId64 "\n", ++number,
                role ? role : "ref", s->number, s->ref);
        free(role);
    }
}

static FILE *brat_open(const brat *self, tamis_str id, const char *suffix, error *e)
{
    char path[4096];
    size_t n = (size_t)snprintf(path, sizeof path, "%s/", self->folder);
    for (size_t i = 0; i < id.n && n + 16 < sizeof path; i++) {
        char c = id.p[i];
        path[n++] =
            (unsigned char)c < 0x21 || strchr("/\\:*?\"<>|", c) || (c == '.' && !i) ? '_' : c;
    }
    snprintf(path + n, sizeof path - n, "%s", suffix);
    FILE *out = fopen(path, "w");
    if (!out) error_set(e, TAMIS_FAIL, "cannot write %s: %s", path, strerror(errno));
    return out;
}

static tamis_rc brat_record(void *user, FILE *out, const record *r, error *e)
{
    brat *self = user;
    FILE *text = brat_open(self, r->id, ".txt", e),
         *marks = text ? brat_open(self, r->id, ".ann", e) : NULL;
    if (marks) {
        counter c = {.text = r->source};
        size_t largest = 0;
        fwrite(r->source.p, 1, r->source.n, text);
        for (size_t i = 0; i < r->span_count; i++) {
            brat_span(self, marks, r, &c, &r->spans[i]);
            if ((size_t)r->spans[i].number > largest) largest = (size_t)r->spans[i].number;
        }
        for (size_t i = 0; i < r->removal_count; i++) {
            record_span gone = {.start = r->removals[i].start,
                                .end = r->removals[i].end,
                                .type = TAMIS_STR("removed"),
                                .value = r->removals[i].reason,
                                .category = r->removals[i].rule,
                                .number = (int64_t)(largest + 1 + i)};
            brat_span(self, marks, r, &c, &gone);
        }
        brat_relations(marks, r);
    }
    bool ok = marks && !ferror(text) && !ferror(marks);
    if (text && fclose(text)) ok = false;
    if (marks && fclose(marks)) ok = false;
    self->documents++;
    return ok ? TAMIS_OK : error_set(e, TAMIS_FAIL, "cannot write to %s", self->folder);
}

static tamis_rc brat_finish(void *user, FILE *out, error *e)
{
    brat *self = user;
    FILE *conf = brat_open(self, TAMIS_STR("annotation"), ".conf", e);
    if (!conf) return TAMIS_FAIL;
    fputs("[entities]\n", conf);
    for (size_t i = 0; i < self->type_count; i++) {
        fprintf(conf, "%s\n", self->types[i]);
        free(self->types[i]);
    }
    fputs(
        "\n[relations]\nspeaker\tArg1:<ENTITY>, Arg2:<ENTITY>\ncue\tArg1:<ENTITY>, Arg2:<ENTITY>\n"
        "quantity\tArg1:<ENTITY>, Arg2:<ENTITY>\n\n[events]\n\n[attributes]\n",
        conf);
    if (fclose(conf)) return error_set(e, TAMIS_FAIL, "cannot write to %s", self->folder);
    fprintf(stderr, "%" PRIu64 " documents in %s\n", self->documents, self->folder);
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ W3C Web Annotation */

/* About thirty code points ahead of a place or behind it, so that it is found again in a changed
 * text. */
static tamis_str around(tamis_str text, size_t at, bool ahead)
{
    enum { CONTEXT = 32 };
    size_t from = at, to = at;
    if (ahead) {
        from = at > CONTEXT ? at - CONTEXT : 0;
        while (from < at && utf8_is_continuation((unsigned char)text.p[from])) from++;
    } else {
        to = at + CONTEXT < text.n ? at + CONTEXT : text.n;
        while (to > at && to < text.n && utf8_is_continuation((unsigned char)text.p[to])) to--;
    }
    return (tamis_str){text.p + from, to - from};
}

static void add_body(buffer *out, const char *purpose, tamis_str value, bool *first)
{
    if (!value.n) return;
    buffer_printf(out,
                  "%s{\"type\":\"TextualBody\",\"purpose\":\"%s\",\"value\":", *first ? "" : ",",
                  purpose);
    json_write_string(out, value);
    buffer_append_char(out, '}');
    *first = false;
}

static void w3c_span(buffer *out, const record *r, counter *c, const record_span *s)
{
    bool first = true;
    buffer_append_text(
        out, "{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"type\":\"Annotation\",\"id\":");
    buffer id = {0};
    buffer_append_str(&id, r->id);
    buffer_printf(&id, "#span-%" PRId64, s->number);
    json_write_string(out, buffer_str(&id));
    buffer_free(&id);
    buffer_append_text(out, ",\"body\":[");
    add_body(out, "tagging", s->type, &first);
    add_body(out, "identifying", s->value, &first);
    add_body(out, "classifying", s->category, &first);
    buffer_append_text(out, "],\"generator\":");
    json_write_string(out, s->rule.n ? s->rule : s->stage);
    buffer_append_text(out, ",\"target\":{\"source\":");
    json_write_string(out, r->input.n ? r->input : r->id);
    size_t from = point_of(c, s->start), to = point_of(c, s->end);
    buffer_printf(out,
                  ",\"selector\":[{\"type\":\"TextPositionSelector\",\"start\":%zu,\"end\":%zu},"
                  "{\"type\":\"TextQuoteSelector\",\"exact\":",
                  from, to);
    json_write_string(out, (tamis_str){r->source.p + s->start, s->end - s->start});
    buffer_append_text(out, ",\"prefix\":");
    json_write_string(out, around(r->source, s->start, true));
    buffer_append_text(out, ",\"suffix\":");
    json_write_string(out, around(r->source, s->end, false));
    buffer_append_text(out, "}]}}\n");
}

static tamis_rc w3c_record(void *user, FILE *out, const record *r, error *e)
{
    counter c = {.text = r->source};
    buffer text = {0};
    int64_t largest = 0;
    for (size_t i = 0; i < r->span_count; i++) {
        w3c_span(&text, r, &c, &r->spans[i]);
        if (r->spans[i].number > largest) largest = r->spans[i].number;
    }
    for (size_t i = 0; i < r->removal_count; i++) {
        const record_removal *m = &r->removals[i];
        record_span gone = {.start = m->start,
                            .end = m->end,
                            .type = TAMIS_STR("removed"),
                            .category = m->reason,
                            .rule = m->rule,
                            .stage = m->stage,
                            .number = largest + 1 + (int64_t)i};
        w3c_span(&text, r, &c, &gone);
    }
    bool ok = !text.failed && fwrite(text.p, 1, text.n, out) == text.n;
    buffer_free(&text);
    return ok ? TAMIS_OK : error_set(e, TAMIS_FAIL, "cannot write: %s", strerror(errno));
}

/* ------------------------------------------------------------------ the verb */

typedef struct {
    const char *name;
    bool folder; /* -o is a folder */
    tamis_rc (*record)(void *user, FILE *out, const record *r, error *e);
    tamis_rc (*finish)(void *user, FILE *out, error *e); /* NULL: nothing */
} exporter;

static const exporter exporters[] = {{"brat", true, brat_record, brat_finish},
                                     {"w3c", false, w3c_record, NULL}};

static int export_all(const exporter *to, records *in, FILE *out, void *user)
{
    record r = {0};
    error e = {0};
    int rc, code = CLI_DONE;
    while ((rc = records_next(in, &r, &e)) == 1)
        if (to->record(user, out, &r, &e) < 0) {
            code = CLI_IO;
            break;
        }
    if (rc < 0) code = CLI_INPUT;
    if (!code && to->finish && to->finish(user, out, &e) < 0) code = CLI_IO;
    record_free(&r);
    return code ? cli_fail(code, "%s", e.text) : code;
}

static int find_exporter(const cli_args *args, const exporter **out)
{
    static const char *const names[] = {"brat", "w3c"};
    if (args->operands.count != 2)
        return cli_usage(args->verb, "export to what? tamis export brat|w3c RECORDS");
    const char *name = args->operands.at[0];
    for (size_t i = 0; i < sizeof exporters / sizeof *exporters; i++)
        if (!strcmp(name, exporters[i].name)) {
            *out = &exporters[i];
            return CLI_DONE;
        }
    const char *meant = did_you_mean(str_of(name), names, 2);
    return cli_usage(args->verb, "no format `%s`: %s%s%s", name,
                     meant ? "did you mean `" : "brat or w3c", meant ? meant : "",
                     meant ? "`?" : "");
}

int verb_export(const cli_args *args)
{
    const exporter *to = NULL;
    const char *path = cli_value(args, FLAG_output);
    int code = find_exporter(args, &to);
    if (code || !to) return code;
    if (to->folder && !path)
        return cli_usage(args->verb, "%s is a folder of files: -o FOLDER", to->name);
    error e = {0};
    records *in = records_open(args->operands.at[1], &e);
    if (!in) return cli_fail(CLI_INPUT, "%s", e.text);
    brat folder = {.folder = path};
    FILE *out = stdout;
    if (to->folder && mkdir(path, 0777) && errno != EEXIST)
        code = cli_fail(CLI_IO, "cannot make %s: %s", path, strerror(errno));
    if (!to->folder && path && !(out = fopen(path, "w")))
        code = cli_fail(CLI_IO, "cannot write %s: %s", path, strerror(errno));
    if (!code) code = export_all(to, in, out, &folder);
    if (out && out != stdout && fclose(out) && !code)
        code = cli_fail(CLI_IO, "cannot write %s: %s", path, strerror(errno));
    if (out == stdout && !code) code = cli_flush();
    records_close(in);
    return code;
}
