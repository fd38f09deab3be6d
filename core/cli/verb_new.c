/* tamis new: copies a start from examples/new/KIND of what ships, with @NAME@ replaced by the name
 * and @ID@ by the name as a C identifier, in file names too. Nothing that exists is overwritten:
 * that is looked at first. */
#include "cli/session.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *from, *to;
    bool folder;
} copy;

typedef struct {
    const char *name;
    char id[64];
    const char *include; /* folder of tamis/plugin.h, for who has it not installed */
    copy *copies;
    size_t count;
} start;

/* ------------------------------------------------------------------ names */

static bool name_ok(const char *name)
{
    size_t n = strlen(name);
    return n && n < 60 && name[0] >= 'a' && name[0] <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

/* `text` with the marks replaced. */
static void fill_in(const start *self, tamis_str text, buffer *out)
{
    const tamis_str marks[] = {TAMIS_STR("@NAME@"), TAMIS_STR("@ID@"), TAMIS_STR("@INCLUDE@")};
    const char *const values[] = {self->name, self->id, self->include};
    for (size_t at = 0; at < text.n;) {
        const char *mark = memchr(text.p + at, '@', text.n - at);
        size_t n = mark ? (size_t)(mark - text.p) - at : text.n - at;
        buffer_append(out, text.p + at, n);
        at += n;
        size_t left = text.n - at;
        size_t i = 0;
        while (i < 3 && (left < marks[i].n || memcmp(text.p + at, marks[i].p, marks[i].n) != 0))
            i++;
        if (i < 3) {
            buffer_append_text(out, values[i]);
            at += marks[i].n;
        } else if (left)
            buffer_append_char(out, text.p[at++]);
    }
}

/* ------------------------------------------------------------------ what is to be copied */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool add(start *self, const char *from, const char *to, bool folder)
{
    copy *more = realloc(self->copies, (self->count + 1) * sizeof *more);
    if (!more) return false;
    self->copies = more;
    self->copies[self->count++] = (copy){strdup(from), strdup(to), folder};
    return true;
}

static bool gather(start *self, const char *from, const char *to, int depth)
{
    struct dirent **names;
    int count = depth < 8 ? scandir(from, &names, not_hidden, by_name) : -1;
    if (count < 0) return false;
    bool ok = true;
    for (int i = 0; i < count; i++) {
        buffer path = {0}, target = {0};
        struct stat st;
        buffer_printf(&path, "%s/%s", from, names[i]->d_name);
        buffer_append_char(&path, '\0');
        if (*to) buffer_printf(&target, "%s/", to);
        fill_in(self, str_of(names[i]->d_name), &target);
        buffer_append_char(&target, '\0');
        ok = ok && !path.failed && !target.failed && !stat(path.p, &st) &&
             add(self, path.p, target.p, S_ISDIR(st.st_mode));
        if (ok && S_ISDIR(st.st_mode)) ok = gather(self, path.p, target.p, depth + 1);
        buffer_free(&path);
        buffer_free(&target);
        free(names[i]);
    }
    free(names);
    return ok;
}

/* ------------------------------------------------------------------ writing */

static bool write_file(const start *self, const copy *c, error *e)
{
    file_bytes bytes;
    if (file_open(c->from, &bytes, e) < 0) return false;
    buffer text = {0};
    fill_in(self, bytes.bytes, &text);
    FILE *f = fopen(c->to, "wx");
    bool ok = f && !text.failed && fwrite(text.p, 1, text.n, f) == text.n;
    if (f && fclose(f)) ok = false;
    if (!ok) error_set(e, TAMIS_FAIL, "cannot write %s: %s", c->to, strerror(errno));
    buffer_free(&text);
    file_close(&bytes);
    return ok;
}

static int write_all(const start *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (access(self->copies[i].to, F_OK) == 0)
            return cli_fail(CLI_USAGE, "%s is there already; nothing was written",
                            self->copies[i].to);
    for (size_t i = 0; i < self->count; i++) {
        const copy *c = &self->copies[i];
        error e = {0};
        if (c->folder) {
            if (mkdir(c->to, 0777))
                return cli_fail(CLI_IO, "cannot make %s: %s", c->to, strerror(errno));
            continue;
        }
        if (!write_file(self, c, &e)) return cli_fail(CLI_IO, "%s", e.text);
        printf("wrote %s\n", c->to);
    }
    return CLI_DONE;
}

/* How to go on, by kind. */
static void say_next(const start *self, const char *kind)
{
    if (!strcmp(kind, "pipeline"))
        printf("\ntry   tamis check %s.lua\n      tamis run %s.lua FILE\n      tamis test "
               "%s.test.lua\n",
               self->name, self->name, self->name);
    else if (!strcmp(kind, "plugin"))
        printf("\ntry   sh %s/build.sh      builds %s/%s.so and runs its test\n"
               "      tamis show %s --plugin-dir %s\n",
               self->name, self->name, self->id, self->id, self->name);
    else
        printf("\ntry   tamis test %s.test.lua\nuse   %s \"%s.lua\" in a pipeline\n", self->name,
               !strcmp(kind, "rule") ? "rules" : "script", self->name);
}

/* The folder of tamis/plugin.h: in the source tree, or beside the share folder of an installed
 * tamis. */
static const char *include_folder(arena *memory, const char *share_folder)
{
    static const char *const places[] = {"include", "../../include"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *folder = arena_printf(memory, "%s/%s", share_folder, places[i]);
        const char *header = arena_printf(memory, "%s/tamis/plugin.h", folder);
        char *whole = folder && header && access(header, R_OK) == 0 ? realpath(folder, NULL) : NULL;
        if (whole) folder = arena_copy(memory, str_of(whole)).p;
        free(whole);
        if (whole) return folder;
    }
    return "/usr/local/include";
}

int verb_new(const cli_args *args)
{
    static const char *const kinds[] = {"pipeline", "rule", "stage", "plugin"};
    if (args->operands.count != 2)
        return cli_usage(args->verb, "new what? tamis new pipeline|rule|stage|plugin NAME");
    const char *kind = args->operands.at[0], *name = args->operands.at[1];
    bool known = false;
    for (size_t i = 0; i < 4; i++) known |= !strcmp(kind, kinds[i]);
    if (!known) {
        const char *meant = did_you_mean(str_of(kind), kinds, 4);
        if (meant)
            return cli_usage(args->verb, "no start for `%s`: did you mean `%s`?", kind, meant);
        return cli_usage(args->verb, "no start for `%s`: pipeline, rule, stage or plugin", kind);
    }
    if (!name_ok(name))
        return cli_usage(args->verb,
                         "`%s` is no name: lower-case letters, digits, _ and -, a letter first",
                         name);
    start self = {.name = name};
    for (size_t i = 0; i <= strlen(name); i++) self.id[i] = name[i] == '-' ? '_' : name[i];
    session s;
    session_open(&s, args);
    char from[4096];
    arena memory = {0};
    self.include = include_folder(&memory, s.plugins.share_folder);
    snprintf(from, sizeof from, "%s/examples/new/%s", s.plugins.share_folder, kind);
    int code = gather(&self, from, "", 0)
                   ? write_all(&self)
                   : cli_fail(CLI_INTERNAL, "cannot read %s, which ships with tamis", from);
    if (!code) {
        if (!cli_has(args, FLAG_quiet)) say_next(&self, kind);
        code = cli_flush();
    }
    for (size_t i = 0; i < self.count; i++) {
        free(self.copies[i].from);
        free(self.copies[i].to);
    }
    free(self.copies);
    arena_free(&memory);
    session_close(&s);
    return code;
}
