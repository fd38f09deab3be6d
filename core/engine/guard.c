/* Crashes that cannot be contained, for the stage runs in this very process: `open` always does,
 * and the rest where there are no workers. What can be done is to say which stage it was. A crash
 * in `open` ends the command with 78; any other goes its way, to a debugger or to the shell. */
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

/* ------------------------------------------------------------------ without workers */

enum { CRASH_COUNT = FATAL_COUNT - 1 }; /* no alarm */
static const pipeline *alone;
static const pipeline_watch *alone_watch;
static struct sigaction before_alone[CRASH_COUNT];

/* Back to who had the signal before: it comes again, from the same place or by raise. */
static void on_crash(int signal_number)
{
    uint32_t stage = alone_watch->stage;
    for (size_t i = 0; i < CRASH_COUNT; i++) sigaction(fatal[i], &before_alone[i], NULL);
    if (stage && stage <= alone->stage_count) {
        say("tamis: stage `");
        say(alone->stages[stage - 1].name);
        say("` crashed (");
        say(signal_number == SIGSEGV   ? "segmentation fault"
            : signal_number == SIGABRT ? "abort"
            : signal_number == SIGFPE  ? "division by zero or the like"
            : signal_number == SIGBUS  ? "bus error"
                                       : "illegal instruction");
        say("): there are no workers here that would hold it up; `tamis run` quarantines the "
            "document\n");
    }
    raise(signal_number);
}

void engine_tell_crashes(const pipeline *p, const pipeline_watch *watch)
{
    static char room[1 << 16]; /* for a stack that is used up */
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, other;
    if (p && !sigaltstack(NULL, &other) && other.ss_flags & SS_DISABLE) sigaltstack(&stack, NULL);
    if (alone)
        for (size_t i = 0; i < CRASH_COUNT; i++) sigaction(fatal[i], &before_alone[i], NULL);
    alone = p;
    alone_watch = watch;
    if (alone)
        for (size_t i = 0; i < CRASH_COUNT; i++) sigaction(fatal[i], &action, &before_alone[i]);
}
