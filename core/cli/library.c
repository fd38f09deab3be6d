/* See library.h. */
#include "cli/library.h"

bool library_open(library *self, const registry *plugins, diagnostics *out)
{
    error e = {0};
    *self = (library){0};
    snprintf(self->folder, sizeof self->folder, "%s/lua", plugins->share_folder);
    if (script_new(&self->script, &e) < 0) {
        diagnostics_add(out, DIAGNOSTIC_ERROR, "E0001", (position){0}, "%s", e.text);
        return false;
    }
    const char *names[128];
    size_t count = script_library_names(self->script, self->folder, names, 128);
    for (size_t i = 0; i < count; i++) {
        tamis_stage *stage = &self->stages[self->count];
        if (registry_find(plugins, str_of(names[i]))) continue; /* a plugin goes first */
        if (!script_library_stage(self->script, self->folder, names[i], stage, out)) continue;
        self->names[self->count] = names[i];
        self->files[self->count++] = script_library_file(self->script, str_of(names[i]));
    }
    return true;
}

size_t library_find(const library *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (!strcmp(self->names[i], name)) return i;
    return SIZE_MAX;
}

void library_close(library *self)
{
    script_free(self->script);
    self->script = NULL;
}
