/* boilerplate/train/decide: runs the stage's decision (two models, rules, smoothing, the choice of
 * mode) over documents that prepare.py wrote, with models named on the command line. For
 * cross-validation: what the command does, with models that have not seen the documents.
 *
 *   decide DOCUMENTS FOLD PAGE.model ARTICLE.model MODE.model > DECISIONS
 *
 * A line a document of that fold (-1: all): id, then "line:gone:distance:score" of each row,
 * tab-separated. */
#include "../decide.h"
#include "train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static boilerplate_knowledge know;

static void stop(const char *path, const char *why)
{
    fprintf(stderr, "decide: %s: %s\n", path, why);
    exit(65);
}

static tamis_str read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t room = 1 << 20, n = 0, got;
    char *bytes = malloc(room);
    if (!f || !bytes) stop(path, "cannot be read");
    while ((got = fread(bytes + n, 1, room - n, f)) > 0)
        if ((n += got) == room && !(bytes = realloc(bytes, room *= 2))) stop(path, "no memory");
    fclose(f);
    return (tamis_str){bytes, n};
}

static void read_model(boilerplate_model *model, const char *path)
{
    char message[160];
    tamis_str bytes = read_file(path);
    if (!boilerplate_model_read(model, bytes.p, bytes.n, message)) stop(path, message);
    free((char *)bytes.p);
}

static void write_decisions(const char *id, const char *text, size_t n)
{
    static boilerplate_work work;
    if (!boilerplate_look(&work, &know, &host_table, text, n, -1)) stop(id, "no memory");
    boilerplate_decide(&work, &know, 0.995);
    printf("%s", id);
    for (size_t i = 0; i < work.text.row_count; i++)
        printf("\t%u:%d:%d:%d", work.text.rows[i].line, work.removed[i],
               work.finals[i] - work.below[i], work.finals[i]);
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: decide DOCUMENTS FOLD PAGE.model ARTICLE.model MODE.model\n");
        return 2;
    }
    char message[160], head[512] = "", id[512] = "";
    read_model(&know.models[BOILERPLATE_PAGE], argv[3]);
    read_model(&know.models[BOILERPLATE_ARTICLE], argv[4]);
    read_model(&know.kind, argv[5]);
    know.phrases = *train_phrases();
    know.languages = *train_languages();
    if (!boilerplate_cues_read(&know.cues, train_data("cues.tsv"), message))
        stop("cues.tsv", message);

    FILE *f = fopen(argv[1], "rb");
    if (!f) stop(argv[1], "cannot be read");
    int wanted = atoi(argv[2]), fold = -1;
    char *line = NULL, *text = NULL;
    size_t room = 0, n = 0, text_room = 0;
    ssize_t got;
    while ((got = getline(&line, &room, f)) >= 0) {
        if (line[0] == '#') {
            if (n && (wanted < 0 || fold == wanted)) write_decisions(id, text, n);
            n = 0;
            if (sscanf(line, "#\t%511[^\t]\t%511[^\t]\t%d", id, head, &fold) != 3)
                stop(argv[1], "not a document's head");
            continue;
        }
        if (n + (size_t)got > text_room &&
            !(text = realloc(text, text_room = 2 * (n + (size_t)got))))
            stop(argv[1], "no memory");
        memcpy(text + n, line + 2, (size_t)got - 2);
        n += (size_t)got - 2;
    }
    if (n && (wanted < 0 || fold == wanted)) write_decisions(id, text, n);
    free(line);
    free(text);
    return fclose(f) ? 74 : 0;
}
