/* core/plugin: one call of a stage's callback, seen from the host's side. A stage_call begins with
 * the tamis_run that the plugin sees; the host's services find the rest behind it. Script stages
 * are stages like any other and use the same calls. */
#ifndef TAMIS_CORE_CALL_H
#define TAMIS_CORE_CALL_H

#include "document/document.h"
#include "match/terms.h"
#include "plugin/registry.h"

typedef enum {
    PHASE_OPEN,
    PHASE_ENTER,
    PHASE_RUN,
    PHASE_LEAVE,
    PHASE_CLOSE,
    PHASE_TOTALS
} call_phase;

/* Files mapped and terms compiled in open, kept for the pipeline's life. */
typedef struct stage_resources stage_resources;

typedef struct {
    tamis_run run; /* first: plugins see a pointer to it */
    call_phase phase;
    const char *stage;             /* its name in the pipeline (`as`) */
    const registry_stage *element; /* NULL for script stages */
    tamis_doc *doc;                /* PHASE_RUN */
    arena *memory;                 /* what `alloc` takes from */
    stage_resources *resources;    /* PHASE_OPEN */
    error failure;                 /* sticky: rc 0 while none */
    char drop_reason[128];
    int64_t deadline; /* monotonic nanoseconds; 0: none. `expired` compares */
} stage_call;

/* The one table given to every plugin. */
extern const tamis_host host_table;

stage_resources *stage_resources_new(void);
void stage_resources_free(stage_resources *self);
/* A hash of the content of all files mapped, for the run's identity: reads them all. */
uint64_t stage_resources_hash(const stage_resources *self);
/* The data files that were opened, from 0 on; NULL behind the last. */
const char *stage_resources_file(const stage_resources *self, size_t index);
/* What the authors of the users' gazetteers among them would want to hear. */
void stage_resources_lint(const stage_resources *self, terms_lint_report report, void *user);

/* Where log lines of stages go (default: stderr, repeated ones counted). Level is TAMIS_LOG_…. */
typedef void (*stage_log)(void *user, const char *stage, int32_t level, const char *text);
void stage_log_to(stage_log sink, void *user);
void stage_log_prepare(void); /* in the parent, before it forks: counts are shared by workers */
void stage_log_summary(void); /* says how often repeated lines came, and forgets them */

int64_t clock_monotonic(void); /* nanoseconds */

#endif
