/* core/plugin: finding, loading and checking plugins. A registry holds the elements that a command
 * knows: the built-in ones, those of --plugin-dir, of TAMIS_PLUGIN_PATH and of the installed
 * folder. Loading a plugin runs its code, so no other folder is ever looked at. Nothing is
 * dlclosed. */
#ifndef TAMIS_CORE_REGISTRY_H
#define TAMIS_CORE_REGISTRY_H

#include "base/diagnostic.h"

/* A loaded stage element and where it came from. */
typedef struct {
    tamis_stage stage;          /* the host's own copy, zero-extended to the host's size */
    const tamis_plugin *plugin; /* name, version, licence */
    uint32_t abi;
    const char *file;            /* of the shared object; "built-in"; or the Lua file */
    const char *origin;          /* "built-in", "--plugin-dir", "TAMIS_PLUGIN_PATH", "installed" */
    const char *data_folders[3]; /* where `data` looks, in order; NULL-terminated */
    const char *images;          /* the folder of compiled gazetteers that ship */
} registry_stage;

/* A file that was found and could not be used, and why. */
typedef struct {
    const char *file, *origin, *reason;
} registry_refusal;

typedef struct registry {
    arena memory;
    registry_stage *stages; /* sorted by name */
    size_t stage_count, stage_room;
    registry_refusal *refusals;
    size_t refusal_count, refusal_room;
    const char *share_folder; /* data and Lua that ship: build tree or installed */
} registry;

/* What to look at. Folders in --plugin-dir override what is built in; elsewhere an element found
 * twice is refused with both files named. */
typedef struct {
    const char *const *plugin_dirs;
    size_t plugin_dir_count;
    const char *plugin_path; /* value of TAMIS_PLUGIN_PATH or NULL; ':'-separated */
    bool no_installed;
} registry_options;

/* Refused plugins from named folders are errors in `out`; the rest of the folder still loads. */
void registry_open(registry *self, const registry_options *options, diagnostics *out);
/* Loads one shared object. */
tamis_rc registry_load(registry *self, const char *file, const char *origin, bool overrides,
                       error *e);
const registry_stage *registry_find(const registry *self, tamis_str name);
void registry_free(registry *self);

#endif
