#include "train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

tamis_str train_data(const char *name)
{
    tamis_str bytes;
    if (host_table.data(open_call(), (tamis_str){name, strlen(name)}, &bytes) == TAMIS_OK)
        return bytes;
    fprintf(stderr, "train: cannot read %s: is BOILERPLATE_DATA the data folder?\n", name);
    exit(65);
}

const boilerplate_phrases *train_phrases(void)
{
    static boilerplate_phrases phrases;
    if (!phrases.terms &&
        boilerplate_phrases_open(&host_table, open_call(), NULL, 0, &phrases) != TAMIS_OK) {
        fprintf(stderr, "train: cannot open phrases.tsv: is BOILERPLATE_DATA the data folder?\n");
        exit(65);
    }
    return &phrases;
}

const boilerplate_languages *train_languages(void)
{
    static boilerplate_languages languages;
    if (languages.words) return &languages;
    tamis_str bytes = train_data("function-words.tsv");
    if (boilerplate_languages_read(&languages, bytes.p, bytes.n)) return &languages;
    fprintf(stderr, "train: cannot read function-words.tsv\n");
    exit(65);
}
