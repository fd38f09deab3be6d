/* A plugin that misbehaves on command, for the tests of the engine.
 *
 * Stage `fault` obeys the first "@WORD" in the text of a document, and its options `open`, `enter`
 * and `leave` say what it does there. WORD: segv, abort, exit0, exit3, kill, stack, hang, sleep,
 * pause, fail, fatal, drop, sticky, leak, hoard, write (writes a span and a removal, then crashes),
 * thread (starts one that does nothing; options only).
 * With `once=FILE` it misbehaves only while it can make that file. Stage `tally` has state: it
 * counts, and folds ids in input order, so that a wrong order shows. Stage `nothing` does
 * nothing. */
#include <tamis/plugin.h>

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const tamis_host *tamis;

/* ------------------------------------------------------------------ what can go wrong */

static volatile uint64_t spun;
static char *hoarded; /* a chain, for no tool to call it lost */

static void hang(void)
{
    for (;;) spun++;
}

/* Recursion with no end that a compiler would see. */
static uint64_t deeper(volatile char *above)
{
    volatile char frame[4096];
    frame[0] = above[0];
    if (++spun == 0) return 0;
    return deeper(frame) + (uint64_t)frame[0];
}

/* Takes memory, and touches it; gives up when there is none left. */
static tamis_rc hoard(const tamis_run *c, size_t most, bool touch)
{
    enum { PIECE = 16 << 20 };
    for (size_t had = 0; had < most; had += PIECE) {
        char *p = malloc(PIECE);
        if (!p) return tamis->fail(c, TAMIS_FAIL, "no more memory");
        if (touch) memset(p, 1, PIECE);
        memcpy(p, &hoarded, sizeof hoarded);
        hoarded = p;
    }
    return TAMIS_OK;
}

static void die(const char *how)
{
    volatile uintptr_t nowhere = 64; /* no page is mapped there */
    volatile char frame[1] = {0};
    if (!strcmp(how, "segv")) *(volatile int *)nowhere = 1;
    if (!strcmp(how, "abort")) abort();
    if (!strcmp(how, "exit0")) exit(0);
    if (!strcmp(how, "exit3")) exit(3);
    if (!strcmp(how, "kill")) raise(SIGKILL);
    if (!strcmp(how, "stack")) spun = deeper(frame);
    if (!strcmp(how, "hang")) hang();
    while (!strcmp(how, "sleep")) sleep(1);
}

static tamis_rc write_and_die(const tamis_run *c, tamis_doc *doc)
{
    tamis_span span = {.start = 0, .end = 1, .type = TAMIS_STR("ghost")};
    tamis_removal removal = {.start = 0, .end = 1, .reason = TAMIS_STR("ghost")};
    tamis->span(c, doc, &span, sizeof span);
    tamis->remove(c, doc, &removal, sizeof removal);
    die("segv");
    return TAMIS_OK;
}

static void *doze(void *nothing)
{
    for (;;) sleep(1);
    return nothing;
}

static tamis_rc start_thread(const tamis_run *c)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, doze, NULL)) return tamis->fail(c, TAMIS_FAIL, "no thread");
    pthread_detach(thread);
    return TAMIS_OK;
}

static tamis_rc obey(const tamis_run *c, tamis_doc *doc, const char *how)
{
    tamis_span beyond = {.start = 0, .end = SIZE_MAX, .type = TAMIS_STR("ghost")};
    if (!strcmp(how, "write")) return write_and_die(c, doc);
    if (!strcmp(how, "fail")) return tamis->fail(c, TAMIS_FAIL, "as it was told");
    if (!strcmp(how, "fatal")) return tamis->fail(c, TAMIS_FATAL, "no run can go on");
    if (!strcmp(how, "drop")) return tamis->drop(c, "as it was told");
    if (!strcmp(how, "sticky")) tamis->span(c, doc, &beyond, sizeof beyond);
    if (!strcmp(how, "pause")) {
        sleep(4);
        return TAMIS_OK;
    }
    if (!strcmp(how, "leak")) return hoard(c, (size_t)64 << 20, true);
    if (!strcmp(how, "hoard")) return hoard(c, SIZE_MAX, false);
    die(how);
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ stage `fault` */

typedef struct {
    tamis_str open, enter, leave, once;
} fault_conf;

static const tamis_option fault_options[] = {
    TAMIS_OPTION(STRING, fault_conf, open, "", NULL, "what it does in `open`"),
    TAMIS_OPTION(STRING, fault_conf, enter, "", NULL, "what it does in `enter`"),
    TAMIS_OPTION(STRING, fault_conf, leave, "", NULL, "what it does in `leave`"),
    TAMIS_OPTION(STRING, fault_conf, once, "", NULL, "only while this file can be made"),
};
static const char *const fault_writes[] = {"span:ghost", NULL};

static bool may_misbehave(const fault_conf *conf)
{
    char path[1024];
    if (!conf->once.n) return true;
    snprintf(path, sizeof path, "%.*s", (int)conf->once.n, conf->once.p);
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

/* A word of an option or of the text, as C text. */
static const char *word_of(tamis_str from, char *out, size_t room)
{
    size_t n = 0;
    while (n < from.n && n + 1 < room &&
           ((from.p[n] >= 'a' && from.p[n] <= 'z') || (from.p[n] >= '0' && from.p[n] <= '9')))
        n++;
    memcpy(out, from.n ? from.p : "", n);
    out[n] = 0;
    return out;
}

static tamis_rc misbehave(const tamis_run *c, tamis_str how)
{
    char word[16];
    if (!how.n || !may_misbehave(c->conf)) return TAMIS_OK;
    word_of(how, word, sizeof word);
    if (!strcmp(word, "fail")) return tamis->fail(c, TAMIS_FAIL, "as it was told");
    if (!strcmp(word, "thread")) return start_thread(c);
    die(word);
    return TAMIS_OK;
}

static tamis_rc fault_open(const tamis_run *c, void **shared)
{
    *shared = (void *)c->conf;
    return misbehave(c, ((const fault_conf *)c->conf)->open);
}

static tamis_rc fault_enter(const tamis_run *c, void **scratch)
{
    return misbehave(c, ((const fault_conf *)c->conf)->enter);
}

static void fault_leave(const void *shared, void *scratch)
{
    char word[16];
    const fault_conf *conf = shared;
    if (conf->leave.n) die(word_of(conf->leave, word, sizeof word));
}

static tamis_rc fault_run(const tamis_run *c, tamis_doc *doc)
{
    char word[16];
    tamis_str view = tamis->view(doc);
    const char *at = view.n ? memchr(view.p, '@', view.n) : NULL;
    if (!at || !may_misbehave(c->conf)) return TAMIS_OK;
    tamis_str rest = {at + 1, (size_t)(view.p + view.n - at - 1)};
    return obey(c, doc, word_of(rest, word, sizeof word));
}

static const tamis_stage fault = {.size = sizeof fault,
                                  .name = "fault",
                                  .help = "misbehaves on command",
                                  .version = "1.0",
                                  .options = fault_options,
                                  .option_count = 4,
                                  .conf_size = sizeof(fault_conf),
                                  .writes = fault_writes,
                                  .open = fault_open,
                                  .enter = fault_enter,
                                  .leave = fault_leave,
                                  .run = fault_run};

/* ------------------------------------------------------------------ stage `tally` */

typedef struct {
    tamis_str save, merge, finish;
} tally_conf;

/* Ids of the documents since the last save, hashed; the total folds them in order. */
typedef struct {
    uint64_t *at;
    size_t n, room;
} tally_ids;

typedef struct {
    uint64_t documents, chain;
} tally_total;

static const tamis_option tally_options[] = {
    TAMIS_OPTION(STRING, tally_conf, save, "", NULL, "what it does in `save`"),
    TAMIS_OPTION(STRING, tally_conf, merge, "", NULL, "what it does in `merge`"),
    TAMIS_OPTION(STRING, tally_conf, finish, "", NULL, "what it does in `finish`"),
};

static tamis_rc told(const tamis_run *c, tamis_str how)
{
    char word[16];
    word_of(how, word, sizeof word);
    if (!strcmp(word, "fail")) return tamis->fail(c, TAMIS_FAIL, "as it was told");
    die(word);
    return TAMIS_OK;
}

static tamis_rc tally_enter(const tamis_run *c, void **scratch)
{
    *scratch = calloc(1, sizeof(tally_ids));
    return *scratch ? TAMIS_OK : tamis->fail(c, TAMIS_FAIL, "no memory");
}

static void tally_leave(const void *shared, void *scratch)
{
    free(((tally_ids *)scratch)->at);
    free(scratch);
}

static tamis_rc tally_run(const tamis_run *c, tamis_doc *doc)
{
    tally_ids *ids = c->scratch;
    tamis_str id = tamis->id(doc);
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < id.n; i++) hash = (hash ^ (unsigned char)id.p[i]) * 1099511628211u;
    if (ids->n == ids->room) {
        size_t room = ids->room ? 2 * ids->room : 64;
        uint64_t *more = realloc(ids->at, room * sizeof *more);
        if (!more) return tamis->fail(c, TAMIS_FATAL, "no memory");
        ids->at = more;
        ids->room = room;
    }
    ids->at[ids->n++] = hash;
    return TAMIS_OK;
}

static tamis_rc tally_save(const tamis_run *c, tamis_str *bytes)
{
    tally_ids *ids = c->scratch;
    *bytes = (tamis_str){(const char *)ids->at, ids->n * sizeof *ids->at};
    ids->n = 0;
    return told(c, ((const tally_conf *)c->conf)->save);
}

static tamis_rc tally_merge(const tamis_run *c, void **total, tamis_str bytes)
{
    if (!*total) *total = calloc(1, sizeof(tally_total));
    tally_total *sum = *total;
    if (!sum) return tamis->fail(c, TAMIS_FATAL, "no memory");
    for (size_t i = 0; i + sizeof(uint64_t) <= bytes.n; i += sizeof(uint64_t)) {
        uint64_t hash;
        memcpy(&hash, bytes.p + i, sizeof hash);
        sum->documents++;
        sum->chain = sum->chain * 31 + hash;
    }
    return told(c, ((const tally_conf *)c->conf)->merge);
}

static tamis_rc tally_finish(const tamis_run *c, void *total, tamis_str *json)
{
    static const tally_total nothing;
    const tally_total *sum = total ? total : &nothing;
    char *text = tamis->alloc(c, 100);
    if (!text) return TAMIS_FATAL;
    int n = snprintf(text, 100, "{\"documents\":%" PRIu64 ",\"chain\":\"%016" PRIx64 "\"}",
                     sum->documents, sum->chain);
    *json = (tamis_str){text, (size_t)n};
    free(total);
    return told(c, ((const tally_conf *)c->conf)->finish);
}

static const tamis_stage tally = {.size = sizeof tally,
                                  .name = "tally",
                                  .help = "counts documents and folds their ids in order",
                                  .version = "1.0",
                                  .options = tally_options,
                                  .option_count = 3,
                                  .conf_size = sizeof(tally_conf),
                                  .enter = tally_enter,
                                  .leave = tally_leave,
                                  .run = tally_run,
                                  .save = tally_save,
                                  .merge = tally_merge,
                                  .finish = tally_finish};

/* ------------------------------------------------------------------ stage `nothing` */

static tamis_rc nothing_run(const tamis_run *c, tamis_doc *doc)
{
    return TAMIS_OK;
}

static const tamis_stage nothing = {.size = sizeof nothing,
                                    .name = "nothing",
                                    .help = "does nothing",
                                    .version = "1.0",
                                    .run = nothing_run};

TAMIS_PLUGIN(fault, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &fault},
             {TAMIS_ELEMENT_STAGE, 0, &tally}, {TAMIS_ELEMENT_STAGE, 0, &nothing})
