/* core/script: Lua. One state per pipeline: it runs the config file, compiles script stages and
 * guards in the parent, and is inherited by workers through fork; documents are one userdata with a
 * generation check. Sandboxed: memory limited in the allocator, time by an interrupt that sets a
 * hook.
 *
 * This room turns a pipeline file into a description (pipeline_spec) and a Lua stage into an
 * ordinary tamis_stage; core/pipeline builds and runs them and knows nothing of Lua. */
#ifndef TAMIS_CORE_SCRIPT_H
#define TAMIS_CORE_SCRIPT_H

#include "base/value.h"
#include "plugin/call.h"

typedef struct script script;

/* ------------------------------------------------------------------ pipeline files */

typedef enum {
    SPEC_STAGE,    /* stage "name" {…}: a plugin's stage */
    SPEC_SCRIPT,   /* script "file.lua" {…} */
    SPEC_FUNCTION, /* function(doc) … end */
    SPEC_RULES     /* rules {…}: one stage for adjacent rules */
} spec_kind;

typedef struct {
    spec_kind kind;
    tamis_str name;     /* stage name, script path as resolved, or a made-up name ("function:12") */
    tamis_str as;       /* name in the record; never empty (defaults to the stage's name) */
    position at;        /* of the constructor call */
    position name_at;   /* of its name string */
    value options;      /* VALUE_MAP with `as`, `when`, `on_error`, `time`, `memory` still in it */
    int function;       /* registry reference of a function, script table or rules table; 0: none */
    const char *folder; /* of the file it was written in: paths resolve against it */
} stage_spec;

typedef struct {
    tamis_str name;
    const char *file;
    const char *folder;
    stage_spec *stages;
    size_t stage_count;
    bool sandbox;  /* false: the file said sandbox = false */
    value options; /* further keys of the pipeline table */
} pipeline_spec;

/* A -D NAME=VALUE without a dot: what param("name", default) gives. */
typedef struct {
    tamis_str name, value;
    bool used; /* set when the file asked for it */
} script_param;

tamis_rc script_new(script **out, error *e);
void script_free(script *self);
/* Runs a pipeline file. Every mistake in it that can be told before plugins are known goes into
 * `out`; the spec lives as long as the script. NULL spec when it cannot be made. `from_text` (or
 * NULL) replaces the file's content (tests, try -e). */
pipeline_spec *script_load(script *self, const char *path, const char *from_text,
                           script_param *params, size_t param_count, const char *lua_folder,
                           diagnostics *out);

/* ------------------------------------------------------------------ the library that ships */

/* The file of a stage of the library, lua/NAME.lua; NULL: there is none. Lives as long as the
 * script. */
const char *script_library_file(script *self, tamis_str name);
/* Names of all its stages, sorted, at most `room`; how many. They live as long as the script.
 * `lua_folder`: of a fresh script; NULL: that of the file it loaded. */
size_t script_library_names(script *self, const char *lua_folder, const char **names, size_t room);
/* What a stage of the library declares (name, help, options, reads, writes), for `show` and
 * `stubs`; false: there is none. `self` may be fresh: the folder is given here. */
bool script_library_stage(script *self, const char *lua_folder, const char *name, tamis_stage *out,
                          diagnostics *diags);

/* ------------------------------------------------------------------ test files */

/* A *.test.lua file loads as the pipeline that it tests; its cases stand beside it. */
typedef struct {
    tamis_str name, text; /* the text with its marks */
    position at, text_at; /* of the case, of the text's literal */
    value options;        /* VALUE_MAP: drop, fails, lang, meta, id, set, clean, options */
    bool good;            /* it has a name and a text */
} test_case;

typedef struct {
    position at;
    value options; /* VALUE_MAP: what is tested, options, given, types, lang, meta */
    bool single;   /* one stage, script or list of rules is tested, not a pipeline */
    test_case *cases;
    size_t count;
} test_file;

/* What the file that was loaded tests; NULL where it is a pipeline. */
const test_file *script_tests(const script *self);
/* Every Lua file and file of an option that was read, from 0 on; NULL behind the last. */
const char *script_source(const script *self, size_t index);
/* A hash of the content of the scripts, rule files and gazetteers among them. */
uint64_t script_identity(const script *self);

/* ------------------------------------------------------------------ stages and guards in Lua */

/* Presents a script, function or rules spec as a stage: fills `out` (name, options, reads, writes,
 * callbacks) and `conf`, which the callbacks find in tamis_run.conf and which lives as long as the
 * script. Mistakes go into `diags`. */
tamis_rc script_stage(script *self, const stage_spec *spec, const registry *stages,
                      tamis_stage *out, const void **conf, diagnostics *diags);

/* The filled option structure of such a stage, laid out as its table says; NULL where it has
 * none. */
const void *script_stage_options(const tamis_stage *stage, const void *conf);

/* Where in a stage of rules "span:type" is read first; false: no rules, or not known. */
bool script_stage_reader(const tamis_stage *stage, const void *conf, const char *read,
                         position *at);

/* A guard made of a `when` value (a table or a function); NULL for none. */
typedef struct script_guard script_guard;
script_guard *script_guard_new(script *self, const value *when, const char *stage,
                               diagnostics *out);
/* Sets *runs. TAMIS_FAIL with e set when the guard itself fails: its document is quarantined. */
tamis_rc script_guard_test(script_guard *self, tamis_doc *doc, bool *runs, error *e);
/* What a guard table asks of documents ("attr:lang"), NULL-terminated, for `check`. */
const char *const *script_guard_reads(const script_guard *self);

/* ------------------------------------------------------------------ limits */

#define SCRIPT_SECONDS 2.0 /* of run, per stage and document, where none are given */

typedef struct {
    size_t memory;  /* bytes of the Lua state above what it held after open; default 64 MiB */
    double seconds; /* of run, per stage and document; default SCRIPT_SECONDS */
    bool polling;   /* no signals here (libtamis, --in-process): a count hook reads the clock */
} script_limits;
void script_set_limits(script *self, script_limits limits);
/* After fork, in the worker: JIT, collector mode, generation of documents. */
tamis_rc script_enter(script *self, error *e);
/* Async-signal-safe: what runs now on this thread stops with a time error as soon as it can. Called
 * from the worker's signal handler. */
void script_interrupt(double seconds); /* that were given, for the message; 0: the own limit */
/* True after a limit error: the worker should be replaced once its document is done. */
bool script_tainted(const script *self);

#endif
