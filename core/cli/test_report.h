/* What `tamis test` found, told as text, as TAP or as JUnit XML. */
#ifndef TAMIS_CORE_CLI_TEST_REPORT_H
#define TAMIS_CORE_CLI_TEST_REPORT_H

#include "cli/cases.h"

typedef enum { REPORT_TEXT, REPORT_TAP, REPORT_JUNIT } report_format;

typedef struct {
    char *file, *name;
    uint32_t line;
    bool passed, updated;
    char *why; /* NULL where it passed */
    double seconds;
} test_result;

typedef struct {
    char *source, *rule;
    bool fired;
} test_rule;

typedef struct {
    report_format format;
    FILE *out;
    const char *red, *green, *bold, *dim, *off; /* "" without colours */
    bool quiet;
    test_result *results;
    size_t count, room;
    test_rule *rules;
    size_t rule_count;
    size_t files, unloaded;
} test_report;

test_result *test_report_add(test_report *self, const char *file, uint32_t line, tamis_str name);
/* Tells the results from `from` on, as soon as their file is done (text only). */
void test_report_file(const test_report *self, const char *file, size_t from);
void test_report_end(const test_report *self);
void test_report_rule(test_report *self, const char *source, tamis_str rule, bool fired);
size_t test_report_failed(const test_report *self);
void test_report_free(test_report *self);

#endif
