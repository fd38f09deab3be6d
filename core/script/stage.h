/* The configuration of a script stage: what its callbacks find in tamis_run.conf. */
#ifndef TAMIS_CORE_SCRIPT_STAGE_H
#define TAMIS_CORE_SCRIPT_STAGE_H

#include "script/state.h"

typedef struct lua_stage {
    struct lua_stage *self; /* the writable half of a const conf: `open` notes what it made */
    script *owner;
    const char *folder;
    int open_ref, run_ref, save_ref, merge_ref, finish_ref, options_ref, shared_ref;
    const void *values; /* the filled option structure */
} lua_stage;

extern const char
    *const SCRIPT_HOST_OPTIONS[]; /* keys that are the host's, in every stage's table */

#endif
