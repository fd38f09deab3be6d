/* core/script, private: the state that its files share. One lua_State and what belongs to it; every
 * file of the room finds it from a lua_State through script_of. */
#ifndef TAMIS_CORE_SCRIPT_STATE_H
#define TAMIS_CORE_SCRIPT_STATE_H

#include <pthread.h>
#include <signal.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "script/script.h"

#ifdef __clang_analyzer__ /* luaL_error never returns, but is not declared so */
#define luaL_error(...) (luaL_error(__VA_ARGS__), abort(), 0)
#endif

enum {
    CONFIG_SECONDS = 10,       /* a pipeline file and each `open` may take so long */
    CONFIG_MEMORY = 512 << 20, /* and hold so much */
    HOOK_INSTRUCTIONS = 5000,  /* between two looks at the clock where no signal comes */
    POLL_STEPS = 1024,         /* between two polls of a loop in C */
    VALUE_DEPTH = 32           /* nesting of tables that cross into C */
};

typedef enum { LIMIT_NONE, LIMIT_TIME, LIMIT_MEMORY } limit_kind;

/* A Lua file that was read: its text, split into tokens when a position is asked for. */
typedef struct source_map source_map;
struct source_map {
    const char *file;
    tamis_str text;
    struct source_token *tokens;
    size_t token_count;
    source_map *next;
};

/* Rules as they were written, with positions: what a rules stage is made of. */
typedef struct {
    value list;
    position at;
} rule_list;

/* Spans that a script asked for in this call: s is a light userdata that names a query and a
 * row. */
typedef struct {
    const tamis_span *rows;
    size_t count;
} span_query;

/* A compiled expression, on the list of all of them so that a worker can JIT them. */
typedef struct script_regex script_regex;

/* A file that an option of type path names: a script may read it wherever it lies. */
typedef struct allowed_path {
    const char *path;
    struct allowed_path *next;
} allowed_path;

struct script {
    lua_State *L;
    arena memory;         /* specs, positions, names, option tables: as long as the script */
    pthread_mutex_t lock; /* one call at a time: libtamis may run documents on several threads */

    size_t used, ceiling; /* bytes of the state, and what it may hold (0: no bound) */
    size_t base;          /* what it held when the worker entered */
    script_limits limits;
    volatile sig_atomic_t interrupted;
    lua_State *volatile running; /* the state or coroutine that executes; NULL between calls */
    int64_t deadline;            /* of this call, where nobody sends signals; 0: none */
    double seconds;              /* of this call, for the message */
    limit_kind limit;            /* hit in this call */
    char limit_text[900];
    bool tainted, no_sandbox, abbreviations_read, ordinal_stops;
    bool entered; /* in a worker: new expressions are compiled to machine code at once */

    /* the call in progress */
    const tamis_run *call; /* NULL: a guard, the config, a test */
    tamis_doc *doc;        /* NULL: not a document's call */
    const char *folder;    /* against which the running file's paths resolve */
    uint32_t epoch;        /* of span handles; never 0 */
    span_query *queries;
    size_t query_count, query_room;
    char drop_reason[128];

    /* the document's text as a Lua string, made at most once a view */
    uint64_t text_generation;
    const tamis_doc *text_doc;
    const char *text_pointer;         /* of that Lua string */
    const char *key_first, *key_last; /* where Lua keeps these words */
    int text_ref, doc_ref;
    int checked_ref; /* the last foreign string that was found to be valid UTF-8 */

    /* loading */
    diagnostics *diags; /* NULL: not loading */
    script_param *params;
    size_t param_count;
    const char *lua_folder;
    source_map *sources;
    pipeline_spec *spec;
    test_file *tests; /* of a test file */
    int include_depth;
    rule_list *rule_lists;
    size_t rule_list_count, rule_list_room;
    allowed_path *allowed;
    allowed_path *files_read; /* data beside scripts and rules, for script_source */
    uint64_t identity;        /* hash of every file read */

    struct abbreviation *abbreviations; /* sorted by word; see sentences.c */
    size_t abbreviation_count;

    struct rule_set *rule_sets;
    script_regex *regexes;
    void *match_data, *match_context, *jit_stack, *general_context; /* PCRE2's */
};

static inline script *script_of(lua_State *L)
{
    return *(script **)lua_getextraspace(L);
}

/* --- state.c: protected calls and limits */

/* Calls the function and arguments on the stack; results or, on error, nothing is left there. On
 * error e says what and where, with a traceback. `seconds`: 0 means the script's own limit. */
tamis_rc script_call(script *self, int arguments, int results, double seconds, error *e);
/* The same for work of the room itself: body(L) runs protected with `user` as its only argument. */
tamis_rc script_protected(script *self, lua_CFunction body, void *user, double seconds, error *e);
/* Stops the running script with a time error; does not return. */
int script_stop(lua_State *L);
static inline void script_poll_now(lua_State *L)
{
    script *self = script_of(L);
    if (self->interrupted || (self->deadline && clock_monotonic() > self->deadline)) script_stop(L);
}
/* In loops in C: looks at the clock every POLL_STEPS turns. */
#define SCRIPT_POLL(L, counter)                                        \
    do {                                                               \
        if (((counter)++ & (POLL_STEPS - 1)) == 0) script_poll_now(L); \
    } while (0)
/* After a coroutine was resumed or a protected call failed: a limit that was hit goes on
 * upwards. */
void script_rethrow_limit(lua_State *L, int status);
/* Marks `to` as what runs now and returns what ran before; pass it back afterwards. */
lua_State *script_switch(lua_State *to);
void script_switch_back(script *self, lua_State *before);
/* The allocator's own entry, for memory that C code holds on a script's behalf. */
void *script_allocate(void *self, void *block, size_t old_size, size_t new_size);

/* Around work in C on a script's behalf: lets script_interrupt reach it (`interrupted`). */
void script_watch(script *self, bool on);
/* Readies the per-call part: which document, which folder, a new epoch. */
void script_begin(script *self, const tamis_run *call, tamis_doc *doc, const char *folder);
void script_end(script *self);
/* Registers a reference; 0 is none. */
int script_ref(lua_State *L);

/* --- sandbox.c, strings.c, tables.c: what a script finds in its environment */
void sandbox_open(lua_State *L);    /* makes the shared base table */
void sandbox_release(script *self); /* sandbox = false: adds io, os, debug, package, load … */
/* Pushes a fresh environment for one file. */
void sandbox_environment(lua_State *L, const char *folder);
/* From now on the environment takes no new globals. */
void sandbox_freeze(lua_State *L, int environment);
/* Pushes the base table itself: what registers words there. */
void sandbox_base(lua_State *L);
void strings_open(lua_State *L); /* leaves the string table on the stack */
void tables_open(lua_State *L);  /* leaves the table table */
/* Pushes an array of the keys of the table at `index` in the fixed order. */
void keys_sorted(lua_State *L, int index);
int pairs_sorted(lua_State *L); /* the script's pairs */
/* Makes the value read-only for scripts: an empty table that shows the table on top of the
 * stack. */
void sandbox_lock(lua_State *L, const char *name);
bool sandbox_is_locked(lua_State *L, int index);

/* --- load.c: files and positions */

/* Reads a Lua file (or takes `text`) and compiles it in an environment of its own; the function
 * lies on the stack, the environment below it. False with a diagnostic at `at` when it cannot be
 * had. */
bool script_compile(lua_State *L, const char *path, const char *text, position at);
/* Runs what script_compile left (environment, function): leaves `results` values, freezes the
 * environment. */
bool script_execute(lua_State *L, int results, position at);
/* Says a Lua error message as a diagnostic, at the place its text names. */
void script_diagnose(script *self, const char *code, const char *message, position at);
/* Where the function `level` calls up stands: file and line. */
position script_where(lua_State *L, int level);
source_map *source_find(script *self, const char *file);
/* The index of the token after `word name` on or after the line; SIZE_MAX: none. Sets the
 * places. */
size_t source_constructor(script *self, const char *word, tamis_str name, position *at,
                          position *name_at);
/* Gives a value tree the places of the table constructor that begins at token `index`. */
void source_locate(script *self, const char *file, size_t index, value *tree);
size_t source_next(script *self, const char *file,
                   size_t index); /* after a string or a parenthesis */
/* The token index of `{` of a `return {` at the file's end, or SIZE_MAX. */
size_t source_return(script *self, const char *file);
/* Remembers that a data file was read; returns the path. */
const char *script_read_noted(script *self, const char *path);
/* Resolves a file that a script names: against `folder`, then the Lua that ships. NULL: no such
 * file. */
const char *script_resolve(script *self, const char *folder, tamis_str name, bool *shipped);

void loader_open(lua_State *L);
void config_open(lua_State *L); /* config.c: the words of pipeline files */

/* --- values.c */

/* The Lua value at `index` as a tree in the script's arena; positions start as `at`. Mistakes go to
 * the diagnostics. */
value value_from_lua(lua_State *L, int index, position at, bool map_wanted);
/* Whether a value can be the tag of a language: "fr", "zh-Hant". Names of languages are none. */
bool value_is_language(const value *from);
#define NO_LANGUAGE "a language is told by its tag: \"fr\", \"en\", \"zh-Hant\""
/* Pushes a tree, or an option structure by its table. */
void value_push(lua_State *L, const value *from);
void options_push(lua_State *L, const tamis_option *table, size_t count, const void *conf);

/* --- the document and its helpers */
void proxy_open(lua_State *L);           /* proxy.c: the doc userdata, span handles */
tamis_doc *proxy_document(lua_State *L); /* the document of this call, or an error */
bool proxy_is(lua_State *L, int index);
/* The text of a subject: the doc proxy's view or a Lua string. *view: it is the view itself. */
tamis_str subject_text(lua_State *L, int index, bool *view);
void proxy_text_push(lua_State *L);
/* A span handle at `index`: its row, or an error. */
const tamis_span *span_check(lua_State *L, int index);
void span_push(lua_State *L, size_t query, size_t row);
void span_push_list(lua_State *L, size_t query); /* the whole list as one value */
size_t span_query_add(lua_State *L, const tamis_span *rows, size_t count);
void attribute_push(lua_State *L, const tamis_attr *attribute);
/* Reads positions i, j (Lua's) at the two indices into a view range, or raises the error that says
 * what was wrong. */
void range_check(lua_State *L, int first_index, int last_index, size_t *start, size_t *end);
void attributes_read(lua_State *L, int index, tamis_span *span); /* {value=, category=, …} */

void script_json_open(lua_State *L);
void script_json_push(lua_State *L,
                      tamis_str text); /* decodes; raises an error that names the place */
void script_json_write(lua_State *L, int index, buffer *out);
void regex_open(lua_State *L);
void gazetteer_open(lua_State *L);
void helpers_open(lua_State *L); /* log, hash, lines */
void around_open(lua_State *L);  /* around.c: spans by where they stand */
/* A range of the view from the arguments at `index`: none (all of it), a span, or two positions. */
void part_of_view(lua_State *L, int index, size_t *start, size_t *end);
void words_open(lua_State *L); /* words.c: words, paragraphs, measures of a text, folding */
void sentences_open(lua_State *L);
void sentences_load(script *self); /* reads the abbreviations that ship */

/* --- regex.c for C callers */
tamis_rc regex_enter(script *self, error *e);
void regex_close(script *self);

/* --- rules.c */
tamis_rc rules_stage(script *self, const stage_spec *spec, tamis_stage *out, const void **conf,
                     diagnostics *diags);

struct rule_set *rules_next(const struct rule_set *self);
void rules_close(struct rule_set *self); /* frees what is not in the arena */

/* Light userdata with a meaning of their own: json.null, drop. They carry epoch 0. */
extern char script_null, script_drop;

#endif
