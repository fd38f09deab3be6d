/* The `tamis` command: parses the flags, answers -h, --help and --version, and calls the verb. */
#include "cli/cli.h"

static int answer_help(const cli_args *args)
{
    bool colour = cli_colour(args, stdout);
    bool complete = !strcmp(cli_value(args, FLAG_help), "--help");
    if (args->verb)
        cli_print_verb_help(stdout, args->verb, complete, colour);
    else
        cli_print_help(stdout, complete, colour);
    return cli_flush();
}

int main(int argc, char **argv)
{
    cli_args args;
    int code = CLI_USAGE;
    if (cli_parse(&args, argc, argv)) {
        if (cli_has(&args, FLAG_help))
            code = answer_help(&args);
        else if (cli_has(&args, FLAG_version)) {
            cli_print_version(stdout);
            code = cli_flush();
        } else if (args.verb)
            code = args.verb->run(&args);
        else {
            cli_print_help(stderr, false, cli_colour(&args, stderr));
            code = CLI_USAGE;
        }
    }
    cli_args_free(&args);
    return code;
}
