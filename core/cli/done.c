/* See done.h. Three numbers tell runs apart: what is read (names, bytes), what it goes through (the
 * pipeline, its data, plugins, this very program), and the flags that change what is written. */
#include "cli/done.h"

#include <cJSON.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/reader.h"

#define SCHEMA "tamis-done/1"

int done_open(done_mark *self, const cli_args *args, const char *output)
{
    *self = (done_mark){.wanted = cli_has(args, FLAG_once)};
    if (!self->wanted) return CLI_DONE;
    if (!output)
        return cli_usage(args->verb, "--once leaves a file beside the output: name one with -o");
    snprintf(self->path, sizeof self->path, "%s.done.json", output);
    return CLI_DONE;
}

/* ------------------------------------------------------------------ what would be run */

static tamis_rc mix_file(uint64_t *hash, const char *path, error *e)
{
    file_bytes file;
    FORWARD(file_open(path, &file, e));
    *hash = hash_large(file.bytes.p, file.bytes.n, *hash);
    file_close(&file);
    return TAMIS_OK;
}

/* The program holds the plugins that are built in; the others are files. */
static tamis_rc hash_pipeline(const pipeline *p, uint64_t *hash, error *e)
{
    struct stat st;
    *hash = pipeline_identity(p);
    FORWARD(mix_file(hash, "/proc/self/exe", e));
    for (size_t i = 0; i < p->stage_count; i++) {
        const char *file = p->stages[i].element ? p->stages[i].element->file : NULL;
        if (file && !stat(file, &st)) FORWARD(mix_file(hash, file, e));
    }
    return TAMIS_OK;
}

/* Flags that change nothing in what is written, or name a place whose content is looked at. */
static bool is_neutral(size_t flag)
{
    return flag == FLAG_jobs || flag == FLAG_in_process || flag == FLAG_quiet ||
           flag == FLAG_verbose || flag == FLAG_color || flag == FLAG_stats ||
           flag == FLAG_plugin_dir || flag == FLAG_shard;
}

static uint64_t hash_command(const cli_args *args)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        const cli_words *words = &args->flags[i];
        if (!words->count || is_neutral(i)) continue;
        hash = hash_bytes(cli_flags[i].name, strlen(cli_flags[i].name), hash);
        for (size_t k = 0; k < words->count; k++)
            if (words->at[k]) hash = hash_bytes(words->at[k], strlen(words->at[k]) + 1, hash);
    }
    return hash;
}

/* ------------------------------------------------------------------ the mark */

static bool same_number(const cJSON *mark, const char *key, uint64_t wanted)
{
    char text[HASH_TEXT];
    const char *there = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(mark, key));
    hash_print(wanted, text);
    return there && !strcmp(there, text);
}

static bool outputs_stand(const cJSON *mark)
{
    const cJSON *outputs = cJSON_GetObjectItemCaseSensitive(mark, "outputs"), *one;
    cJSON_ArrayForEach(one, outputs)
    {
        const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "path"));
        double bytes = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(one, "bytes"));
        struct stat st;
        if (!path || stat(path, &st) || (double)st.st_size != bytes) return false;
    }
    return cJSON_GetArraySize(outputs) > 0;
}

static bool mark_holds(const done_mark *self, double *documents)
{
    file_bytes file;
    if (access(self->path, R_OK) || file_open(self->path, &file, NULL) < 0) return false;
    cJSON *mark = cJSON_ParseWithLength(file.bytes.p, file.bytes.n);
    file_close(&file);
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(mark, "schema"));
    bool holds = schema && !strcmp(schema, SCHEMA) && same_number(mark, "inputs", self->inputs) &&
                 same_number(mark, "pipeline", self->pipeline) &&
                 same_number(mark, "command", self->command) && outputs_stand(mark);
    *documents = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(mark, "documents"));
    cJSON_Delete(mark);
    return holds;
}

int done_look(done_mark *self, const cli_args *args, const pipeline *p, const engine_reader *in,
              bool *holds)
{
    error e = {0};
    double documents;
    *holds = false;
    if (!self->wanted) return CLI_DONE;
    self->command = hash_command(args);
    if (hash_pipeline(p, &self->pipeline, &e) < 0) return cli_fail(CLI_IO, "%s", e.text);
    if (io_reader_identity(in, &self->inputs, &e) < 0)
        return cli_usage(args->verb, "--once: %s", e.text);
    *holds = mark_holds(self, &documents);
    if (*holds) {
        if (!cli_has(args, FLAG_quiet))
            fprintf(stderr,
                    "tamis: %s: the same %.0f documents went through the same before: "
                    "nothing to do\n",
                    self->path, documents);
    } else if (unlink(self->path) && errno != ENOENT) {
        return cli_fail(CLI_IO, "cannot remove the old %s: %s", self->path, strerror(errno));
    }
    return CLI_DONE;
}

static void add_number(cJSON *to, const char *key, uint64_t wanted)
{
    char text[HASH_TEXT];
    hash_print(wanted, text);
    cJSON_AddStringToObject(to, key, text);
}

static char *mark_text(const done_mark *self, const engine_writer *out, const engine_report *report)
{
    cJSON *mark = cJSON_CreateObject();
    cJSON_AddStringToObject(mark, "schema", SCHEMA);
    cJSON_AddStringToObject(mark, "tamis", TAMIS_VERSION);
    add_number(mark, "inputs", self->inputs);
    add_number(mark, "pipeline", self->pipeline);
    add_number(mark, "command", self->command);
    cJSON_AddNumberToObject(mark, "documents", (double)report->documents);
    cJSON_AddNumberToObject(mark, "written", (double)report->written);
    cJSON_AddNumberToObject(mark, "dropped", (double)report->dropped);
    cJSON_AddNumberToObject(mark, "quarantined", (double)report->quarantined);
    cJSON *outputs = cJSON_AddArrayToObject(mark, "outputs");
    for (size_t i = 0; i < out->output_count; i++) {
        const engine_output *o = &out->outputs[i];
        struct stat st;
        if (!o->regular || stat(o->name, &st)) continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "path", o->name);
        cJSON_AddNumberToObject(one, "bytes", (double)o->length);
        cJSON_AddItemToArray(outputs, one);
    }
    char *text = cJSON_Print(mark);
    cJSON_Delete(mark);
    return text;
}

int done_write(const done_mark *self, const engine_writer *out, const engine_report *report)
{
    error e = {0};
    if (!self->wanted) return CLI_DONE;
    char *text = mark_text(self, out, report);
    tamis_rc rc = text ? file_replace(self->path, str_of(text), &e)
                       : error_set(&e, TAMIS_FATAL, "no memory for %s", self->path);
    cJSON_free(text);
    return rc < 0 ? cli_fail(CLI_IO, "%s", e.text) : CLI_DONE;
}
