/* One case of a test file: its text goes through the pipeline, and what was found is held against
 * its marks. Called by verb_test.c, which reads the files and tells the results. */
#ifndef TAMIS_CORE_CLI_CASES_H
#define TAMIS_CORE_CLI_CASES_H

#include "io/marks.h"
#include "pipeline/pipeline.h"

/* What the cases of a file are held against. */
typedef struct {
    const test_file *tests;
    const pipeline *pipeline;
    tamis_str *types; /* compared; NULL: all without a dot */
    size_t type_count;
    bool all_types, removals;
    tamis_str *given; /* laid beforehand */
    size_t given_count;
    const mark *models; /* marks of the file that name keys: what --update writes for a type */
    size_t model_count;
    const char *red, *green, *bold, *dim, *off; /* "" without colours */
} case_rules;

typedef struct {
    bool passed;
    buffer why;    /* what differs, lines that begin with blanks */
    buffer update; /* the text with the marks as found; empty where that would not mend it */
} case_result;

/* Reads `types`, `given` and the marks of all cases. Mistakes go into `out`. */
void case_rules_read(case_rules *self, const test_file *tests, const pipeline *p, arena *memory,
                     diagnostics *out);
/* Runs one case in a worker that was entered. */
void case_run(const case_rules *rules, const test_case *c, pipeline_worker *worker, tamis_doc *doc,
              case_result *out);
void case_result_free(case_result *self);

#endif
