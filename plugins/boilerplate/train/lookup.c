/* boilerplate/train: the phrase lists, looked up with the matcher of the core, as in the stage. */
#include "../phrases.h"
#include "plugin/call.h"

#include <stdio.h>
#include <stdlib.h>

void train_find_phrases(const boilerplate_text *text, boilerplate_phrase_row *rows);

void train_find_phrases(const boilerplate_text *text, boilerplate_phrase_row *rows)
{
    static boilerplate_phrases phrases;
    if (!phrases.terms) {
        static arena memory;
        static registry_stage element;
        static stage_call call;
        const char *folder = getenv("BOILERPLATE_DATA");
        element.data_folders[0] = folder ? folder : "plugins/boilerplate/data";
        call = (stage_call){.run = {.size = sizeof call.run},
                            .phase = PHASE_OPEN,
                            .stage = "train",
                            .element = &element,
                            .memory = &memory,
                            .resources = stage_resources_new()};
        if (boilerplate_phrases_open(&host_table, &call.run, NULL, 0, &phrases) != TAMIS_OK) {
            fprintf(stderr, "train: cannot open the phrases: %s\n", call.failure.text);
            exit(65);
        }
    }
    boilerplate_phrases_find(&phrases, &host_table, text, rows);
}
