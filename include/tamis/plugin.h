/* tamis/plugin.h: the plugin ABI, version 1.0. All that a plugin may include.
 *
 * A plugin is a shared object with one exported function, tamis_plugin_v1(host), which returns a
 * constant descriptor of its elements. The host exports no symbol: what it offers comes through the
 * append-only function table `tamis_host`. The same source builds into the host with
 * -DTAMIS_BUILTIN; the entry is then called tamis_builtin_<id>.
 *
 * The rules that hold for everything below:
 *  - Positions are byte offsets into the view, 0-based; ranges are half-open [start, end). An
 *    offset inside a code point or between CR and LF is an error.
 *  - Text is valid UTF-8, may hold NUL, and is never NUL-terminated: always a pointer and a length.
 *  - Nothing crosses the boundary to be freed. Views (tamis_str and arrays that the host returns)
 *    live until the callback returns, memory from `alloc` as `alloc` says, option strings until
 *    `close`. What a plugin passes in is copied before the call returns.
 *  - The first host call that fails within a callback is remembered: a callback that then returns
 *    TAMIS_OK is treated as TAMIS_FAIL with that message. So returns need not be checked one by
 *    one.
 *  - A callback never leaves by longjmp, exit, a signal or an exception.
 *  - Structures that a plugin fills begin with their own size; the host copies min(plugin, host)
 *    bytes into zeroed memory and looks only at the copy. Structures that the host fills only grow
 *    at the end. Rows of arrays take the caller's sizeof(row). tamis_option and tamis_attr are
 *    frozen for 1.x. Enumerations cross as int32_t.
 *  - `run` may be called at once on different scratch: keep no mutable statics.
 *
 * A stage has three lifetimes: `open` once, in the parent process, makes what is shared and
 * read-only afterwards (workers are forked and inherit the pages: plain memory and read-only maps
 * only, no threads, descriptors or FILEs); `enter` makes the scratch of one worker; `run` sees one
 * document. `leave` and `close` undo them in reverse.
 */
#ifndef TAMIS_PLUGIN_H
#define TAMIS_PLUGIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ version */

/* A host loads a plugin of its own major version whose minor is not above its own. A newer minor is
 * opted into by defining TAMIS_USE_ABI_1_<n> before the include (there is none yet), so that a
 * plugin built with newer headers still loads in an older host as long as it does not ask for
 * more. */
#define TAMIS_ABI_MAJOR 1u
#define TAMIS_ABI_MINOR 0u
#define TAMIS_ABI       (TAMIS_ABI_MAJOR * 1000u + TAMIS_ABI_MINOR)

/* ------------------------------------------------------------------ basic types */

/* `n` bytes at `p`; a view, never owned. {NULL, 0} is the empty string. */
typedef struct {
    const char *p;
    size_t n;
} tamis_str;

/* A list option: `n` strings. */
typedef struct {
    const tamis_str *at;
    size_t n;
} tamis_list;

#ifdef __cplusplus
#define TAMIS_STR(literal) (tamis_str{literal, sizeof(literal) - 1})
#else
#define TAMIS_STR(literal) ((tamis_str){literal, sizeof(literal) - 1})
#endif

typedef int32_t tamis_rc;
enum {
    TAMIS_OK = 0,
    TAMIS_DROP = 1,  /* `run` only: leave this document out, on purpose (see tamis_host.drop) */
    TAMIS_FAIL = -1, /* this document, or this `open`, failed */
    TAMIS_FATAL = -2 /* the whole run cannot go on */
};

typedef struct tamis_doc tamis_doc; /* the document in flight; opaque */

/* What every callback receives first. Filled by the host; grows at the end only. `scratch` is NULL
 * in `open`, `shared` is NULL there too. */
typedef struct {
    uint32_t size;
    uint32_t flags; /* TAMIS_TRACING */
    const void *conf;
    const void *shared;
    void *scratch;
} tamis_run;

enum {
    TAMIS_TRACING = 1 /* somebody reads notes: see tamis_host.note */
};

/* ------------------------------------------------------------------ options */

/* The C type of a member that an option fills, by the option's type:
 *   BOOL bool · INT int64_t · NUMBER double · STRING tamis_str · ENUM int32_t (index into `accept`)
 *   PATH tamis_str (resolved; absolute) · LIST tamis_list of strings · PATHS tamis_list of resolved
 *   paths · SIZE int64_t (bytes; "64M") · DURATION double (seconds; "500ms", "2s", "1m") */
enum {
    TAMIS_BOOL = 1,
    TAMIS_INT,
    TAMIS_NUMBER,
    TAMIS_STRING,
    TAMIS_ENUM,
    TAMIS_PATH,
    TAMIS_LIST,
    TAMIS_SIZE,
    TAMIS_DURATION,
    TAMIS_PATHS
};

enum {
    TAMIS_REQUIRED = 1,  /* no default: the user must give it */
    TAMIS_DEPRECATED = 2 /* still read; `check` warns */
};

/* One row of a stage's option table. Frozen for 1.x. `fallback` is the default as a user would
 * write it after -D (lists: items separated by commas; NULL: zero value, empty). `accept` bounds
 * it: a range "0..1" for numbers, sizes and durations (either end may be left out), the words
 * "fr|en|de" for ENUM, and for LIST the words each item may be; NULL: anything. A path resolves
 * against the pipeline file's folder, then the plugin's data ("./x": only the former). */
typedef struct {
    const char *name;
    const char *fallback;
    const char *accept;
    const char *help; /* one line */
    uint32_t offset;  /* of the member in the configuration structure */
    uint16_t type;
    uint16_t flags;
} tamis_option;

/* A row by the member's name, whose C type is asserted: TAMIS_OPTION(INT, conf, member, "8",
 * "1..99", "help") */
#define TAMIS_TYPE_BOOL     bool
#define TAMIS_TYPE_INT      int64_t
#define TAMIS_TYPE_NUMBER   double
#define TAMIS_TYPE_STRING   tamis_str
#define TAMIS_TYPE_ENUM     int32_t
#define TAMIS_TYPE_PATH     tamis_str
#define TAMIS_TYPE_LIST     tamis_list
#define TAMIS_TYPE_SIZE     int64_t
#define TAMIS_TYPE_DURATION double
#define TAMIS_TYPE_PATHS    tamis_list
#ifdef __cplusplus
#define TAMIS_OFFSET_(KIND, conf_type, member) ((uint32_t)offsetof(conf_type, member))
#else
#define TAMIS_OFFSET_(KIND, conf_type, member)                                                    \
    ((uint32_t)(offsetof(conf_type, member) +                                                     \
                0 * sizeof(                                                                       \
                        char[_Generic(&((conf_type *)0)->member, TAMIS_TYPE_##KIND * : 1, default \
                                      : -1)])))
#endif
#define TAMIS_OPTION(KIND, conf_type, member, fallback, accept, help)                            \
    {                                                                                            \
#member, fallback, accept, help, TAMIS_OFFSET_(KIND, conf_type, member), TAMIS_##KIND, 0 \
    }
#define TAMIS_OPTION_FLAGS(KIND, conf_type, member, fallback, accept, help, flags)             \
    {                                                                                          \
#member, fallback, accept, help, TAMIS_OFFSET_(KIND, conf_type, member), TAMIS_##KIND, \
            flags                                                                              \
    }

/* ------------------------------------------------------------------ spans */

enum {
    TAMIS_ATTR_STRING = 1,
    TAMIS_ATTR_INT,
    TAMIS_ATTR_NUMBER,
    TAMIS_ATTR_BOOL,
    TAMIS_ATTR_OFFSET, /* i: a view offset that maps right at a seam, as a start does */
    TAMIS_ATTR_END     /* i: a view offset that maps left at a seam, as an end does */
};

/* One attribute of a span or of a document. Frozen for 1.x. A key is lower-case ASCII letters,
 * digits and '_'. */
typedef struct {
    tamis_str key;
    int32_t type;
    uint32_t reserved; /* 0 */
    union {
        tamis_str s;
        int64_t i;
        double d;
        bool b;
    } u;
} tamis_attr;

enum {
    TAMIS_SPAN_WHOLE = 0,
    TAMIS_SPAN_CUT = 1, /* a later removal took part of it: start and end bound what is left */
    TAMIS_SPAN_GONE = 2 /* wholly removed: start == end, where it was */
};

/* A span, as written and as read back. A plugin that writes one zeroes the row and fills what it
 * knows; the members under "host" are the host's. */
typedef struct {
    size_t start, end;  /* view bytes */
    tamis_str type;     /* required: lower-case letters, digits, '_', '.' */
    tamis_str value;    /* what it stands for; empty: null */
    tamis_str category; /* its kind; empty: null */
    tamis_str lang;     /* BCP-47 tag; empty: null */
    tamis_str rule;     /* which rule decided: "fr.guillemets" */
    tamis_str role;     /* what it is to the span `ref`: "speaker" */
    uint32_t ref;       /* number of the span it serves; 0: none */
    uint32_t attr_count;
    const tamis_attr *attrs;
    double score; /* 0 to 1; 0: not given */
    /* host: */
    uint32_t number; /* from 1 within the document; stable; what `ref` names */
    uint32_t state;  /* TAMIS_SPAN_… */
    size_t source_start, source_end;
    tamis_str stage;
} tamis_span;

/* A range to take out of the view. */
typedef struct {
    size_t start, end;     /* view bytes; start < end */
    tamis_str reason;      /* kind, for counting: "cookie" */
    tamis_str rule;        /* which rule decided */
    tamis_str placeholder; /* shown in the view in its place (masking) */
    double score;          /* 0 to 1; 0: not given */
    uint32_t flags;        /* TAMIS_SECRET */
    uint32_t reserved;     /* 0 */
} tamis_removal;

enum {
    TAMIS_SECRET = 1 /* its text is withheld from the record */
};

/* The lines of the view. Line i is [start[i], start[i + 1]), line ending included; start[count] is
 * the view's length. A line ends after LF (so CR LF counts as one ending); an empty view has no
 * line. */
typedef struct {
    const size_t *start;
    size_t count;
} tamis_lines;

/* ------------------------------------------------------------------ terms: the gazetteer
 * matcher */

typedef struct tamis_terms tamis_terms; /* compiled; read-only; shared by workers */

/* One gazetteer row to compile, beside or instead of files. Zero it first. */
typedef struct {
    tamis_str term;
    tamis_str lang;     /* BCP-47, "mul" or empty: any */
    tamis_str value;    /* canonical name */
    tamis_str category; /* "exclude": competes in the longest match, is never reported */
    tamis_str notes;    /* row grammar: infl=a|b|c; cs; need=w1/w2; amb; named */
} tamis_term;

/* What a compiled row was: strings live as long as the terms. `row` numbers rows over all files and
 * rows in order, from 0. */
typedef struct {
    tamis_str term, lang, value, category, notes;
    tamis_str file; /* file name without folders; empty for rows given in memory */
    uint32_t line;  /* 1-based */
    uint32_t row;
    uint32_t flags; /* TAMIS_TERM_… */
    uint32_t reserved;
} tamis_term_row;

enum {
    TAMIS_TERM_CASED = 1,     /* cs */
    TAMIS_TERM_AMBIGUOUS = 2, /* amb */
    TAMIS_TERM_NAMED = 4,     /* named */
    TAMIS_TERM_EXCLUDE = 8,
    TAMIS_TERM_NEEDS = 16 /* need=…: the caller checks its cue words */
};

/* A match: [start, end) in the searched text. */
typedef struct {
    size_t start, end;
    uint32_t row;
    uint32_t flags; /* the row's */
} tamis_hit;

/* Asked for each candidate of a position, longest first, before it is taken; `false` lets the next
 * shorter one compete. */
typedef bool (*tamis_accept)(void *user, tamis_str text, const tamis_hit *hit);

/* ------------------------------------------------------------------ the host's services */

enum { TAMIS_LOG_DEBUG, TAMIS_LOG_INFO, TAMIS_LOG_WARNING, TAMIS_LOG_ERROR };

/* Append-only. Test a service that came with a later minor by TAMIS_HAS(tamis, name). */
typedef struct {
    uint32_t size;
    uint32_t abi; /* the host's own TAMIS_ABI */

    /* --- errors, log, memory: in every callback */

    /* Records a message (printf format; say what, where, and what to do) and returns `rc`, so that
     * a callback can `return tamis->fail(c, TAMIS_FAIL, "…")`. The first message of a callback
     * stays. */
    tamis_rc (*fail)(const tamis_run *c, tamis_rc rc, const char *format, ...);
    tamis_rc (*vfail)(const tamis_run *c, tamis_rc rc, const char *format, va_list arguments);
    /* Leaves this document out for `reason` (a short, countable phrase); returns TAMIS_DROP. */
    tamis_rc (*drop)(const tamis_run *c, const char *reason);
    /* One line to the people's side (stderr); repeated lines are counted, not repeated. */
    void (*log)(const tamis_run *c, int32_t level, const char *format, ...);
    /* Zeroed memory, aligned for any type: until the document ends (in run), the worker (enter) or
     * the pipeline (open). NULL when there is none left, which is remembered as a failure. */
    void *(*alloc)(const tamis_run *c, size_t bytes);
    /* True when the document's time is up: long loops ask now and then, and return. */
    bool (*expired)(const tamis_run *c);

    /* --- files: in open */

    /* Maps a file read-only for the pipeline's life: an absolute path (as PATH options are), or a
     * name within the plugin's data folder. The content's hash goes into the run's identity. */
    tamis_rc (*data)(const tamis_run *c, tamis_str name, tamis_str *bytes);

    /* --- terms */

    /* Compiles gazetteer files (TSV or CSV with a header naming at least `term`; absolute or data
     * names) and rows; later ones override earlier ones of equal folded term and language. A bad
     * row is logged at file:line and left out. In open. */
    tamis_rc (*terms_open)(const tamis_run *c, const tamis_str *files, size_t file_count,
                           const tamis_term *rows, size_t row_count, size_t row_size,
                           const tamis_terms **out);
    /* Leftmost-longest matches of `text` from byte `from` on, at most `room` into `hits`; returns
     * how many, and where to go on in *next (text.n at the end). Case, accents and scripts are
     * folded, matches keep to word boundaries, never cross a full stop or a blank line. Excluded
     * rows are not reported. Any text may be searched; `accept` may be NULL. */
    size_t (*terms_find)(const tamis_terms *terms, tamis_str text, size_t from, tamis_accept accept,
                         void *user, tamis_hit *hits, size_t hit_size, size_t room, size_t *next);
    /* The row of a hit. False when there is no such row. */
    bool (*terms_row)(const tamis_terms *terms, uint32_t row, tamis_term_row *out, size_t row_size);
    /* A further column of the row's file by its header name; empty where absent. */
    tamis_str (*terms_column)(const tamis_terms *terms, uint32_t row, const char *column);
    /* How many rows were compiled. */
    size_t (*terms_count)(const tamis_terms *terms);

    /* --- the document: in run */

    tamis_str (*view)(const tamis_doc *doc); /* what earlier stages left; stands still during run */
    tamis_str (*id)(const tamis_doc *doc);
    /* The raw JSON of an input field by dotted path ("source.url"); empty where absent. */
    tamis_str (*meta)(const tamis_run *c, const tamis_doc *doc, const char *path);
    /* A document attribute that an earlier stage set ("lang"); false where absent. */
    bool (*attribute)(const tamis_doc *doc, const char *key, tamis_attr *out);
    /* Sets a document attribute; "lang" (string) and "lang_score" (number) are the record's own. */
    tamis_rc (*set)(const tamis_run *c, tamis_doc *doc, const tamis_attr *attribute);
    /* The view's lines, computed once a view. */
    tamis_rc (*lines)(const tamis_run *c, tamis_doc *doc, tamis_lines *out);
    /* All spans of one type ("*": of every type), sorted by start, then end, then number, in view
     * offsets; `row_size` is the caller's sizeof(tamis_span). NULL and 0 where there are none.
     * Spans written by this very call of run are not among them. */
    const tamis_span *(*spans)(const tamis_run *c, tamis_doc *doc, const char *type,
                               size_t row_size, size_t *count);
    /* Writes a span; returns its number, 0 on error. */
    uint32_t (*span)(const tamis_run *c, tamis_doc *doc, const tamis_span *span, size_t row_size);
    /* Takes a range out of the view when run returns OK. Where removals overlap the first wins. */
    tamis_rc (*remove)(const tamis_run *c, tamis_doc *doc, const tamis_removal *removal,
                       size_t row_size);

    /* --- explain: use the macros TAMIS_NOTE and TAMIS_REJECT, which cost a test when nobody
     * reads */

    /* A cue that looked at [start, end) and what it saw. `cue` is a stable short name. */
    void (*note)(const tamis_run *c, const tamis_doc *doc, size_t start, size_t end,
                 const char *cue, const char *format, ...);
    /* A finding that was not made there, and why. */
    void (*reject)(const tamis_run *c, const tamis_doc *doc, size_t start, size_t end,
                   const char *cue, const char *format, ...);
} tamis_host;

#define TAMIS_HAS(host, service) \
    ((host)->size >= offsetof(tamis_host, service) + sizeof((host)->service))
#define TAMIS_NOTE(c, ...)                                           \
    do {                                                             \
        if ((c)->flags & TAMIS_TRACING) tamis->note(c, __VA_ARGS__); \
    } while (0)
#define TAMIS_REJECT(c, ...)                                           \
    do {                                                               \
        if ((c)->flags & TAMIS_TRACING) tamis->reject(c, __VA_ARGS__); \
    } while (0)

/* ------------------------------------------------------------------ elements */

/* A stage. `reads` and `writes` end with NULL: "view", "span:quote", "attr:lang", "meta"; "?span:x"
 * where it is optional; "span:$type" for the value of the option `type`. `tamis check` refuses an
 * order in which what a stage reads is written by no earlier one; what a stage writes undeclared
 * is kept, and told as a warning. Callbacks but `run` may be NULL. */
typedef struct {
    uint32_t size;
    uint32_t flags; /* none defined: an unknown bit is refused */
    const char *name;
    const char *help; /* one line */
    const char *version;
    const tamis_option *options;
    uint32_t option_count;
    uint32_t conf_size;
    const char *const *reads;
    const char *const *writes;
    tamis_rc (*open)(const tamis_run *c, void **shared);
    void (*close)(void *shared);
    tamis_rc (*enter)(const tamis_run *c, void **scratch);
    void (*leave)(const void *shared, void *scratch);
    tamis_rc (*run)(const tamis_run *c, tamis_doc *doc);
    /* State over documents: `save` gives the bytes gathered since the last save (memory of scratch
     * or of alloc) and resets; `merge` adds them to *total (NULL at first) in one aggregating
     * process, in input order, whatever the number of workers; `finish` gives the result as one
     * JSON value for the statistics and frees the total. All three or none. */
    tamis_rc (*save)(const tamis_run *c, tamis_str *bytes);
    tamis_rc (*merge)(const tamis_run *c, void **total, tamis_str bytes);
    tamis_rc (*finish)(const tamis_run *c, void *total, tamis_str *json);
} tamis_stage;

/* Kinds of elements. Readers and writers have their numbers, but their structures are provisional:
 * a 1.0 host says so and refuses them. */
enum { TAMIS_ELEMENT_STAGE = 1, TAMIS_ELEMENT_READER = 2, TAMIS_ELEMENT_WRITER = 3 };

typedef struct {
    int32_t kind;
    uint32_t reserved; /* 0 */
    const void *element;
} tamis_element; /* frozen for 1.x */

typedef struct {
    uint32_t size;
    uint32_t abi;
    const char *name; /* lower-case letters, digits, '_' and '-'; not taken from the file's name */
    const char *version;
    const char *licence; /* SPDX */
    const tamis_element *elements;
    uint32_t element_count;
    uint32_t reserved; /* 0 */
} tamis_plugin;

/* The one symbol that a plugin exports. */
typedef const tamis_plugin *(*tamis_plugin_entry)(const tamis_host *host);

#if defined(__GNUC__) && !defined(TAMIS_BUILTIN)
#define TAMIS_EXPORT __attribute__((visibility("default")))
#else
#define TAMIS_EXPORT
#endif
#ifdef TAMIS_BUILTIN
#define TAMIS_ENTRY(id) tamis_builtin_##id
#else
#define TAMIS_ENTRY(id) tamis_plugin_v1
#endif

/* Defines the entry of a plugin with the elements given, each {TAMIS_ELEMENT_STAGE, 0, &stage}. It
 * stores the host's table in `tamis`, which the plugin declares: `static const tamis_host *tamis;`.
 * A plugin of several files declares it extern under a name of its own, so that it can be built in:
 *     #define tamis quotes_host
 *     extern const tamis_host *tamis;
 */
#define TAMIS_PLUGIN(id, release, spdx_licence, ...)                                         \
    static const tamis_element id##_elements[] = {__VA_ARGS__};                              \
    static const tamis_plugin id##_plugin = {sizeof(tamis_plugin),                           \
                                             TAMIS_ABI,                                      \
                                             #id,                                            \
                                             release,                                        \
                                             spdx_licence,                                   \
                                             id##_elements,                                  \
                                             sizeof id##_elements / sizeof id##_elements[0], \
                                             0};                                             \
    TAMIS_EXPORT const tamis_plugin *TAMIS_ENTRY(id)(const tamis_host *host);                \
    const tamis_plugin *TAMIS_ENTRY(id)(const tamis_host *host)                              \
    {                                                                                        \
        tamis = host;                                                                        \
        return &id##_plugin;                                                                 \
    }

#ifdef __cplusplus
}
#endif
#endif
