/* The `tamis` command: parses the flags, answers -h, --help and --version, and calls the verb. */
#include "cli/cli.h"

#include <fcntl.h>
#include <unistd.h>

/* Where a standard descriptor is closed the next file would take its number, and what is meant for
 * people would go into a result. What stands there now can neither be read (0) nor written (1). */
static void hold_standard(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == 1 ? O_RDONLY : O_WRONLY);
}

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
    hold_standard();
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
