/* What the verbs with a pipeline share: the plugins that the flags name, the pipeline with its -D,
 * opened stage by stage, and every mistake told at once. */
#ifndef TAMIS_CORE_CLI_SESSION_H
#define TAMIS_CORE_CLI_SESSION_H

#include "base/diagnostic.h"
#include "cli/cli.h"
#include "engine/engine.h"
#include "io/reader.h"

typedef struct {
    const cli_args *args;
    registry plugins;
    override *overrides;
    pipeline *pipeline; /* NULL until session_load */
    diagnostics diags;  /* warnings too; printed by session_tell */
    const pipeline
        *donor; /* open; set before session_load to take over what it has opened. NULL: none */
    bool plugins_only; /* only plugins' stages are opened: it is to be a donor */
    size_t told;
} session;

/* Finds the plugins. Always to be closed. Refused plugins stand in diags. */
void session_open(session *self, const cli_args *args);
/* Loads the pipeline and opens its stages; CLI_DONE, or CLI_CONFIG with everything told. */
int session_load(session *self, const char *path, const char *from_text);
/* The same with other -D (NULL: none) and nothing told: session_tell tells it. */
int session_load_quietly(session *self, const char *path, const char *from_text,
                         const cli_words *defines);
/* Prints the diagnostics, unless they are warnings and -q was given. */
void session_tell(session *self);
void session_close(session *self);
/* Enters the pipeline in this process; a stage that crashes it is named. */
tamis_rc session_enter(const session *self, pipeline_worker *out, error *e);

/* Reader options from --from, --text-key, --id-key, --encoding, --max-document. */
io_reader_options session_reader_options(const cli_args *args);
/* A word of a stage's reads or writes, with the value of the option where it names one
 * ("span:$type"); in `room` where it had to be made. */
const char *session_word(const pipeline_stage *stage, const char *word, char *room, size_t size);
/* A .lua operand that is no pipeline, standard input on a terminal: a usage error (told), or
 * CLI_DONE. */
int session_check_inputs(const cli_args *args, const char *const *inputs, size_t count);
/* Whether an input may hold more than one document. */
bool session_holds_many(const char *input);
/* The document of `file` that -n or --id picks, else the first; CLI_DONE, or an exit code with
 * everything told. */
int session_read_document(const cli_args *args, const char *file, tamis_doc *doc);

#endif
