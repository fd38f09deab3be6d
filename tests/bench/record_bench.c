/* How fast records are read and written, beside one cJSON parse and print of the same lines: the
 * bar of the engine's own cost.
 *
 *     build/bench/record_bench [FILE.jsonl]        medians of ROUNDS passes, in MB/s of input
 *
 * Without a file it makes news-like lines of its own: plain, accented and Cyrillic, 3 kB each. */
#include <cJSON.h>
#include "document/document.h"
#include "io/record.h"

#include <stdlib.h>

#include "clock.h"

enum { ROUNDS = 9, LINES = 4000 };

/* ------------------------------------------------------------------ lines */

static const char *const SENTENCES[][3] = {
    {"The minister said on Tuesday that the convoy would not leave the harbour before dawn. ",
     "\\\"We have nothing to hide,\\\" she told reporters, and left without taking questions. ",
     "Officials at the port did not answer requests for comment; two ships were still at "
     "anchor.\\n"},
    {"Le ministre a déclaré mardi que le convoi ne quitterait pas le port avant l'aube. ",
     "« Nous n'avons rien à cacher », a-t-elle lancé aux journalistes, déjà pressée de partir. ",
     "Les autorités portuaires n'ont pas répondu ; deux navires étaient toujours à l'ancre.\\n"},
    {"Министр заявил во вторник, что колонна не покинет порт до рассвета. ",
     "«Нам нечего скрывать», — сказала она журналистам и ушла, не ответив на вопросы. ",
     "Представители порта не ответили на запрос; два судна по-прежнему стояли на якоре.\\n"}};

static void make_lines(buffer *out, int language)
{
    for (int i = 0; i < LINES; i++) {
        buffer_printf(out,
                      "{\"id\":\"news-%06d\",\"url\":\"https://news.example/2024/%d.html\","
                      "\"date\":\"2024-05-%02d\",\"words\":%d,\"tags\":[\"world\",\"ports\"],"
                      "\"text\":\"",
                      i, i * 7, i % 28 + 1, i * 13);
        size_t start = out->n;
        for (int s = 0; out->n - start < 3000; s++)
            buffer_append_text(out, SENTENCES[language][(s * 5 + i) % 3]);
        buffer_append_text(out, "\"}\n");
    }
}

/* ------------------------------------------------------------------ passes */

typedef size_t (*pass)(tamis_str lines);

static tamis_str next_line(tamis_str *rest)
{
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    tamis_str line = {rest->p, n};
    rest->p += n + (end != NULL);
    rest->n -= n + (end != NULL);
    return line;
}

static size_t pass_cjson(tamis_str lines)
{
    size_t written = 0;
    while (lines.n) {
        tamis_str line = next_line(&lines);
        cJSON *record = cJSON_ParseWithLength(line.p, line.n);
        char *text = record ? cJSON_PrintUnformatted(record) : NULL;
        if (text) written += strlen(text);
        cJSON_free(text);
        cJSON_Delete(record);
    }
    return written;
}

static tamis_doc doc;
static buffer out;
static int span_count;
static bool encodes = true;

/* As a worker does it: decode, one stage that does nothing (or writes spans), encode. */
static size_t pass_tamis(tamis_str lines)
{
    static const decode_origin origin = {{"f#1", 3}, {"f", 1}, {NULL, 0}};
    static const record_options options;
    size_t written = 0;
    error e = {0};
    while (lines.n) {
        tamis_str line = next_line(&lines);
        document_reset(&doc);
        if (record_decode(line, NULL, &origin, &doc, &e) < 0) {
            fprintf(stderr, "%s\n", e.text);
            exit(1);
        }
        document_stage_begin(&doc, TAMIS_STR("bench"));
        for (int i = 0; i < span_count; i++) {
            size_t start = (size_t)i * 20;
            while (!document_offset_ok(doc.view, start)) start++;
            tamis_span s = {.start = start, .end = start + 12, .type = TAMIS_STR("weapon")};
            while (!document_offset_ok(doc.view, s.end)) s.end++;
            s.value = TAMIS_STR("convoy");
            s.category = TAMIS_STR("vehicle.convoy");
            s.rule = TAMIS_STR("terms");
            s.score = 0.9;
            document_span_add(&doc, &s, &e);
        }
        document_stage_commit(&doc, &e);
        out.n = 0;
        if (encodes && record_encode(&doc, &options, &out, &e) < 0) exit(1);
        written += out.n;
    }
    return written;
}

static double measure(pass run, tamis_str lines)
{
    double all[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        run(lines);
        all[i] = seconds() - start;
    }
    return (double)lines.n / 1e6 / median(all, ROUNDS);
}

static void report(const char *name, tamis_str lines)
{
    double cjson = measure(pass_cjson, lines);
    double both = measure(pass_tamis, lines);
    encodes = false;
    double reading = measure(pass_tamis, lines);
    encodes = true;
    span_count = 50;
    double spans = measure(pass_tamis, lines);
    span_count = 0;
    printf(
        "%-10s cJSON %6.0f MB/s   tamis %6.0f (%.1fx)   decode only %6.0f   with 50 spans %6.0f\n",
        name, cjson, both, both / cjson, reading, spans);
}

/* ------------------------------------------------------------------ parts */

static void report_utf8(const char *name, tamis_str text)
{
    double all[ROUNDS];
    volatile size_t sink = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        for (int k = 0; k < 20; k++) sink += utf8_valid_prefix(text);
        all[i] = (seconds() - start) / 20;
        (void)sink;
    }
    printf("%-10s UTF-8 validation %6.2f GB/s\n", name, (double)text.n / 1e9 / median(all, ROUNDS));
}

static void report_empty_stage(void)
{
    enum { CALLS = 5000000 };
    error e = {0};
    document_reset(&doc);
    document_set_source(&doc, TAMIS_STR("text"), &e);
    double start = seconds();
    for (int i = 0; i < CALLS; i++) {
        document_stage_begin(&doc, TAMIS_STR("none"));
        document_stage_commit(&doc, &e);
    }
    printf("a stage that writes nothing: begin and commit %.1f ns\n",
           (seconds() - start) / CALLS * 1e9);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"english", "french", "russian"};
    error e = {0};
    if (document_init(&doc, &e) < 0) return 1;
    if (argc > 1) {
        file_bytes file;
        if (file_open(argv[1], &file, &e) < 0) {
            fprintf(stderr, "%s\n", e.text);
            return 1;
        }
        report("file", file.bytes);
        report_utf8("file", file.bytes);
        file_close(&file);
    } else {
        for (int i = 0; i < 3; i++) {
            buffer lines = {0};
            make_lines(&lines, i);
            report(names[i], buffer_str(&lines));
            report_utf8(names[i], buffer_str(&lines));
            buffer_free(&lines);
        }
    }
    report_empty_stage();
    document_free(&doc);
    buffer_free(&out);
    return 0;
}
