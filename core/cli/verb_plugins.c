/* tamis plugins: every stage that was found, where, and every file that was refused, with the
 * reason. */
#include "cli/library.h"
#include "cli/session.h"

static int longest_name(const registry *plugins, const library *lua)
{
    int width = 5;
    for (size_t i = 0; i < plugins->stage_count; i++) {
        int n = (int)strlen(plugins->stages[i].stage.name);
        if (n > width) width = n;
    }
    for (size_t i = 0; i < lua->count; i++)
        if ((int)strlen(lua->names[i]) > width) width = (int)strlen(lua->names[i]);
    return width;
}

int verb_plugins(const cli_args *args)
{
    if (args->operands.count)
        return cli_usage(args->verb, "`plugins` takes no name: `tamis show %s` tells of one",
                         args->operands.at[0]);
    session s;
    library lua;
    session_open(&s, args);
    size_t errors = s.diags.errors;
    library_open(&lua, &s.plugins, &s.diags);
    bool colour = cli_colour(args, stdout);
    const char *dim = colour ? "\033[2m" : "", *off = colour ? "\033[0m" : "";
    int width = longest_name(&s.plugins, &lua);
    printf("%s%-*s  %-8s  %-4s  %-17s  %s%s\n", dim, width, "stage", "version", "ABI", "found by",
           "what it does", off);
    for (size_t i = 0; i < s.plugins.stage_count; i++) {
        const registry_stage *stage = &s.plugins.stages[i];
        char abi[24];
        snprintf(abi, sizeof abi, "%u.%u", stage->abi / 1000, stage->abi % 1000);
        printf("%-*s  %-8s  %-4s  %-17s  %s\n", width, stage->stage.name,
               stage->stage.version ? stage->stage.version : stage->plugin->version, abi,
               stage->origin, stage->stage.help ? stage->stage.help : "");
        if (strcmp(stage->file, stage->origin) != 0)
            printf("%s%*s  %s%s\n", dim, width, "", stage->file, off);
    }
    for (size_t i = 0; i < lua.count; i++)
        printf("%-*s  %-8s  %-4s  %-17s  %s\n", width, lua.names[i],
               lua.stages[i].version ? lua.stages[i].version : "", "Lua", "ships",
               lua.stages[i].help ? lua.stages[i].help : "");
    for (size_t i = 0; i < s.plugins.refusal_count; i++) {
        const registry_refusal *refusal = &s.plugins.refusals[i];
        printf("\nrefused (%s): %s\n  %s\n", refusal->origin, refusal->file, refusal->reason);
    }
    /* What stands in the list above is not told again on stderr, but what is not a file's fault
     * is. */
    if (errors > s.plugins.refusal_count || s.diags.errors > errors) session_tell(&s);
    int code = s.diags.errors ? CLI_CONFIG : cli_flush();
    fflush(stdout);
    library_close(&lua);
    session_close(&s);
    return code;
}
