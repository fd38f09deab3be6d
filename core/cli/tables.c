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
};

static const struct {
    enum cli_flag_id flag;
    uint64_t verbs;
    const char *help, *detail;
} flag_words[] = {
#define WORDS(flag, verbs, help, detail) {FLAG_##flag, verbs, help, detail},
#include "cli/flags.def"
};

const char *cli_flag_help(const cli_flag *flag, const cli_verb *verb, const char **detail)
{
    for (size_t i = 0; verb && i < sizeof flag_words / sizeof *flag_words; i++) {
        if (flag_words[i].flag != flag - cli_flags) continue;
        if (!(flag_words[i].verbs >> (verb - cli_verbs) & 1)) continue;
        if (detail) *detail = flag_words[i].detail;
        return flag_words[i].help;
    }
    if (detail) *detail = flag->detail;
    return flag->help;
}

const cli_verb *cli_verb_find(const char *name)
{
    for (size_t i = 0; i < CLI_VERB_COUNT; i++)
        if (!strcmp(cli_verbs[i].name, name)) return &cli_verbs[i];
    return NULL;
}
