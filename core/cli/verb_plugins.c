/* tamis plugins: every stage that was found, where, and every file that was refused, with the reason. */
#include "cli/session.h"

static int longest_name(const registry *plugins)
{
    int width = 5;
    for (size_t i = 0; i < plugins->stage_count; i++) {
        int n = (int)strlen(plugins->stages[i].stage.name);
        if (n > width) width = n;
    }
    return width;
}

int verb_plugins(const cli_args *args)
{
    if (args->operands.count)
        return cli_usage(args->verb, "`plugins` takes no name: `tamis show %s` tells of one",
                         args->operands.at[0]);
    session s;
    session_open(&s, args);
    bool colour = cli_colour(args, stdout);
    const char *dim = colour ? "\033[2m" : "", *off = colour ? "\033[0m" : "";
    int width = longest_name(&s.plugins);
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
    for (size_t i = 0; i < s.plugins.refusal_count; i++) {
        const registry_refusal *refusal = &s.plugins.refusals[i];
        printf("\nrefused (%s): %s\n  %s\n", refusal->origin, refusal->file, refusal->reason);
    }
    /* What stands in the list above is not told again on stderr, but what is not a file's fault is. */
    if (s.diags.errors > s.plugins.refusal_count) session_tell(&s);
    int code = s.diags.errors ? CLI_CONFIG : cli_flush();
    fflush(stdout);
    session_close(&s);
    return code;
}
