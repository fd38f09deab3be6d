/* The Lua state of a pipeline: its allocator, its limits, and the one way into it.
 *
 * Memory is limited where it is handed out. Time is limited by script_interrupt, which a signal
 * handler calls: it sets a hook on whatever lua_State runs at that moment, so an undisturbed script
 * pays nothing. A hook belongs to one coroutine, hence `running`, which the coroutine functions of
 * the sandbox keep true. Where no signals come, a count hook reads the clock. A limit that was hit
 * is not to be caught: pcall and resume pass it on. */
#include "script/state.h"

#include <stdlib.h>

static _Thread_local script *volatile current;

char script_null, script_drop;

/* ------------------------------------------------------------------ memory */

/* Notes where memory ended: reads the running function without allocating. */
static void note_memory(script *self)
{
    lua_Debug ar;
    self->limit_text[0] = 0;
    lua_State *L = self->running;
    for (int level = 0; L && lua_getstack(L, level, &ar); level++) {
        if (!lua_getinfo(L, "Sl", &ar) || ar.currentline < 0) continue;
        snprintf(self->limit_text, sizeof self->limit_text, "%s:%d: ", ar.short_src,
                 ar.currentline);
        return;
    }
}

void *script_allocate(void *user, void *block, size_t old_size, size_t new_size)
{
    script *self = user;
    if (!block) old_size = 0; /* then it is a kind of object */
    if (new_size == 0) {
        free(block);
        self->used -= old_size;
        return NULL;
    }
    if (new_size > old_size && self->ceiling &&
        self->used + (new_size - old_size) > self->ceiling) {
        if (self->limit == LIMIT_NONE) note_memory(self);
        return NULL;
    }
    void *moved = realloc(block, new_size);
    if (moved) self->used += new_size - old_size;
    return moved;
}

/* ------------------------------------------------------------------ time */

static void limit_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    script_poll_now(L);
}

static void hook_everything(lua_State *L)
{
    lua_sethook(L, limit_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void script_interrupt(double seconds)
{
    script *self = current;
    if (!self) return;
    if (seconds > 0) self->seconds = seconds;
    self->interrupted = 1;
    if (self->running) hook_everything(self->running);
}

int script_stop(lua_State *L)
{
    script *self = script_of(L);
    self->interrupted = 1;
    hook_everything(L); /* whatever runs while the error unwinds is stopped too */
    if (self->limit == LIMIT_NONE) {
        self->limit = LIMIT_TIME;
        luaL_where(L, 0);
        if (!*lua_tostring(L, -1)) {
            lua_pop(L, 1);
            luaL_where(L, 1);
        }
        lua_pushfstring(L, "%stime limit of %f s reached", lua_tostring(L, -1), self->seconds);
        luaL_traceback(L, L, lua_tostring(L, -1), 0);
        snprintf(self->limit_text, sizeof self->limit_text, "%s", lua_tostring(L, -1));
        lua_pop(L, 3);
    }
    lua_pushliteral(L, "time limit reached");
    return lua_error(L);
}

void script_rethrow_limit(lua_State *L, int status)
{
    script *self = script_of(L);
    if (status == LUA_ERRMEM && self->limit == LIMIT_NONE) self->limit = LIMIT_MEMORY;
    if (self->limit == LIMIT_NONE) return;
    if (self->limit == LIMIT_TIME) hook_everything(L);
    lua_settop(L, 0);
    lua_pushliteral(L, "limit reached");
    lua_error(L);
}

lua_State *script_switch(lua_State *to)
{
    script *self = script_of(to);
    lua_State *before = self->running;
    self->running = to;
    if (self->interrupted) hook_everything(to);
    return before;
}

void script_switch_back(script *self, lua_State *before)
{
    self->running = before;
    if (self->interrupted && before) hook_everything(before);
}

/* ------------------------------------------------------------------ calls */

/* The message handler: adds the traceback, without the frames of the host. */
static int add_traceback(lua_State *L)
{
    script *self = script_of(L);
    if (self->limit != LIMIT_NONE) return 1;
    const char *message = lua_tostring(L, 1);
    if (!message) {
        message = luaL_tolstring(L, 1, NULL);
        if (lua_type(L, 1) != LUA_TSTRING && !luaL_getmetafield(L, 1, "__tostring"))
            message =
                lua_pushfstring(L, "an error value that is %s, not a message", luaL_typename(L, 1));
    }
    luaL_traceback(L, L, message, 1);
    return 1;
}

/* Takes "\n\t[C]: in ?" and the like from the end: frames that a script's author does not know. */
static size_t trimmed_length(const char *text, size_t n)
{
    for (;;) {
        size_t line = n;
        while (line > 0 && text[line - 1] != '\n') line--;
        if (line == 0 || strncmp(text + line, "\t[C]: in ", 9) != 0) return n;
        n = line - 1;
    }
}

static void say_error(script *self, int status, error *e)
{
    lua_State *L = self->L;
    if (status == LUA_ERRMEM && self->limit == LIMIT_NONE) self->limit = LIMIT_MEMORY;
    if (self->limit != LIMIT_NONE) self->tainted = true;
    if (self->limit == LIMIT_TIME) {
        size_t n = trimmed_length(self->limit_text, strlen(self->limit_text));
        error_set(e, TAMIS_FAIL, "%.*s", (int)n, self->limit_text);
    } else if (self->limit == LIMIT_MEMORY) {
        error_set(e, TAMIS_FAIL, "%smemory limit of the script reached (%zu MiB)", self->limit_text,
                  self->limits.memory >> 20);
    } else {
        size_t n = 0;
        const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
        if (!text) {
            text = "error in the error handling";
            n = strlen(text);
        }
        error_set(e, TAMIS_FAIL, "%.*s", (int)trimmed_length(text, n), text);
    }
}

tamis_rc script_call(script *self, int arguments, int results, double seconds, error *e)
{
    lua_State *L = self->L;
    int handler = lua_gettop(L) - arguments;
    lua_pushcfunction(L, add_traceback);
    lua_insert(L, handler);
    script *outer = current;
    lua_State *before = self->running;
    if (!before) {
        self->interrupted = 0;
        self->limit = LIMIT_NONE;
        self->seconds = seconds > 0 ? seconds : self->limits.seconds;
        if (self->limits.polling || seconds > 0) {
            self->deadline = clock_monotonic() + (int64_t)(self->seconds * 1e9);
            lua_sethook(L, limit_hook, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
        }
    }
    self->running = L;
    current = self;
    int status = lua_pcall(L, arguments, results, handler);
    current = outer;
    self->running = before;
    if (!before) {
        if (self->deadline || self->interrupted) lua_sethook(L, NULL, 0, 0);
        self->deadline = 0;
    }
    lua_remove(L, handler);
    if (status == LUA_OK) return TAMIS_OK;
    say_error(self, status, e);
    lua_pop(L, 1);
    return TAMIS_FAIL;
}

tamis_rc script_protected(script *self, lua_CFunction body, void *user, double seconds, error *e)
{
    lua_pushcfunction(self->L, body);
    lua_pushlightuserdata(self->L, user);
    return script_call(self, 1, 0, seconds, e);
}

void script_watch(script *self, bool on)
{
    static _Thread_local script *outer;
    if (on) {
        outer = current;
        self->interrupted = 0;
        self->limit = LIMIT_NONE;
        current = self;
    } else {
        current = outer;
        self->interrupted = 0;
    }
}

void script_begin(script *self, const tamis_run *call, tamis_doc *doc, const char *folder)
{
    pthread_mutex_lock(&self->lock);
    self->call = call;
    self->doc = doc;
    self->folder = folder;
    self->epoch = (self->epoch + 1) & 0xFFFFFF;
    if (!self->epoch) self->epoch = 1;
    self->query_count = 0;
    if (self->entered) /* the text as a Lua string does not count */
        self->ceiling = self->base + self->limits.memory + (doc ? doc->view.n : 0);
}

void script_end(script *self)
{
    self->call = NULL;
    self->doc = NULL;
    pthread_mutex_unlock(&self->lock);
}

int script_ref(lua_State *L)
{
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* ------------------------------------------------------------------ life */

/* Only a failure outside a protected call comes here: memory ended while the state was being
 * made. */
static int panic(lua_State *L)
{
    const char *text = lua_tostring(L, -1);
    fprintf(stderr, "tamis: unprotected error in Lua: %s\n", text ? text : "?");
    abort();
}

static int open_libraries(lua_State *L)
{
    sandbox_open(L);
    loader_open(L);
    config_open(L);
    proxy_open(L);
    script_json_open(L);
    regex_open(L);
    gazetteer_open(L);
    helpers_open(L);
    around_open(L);
    words_open(L);
    sentences_open(L);
    return 0;
}

tamis_rc script_new(script **out, error *e)
{
    script *self = calloc(1, sizeof *self);
    if (!self) return error_set(e, TAMIS_FATAL, "no memory for a Lua state");
    self->limits = (script_limits){.memory = (size_t)64 << 20, .seconds = SCRIPT_SECONDS};
    self->ceiling = CONFIG_MEMORY;
    pthread_mutex_init(&self->lock, NULL);
    self->L = lua_newstate(script_allocate, self);
    if (!self->L) {
        free(self);
        return error_set(e, TAMIS_FATAL, "no memory for a Lua state");
    }
    *(script **)lua_getextraspace(self->L) = self;
    lua_atpanic(self->L, panic);
    tamis_rc rc = script_protected(self, open_libraries, NULL, CONFIG_SECONDS, e);
    if (rc < 0) {
        script_free(self);
        return rc;
    }
    *out = self;
    return TAMIS_OK;
}

void script_free(script *self)
{
    if (!self) return;
    if (self->L) lua_close(self->L);
    while (self->rule_sets) {
        struct rule_set *next = rules_next(self->rule_sets);
        rules_close(self->rule_sets);
        self->rule_sets = next;
    }
    regex_close(self);
    pthread_mutex_destroy(&self->lock);
    free(self->queries);
    free(self->rule_lists);
    arena_free(&self->memory);
    free(self);
}

void script_set_limits(script *self, script_limits limits)
{
    self->limits = limits;
    if (self->limits.memory == 0) self->limits.memory = (size_t)64 << 20;
    if (!(self->limits.seconds > 0)) self->limits.seconds = SCRIPT_SECONDS;
}

tamis_rc script_enter(script *self, error *e)
{
    pthread_mutex_lock(&self->lock);
    tamis_rc rc = TAMIS_OK;
    if (!self->entered) {
        lua_gc(self->L, LUA_GCCOLLECT, 0);
        self->base = self->used;
        rc = regex_enter(self, e);
        self->entered = rc >= 0;
    }
    pthread_mutex_unlock(&self->lock);
    return rc;
}

bool script_tainted(const script *self)
{
    return self->tainted;
}
