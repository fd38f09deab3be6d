/* What inputs are made of, for whoever wants to know whether they are still the same. */
#include "io/inputs.h"
#include "io/lines.h"

#include <stdlib.h>

enum { PIECE = 1 << 20 }; /* of one size for ever, as the hash goes by pieces */

static uint64_t mix(uint64_t hash, const char *text)
{
    return hash_bytes(text, strlen(text) + 1, hash);
}

static tamis_rc hash_range(const line_file *file, uint64_t from, uint64_t to, char *piece,
                           uint64_t *hash, error *e)
{
    while (from < to) {
        size_t n = to - from < PIECE ? (size_t)(to - from) : PIECE, got = 0;
        FORWARD(line_file_read(file, from, n, piece, &got, e));
        *hash = hash_large(piece, n, *hash);
        from += n;
    }
    return TAMIS_OK;
}

static tamis_rc hash_source(const source *s, char *piece, uint64_t *hash, error *e)
{
    line_file file;
    *hash = mix(mix(*hash, s->path), s->name);
    if (s->fault) {
        *hash = mix(*hash, s->fault);
        return TAMIS_OK;
    }
    if (s->stream && !s->unpack)
        return error_set(e, TAMIS_FAIL, "%s is a pipe: what it will give is not known ahead",
                         strcmp(s->path, "-") == 0 ? "standard input" : s->path);
    if (line_file_open(&file, s->path, s->unpack ? -1 : s->fd, e) < 0) {
        *hash = mix(*hash, e->text); /* as its record will say */
        *e = (error){0};
        return TAMIS_OK;
    }
    uint64_t from = s->start, to = file.size;
    tamis_rc rc = line_file_align(&file, s->start, s->from, &from, e);
    if (rc >= 0 && s->to) rc = line_file_align(&file, s->start, s->to, &to, e);
    if (rc >= 0) rc = hash_range(&file, from, to, piece, hash, e);
    line_file_close(&file);
    return rc;
}

tamis_rc inputs_identity(const inputs *self, uint64_t *hash, error *e)
{
    char *piece = malloc(PIECE);
    tamis_rc rc = TAMIS_OK;
    *hash = 0;
    if (!piece) return error_set(e, TAMIS_FATAL, "no memory");
    for (size_t i = 0; i < self->count && rc >= 0; i++)
        rc = hash_source(&self->at[i], piece, hash, e);
    free(piece);
    return rc;
}
