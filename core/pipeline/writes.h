/* What a stage said that it writes, held against what it wrote. `check` goes by the declarations; a
 * stage that writes something else makes it miss an impossible order. Such a slip of the stage's
 * author costs no document: it is told as a warning, once, with its count. Called by the loader,
 * which fills it, and by pipeline_run behind each stage. */
#ifndef TAMIS_CORE_WRITES_H
#define TAMIS_CORE_WRITES_H

#include "plugin/call.h"

typedef struct {
    bool told; /* false: nothing was declared, nothing is checked */
    bool view;
    tamis_str *names; /* "span:quote", "attr:lang"; a `*` or an unknown `$option` ends what must fit
                       */
    size_t count;
} stage_writes;

/* `room` of the names is the caller's to see to. */
void stage_writes_add(stage_writes *self, tamis_str name);
/* Where the document stood when the stage began. */
typedef struct {
    size_t spans, removals;
} writes_mark;
void stage_writes_check(const stage_writes *self, const stage_call *call, const tamis_doc *doc,
                        writes_mark before);

#endif
