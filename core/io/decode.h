/* What the files that read records share. */
#ifndef TAMIS_CORE_DECODE_H
#define TAMIS_CORE_DECODE_H

#include "base/json.h"
#include "io/record.h"

enum { MOST_FAULTS = 100 /* error spans of one kind that a document lists one by one */ };

/* A member of the object being read; `name` is its key decoded. */
typedef struct {
    tamis_str name;
    json_value key, value;
} member;

typedef struct {
    member *at;
    size_t count;
    size_t next; /* behind the one found last: records keep their order */
} members;

/* The value of a member by its name, or NULL; fast where asked for in the order of the text. */
const json_value *members_find(members *self, const char *name);
/* All members of one object, which ends the text. */
tamis_rc members_read(tamis_str text, arena *memory, members *out, error *e);
/* Sets id, input and locator; `id` empty: the origin's. */
tamis_rc decode_origin_set(tamis_doc *doc, const decode_origin *origin, tamis_str id, error *e);
/* Adds a member to the document's metadata, lone surrogates mended, on one line. */
tamis_rc decode_meta(tamis_doc *doc, const member *from, error *e);
/* A member that must be a string, as the document's source; `invalid` offsets are of the raw
 * line. */
tamis_rc decode_text(tamis_doc *doc, const member *from, error *e);

/* restore.c: the members of a tamis/1 record. */
tamis_rc restore_record(members *all, const decode_origin *origin, tamis_doc *doc, error *e);
/* quarantine.c: the members of a tamis-quarantine/1 line. */
tamis_rc quarantine_decode(members *all, const decode_options *options, const decode_origin *origin,
                           tamis_doc *doc, error *e);

#endif
