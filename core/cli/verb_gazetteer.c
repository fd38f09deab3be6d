/* tamis gazetteer check: compiles gazetteers as a stage would, in the order given, and says what is
 * wrong with their rows and what their author may not know of them: rows given twice, rows never
 * found. tamis gazetteer compile: writes the image that a stage with these files maps (import:
 * gazetteer_import.c). */
#include "cli/cli.h"
#include "cli/gazetteer_import.h"
#include "cli/session.h"
#include "match/terms.h"

#include <stdlib.h>

typedef struct {
    size_t bad, findings, replaced;
    bool quiet;
} checking;

static void on_bad_row(void *user, const char *file, uint32_t line, const char *message)
{
    checking *self = user;
    self->bad++;
    printf("%s:%u: left out: %s\n", file, line, message);
}

static void on_finding(void *user, const terms_finding *found)
{
    checking *self = user;
    char line[512];
    if (found->kind == TERMS_LINT_REPLACED) {
        self->replaced++;
        return;
    }
    self->findings++;
    terms_lint_text(found, line, sizeof line);
    puts(line);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* The files of the command line, and what they compile to. */
typedef struct {
    size_t count;
    terms_file *files;
    file_bytes *bytes;
    tamis_terms *terms;
} gazetteers;

static void gazetteers_close(gazetteers *self)
{
    for (size_t i = 0; self->bytes && i < self->count; i++) file_close(&self->bytes[i]);
    terms_free(self->terms);
    free(self->files);
    free(self->bytes);
}

/* Files are called by their paths, or by the last parts of these, as stages do. */
static int gazetteers_open(gazetteers *self, const cli_args *args, bool last_parts, checking *check)
{
    error e = {0};
    *self = (gazetteers){.count = args->operands.count - 1};
    self->files = calloc(self->count + 1, sizeof *self->files);
    self->bytes = calloc(self->count + 1, sizeof *self->bytes);
    if (!self->files || !self->bytes)
        return cli_fail(CLI_INTERNAL, "no memory for %zu gazetteers", self->count);
    for (size_t i = 0; i < self->count; i++) {
        const char *path = args->operands.at[i + 1], *slash = strrchr(path, '/');
        if (file_open(path, &self->bytes[i], &e) < 0) return cli_fail(CLI_INPUT, "%s", e.text);
        self->files[i] = (terms_file){last_parts && slash ? slash + 1 : path, self->bytes[i].bytes};
    }
    if (terms_compile(self->files, self->count, NULL, 0, on_bad_row, check, &self->terms, &e) !=
        TAMIS_OK)
        return cli_fail(CLI_CONFIG, "%s", e.text);
    return CLI_DONE;
}

static int check_files(const cli_args *args)
{
    checking self = {.quiet = cli_has(args, FLAG_quiet)};
    gazetteers all;
    int code = gazetteers_open(&all, args, false, &self);
    if (code == CLI_DONE) {
        size_t rows = terms_lint(all.terms, on_finding, &self);
        if (!self.quiet) {
            printf("%zu row%s", rows, plural(rows));
            if (self.replaced)
                printf(", %zu spelling%s overridden by later files", self.replaced,
                       plural(self.replaced));
            printf(", %zu left out, %zu finding%s\n", self.bad, self.findings,
                   plural(self.findings));
        }
        code = self.bad ? CLI_CONFIG : cli_flush();
    }
    gazetteers_close(&all);
    return code;
}

/* Writes the image into a folder, under the name that the host looks for. */
static int compile_files(const cli_args *args)
{
    const char *folder = cli_value(args, FLAG_output);
    checking self = {0};
    gazetteers all;
    buffer image = {0}, path = {0};
    char name[TERMS_IMAGE_NAME];
    error e = {0};
    if (!folder) return cli_usage(args->verb, "tamis gazetteer compile FILE… -o FOLDER");
    int code = gazetteers_open(&all, args, true, &self);
    if (code == CLI_DONE && self.bad)
        code = cli_fail(CLI_CONFIG, "rows were left out: mend them, then compile");
    if (code == CLI_DONE) {
        uint64_t key = terms_image_key(all.files, all.count);
        terms_image_name(key, name);
        buffer_printf(&path, "%s/%s", folder, name);
        if (terms_save(all.terms, key, &image, &e) < 0) {
            code = cli_fail(CLI_INTERNAL, "%s", e.text);
        } else {
            FILE *f = fopen(path.p, "wb");
            bool written = f && fwrite(image.p, 1, image.n, f) == image.n;
            if (f && fclose(f) != 0) written = false;
            if (!written) code = cli_fail(CLI_IO, "%s: cannot be written", path.p);
        }
    }
    buffer_free(&image);
    buffer_free(&path);
    gazetteers_close(&all);
    return code;
}

int verb_gazetteer(const cli_args *args)
{
    const char *word = args->operands.count ? args->operands.at[0] : "";
    if (strcmp(word, "import") == 0) {
        session s;
        session_open(&s, args);
        int code = gazetteer_import(args, s.plugins.share_folder);
        session_close(&s);
        return code;
    }
    bool compiles = strcmp(word, "compile") == 0;
    if (args->operands.count < 2 || (!compiles && strcmp(word, "check") != 0))
        return cli_usage(args->verb, "tamis gazetteer check FILE…, or import wikidata|oryx FILE");
    return compiles ? compile_files(args) : check_files(args);
}
