/* Pipeline files. The vocabulary (pipeline, stage, script, rules, include, param, drop) are
 * functions: each knows the line it was called on, so every mistake is reported at its place, and
 * all of them at once. A constructor gives a box that takes its table by a second call; `pipeline`
 * gathers the boxes into the spec. */
#include "script/state.h"
#include "script/tests.h"

#include <stdlib.h>

static const char BOX[] = "stage";

enum { INCLUDE_DEPTH = 16 };

typedef enum { BOX_SPEC, BOX_PIPELINE } box_kind;

/* What a constructor gives. The table of a pipeline is its user value, for include. */
typedef struct {
    box_kind kind;
    bool called, bad;
    stage_spec spec;
    pipeline_spec *pipeline;
    value rules;  /* SPEC_RULES: the rules with their places */
    size_t brace; /* token of the table; SIZE_MAX: not known */
} box;

static box *check_box(lua_State *L, int index)
{
    return luaL_testudata(L, index, BOX);
}

static box *new_box(lua_State *L, box_kind kind)
{
    box *b = lua_newuserdatauv(L, sizeof *b, 1);
    memset(b, 0, sizeof *b);
    b->kind = kind;
    b->brace = SIZE_MAX;
    luaL_setmetatable(L, BOX);
    return b;
}

static diagnostic *mistake(script *self, const char *code, position at, const char *message)
{
    return diagnostics_add(self->diags, DIAGNOSTIC_ERROR, code, at, "%s", message);
}

static void require_loading(lua_State *L, const char *word)
{
    script *self = script_of(L);
    if (!self->diags || self->include_depth == 0)
        luaL_error(L, "`%s` belongs in a pipeline file, not in a script or a document's call",
                   word);
}

static const char *folder_of(script *self, const char *file)
{
    return arena_copy(&self->memory, path_folder(str_of(file ? file : "."))).p;
}

/* Begins a constructor `word "name"`: its box with places; false when the name is no string. */
static box *begin(lua_State *L, const char *word, spec_kind kind)
{
    script *self = script_of(L);
    require_loading(L, word);
    position at = script_where(L, 1), name_at;
    tamis_str name = {NULL, 0};
    if (lua_type(L, 1) == LUA_TSTRING) name.p = lua_tolstring(L, 1, &name.n);
    box *b = new_box(L, BOX_SPEC);
    b->brace = source_constructor(self, word, name, &at, &name_at);
    b->spec = (stage_spec){.kind = kind, .at = at, .name_at = name_at};
    b->spec.options = (value){.kind = VALUE_MAP, .at = at};
    b->spec.folder = folder_of(self, at.file);
    if (name.p) {
        b->spec.name = b->spec.as = arena_copy(&self->memory, name);
        if (name.n) return b;
    } else if (kind == SPEC_RULES && lua_istable(L, 1)) {
        return b;
    }
    b->bad = true;
    diagnostic *said =
        diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0121", at, "`%s` takes a name, not %s",
                        word, name.p ? "empty text" : luaL_typename(L, 1));
    said->help = diagnostics_text(self->diags, "write %s \"…\" { … }", word);
    return b;
}

/* ------------------------------------------------------------------ constructors of stages */

static int make_stage(lua_State *L)
{
    begin(L, "stage", SPEC_STAGE);
    return 1;
}

static tamis_str base_name(tamis_str path)
{
    for (size_t i = path.n; i-- > 0;)
        if (path.p[i] == '/') {
            path = (tamis_str){path.p + i + 1, path.n - i - 1};
            break;
        }
    if (path.n > 4 && memcmp(path.p + path.n - 4, ".lua", 4) == 0) path.n -= 4;
    return path;
}

/* Resolves the file that a box names; a diagnostic where there is none. */
static const char *resolve_named(script *self, box *b, const char *what)
{
    bool shipped;
    const char *path = script_resolve(self, b->spec.folder, b->spec.name, &shipped);
    if (path) return path;
    b->bad = true;
    diagnostic *said = diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0101", b->spec.name_at,
                                       "no %s `%.*s`", what, (int)b->spec.name.n, b->spec.name.p);
    said->help = diagnostics_text(self->diags, "looked in %s and among the Lua files that ship",
                                  b->spec.folder);
    return NULL;
}

static int make_script(lua_State *L)
{
    script *self = script_of(L);
    box *b = begin(L, "script", SPEC_SCRIPT);
    if (b->bad) return 1;
    const char *path = resolve_named(self, b, "script");
    b->spec.as = arena_copy(&self->memory, base_name(b->spec.name));
    if (path) b->spec.name = str_of(path);
    return 1;
}

/* The items of the table at `index` as a list of maps, whatever names it also has. */
static value rules_from_table(lua_State *L, int index, position at)
{
    script *self = script_of(L);
    size_t n = lua_rawlen(L, index);
    value list = {.kind = VALUE_LIST, .at = at};
    list.u.list.items = arena_alloc(&self->memory, (n + 1) * sizeof(value));
    if (!list.u.list.items) {
        luaL_error(L, "no memory for %d rules", (int)n);
        return list;
    }
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        list.u.list.items[i] = value_from_lua(L, lua_gettop(L), at, lua_istable(L, -1));
        lua_pop(L, 1);
    }
    list.u.list.count = n;
    return list;
}

static void take_rules_file(lua_State *L, box *b)
{
    script *self = script_of(L);
    const char *path = resolve_named(self, b, "rules file");
    if (!path) return;
    b->spec.as = arena_copy(&self->memory, base_name(b->spec.name));
    b->spec.name = str_of(path);
    b->spec.folder = folder_of(self, path);
    b->bad = true;
    if (!script_compile(L, path, NULL, b->spec.name_at) || !script_execute(L, 1, b->spec.name_at))
        return;
    if (!lua_istable(L, -1)) {
        mistake(self, "E0119", b->spec.name_at,
                "a rules file returns a list of rules: return { {…}, … }");
    } else {
        source_map *map = source_find(self, path);
        b->bad = false;
        b->rules = rules_from_table(L, lua_gettop(L), (position){.file = map->file, .line = 1});
        source_locate(self, map->file, source_return(self, map->file), &b->rules);
    }
    lua_pop(L, 1);
}

static void take_options(lua_State *L, box *b, int index, bool items_allowed);

static int make_rules(lua_State *L)
{
    script *self = script_of(L);
    box *b = begin(L, "rules", SPEC_RULES);
    if (b->bad) return 1;
    if (b->spec.name.p) {
        take_rules_file(L, b);
        return 1;
    }
    b->spec.name = b->spec.as = TAMIS_STR("rules");
    b->rules = rules_from_table(L, 1, b->spec.at);
    source_locate(self, b->spec.at.file, b->brace, &b->rules);
    take_options(L, b, 1, true);
    return 1;
}

static void take_options(lua_State *L, box *b, int index, bool items_allowed)
{
    script *self = script_of(L);
    b->called = true;
    b->spec.options = value_from_lua(L, index, b->spec.at, true);
    source_locate(self, b->spec.at.file, b->brace, &b->spec.options);
    if (!items_allowed && lua_rawlen(L, index) > 0) {
        diagnostic *said = diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0107", b->spec.at,
                                           "options of `%.*s` are written by name",
                                           (int)b->spec.as.n, b->spec.as.p);
        said->help = "write { option = value, … }";
    }
    const value *as = value_member_of(&b->spec.options, "as");
    if (!as) return;
    if (as->kind == VALUE_STRING && as->u.s.n)
        b->spec.as = as->u.s;
    else
        mistake(self, "E0108", as->at, "`as` is a name, in quotes");
}

/* ------------------------------------------------------------------ pipeline */

static int make_pipeline(lua_State *L)
{
    script *self = script_of(L);
    box *b = begin(L, "pipeline", SPEC_STAGE);
    b->kind = BOX_PIPELINE;
    b->pipeline = arena_alloc(&self->memory, sizeof *b->pipeline);
    if (!b->pipeline) return luaL_error(L, "no memory");
    b->pipeline->name = b->spec.name;
    b->pipeline->file = b->spec.at.file;
    b->pipeline->folder = b->spec.folder;
    b->pipeline->sandbox = true;
    return 1;
}

typedef struct {
    script *self;
    buffer specs; /* of stage_spec */
    int depth;
} gathering;

static stage_spec *last_spec(gathering *g)
{
    return g->specs.n ? (stage_spec *)(void *)(g->specs.p + g->specs.n) - 1 : NULL;
}

static int add_rule_list(script *self, value list, position at)
{
    if (self->rule_list_count == self->rule_list_room) {
        size_t room = self->rule_list_room ? 2 * self->rule_list_room : 8;
        rule_list *moved = realloc(self->rule_lists, room * sizeof *moved);
        if (!moved) return luaL_error(self->L, "no memory for rules");
        self->rule_lists = moved;
        self->rule_list_room = room;
    }
    self->rule_lists[self->rule_list_count] = (rule_list){list, at};
    return (int)++self->rule_list_count;
}

/* Adjacent rules without options of their own are one stage: they see one view. */
static bool join_rules(gathering *g, const box *b)
{
    stage_spec *last = last_spec(g);
    if (!last || last->kind != SPEC_RULES || b->spec.options.u.map.count ||
        last->options.u.map.count || strcmp(last->folder, b->spec.folder) != 0)
        return false;
    value *a = &g->self->rule_lists[last->function - 1].list;
    size_t n = a->u.list.count + b->rules.u.list.count;
    value *items = arena_alloc(&g->self->memory, (n + 1) * sizeof *items);
    if (!items) return false;
    memcpy(items, a->u.list.items, a->u.list.count * sizeof *items);
    memcpy(items + a->u.list.count, b->rules.u.list.items, b->rules.u.list.count * sizeof *items);
    a->u.list.items = items;
    a->u.list.count = n;
    return true;
}

static bool is_taken(const gathering *g, tamis_str name)
{
    const stage_spec *all = (const stage_spec *)(const void *)g->specs.p;
    for (size_t i = 0; i < g->specs.n / sizeof *all; i++)
        if (str_equal(all[i].as, name)) return true;
    return false;
}

/* A second stage of a made-up name gets its line: the author never chose it. */
static void name_apart(gathering *g, stage_spec *spec)
{
    if (value_member_of(&spec->options, "as") || spec->kind == SPEC_STAGE) return;
    tamis_str name = spec->as;
    bool by_line = spec->kind == SPEC_FUNCTION; /* its line is in its name */
    for (unsigned n = 2; is_taken(g, spec->as); by_line = true)
        if (by_line)
            spec->as = str_of(arena_printf(&g->self->memory, "%.*s.%u", (int)name.n, name.p, n++));
        else
            spec->as = name = str_of(
                arena_printf(&g->self->memory, "%.*s:%u", (int)name.n, name.p, spec->at.line));
}

static void add_spec(gathering *g, stage_spec spec)
{
    name_apart(g, &spec);
    buffer_append(&g->specs, &spec, sizeof spec);
}

/* The value on top is a stage of its own: a function, or a table whose `run` lies above it (and is
 * taken off), as a script returns it. */
static void add_function(lua_State *L, gathering *g, position at, bool table)
{
    lua_Debug ar;
    if (!table) lua_pushvalue(L, -1);
    lua_getinfo(L, ">S", &ar);
    source_map *map = *ar.source == '@' ? source_find(g->self, ar.source + 1) : NULL;
    stage_spec spec = {.kind = SPEC_FUNCTION, .at = at};
    if (map) spec.at = (position){.file = map->file, .line = (uint32_t)ar.linedefined};
    if (map) source_constructor(g->self, "function", (tamis_str){NULL, 0}, &spec.at, &spec.name_at);
    spec.name_at = spec.at;
    spec.folder = folder_of(g->self, spec.at.file);
    spec.name = spec.as = str_of(arena_printf(&g->self->memory, "function:%u", spec.at.line));
    if (table && lua_getfield(L, -1, "name") == LUA_TSTRING) {
        tamis_str name;
        name.p = lua_tolstring(L, -1, &name.n);
        spec.as = arena_copy(&g->self->memory, name);
    }
    if (table) lua_pop(L, 1);
    spec.options = (value){.kind = VALUE_MAP, .at = spec.at};
    lua_pushvalue(L, -1);
    spec.function = script_ref(L);
    if (str_equal(spec.as, spec.name))
        add_spec(g, spec);
    else
        buffer_append(&g->specs, &spec, sizeof spec); /* the author chose its name */
}

static void add_items(lua_State *L, int index, gathering *g, position at);

static void add_item(lua_State *L, gathering *g, position at)
{
    box *b = check_box(L, -1);
    if (b && b->kind == BOX_PIPELINE) { /* an included pipeline: its stages */
        if (lua_getiuservalue(L, -1, 1) == LUA_TTABLE) add_items(L, lua_gettop(L), g, at);
        lua_pop(L, 1);
    } else if (b) {
        if (b->bad) return;
        if (b->spec.kind != SPEC_RULES) {
            add_spec(g, b->spec);
        } else if (!join_rules(g, b)) {
            stage_spec spec = b->spec;
            spec.function = add_rule_list(g->self, b->rules, spec.at);
            add_spec(g, spec);
        }
    } else if (lua_isfunction(L, -1)) {
        add_function(L, g, at, false);
    } else if (lua_istable(L, -1)) {
        if (lua_getfield(L, -1, "run") == LUA_TFUNCTION) {
            add_function(L, g, at, true);
            return;
        }
        lua_pop(L, 1);
        add_items(L, lua_gettop(L), g, at);
    } else if (lua_type(L, -1) == LUA_TSTRING) {
        diagnostic *said = diagnostics_add(g->self->diags, DIAGNOSTIC_ERROR, "E0103", at,
                                           "\"%s\" is no stage", lua_tostring(L, -1));
        said->help = diagnostics_text(g->self->diags, "write stage \"%s\" {}", lua_tostring(L, -1));
    } else if (lua_toboolean(L, -1) && !lua_isuserdata(L, -1)) {
        diagnostics_add(g->self->diags, DIAGNOSTIC_ERROR, "E0103", at, "a %s is no stage",
                        luaL_typename(L, -1));
    }
}

/* Every item in order; false and nil are skipped, so that `cond and stage …` works. */
static void add_items(lua_State *L, int index, gathering *g, position at)
{
    lua_Integer last = 0;
    luaL_checkstack(L, 8, NULL);
    if (++g->depth > VALUE_DEPTH) luaL_error(L, "lists of stages nested too deeply");
    const char *key = NULL;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) > last)
            last = lua_tointeger(L, -2);
        else if (lua_type(L, -2) == LUA_TSTRING)
            key = lua_tostring(L, -2);
    if (key && last == 0 && g->depth > 1) {
        diagnostic *said = diagnostics_add(g->self->diags, DIAGNOSTIC_ERROR, "E0103", at,
                                           "a table with `%s` and no `run` is no stage", key);
        said->help = "a stage in Lua is { name = \"…\", run = function(doc, options) … end }, or "
                     "just the function";
    }
    if (last > 100000) luaL_error(L, "more than 100,000 stages");
    for (lua_Integer i = 1; i <= last; i++) {
        lua_rawgeti(L, index, i);
        add_item(L, g, at);
        lua_pop(L, 1);
    }
    g->depth--;
}

static void take_settings(lua_State *L, box *b)
{
    static const char *const known[] = {"sandbox", "description"};
    script *self = script_of(L);
    pipeline_spec *p = b->pipeline;
    p->options = b->spec.options;
    for (size_t i = 0; i < p->options.u.map.count; i++) {
        const value_member *m = &p->options.u.map.members[i];
        if (str_is(m->key, "sandbox") && m->value->kind == VALUE_BOOL) {
            p->sandbox = m->value->u.b;
            if (!p->sandbox) sandbox_release(self);
        } else if (str_is(m->key, "sandbox")) {
            mistake(self, "E0108", m->value->at, "`sandbox` is true or false");
        } else if (!str_is(m->key, "description")) {
            diagnostic *said =
                diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0106", m->at,
                                "unknown key `%.*s` of the pipeline", (int)m->key.n, m->key.p);
            const char *near = did_you_mean(m->key, known, 2);
            if (near) said->label = diagnostics_text(self->diags, "did you mean `%s`?", near);
            said->help = "options of a stage stand in the stage's own table";
        }
    }
}

static void take_stages(lua_State *L, box *b)
{
    script *self = script_of(L);
    gathering g = {.self = self};
    take_options(L, b, 2, true);
    take_settings(L, b);
    add_items(L, 2, &g, b->spec.at);
    pipeline_spec *p = b->pipeline;
    p->stages = arena_alloc(&self->memory, g.specs.n + sizeof(stage_spec));
    if (p->stages && g.specs.n) memcpy(p->stages, g.specs.p, g.specs.n);
    p->stage_count = g.specs.n / sizeof(stage_spec);
    buffer_free(&g.specs);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 1, 1);
}

/* The second call: box { … }. */
static int call_box(lua_State *L)
{
    script *self = script_of(L);
    box *b = luaL_checkudata(L, 1, BOX);
    require_loading(L, "a stage");
    if (!lua_istable(L, 2)) {
        if (!b->bad)
            diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0108", b->spec.at,
                            "`%.*s` takes a table, not %s", (int)b->spec.as.n, b->spec.as.p,
                            luaL_typename(L, 2));
        b->bad = true;
    } else if (b->kind == BOX_PIPELINE) {
        take_stages(L, b);
    } else {
        take_options(L, b, 2, false);
    }
    lua_settop(L, 1);
    return 1;
}

/* ------------------------------------------------------------------ include, param, drop */

/* Leaves what the file returns: a list of stages or a pipeline; false after a mistake, with nothing
 * left. */
static bool include_path(lua_State *L, const char *path, position at)
{
    script *self = script_of(L);
    if (!script_compile(L, path, NULL, at)) return false;
    self->include_depth++;
    bool good = script_execute(L, 1, at);
    self->include_depth--;
    if (!good) return false;
    if (lua_istable(L, -1) || check_box(L, -1)) return true;
    mistake(self, "E0118", at, "an included file returns a list of stages: return { stage …, … }");
    lua_pop(L, 1);
    return false;
}

static int include_file(lua_State *L)
{
    script *self = script_of(L);
    box *b = begin(L, "include", SPEC_STAGE);
    lua_newtable(L); /* what is given after a mistake: no stages */
    if (b->bad) return 1;
    if (self->include_depth > INCLUDE_DEPTH) {
        mistake(self, "E0118", b->spec.name_at,
                "includes nested more than 16 deep: does it include itself?");
        return 1;
    }
    const char *path = resolve_named(self, b, "file to include:");
    if (path) include_path(L, path, b->spec.name_at);
    return 1;
}

/* Reads a -D value as the type of the default; false when it is none. */
static bool push_typed(lua_State *L, tamis_str given, int kind)
{
    lua_pushlstring(L, given.p ? given.p : "", given.n);
    if (kind == LUA_TNUMBER) {
        int is_number;
        if (!lua_stringtonumber(L, lua_tostring(L, -1))) return false;
        lua_tonumberx(L, -1, &is_number);
        lua_remove(L, -2);
    } else if (kind == LUA_TBOOLEAN) {
        bool yes = str_is(given, "true"), no = str_is(given, "false");
        if (!yes && !no) return false;
        lua_pushboolean(L, yes);
    }
    return true;
}

static int get_param(lua_State *L)
{
    script *self = script_of(L);
    require_loading(L, "param");
    tamis_str name;
    name.p = luaL_checklstring(L, 1, &name.n);
    int kind = lua_type(L, 2);
    for (size_t i = 0; i < self->param_count; i++) {
        script_param *p = &self->params[i];
        if (!str_equal(p->name, name)) continue;
        p->used = true;
        if (push_typed(L, p->value, kind)) return 1;
        diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0108", (position){0},
                        "-D %s=%.*s: the pipeline wants %s", name.p, (int)p->value.n, p->value.p,
                        kind == LUA_TNUMBER ? "a number" : "true or false");
        break;
    }
    lua_settop(L, 2);
    return 1;
}

static int give_drop(lua_State *L)
{
    script *self = script_of(L);
    const char *reason = luaL_optstring(L, 1, "dropped by a script");
    snprintf(self->drop_reason, sizeof self->drop_reason, "%s", reason);
    lua_pushlightuserdata(L, &script_drop);
    return 1;
}

/* ------------------------------------------------------------------ test */

/* The stage, script or rules that a test file names, as a box. */
static void push_tested(lua_State *L, spec_kind kind, const value *named, const value *options)
{
    script *self = script_of(L);
    box *b = new_box(L, BOX_SPEC);
    b->spec = (stage_spec){.kind = kind, .at = named->at, .name_at = named->at};
    b->spec.options = (value){.kind = VALUE_MAP, .at = named->at};
    b->spec.folder = folder_of(self, named->at.file);
    b->spec.name = b->spec.as = named->kind == VALUE_STRING ? named->u.s : TAMIS_STR("rules");
    if (kind == SPEC_SCRIPT) {
        const char *path = resolve_named(self, b, "script");
        b->spec.as = arena_copy(&self->memory, base_name(b->spec.name));
        if (path) b->spec.name = str_of(path);
    } else if (kind == SPEC_RULES && named->kind == VALUE_STRING) {
        take_rules_file(L, b);
    } else if (kind == SPEC_RULES) {
        b->rules = *named;
    }
    if (options && options->kind == VALUE_MAP) b->spec.options = *options;
    const value *as = value_member_of(&b->spec.options, "as");
    if (as && as->kind == VALUE_STRING && as->u.s.n) b->spec.as = as->u.s;
}

/* pipeline = "arms-news" or "mine.lua": its stages. False after a mistake. */
static bool push_named_pipeline(lua_State *L, const value *named)
{
    script *self = script_of(L);
    bool file = memchr(named->u.s.p, '/', named->u.s.n) ||
                (named->u.s.n > 4 && !memcmp(named->u.s.p + named->u.s.n - 4, ".lua", 4));
    box *b = new_box(L, BOX_SPEC);
    b->spec = (stage_spec){.at = named->at, .name_at = named->at, .name = named->u.s};
    b->spec.folder = folder_of(self, named->at.file);
    if (!file && self->lua_folder) { /* the shipped ones lie beside the Lua that ships */
        tamis_str share = path_folder(str_of(self->lua_folder));
        b->spec.name = str_of(arena_printf(&self->memory, "%.*s/examples/pipelines/%.*s.lua",
                                           (int)share.n, share.p, (int)named->u.s.n, named->u.s.p));
    }
    const char *path = resolve_named(self, b, "pipeline");
    lua_pop(L, 1);
    return path && include_path(L, path, named->at);
}

/* Pushes what is tested: a box, or a list of stages. */
static bool push_subject(lua_State *L, test_file *tests)
{
    static const char *const words[] = {"stage", "script", "rules", "pipeline"};
    static const spec_kind kinds[] = {SPEC_STAGE, SPEC_SCRIPT, SPEC_RULES};
    script *self = script_of(L);
    const value *named[4], *options = value_member_of(&tests->options, "options");
    size_t count = 0, which = 0;
    for (size_t i = 0; i < 4; i++)
        if ((named[i] = value_member_of(&tests->options, words[i]))) which = i, count++;
    if (count != 1) {
        diagnostic *said = mistake(self, "E0123", tests->at,
                                   count ? "a test file tests one thing"
                                         : "the test file does not say what it tests");
        said->help = "stage = \"name\", script = \"file.lua\", rules = \"file.lua\", or pipeline = "
                     "\"file.lua\" or { stage …, … }";
        return false;
    }
    tests->single = which < 3;
    const value *subject = named[which];
    if (which == 3 && options)
        mistake(self, "E0123", options->at, "options of a pipeline's stages stand in the pipeline");
    if (which < 2 && subject->kind != VALUE_STRING) return false; /* told already */
    if (which < 3) {
        push_tested(L, kinds[which], subject, options);
        return true;
    }
    if (subject->kind == VALUE_STRING) return push_named_pipeline(L, subject);
    lua_getfield(L, 1, "pipeline");
    return true;
}

/* test { … }: a pipeline of what is tested, and the cases. */
static int make_test(lua_State *L)
{
    script *self = script_of(L);
    require_loading(L, "test");
    luaL_checktype(L, 1, LUA_TTABLE);
    position at = script_where(L, 1), name_at;
    box *b = new_box(L, BOX_PIPELINE);
    b->brace = source_constructor(self, "test", (tamis_str){NULL, 0}, &at, &name_at);
    b->spec.at = at;
    b->called = true;
    pipeline_spec *p = b->pipeline = arena_alloc(&self->memory, sizeof *p);
    test_file *tests = tests_read(L, 1, at, b->brace);
    if (!p) return luaL_error(L, "no memory");
    *p = (pipeline_spec){.name = arena_copy(&self->memory, base_name(str_of(at.file))),
                         .file = at.file,
                         .folder = folder_of(self, at.file),
                         .sandbox = true};
    gathering g = {.self = self};
    if (push_subject(L, tests)) add_item(L, &g, at);
    p->stages = arena_alloc(&self->memory, g.specs.n + sizeof(stage_spec));
    if (p->stages && g.specs.n) memcpy(p->stages, g.specs.p, g.specs.n);
    p->stage_count = g.specs.n / sizeof(stage_spec);
    buffer_free(&g.specs);
    lua_settop(L, 2);
    return 1;
}

void config_open(lua_State *L)
{
    static const luaL_Reg words[] = {
        {"pipeline", make_pipeline}, {"stage", make_stage},     {"script", make_script},
        {"rules", make_rules},       {"include", include_file}, {"param", get_param},
        {"drop", give_drop},         {"test", make_test},       {NULL, NULL}};
    luaL_newmetatable(L, BOX);
    lua_pushcfunction(L, call_box);
    lua_setfield(L, -2, "__call");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    sandbox_base(L);
    luaL_setfuncs(L, words, 0);
    lua_pop(L, 2);
}

/* ------------------------------------------------------------------ the file */

typedef struct {
    const char *path, *text;
    pipeline_spec *spec;
} load_job;

/* What the file returned instead is on the stack: most often a stage or rules. */
static void say_no_pipeline(lua_State *L, script *self, position file)
{
    diagnostic *said = mistake(self, "E0103", file, "the file returns no pipeline");
    const char *name = strrchr(file.file, '/') ? strrchr(file.file, '/') + 1 : file.file;
    bool table = lua_istable(L, -1);
    bool stage = lua_isfunction(L, -1) || (table && lua_getfield(L, -1, "run") != LUA_TNIL);
    if (stage)
        said->help = diagnostics_text(self->diags,
                                      "it returns a stage: try it with `tamis try -s %s FILE`, or "
                                      "put script \"%s\" {} into a pipeline",
                                      file.file, name);
    else if (table && lua_rawlen(L, -2) > 0)
        said->help = diagnostics_text(
            self->diags, "if it returns rules, put rules \"%s\" {} into a pipeline", name);
    else
        said->help = "end it with: return pipeline \"name\" { stage \"…\" {}, … }";
}

static int load_body(lua_State *L)
{
    script *self = script_of(L);
    load_job *job = lua_touserdata(L, 1);
    position nowhere = {0};
    if (!script_compile(L, job->path, job->text, nowhere)) return 0;
    position file = {.file = source_find(self, job->path)->file};
    self->include_depth = 1;
    bool good = script_execute(L, 1, file);
    self->include_depth = 0;
    if (!good) return 0;
    box *b = check_box(L, -1);
    if (b && b->kind == BOX_PIPELINE && b->called) {
        job->spec = b->pipeline;
        lua_setfield(L, LUA_REGISTRYINDEX, "tamis.pipeline"); /* keeps what it refers to */
    } else if (!self->diags->errors) {
        say_no_pipeline(L, self, file);
    }
    return 0;
}

pipeline_spec *script_load(script *self, const char *path, const char *from_text,
                           script_param *params, size_t param_count, const char *lua_folder,
                           diagnostics *out)
{
    load_job job = {.path = path, .text = from_text};
    error e = {0};
    pthread_mutex_lock(&self->lock);
    self->diags = out;
    self->params = params;
    self->param_count = param_count;
    self->lua_folder = lua_folder ? arena_copy(&self->memory, str_of(lua_folder)).p : NULL;
    sentences_load(self);
    if (script_protected(self, load_body, &job, CONFIG_SECONDS, &e) < 0)
        script_diagnose(self, "E0114", e.text, (position){0});
    self->diags = NULL;
    self->include_depth = 0;
    self->params = NULL;
    self->param_count = 0;
    pthread_mutex_unlock(&self->lock);
    self->spec = job.spec;
    return job.spec;
}
