/* Opening a pipeline under guard. `open` runs in the parent, where a crash cannot be contained;
 * what can be done is to say which stage it was and to end with 78. */
#include "engine/engine.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

enum { OPEN_SECONDS = 120 }; /* a gazetteer of a million rows takes seconds */

static const pipeline *guarded;
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
enum { FATAL_COUNT = sizeof fatal / sizeof fatal[0] };

static void say(const char *text)
{
    ssize_t n = write(2, text, strlen(text));
    (void)n;
}

static void say_stage(void)
{
    const char *name = "?";
    for (size_t i = guarded->opened; i < guarded->stage_count; i++) {
        if (!guarded->stages[i].stage.open) continue;
        name = guarded->stages[i].name;
        break;
    }
    say("tamis: stage `");
    say(name);
}

static void on_fatal(int signal_number)
{
    say_stage();
    say(signal_number == SIGALRM ? "` does not come back from its `open`; giving up\n"
                                 : "` crashed in its `open`\n");
    _exit(EXIT_CONFIG);
}

static void on_exit_in_open(void)
{
    if (!guarded) return;
    say_stage();
    say("` called exit in its `open`\n");
    _exit(EXIT_CONFIG);
}

tamis_rc engine_open_within(pipeline *p, unsigned seconds, diagnostics *out)
{
    static bool registered;
    struct sigaction old[FATAL_COUNT], action = {.sa_handler = on_fatal};
    if (!registered) registered = atexit(on_exit_in_open) == 0;
    guarded = p;
    for (size_t i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i], &action, &old[i]);
    alarm(seconds ? seconds : OPEN_SECONDS);
    tamis_rc rc = pipeline_open(p, out);
    alarm(0);
    for (size_t i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i], &old[i], NULL);
    guarded = NULL;
    return rc;
}

tamis_rc engine_open(pipeline *p, diagnostics *out)
{
    return engine_open_within(p, 0, out);
}
