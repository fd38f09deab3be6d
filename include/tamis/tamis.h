/* tamis/tamis.h: libtamis, for programs that embed pipelines.
 *
 *     tamis_message why;
 *     tamis_pipeline *p = tamis_pipeline_open("news.lua", NULL, &why);
 *     tamis_session *s = p ? tamis_session_new(p, &why) : NULL;
 *     if (!s || tamis_session_run(s, "article-1", text, length, &why) < 0) …print why.text…
 *     puts(tamis_session_record(s, NULL, &why));
 *
 * A pipeline is read-only once it is open and may be shared by threads; a session belongs to one
 * thread at a time and holds one document. A pipeline with Lua in it (scripts, functions, guards)
 * has one Lua state, so it gives one session only. The library never forks, sets a signal handler,
 * writes to a terminal or exits; so it knows soft limits only: a C stage that crashes takes the
 * program along (the `tamis` command isolates it).
 *
 * Pointers that a function returns belong to the library and live until the session runs its next
 * document or ends, unless said otherwise. NULL is fine for every free function. */
#ifndef TAMIS_TAMIS_H
#define TAMIS_TAMIS_H

#include <tamis/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TAMIS_API __attribute__((visibility("default")))
#else
#define TAMIS_API
#endif

typedef struct tamis_pipeline tamis_pipeline;
typedef struct tamis_session tamis_session;

/* What went wrong, for people; cut where it is longer. */
typedef struct {
    char text[4096];
} tamis_message;

/* Zero it and set `size` for the defaults. */
typedef struct {
    uint32_t size; /* sizeof(tamis_open_options) */
    uint32_t reserved;
    /* Folders whose plugins are loaded and override built-in ones; NULL-terminated. */
    const char *const *plugin_dirs;
    /* "stage.option=value" or "name=value", as after -D; NULL-terminated. */
    const char *const *settings;
} tamis_open_options;

/* The library's version, "0.1.0". */
TAMIS_API const char *tamis_version(void);

/* Opens a pipeline: a .lua file's path or the name of a shipped one. `options` may be NULL. NULL on
 * error, with every diagnostic in `why` (may be NULL). */
TAMIS_API tamis_pipeline *tamis_pipeline_open(const char *path, const tamis_open_options *options,
                                              tamis_message *why);
/* Ends it; its sessions must have ended. */
TAMIS_API void tamis_pipeline_free(tamis_pipeline *self);

TAMIS_API tamis_session *tamis_session_new(tamis_pipeline *self, tamis_message *why);
TAMIS_API void tamis_session_free(tamis_session *self);

/* Runs one document of `length` bytes: UTF-8, or with a BOM UTF-16; invalid bytes become U+FFFD.
 * TAMIS_OK: written; TAMIS_DROP: a stage left it out; TAMIS_FAIL: a stage failed (the record says
 * which); TAMIS_FATAL: the session is of no more use. */
TAMIS_API tamis_rc tamis_session_run(tamis_session *self, const char *id, const char *text,
                                     size_t length, tamis_message *why);

/* Of the last document: why it was dropped or failed; the text as it was decoded; the text as the
 * stages left it. */
TAMIS_API tamis_str tamis_session_reason(const tamis_session *self);
TAMIS_API tamis_str tamis_session_source(const tamis_session *self);
TAMIS_API tamis_str tamis_session_text(const tamis_session *self);
/* Its spans of one type ("*": all), sorted by start; start and end are bytes of tamis_session_text,
 * source_start and source_end of tamis_session_source. `row_size` is sizeof(tamis_span). */
TAMIS_API const tamis_span *tamis_session_spans(tamis_session *self, const char *type,
                                                size_t row_size, size_t *count);
/* The removals, sorted by start, in bytes of the source. `row_size` is sizeof(tamis_removal). */
TAMIS_API const tamis_removal *tamis_session_removals(tamis_session *self, size_t row_size,
                                                      size_t *count);

/* Zero it and set `size` for the defaults. */
typedef struct {
    uint32_t size;
    int32_t offsets;  /* TAMIS_OFFSETS_… */
    int32_t original; /* not 0: the record's text is the source */
    int32_t nested;   /* not 0: meta and attrs as objects */
} tamis_record_options;
enum { TAMIS_OFFSETS_CODEPOINT, TAMIS_OFFSETS_UTF16, TAMIS_OFFSETS_BYTE };

/* Its record as `tamis run` writes it: one JSON object, NUL-terminated, without a line feed. NULL
 * on error. `options` may be NULL. */
TAMIS_API const char *tamis_session_record(tamis_session *self, const tamis_record_options *options,
                                           tamis_message *why);

#ifdef __cplusplus
}
#endif
#endif
