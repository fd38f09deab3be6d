/* See report.h. */
#include "cli/report.h"

#include "cli/cli.h"

#include <cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------ for people */

const char *report_time(double seconds, char out[24])
{
    static const struct {
        double least, factor;
        const char *unit;
    } units[] = {
        {60, 1.0 / 60, "min"}, {1, 1, "s"}, {1e-3, 1e3, "ms"}, {1e-6, 1e6, "µs"}, {0, 1e9, "ns"}};
    size_t i = 0;
    while (seconds < units[i].least) i++;
    double number = seconds * units[i].factor;
    snprintf(out, 24, "%.*f %s", number < 9.95 && i < 4 ? 1 : 0, number, units[i].unit);
    return out;
}

static const char *rate(double n, char out[32])
{
    if (n >= 1e6)
        snprintf(out, 32, "%.1f million", n / 1e6);
    else if (n >= 1e4)
        snprintf(out, 32, "%.0f %03.0f", (double)(uint64_t)(n / 1e3), (double)((uint64_t)n % 1000));
    else
        snprintf(out, 32, n < 10 ? "%.1f" : "%.0f", n);
    return out;
}

static void print_head(FILE *out, const engine_report *report, const char *on, const char *off)
{
    char time[24], docs[32];
    double seconds = report->seconds > 0 ? report->seconds : 1e-9;
    fprintf(out, "%s%" PRIu64 " document%s%s in %s: %s docs/s, %.1f MB/s, %u worker%s%s\n", on,
            report->documents, report->documents == 1 ? "" : "s", off, report_time(seconds, time),
            rate((double)report->documents / seconds, docs), (double)report->bytes / seconds / 1e6,
            report->jobs, report->jobs == 1 ? "" : "s", report->interrupted ? ", interrupted" : "");
    fprintf(out, "= %" PRIu64 " written + %" PRIu64 " dropped + %" PRIu64 " quarantined\n",
            report->written, report->dropped, report->quarantined);
}

static void print_reasons(FILE *out, const engine_report *report, const char *quarantine)
{
    enum { MOST = 10 };
    for (size_t i = 0; i < report->reason_count && i < MOST; i++)
        fprintf(out, "  %8" PRIu64 "  %.*s%s%s%s\n", report->reasons[i].count,
                (int)strcspn(report->reasons[i].text, "\n"), report->reasons[i].text,
                report->reasons[i].sample[0] ? " (as in " : "", report->reasons[i].sample,
                report->reasons[i].sample[0] ? ")" : "");
    if (report->reason_count > MOST)
        fprintf(out, "            and %zu more reasons\n", report->reason_count - MOST);
    if (report->quarantined && quarantine)
        fprintf(out, "  the quarantined stand in %s\n", quarantine);
    if (report->worker_deaths)
        fprintf(out, "  %" PRIu64 " worker%s died and %s replaced\n", report->worker_deaths,
                report->worker_deaths == 1 ? "" : "s", report->worker_deaths == 1 ? "was" : "were");
}

static void print_growth(FILE *out, uint64_t grown)
{
    if (grown)
        fprintf(out,
                "  %" PRIu64 " worker%s grew by more than 1 GiB and %s replaced: a stage may not "
                "give its memory back\n",
                grown, grown == 1 ? "" : "s", grown == 1 ? "was" : "were");
}

static double total_seconds(const engine_report *report)
{
    double sum = 0;
    for (size_t i = 0; i < report->stage_count; i++)
        sum += (double)report->stages[i].nanoseconds / 1e9;
    return sum;
}

static void print_stages(FILE *out, const pipeline *p, const engine_report *report, const char *dim,
                         const char *off)
{
    int width = 5;
    for (size_t i = 0; i < report->stage_count; i++)
        if ((int)strlen(p->stages[i].name) > width) width = (int)strlen(p->stages[i].name);
    fprintf(out, "%s%-*s %9s %8s %9s %7s %9s%s\n", dim, width, "stage", "calls", "skipped", "time",
            "share", "p99", off);
    double total = total_seconds(report);
    for (size_t i = 0; i < report->stage_count; i++) {
        const stage_figures *f = &report->stages[i];
        char time[24], tail[24];
        double seconds = (double)f->nanoseconds / 1e9;
        report_time(seconds, time);
        report_time(f->calls ? stage_figures_quantile(f, 0.99) : 0, tail);
        /* µ is two bytes and one column */
        int more = strstr(time, "µ") ? 10 : 9, most = strstr(tail, "µ") ? 10 : 9;
        fprintf(out, "%-*s %9" PRIu64 " %8" PRIu64 " %*s %5.0f %% %*s\n", width, p->stages[i].name,
                f->calls, f->skipped, more, time, total > 0 ? 100 * seconds / total : 0.0, most,
                tail);
    }
}

/* Of a stage of rules: the one that took most of its time, where it took much, and those that met
 * their match limit. */
static void print_rules(FILE *out, const pipeline *p, const engine_report *report)
{
    const double worth_a_line = 0.2; /* of the stage's time */
    for (size_t i = 0; i < report->stage_count; i++) {
        if (p->stages[i].spec->kind != SPEC_RULES || !report->totals || !report->totals[i].n)
            continue;
        cJSON *rules = cJSON_ParseWithLength(report->totals[i].p, report->totals[i].n);
        const cJSON *rule, *slowest = NULL;
        double most = 0, all = 0;
        cJSON_ArrayForEach(rule, rules)
        {
            double seconds = cJSON_GetNumberValue(cJSON_GetObjectItem(rule, "seconds"));
            double limits = cJSON_GetNumberValue(cJSON_GetObjectItem(rule, "limits"));
            all += seconds;
            if (seconds > most) {
                most = seconds;
                slowest = rule;
            }
            if (limits > 0)
                fprintf(out, "warning: rule `%s` of stage `%s` hit its match limit %.0f time%s\n",
                        rule->string, p->stages[i].name, limits, limits == 1 ? "" : "s");
        }
        char time[24];
        double stage = (double)report->stages[i].nanoseconds / 1e9;
        if (slowest && cJSON_GetArraySize(rules) > 1 && most > worth_a_line * stage)
            fprintf(out, "slowest rule of `%s`: `%s`, %s, %.0f %% of the time in its rules\n",
                    p->stages[i].name, slowest->string, report_time(most, time),
                    all > 0 ? 100 * most / all : 0.0);
        cJSON_Delete(rules);
    }
}

static void print_warnings(FILE *out, const pipeline *p, const engine_report *report,
                           uint64_t skipped)
{
    if (skipped)
        fprintf(out,
                "  %" PRIu64
                " file%s in the folders left alone: no known suffix, hidden, a link, or "
                "an output\n",
                skipped, skipped == 1 ? "" : "s");
    if (report->repeated_ids)
        fprintf(out, "warning: %" PRIu64 " document%s had an id that came before, as %s\n",
                report->repeated_ids, report->repeated_ids == 1 ? "" : "s", report->repeated_id);
    if (report->faulty.count)
        fprintf(out,
                "warning: %" PRIu64 " document%s held bytes that are no text, as %s: %s\n"
                "         `errors` in the record counts such places, --encoding names the encoding "
                "of text files\n",
                report->faulty.count, report->faulty.count == 1 ? "" : "s", report->faulty.sample,
                report->faulty.text);
    if (!report->documents) fputs("warning: no document in the inputs\n", out);
    for (size_t i = 0; i < report->stage_count && report->documents; i++)
        if (!report->stages[i].calls && report->stages[i].skipped)
            fprintf(out, "warning: stage `%s` was skipped on every document: see its `when`\n",
                    p->stages[i].name);
}

void report_print(FILE *out, const pipeline *p, const engine_report *report, const char *quarantine,
                  uint64_t skipped, bool colour)
{
    const char *bold = colour ? "\033[1m" : "", *dim = colour ? "\033[2m" : "",
               *off = colour ? "\033[0m" : "";
    fflush(stdout);
    enum { HANG_REASON = 12, HANG_WARNING = 9 }; /* columns */
    cli_folded folded;
    FILE *to = cli_fold_begin(&folded, out);
    print_head(to, report, bold, off);
    print_reasons(to, report, quarantine);
    cli_fold_end(&folded, HANG_REASON);
    to = cli_fold_begin(&folded, out);
    print_growth(to, report->workers_grown);
    print_warnings(to, p, report, skipped);
    cli_fold_end(&folded, HANG_WARNING);
    if (report->stage_count && report->documents) print_stages(out, p, report, dim, off);
    print_rules(out, p, report);
}

/* ------------------------------------------------------------------ for programs */

static cJSON *stage_json(const pipeline *p, const engine_report *report, size_t i)
{
    const stage_figures *f = &report->stages[i];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", p->stages[i].name);
    cJSON_AddNumberToObject(o, "calls", (double)f->calls);
    cJSON_AddNumberToObject(o, "skipped", (double)f->skipped);
    cJSON_AddNumberToObject(o, "bytes", (double)f->bytes);
    cJSON_AddNumberToObject(o, "cpu_seconds", (double)f->nanoseconds / 1e9);
    cJSON_AddNumberToObject(o, "p50", f->calls ? stage_figures_quantile(f, 0.5) : 0);
    cJSON_AddNumberToObject(o, "p99", f->calls ? stage_figures_quantile(f, 0.99) : 0);
    cJSON_AddNumberToObject(o, "spans", (double)f->spans);
    cJSON_AddNumberToObject(o, "removals", (double)f->removals);
    if (report->totals && report->totals[i].n) {
        char *raw = strndup(report->totals[i].p, report->totals[i].n);
        cJSON_AddRawToObject(o, "totals", raw ? raw : "null");
        free(raw);
    }
    return o;
}

static char *stats_text(const pipeline *p, const engine_report *report)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "docs", (double)report->documents);
    cJSON_AddNumberToObject(o, "bytes", (double)report->bytes);
    cJSON_AddNumberToObject(o, "seconds", report->seconds);
    cJSON_AddNumberToObject(o, "written", (double)report->written);
    cJSON_AddNumberToObject(o, "dropped", (double)report->dropped);
    cJSON_AddNumberToObject(o, "quarantined", (double)report->quarantined);
    cJSON_AddNumberToObject(o, "faulty", (double)report->faulty.count);
    cJSON *reasons = cJSON_AddArrayToObject(o, "reasons");
    for (size_t i = 0; i < report->reason_count; i++) {
        cJSON *reason = cJSON_CreateObject();
        cJSON_AddStringToObject(reason, "reason", report->reasons[i].text);
        cJSON_AddNumberToObject(reason, "count", (double)report->reasons[i].count);
        cJSON_AddStringToObject(reason, "sample", report->reasons[i].sample);
        cJSON_AddItemToArray(reasons, reason);
    }
    cJSON *stages = cJSON_AddArrayToObject(o, "stages");
    for (size_t i = 0; i < report->stage_count; i++)
        cJSON_AddItemToArray(stages, stage_json(p, report, i));
    char identity[HASH_TEXT];
    hash_print(pipeline_identity(p), identity);
    cJSON_AddStringToObject(o, "identity", identity);
    char *text = cJSON_Print(o);
    cJSON_Delete(o);
    return text;
}

tamis_rc report_write_stats(const char *path, const pipeline *p, const engine_report *report,
                            error *e)
{
    char *text = stats_text(p, report);
    if (!text) return error_set(e, TAMIS_FATAL, "no memory for the statistics");
    buffer line = {0};
    buffer_append_text(&line, text);
    buffer_append_char(&line, '\n');
    tamis_rc rc = line.failed ? error_set(e, TAMIS_FATAL, "no memory for the statistics")
                              : file_replace(path, buffer_str(&line), e);
    buffer_free(&line);
    cJSON_free(text);
    return rc;
}
