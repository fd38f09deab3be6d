/* The stages of the Lua library that ships, beside those of the plugins: for plugins, show and
 * stubs. */
#ifndef TAMIS_CORE_CLI_LIBRARY_H
#define TAMIS_CORE_CLI_LIBRARY_H

#include "plugin/registry.h"
#include "script/script.h"

typedef struct {
    script *script;
    char folder[4096]; /* lua/ */
    const char *names[128];
    tamis_stage stages[128];
    const char *files[128];
    size_t count;
} library;

/* Reads them all; mistakes in them go into `out`. */
bool library_open(library *self, const registry *plugins, diagnostics *out);
/* The index of a stage, or SIZE_MAX. */
size_t library_find(const library *self, const char *name);
void library_close(library *self);

#endif
