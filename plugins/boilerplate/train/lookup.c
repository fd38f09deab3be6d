/* boilerplate/train: the phrase lists, looked up with the matcher of the core, as in the stage. */
#include "../features.h"
#include "plugin/call.h"

#include <stdio.h>
#include <stdlib.h>

void train_find_phrases(const boilerplate_text *text, boilerplate_phrase_row *rows);
const boilerplate_languages *train_languages(void);

static const tamis_run *open_call(void)
{
    static arena memory;
    static registry_stage element;
    static stage_call call;
    const char *folder = getenv("BOILERPLATE_DATA");
    if (call.stage) return &call.run;
    element.data_folders[0] = folder ? folder : TAMIS_SOURCE_FOLDER "/plugins/boilerplate/data";
    call = (stage_call){.run = {.size = sizeof call.run},
                        .phase = PHASE_OPEN,
                        .stage = "train",
                        .element = &element,
                        .memory = &memory,
                        .resources = stage_resources_new()};
    return &call.run;
}

void train_find_phrases(const boilerplate_text *text, boilerplate_phrase_row *rows)
{
    static boilerplate_phrases phrases;
    static boilerplate_phrase_work work;
    if (!phrases.terms &&
        boilerplate_phrases_open(&host_table, open_call(), NULL, 0, &phrases) != TAMIS_OK) {
        fprintf(stderr, "train: cannot open phrases.tsv: is BOILERPLATE_DATA the data folder?\n");
        exit(65);
    }
    if (!boilerplate_phrases_find(&phrases, &host_table, text, &work, rows)) {
        fprintf(stderr, "train: no memory\n");
        exit(70);
    }
}

const boilerplate_languages *train_languages(void)
{
    static boilerplate_languages languages;
    tamis_str bytes;
    if (languages.words) return &languages;
    if (host_table.data(open_call(), TAMIS_STR("function-words.tsv"), &bytes) != TAMIS_OK ||
        !boilerplate_languages_read(&languages, bytes.p, bytes.n)) {
        fprintf(stderr, "train: cannot read function-words.tsv\n");
        exit(65);
    }
    return &languages;
}
