/* See test_report.h. */
#include "cli/test_report.h"

#include <stdlib.h>

test_result *test_report_add(test_report *self, const char *file, uint32_t line, tamis_str name)
{
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        test_result *moved = realloc(self->results, room * sizeof *moved);
        if (!moved) abort(); /* a few words a case: there is no going on */
        self->results = moved;
        self->room = room;
    }
    test_result *r = &self->results[self->count++];
    *r = (test_result){
        .file = strdup(file), .line = line, .name = strndup(name.p ? name.p : "", name.n)};
    if (!r->file || !r->name) abort();
    return r;
}

void test_report_rule(test_report *self, const char *source, tamis_str rule, bool fired)
{
    for (size_t i = 0; i < self->rule_count; i++)
        if (!strcmp(self->rules[i].source, source) && str_is(rule, self->rules[i].rule)) {
            self->rules[i].fired |= fired;
            return;
        }
    test_rule *moved = realloc(self->rules, (self->rule_count + 1) * sizeof *moved);
    if (!moved) abort();
    self->rules = moved;
    self->rules[self->rule_count++] =
        (test_rule){strdup(source), strndup(rule.p ? rule.p : "", rule.n), fired};
}

size_t test_report_failed(const test_report *self)
{
    size_t failed = 0;
    for (size_t i = 0; i < self->count; i++)
        failed += !self->results[i].passed && !self->results[i].updated;
    return failed;
}

void test_report_free(test_report *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->results[i].file);
        free(self->results[i].name);
        free(self->results[i].why);
    }
    for (size_t i = 0; i < self->rule_count; i++) {
        free(self->rules[i].source);
        free(self->rules[i].rule);
    }
    free(self->results);
    free(self->rules);
}

/* ------------------------------------------------------------------ text */

void test_report_file(const test_report *self, const char *file, size_t from)
{
    if (self->format != REPORT_TEXT) return;
    size_t passed = 0, count = self->count - from;
    for (size_t i = from; i < self->count; i++) passed += self->results[i].passed;
    bool good = passed == count;
    if (!self->quiet || !good)
        fprintf(self->out, "%s%s%s %s: %zu of %zu passed\n", good ? self->green : self->red,
                good ? "ok  " : "FAIL", self->off, file, passed, count);
    for (size_t i = from; i < self->count; i++) {
        const test_result *r = &self->results[i];
        if (r->passed) continue;
        fprintf(self->out, "\n  %s%s:%u%s %s%s%s\n%s", self->bold, r->file, r->line, self->off,
                self->bold, r->name, self->off, r->why ? r->why : "");
        if (r->updated) fprintf(self->out, "    %supdated%s\n", self->green, self->off);
    }
    if (!good) fputc('\n', self->out);
}

static void end_text(const test_report *self)
{
    size_t passed = 0, updated = 0, idle = 0;
    for (size_t i = 0; i < self->count; i++) {
        passed += self->results[i].passed;
        updated += self->results[i].updated;
    }
    for (size_t i = 0; i < self->rule_count; i++) idle += !self->rules[i].fired;
    if (idle && !self->quiet) {
        fprintf(self->out, "%sno case fired these rules:%s\n", self->bold, self->off);
        for (size_t i = 0; i < self->rule_count; i++)
            if (!self->rules[i].fired)
                fprintf(self->out, "  %s %s(%s)%s\n", self->rules[i].rule, self->dim,
                        self->rules[i].source, self->off);
    }
    fprintf(self->out, "%zu case%s in %zu file%s: %zu passed, %zu failed", self->count,
            self->count == 1 ? "" : "s", self->files, self->files == 1 ? "" : "s", passed,
            test_report_failed(self));
    if (updated) fprintf(self->out, ", %zu updated", updated);
    if (self->unloaded)
        fprintf(self->out, "; %zu file%s could not be loaded", self->unloaded,
                self->unloaded == 1 ? "" : "s");
    fputc('\n', self->out);
}

/* ------------------------------------------------------------------ TAP */

static void tap_name(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#') fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
}

static void end_tap(const test_report *self)
{
    fprintf(self->out, "TAP version 13\n1..%zu\n", self->count);
    for (size_t i = 0; i < self->count; i++) {
        const test_result *r = &self->results[i];
        bool good = r->passed || r->updated;
        fprintf(self->out, "%s %zu - ", good ? "ok" : "not ok", i + 1);
        tap_name(self->out, r->file);
        fputs(": ", self->out);
        tap_name(self->out, r->name);
        fputc('\n', self->out);
        if (good) continue;
        fprintf(self->out, "  ---\n  at: %s:%u\n  message: |\n%s  ...\n", r->file, r->line,
                r->why ? r->why : "");
    }
    for (size_t i = 0; i < self->rule_count; i++)
        if (!self->rules[i].fired)
            fprintf(self->out, "# no case fired %s (%s)\n", self->rules[i].rule,
                    self->rules[i].source);
}

/* ------------------------------------------------------------------ JUnit */

static void xml(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        switch (c) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        default: /* XML 1.0 has no other control characters */
            if (c >= 0x20 || c == '\n' || c == '\t')
                fputc(c, out);
            else
                fputs("\xef\xbf\xbd", out);
        }
    }
}

static void junit_case(FILE *out, const test_result *r)
{
    fputs("    <testcase classname=\"", out);
    xml(out, r->file);
    fputs("\" name=\"", out);
    xml(out, r->name);
    fputs("\" file=\"", out);
    xml(out, r->file);
    fprintf(out, "\" line=\"%u\" time=\"%.6f\"", r->line, r->seconds);
    if (r->passed || r->updated) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n      <failure message=\"", out);
    xml(out, r->name);
    fputs("\">", out);
    xml(out, r->why ? r->why : "");
    fputs("</failure>\n    </testcase>\n", out);
}

static void end_junit(const test_report *self)
{
    FILE *out = self->out;
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%zu\" "
            "failures=\"%zu\">\n",
            self->count, test_report_failed(self));
    for (size_t i = 0; i < self->count;) {
        size_t end = i, failed = 0;
        for (; end < self->count && !strcmp(self->results[end].file, self->results[i].file); end++)
            failed += !self->results[end].passed && !self->results[end].updated;
        fputs("  <testsuite name=\"", out);
        xml(out, self->results[i].file);
        fprintf(out, "\" tests=\"%zu\" failures=\"%zu\">\n", end - i, failed);
        for (; i < end; i++) junit_case(out, &self->results[i]);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
}

void test_report_end(const test_report *self)
{
    switch (self->format) {
    case REPORT_TEXT: end_text(self); break;
    case REPORT_TAP: end_tap(self); break;
    case REPORT_JUNIT: end_junit(self); break;
    }
}
