/* core/io/record: the record's edge. A line of JSON or the bytes of a text file become a document;
 * a document becomes one JSON line (design: tamis/1), rows of a table, or a page for a terminal.
 *
 * Bytes inside, another unit outside: offsets are converted once, here, with one running counter.
 * No JSON library stands between: numbers, key order and NUL go through as they came (json.h).
 * Called by the engine's workers and by the command. Temporary memory comes from the document's
 * arena. */
#ifndef TAMIS_CORE_RECORD_H
#define TAMIS_CORE_RECORD_H

#include "document/document.h"

/* ------------------------------------------------------------------ in */

/* How input is read. Zero it for the defaults. */
typedef struct {
    tamis_str text_key;   /* empty: "text". A key is taken as it is, no dotted path */
    tamis_str id_key;     /* empty: "id" */
    const char *encoding; /* of text files, for iconv; NULL: BOM, else UTF-8 */
} decode_options;

/* What the reader knows of a record beside its bytes; copied. */
typedef struct {
    tamis_str id;      /* used where the record has none: relative path, FILE#LINE or -#LINE */
    tamis_str input;   /* where it came from */
    tamis_str locator; /* for messages and quarantine; empty: the id */
} decode_origin;

/* A JSONL line into a document that was reset: {"text", "id", …meta}, an earlier tamis/1 record
 * (spans, removals and meta come back where its text is the original), or a line of a quarantine
 * file (its original record is read again). What can be mended is mended and stands in doc->errors;
 * TAMIS_FAIL for a line that is not a JSON object or has no text. `line` need not outlive the
 * call. */
tamis_rc record_decode(tamis_str line, const decode_options *options, const decode_origin *origin,
                       tamis_doc *doc, error *e);
/* The bytes of a text file into a document that was reset. BOMs and UTF-16 are honoured; bytes that
 * are no text become U+FFFD and stand in doc->errors. TAMIS_FAIL only for an unknown encoding. */
tamis_rc text_decode(tamis_str bytes, const decode_options *options, const decode_origin *origin,
                     tamis_doc *doc, error *e);
/* For the first record of an input: TAMIS_FAIL with a message that lists its keys where it is an
 * object without the text key. Anything else is OK here (a bad line is its own document's
 * fault). */
tamis_rc record_check_keys(tamis_str line, const decode_options *options, error *e);
/* False for an encoding that this machine's iconv does not know; asked once, before the run. */
bool encoding_known(const char *encoding);
/* True when the bytes begin with a JSON object's `{` (after BOM and blanks): stdin is then
 * JSONL. */
bool record_looks_like_json(tamis_str bytes);

/* ------------------------------------------------------------------ out */

typedef enum { OFFSETS_CODEPOINT, OFFSETS_UTF16, OFFSETS_BYTE } offset_unit;
typedef enum { TEXT_CLEAN, TEXT_ORIGINAL } text_kind;

/* How records and rows are written. Zero it for the defaults. */
typedef struct {
    offset_unit offsets;
    text_kind text;
    bool nested;            /* meta and attrs as objects instead of JSON text */
    const tamis_str *types; /* span types to write; none: all without a dot */
    size_t type_count;
} record_options;

/* One record and its line feed. TAMIS_FAIL where --text original is asked of a document with a
 * secret removal, or memory ends; `out` is then as it was. */
tamis_rc record_encode(tamis_doc *doc, const record_options *options, buffer *out, error *e);

/* A line of a quarantine file, which record_decode reads again: where and why, and the original
 * bytes (base64 where they are not UTF-8). */
typedef struct {
    tamis_str id, input, locator, stage, message, original;
    bool is_text;  /* `original` is the content of a text file, not a JSON line */
    bool withheld; /* too large to copy: by locator only */
} quarantine_entry;
tamis_rc quarantine_encode(const quarantine_entry *entry, buffer *out, error *e);

/* ------------------------------------------------------------------ rows */

typedef enum { EMIT_DOCS, EMIT_SPANS, EMIT_QUOTES, EMIT_REMOVED } emit_kind;
typedef enum { FORMAT_JSONL, FORMAT_CSV, FORMAT_TSV, FORMAT_PRETTY } row_format;

typedef struct {
    bool colour;
    uint32_t width; /* columns; 0: 80 */
} pretty_options;

/* What goes ahead of the first document: the column names of CSV and TSV; nothing otherwise. */
void rows_header(emit_kind emit, row_format format, const record_options *options, buffer *out);
/* All rows of one document in any format; EMIT_DOCS as JSONL is record_encode. `pretty` may be
 * NULL. */
tamis_rc rows_encode(tamis_doc *doc, emit_kind emit, row_format format,
                     const record_options *options, const pretty_options *pretty, buffer *out,
                     error *e);

/* ------------------------------------------------------------------ schema */

/* The record's schema as "jsonschema", "duckdb", "polars", "arrow" or "datasets" text. TAMIS_FAIL
 * for another name. */
tamis_rc record_schema(tamis_str as, bool nested, buffer *out, error *e);

#endif
