/* See writes.h. */
#include "pipeline/writes.h"

void stage_writes_add(stage_writes *self, tamis_str name)
{
    if (str_is(name, "view"))
        self->view = true;
    else
        self->names[self->count++] = name;
}

/* Whether `kind` ("span:", "attr:") and `name` make one of the declared names. */
static bool declared(const stage_writes *self, tamis_str kind, tamis_str name)
{
    for (size_t i = 0; i < self->count; i++) {
        tamis_str said = self->names[i];
        if (said.n <= kind.n || memcmp(said.p, kind.p, kind.n) != 0) continue;
        said = (tamis_str){said.p + kind.n, said.n - kind.n};
        for (size_t k = 0; k <= name.n && k < said.n; k++) {
            if (said.p[k] == '*' || said.p[k] == '$') return true;
            if (k == name.n || said.p[k] != name.p[k]) break;
        }
        if (str_equal(said, name)) return true;
    }
    return false;
}

static void tell(const stage_call *call, tamis_str kind, tamis_str name)
{
    host_table.log(&call->run, TAMIS_LOG_WARNING,
                   "it writes %.*s%.*s, which its `writes` does not name: add it there, `tamis "
                   "check` goes by that",
                   (int)kind.n, kind.p, (int)name.n, name.p);
}

void stage_writes_check(const stage_writes *self, const stage_call *call, const tamis_doc *doc,
                        writes_mark before)
{
    static const tamis_str span = {"span:", 5}, attr = {"attr:", 5};
    tamis_str known = {0}; /* spans of one type come one behind the other */
    if (!self->told) return;
    for (size_t i = before.spans; i < doc->span_count; i++) {
        tamis_str type = doc->spans[i].type;
        if (str_equal(type, known)) continue;
        if (!declared(self, span, type)) {
            tell(call, span, type);
            break;
        }
        known = type;
    }
    if (doc->removal_count > before.removals && !self->view)
        tell(call, (tamis_str){0}, TAMIS_STR("view"));
    for (size_t i = 0; i < doc->attribute_count; i++) {
        const document_attribute *a = &doc->attributes[i];
        if (!str_is(a->stage, call->stage) || declared(self, attr, a->attr.key)) continue;
        tell(call, attr, a->attr.key);
        break;
    }
}
