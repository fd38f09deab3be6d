/* core/plugin: option tables. One const table of a stage is parsed, range-checked and written into
 * the stage's own configuration structure; the same table feeds check, show, JSON Schema and
 * stubs. */
#ifndef TAMIS_CORE_OPTIONS_H
#define TAMIS_CORE_OPTIONS_H

#include "base/value.h"

/* Whom the options belong to, for messages and paths. */
typedef struct {
    const char *stage;               /* name in messages */
    const char *folder;              /* of the pipeline file; "." on the command line */
    const char *const *data_folders; /* NULL-terminated; may be NULL */
} options_owner;

/* Fills `conf` (conf_size bytes, zeroed here) from the defaults, then `given` (a VALUE_MAP or
 * NULL). Every unknown key, wrong type, value out of range, missing required option and missing
 * file goes into `out`. A VALUE_STRING without a file (position.file NULL) comes from -D and is
 * read as the option's type. Strings and lists are copied into `memory`. Keys in `ignored`
 * (NULL-terminated: the host's own) are left alone. */
void options_fill(const tamis_option *table, size_t count, const options_owner *owner,
                  const value *given, const char *const *ignored, void *conf, size_t conf_size,
                  arena *memory, diagnostics *out);
/* Parses a -D value by an option's type into a value (lists: several calls append). */
tamis_rc options_parse(const tamis_option *option, tamis_str text, position at, arena *memory,
                       value *out, error *e);
/* Writes `name = value`, a line an option, from a filled configuration. */
void options_describe(const tamis_option *table, size_t count, const void *conf, buffer *out);
const char *option_type_name(uint16_t type);
/* Checks a table itself (types known, offsets within conf_size, defaults that parse): for the
 * loader. */
tamis_rc options_check_table(const tamis_option *table, size_t count, size_t conf_size, error *e);

#endif
