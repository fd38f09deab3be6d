/* The tables of verbs and flags, made from verbs.def and flags.def. Everybody else reads them. */
#include "cli/cli.h"

const cli_verb cli_verbs[CLI_VERB_COUNT] = {
#define VERB(id, operands, group, help, detail) {#id, operands, group, help, detail, verb_##id},
#include "cli/verbs.def"
#undef VERB
};

#define V(verb) (UINT64_C(1) << CLI_VERB_##verb)
#define ALL     UINT64_MAX
const cli_flag cli_flags[FLAG_COUNT] = {
#define FLAG(id, name, letter, kind, metavar, verbs, group, help, detail) \
    {name, letter, kind, metavar, verbs, group, help, detail},
#include "cli/flags.def"
#undef FLAG
};

const cli_verb *cli_verb_find(const char *name)
{
    for (size_t i = 0; i < CLI_VERB_COUNT; i++)
        if (!strcmp(cli_verbs[i].name, name)) return &cli_verbs[i];
    return NULL;
}
