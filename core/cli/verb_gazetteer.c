/* tamis gazetteer import is in gazetteer_import.c. tamis gazetteer check: compiles gazetteers as a stage would, in the order given, and says what is wrong
 * with their rows and what their author may not know of them: rows given twice, rows never found. */
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

static int check_files(const cli_args *args)
{
    size_t count = args->operands.count - 1;
    terms_file *files = calloc(count + 1, sizeof *files);
    file_bytes *bytes = calloc(count + 1, sizeof *bytes);
    checking self = {.quiet = cli_has(args, FLAG_quiet)};
    tamis_terms *terms = NULL;
    error e = {0};
    int code = CLI_DONE;
    if (!files || !bytes) {
        code = cli_fail(CLI_INTERNAL, "no memory for %zu gazetteers", count);
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        const char *path = args->operands.at[i + 1];
        if (file_open(path, &bytes[i], &e) < 0) {
            code = cli_fail(CLI_INPUT, "%s", e.text);
            goto done;
        }
        files[i] = (terms_file){path, bytes[i].bytes};
    }
    if (terms_compile(files, count, NULL, 0, on_bad_row, &self, &terms, &e) != TAMIS_OK) {
        code = cli_fail(CLI_CONFIG, "%s", e.text);
        goto done;
    }
    size_t rows = terms_lint(terms, on_finding, &self);
    if (!self.quiet) {
        printf("%zu row%s", rows, plural(rows));
        if (self.replaced)
            printf(", %zu spelling%s overridden by later files", self.replaced,
                   plural(self.replaced));
        printf(", %zu left out, %zu finding%s\n", self.bad, self.findings, plural(self.findings));
    }
    code = self.bad ? CLI_CONFIG : cli_flush();
done:
    for (size_t i = 0; bytes && i < count; i++) file_close(&bytes[i]);
    terms_free(terms);
    free(files);
    free(bytes);
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
    if (args->operands.count < 2 || strcmp(word, "check") != 0)
        return cli_usage(args->verb, "tamis gazetteer check FILE…, or import wikidata|oryx FILE");
    return check_files(args);
}
