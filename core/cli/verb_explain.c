/* tamis explain: one document through the pipeline with tracing on, then, stage by stage, what
 * happened at the place asked for: what the stage saw there (its notes), what it considered and let
 * go (its rejects), what it removed or marked, by which rule and with what score. */
#include "cli/place.h"
#include "cli/session.h"
#include "io/plan.h"
#include "io/pretty.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { LEAST_EXCERPT = 24 }; /* columns */

typedef struct {
    const cli_args *args;
    session s;
    tamis_doc doc;
    FILE *out;
    bool *ran;    /* by stage */
    place *asked; /* the places asked for; none: everything */
    size_t asked_count;
    size_t shown; /* of the places, from 1: they are told one by one */
    bool rejects; /* tell what was let go */
    plan numbers; /* spans are numbered as the record numbers them */
    const char *bold, *dim, *red, *green, *off;
    size_t columns;
} explanation;

/* ------------------------------------------------------------------ what is asked */

/* FILE or FILE:LINE; a file whose very name ends so is a file. `*line` 0: none. False after a usage
 * error, which it has told. */
static bool split_line(const cli_args *args, char **file, uint64_t *line)
{
    const char *text = args->operands.at[1], *colon = strrchr(text, ':');
    *line = 0;
    *file = NULL;
    if (!colon || access(text, F_OK) == 0) {
        *file = strdup(text);
        return true;
    }
    char *end, *name = strndup(text, (size_t)(colon - text));
    unsigned long long number = strtoull(colon + 1, &end, 10);
    bool is_number = colon[1] >= '1' && colon[1] <= '9' && !*end;
    bool there = name && access(name, F_OK) == 0;
    if (is_number) *line = number;
    if (is_number || there) {
        *file = name;
        if (is_number) return true;
        free(name);
        cli_usage(args->verb, "`%s` is no number of a line: FILE:LINE, from 1", colon + 1);
        return false;
    }
    free(name);
    *file = strdup(text);
    return true;
}

static bool ask_add(explanation *self, place at)
{
    place *more = realloc(self->asked, (self->asked_count + 1) * sizeof *more);
    if (!more) return false;
    self->asked = more;
    self->asked[self->asked_count++] = at;
    return true;
}

static int ask_text(explanation *self, const char *text)
{
    enum { MOST = 5 };
    place found;
    tamis_str source = self->doc.source;
    for (size_t from = 0; place_find(source, str_of(text), from, &found); from = found.end) {
        if (self->asked_count == MOST) {
            fprintf(stderr,
                    "tamis: only the first %d places are told; FILE:LINE or --at asks for "
                    "one\n",
                    MOST);
            break;
        }
        if (!ask_add(self, found)) return cli_fail(CLI_INTERNAL, "no memory");
    }
    self->rejects = true;
    if (self->asked_count) return CLI_DONE;
    return cli_fail(CLI_INPUT, "`%s` does not stand in %.*s", text, (int)self->doc.id.n,
                    self->doc.id.p);
}

static int ask(explanation *self, uint64_t line)
{
    const cli_args *args = self->args;
    tamis_str source = self->doc.source;
    place at;
    if (line) {
        if (!place_line(source, line, &at))
            return cli_fail(CLI_INPUT, "%.*s has no line %" PRIu64 ": it has %zu",
                            (int)self->doc.id.n, self->doc.id.p, line,
                            place_of(source, source.n).line);
        if (!ask_add(self, at)) return cli_fail(CLI_INTERNAL, "no memory");
    }
    if (cli_has(args, FLAG_at)) {
        uint64_t number = cli_number(args, FLAG_at, 0);
        size_t offset, bytes;
        if (!place_code_point(source, number, &offset))
            return cli_fail(CLI_INPUT, "%.*s has no code point %" PRIu64 ": it has %zu",
                            (int)self->doc.id.n, self->doc.id.p, number, utf8_count(source));
        utf8_decode(source.p + offset, source.n - offset, &bytes);
        if (!ask_add(self, (place){offset, offset + bytes}))
            return cli_fail(CLI_INTERNAL, "no memory");
    }
    if (cli_has(args, FLAG_why_not)) return ask_text(self, cli_value(args, FLAG_why_not));
    return CLI_DONE;
}

/* ------------------------------------------------------------------ running */

static void observe(void *user, const pipeline_stage *stage, tamis_doc *doc, bool before)
{
    explanation *self = user;
    self->ran[stage - self->s.pipeline->stages] = true;
}

static int run_document(explanation *self)
{
    pipeline_worker worker;
    error e = {0};
    self->ran = calloc(self->s.pipeline->stage_count + 1, sizeof *self->ran);
    if (!self->ran) return cli_fail(CLI_INTERNAL, "no memory");
    self->doc.tracing = true;
    if (session_enter(&self->s, &worker, &e) < 0) return cli_fail(CLI_CONFIG, "%s", e.text);
    worker.observer = observe;
    worker.observer_user = self;
    tamis_rc rc = pipeline_run(&worker, &self->doc);
    int code = CLI_DONE;
    if (rc == TAMIS_FATAL) code = cli_fail(CLI_INTERNAL, "%s", worker.error.text);
    pipeline_leave(&worker);
    return code;
}

/* ------------------------------------------------------------------ telling */

/* The place that is being told; NULL: all of the document is. */
static const place *shown_place(const explanation *self)
{
    return self->shown ? &self->asked[self->shown - 1] : NULL;
}

static bool touches(const explanation *self, size_t start, size_t end)
{
    const place *at = shown_place(self);
    if (!at) return true;
    if (start < at->end && at->start < end) return true;
    return (start == end || at->start == at->end) && start <= at->end && at->start <= end;
}

/* One finding on one line where that is possible: its name, what stands there, what is said of
 * it. */
static void print_finding(const explanation *self, size_t start, size_t end, const buffer *name,
                          const char *colour, const buffer *said, bool withheld)
{
    if (!self->shown)
        fprintf(self->out, "%5zu  ", place_of(self->doc.source, start).line);
    else
        fputs("   ", self->out);
    fprintf(self->out, "%s%.*s%s ", colour, (int)name->n, name->p, self->off);
    size_t used = 10 + utf8_count(buffer_str(name)) + utf8_count(buffer_str(said));
    if (withheld)
        fputs("(its text is withheld)", self->out);
    else {
        fputs("“", self->out);
        place_excerpt(self->out, (tamis_str){self->doc.source.p + start, end - start},
                      self->columns > used + LEAST_EXCERPT ? self->columns - used : LEAST_EXCERPT);
        fputs("”", self->out);
    }
    fprintf(self->out, "%s%.*s%s\n", self->dim, (int)said->n, said->p, self->off);
}

static void say_rule(buffer *said, tamis_str rule, double score)
{
    if (rule.n) buffer_printf(said, ", rule %.*s", (int)rule.n, rule.p);
    if (score > 0) buffer_printf(said, ", score %.2f", score);
}

static void tell_note(const explanation *self, const document_note *note)
{
    if (!self->shown)
        fprintf(self->out, "%5zu  ", place_of(self->doc.source, note->start).line);
    else
        fputs("   ", self->out);
    fprintf(self->out, "%s%s %.*s%s", self->dim, note->reject ? "let go:" : "saw", (int)note->cue.n,
            note->cue.p, self->off);
    const place *at = shown_place(self);
    if (!at || note->start > at->start || note->end < at->end) { /* of a part of the place */
        fputs(" of “", self->out);
        place_excerpt(self->out,
                      (tamis_str){self->doc.source.p + note->start, note->end - note->start},
                      LEAST_EXCERPT);
        fputs("”", self->out);
    }
    fprintf(self->out, ": %.*s\n", (int)note->text.n, note->text.p);
}

/* Of many things let go the first ones and the last, which is the verdict; all of them with -v. */
static size_t tell_notes(const explanation *self, tamis_str stage, bool reject)
{
    enum { MOST = 12, FIRST = 8 };
    const document_note **list = calloc(self->doc.note_count + 1, sizeof *list);
    size_t count = 0;
    if (!list) return 0;
    for (size_t i = 0; i < self->doc.note_count; i++) {
        const document_note *note = &self->doc.notes[i];
        if (note->reject == reject && str_equal(note->stage, stage) &&
            touches(self, note->start, note->end))
            list[count++] = note;
    }
    bool shorten = reject && count > MOST && !cli_has(self->args, FLAG_verbose);
    for (size_t i = 0; i < count; i++) {
        if (shorten && i == FIRST)
            fprintf(self->out, "%s   … %zu more, told with -v%s\n", self->dim, count - FIRST - 1,
                    self->off);
        if (!shorten || i < FIRST || i + 1 == count) tell_note(self, list[i]);
    }
    free(list);
    return count;
}

static size_t tell_removals(const explanation *self, tamis_str stage)
{
    size_t told = 0;
    for (size_t i = 0; i < self->doc.removal_count; i++) {
        const document_removal *r = &self->doc.removals[i];
        if (!str_equal(r->stage, stage) || !touches(self, r->start, r->end)) continue;
        buffer name = {0}, said = {0};
        buffer_append_text(&name, "removed");
        buffer_printf(&said, " as %.*s", (int)r->reason.n, r->reason.p);
        say_rule(&said, r->rule, r->score);
        print_finding(self, r->start, r->end, &name, self->red, &said, r->flags & TAMIS_SECRET);
        buffer_free(&name);
        buffer_free(&said);
        told++;
    }
    return told;
}

static uint32_t number_of(const explanation *self, uint32_t number)
{
    uint32_t written = self->numbers.numbers ? plan_number(&self->numbers, number) : 0;
    return written ? written : number;
}

/* Offsets as code points of the original text, as the place is told; a span's number as it is
 * written. */
static void say_attrs(const explanation *self, buffer *said, const document_span *s)
{
    uint32_t group = span_group(&self->doc, s);
    for (uint32_t i = 0; i < s->attr_count; i++) {
        const tamis_attr *a = &s->attrs[i];
        bool offset = a->type == TAMIS_ATTR_OFFSET || a->type == TAMIS_ATTR_END;
        buffer_printf(said, ", %.*s ", (int)a->key.n, a->key.p);
        if (offset && a->u.i >= 0 && (size_t)a->u.i <= self->doc.source.n) {
            buffer_printf(said, "%zu", utf8_count((tamis_str){self->doc.source.p, (size_t)a->u.i}));
            continue;
        }
        if (group && str_is(a->key, "group")) {
            buffer_printf(said, "%u", number_of(self, group));
            continue;
        }
        switch (a->type) {
        case TAMIS_ATTR_STRING: buffer_append_str(said, a->u.s); break;
        case TAMIS_ATTR_NUMBER: buffer_printf(said, "%.4g", a->u.d); break;
        case TAMIS_ATTR_BOOL: buffer_append_text(said, a->u.b ? "true" : "false"); break;
        default: buffer_printf(said, "%" PRId64, a->u.i);
        }
    }
}

static void tell_span(const explanation *self, const document_span *s)
{
    buffer name = {0}, said = {0};
    buffer_printf(&name, "%.*s %u", (int)s->type.n, s->type.p, number_of(self, s->number));
    if (s->value.n) buffer_printf(&said, " = %.*s", (int)s->value.n, s->value.p);
    if (s->category.n) buffer_printf(&said, " (%.*s)", (int)s->category.n, s->category.p);
    if (s->ref)
        buffer_printf(&said, " %.*s of %u", (int)s->role.n, s->role.p, number_of(self, s->ref));
    if (s->lang.n) buffer_printf(&said, ", %.*s", (int)s->lang.n, s->lang.p);
    say_rule(&said, s->rule, s->score);
    if (self->shown) say_attrs(self, &said, s);
    print_finding(self, s->start, s->end, &name, self->green, &said, false);
    buffer_free(&name);
    buffer_free(&said);
}

static int by_place(const void *a, const void *b)
{
    const document_span *x = *(const document_span *const *)a,
                        *y = *(const document_span *const *)b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static size_t tell_spans(const explanation *self, tamis_str stage)
{
    size_t told = 0;
    const document_span **list = calloc(self->doc.span_count + 1, sizeof *list);
    if (!list) return 0;
    for (size_t i = 0; i < self->doc.span_count; i++) {
        const document_span *s = &self->doc.spans[i];
        if (str_equal(s->stage, stage) && touches(self, s->start, s->end)) list[told++] = s;
    }
    qsort(list, told, sizeof *list, by_place);
    for (size_t i = 0; i < told; i++) tell_span(self, list[i]);
    free(list);
    return told;
}

/* What had taken the place out before stage `index` ran. */
static const document_removal *gone_before(const explanation *self, size_t index)
{
    const place *at = shown_place(self);
    for (size_t i = 0; at && i < self->doc.removal_count; i++) {
        const document_removal *r = &self->doc.removals[i];
        if (r->start > at->start || r->end < at->end) continue;
        for (size_t j = 0; j < index; j++)
            if (str_is(r->stage, self->s.pipeline->stages[j].name)) return r;
    }
    return NULL;
}

static void tell_stage(const explanation *self, size_t index)
{
    const pipeline_stage *stage = &self->s.pipeline->stages[index];
    tamis_str name = str_of(stage->name);
    fprintf(self->out, "\n%s%zu. %s%s", self->bold, index + 1, stage->name, self->off);
    const document_removal *gone = gone_before(self, index);
    if (!self->ran[index]) {
        bool ended = self->doc.status != DOCUMENT_WRITTEN;
        fprintf(self->out, "  did not run%s\n",
                ended          ? ""
                : stage->guard ? ": its `when` said no"
                               : "");
        return;
    }
    if (gone) {
        fprintf(self->out, "  did not see it: %.*s had removed it\n", (int)gone->stage.n,
                gone->stage.p);
        return;
    }
    fputc('\n', self->out);
    bool notes = self->shown || cli_has(self->args, FLAG_verbose);
    size_t told = notes ? tell_notes(self, name, false) : 0;
    if (self->rejects || cli_has(self->args, FLAG_verbose)) told += tell_notes(self, name, true);
    told += tell_removals(self, name);
    told += tell_spans(self, name);
    if (!told) fprintf(self->out, "%s   nothing%s\n", self->dim, self->off);
}

static void tell_place(const explanation *self, place at)
{
    place_print(self->out, self->doc.source, at);
    fputc('\n', self->out);
    if (at.start == at.end) {
        fputs("  an empty line\n", self->out);
        return;
    }
    fputs("  “", self->out);
    place_excerpt(self->out, (tamis_str){self->doc.source.p + at.start, at.end - at.start},
                  self->columns > 46 ? self->columns - 6 : 40);
    fputs("”\n", self->out);
}

static void tell_faults(const explanation *self)
{
    for (size_t i = 0; i < self->doc.error_count; i++) {
        const document_error *fault = &self->doc.errors[i];
        if (!touches(self, fault->start, fault->end)) continue;
        fprintf(self->out, "\n%s%.*s%s: %.*s\n", self->red, (int)fault->code.n, fault->code.p,
                self->off, (int)fault->message.n, fault->message.p);
    }
}

static void tell_all(explanation *self)
{
    static const record_options written = {0};
    error e = {0};
    if (plan_make(&self->numbers, &self->doc, &written, &e) < 0) self->numbers = (plan){0};
    bool colour = cli_colour(self->args, stdout);
    self->bold = colour ? "\033[1m" : "";
    self->dim = colour ? "\033[2m" : "";
    self->red = colour ? "\033[31m" : "";
    self->green = colour ? "\033[32m" : "";
    self->off = colour ? "\033[0m" : "";
    self->columns = cli_columns(stdout);
    fprintf(self->out, "%s%.*s%s\n", self->bold, (int)self->doc.id.n, self->doc.id.p, self->off);
    for (self->shown = self->asked_count > 0; self->shown <= self->asked_count; self->shown++) {
        if (self->shown > 1) fputc('\n', self->out);
        if (self->shown) tell_place(self, *shown_place(self));
        for (size_t i = 0; i < self->s.pipeline->stage_count; i++) tell_stage(self, i);
        tell_faults(self);
        if (!self->asked_count) break;
    }
    if (self->doc.status == DOCUMENT_DROPPED || self->doc.status == DOCUMENT_QUARANTINED)
        fprintf(self->out, "\nthe document was %s: %.*s\n",
                self->doc.status == DOCUMENT_DROPPED ? "dropped" : "quarantined",
                (int)self->doc.reason.n, self->doc.reason.p);
}

static int tell(explanation *self)
{
    enum { HANG = 6 }; /* columns */
    cli_folded folded;
    self->out = cli_fold_begin(&folded, stdout);
    tell_all(self);
    cli_fold_end(&folded, HANG);
    return cli_flush();
}

int verb_explain(const cli_args *args)
{
    if (args->operands.count != 2)
        return cli_usage(args->verb,
                         "explain a pipeline on one file: tamis explain PIPELINE FILE[:LINE]");
    uint64_t line;
    char *file;
    if (!split_line(args, &file, &line)) return CLI_USAGE;
    if (!file) return cli_fail(CLI_INTERNAL, "no memory");
    const char *const inputs[] = {file};
    int code = session_check_inputs(args, inputs, 1);
    if (code) {
        free(file);
        return code;
    }
    explanation self = {.args = args};
    error e = {0};
    session_open(&self.s, args);
    bool made = document_init(&self.doc, &e) >= 0;
    if (!made) code = cli_fail(CLI_INTERNAL, "%s", e.text);
    if (!code) code = session_load(&self.s, args->operands.at[0], NULL);
    if (!code) code = session_read_document(args, file, &self.doc);
    if (!code) code = ask(&self, line);
    if (!code) code = run_document(&self);
    if (!code) code = tell(&self);
    if (made) document_free(&self.doc);
    session_close(&self.s);
    free(self.ran);
    free(self.asked);
    free(file);
    return code;
}
