/* The topics, from topics.def. */
#include "cli/topics.h"

#include <string.h>

const topic topics[] = {
#define TOPIC(name, title, text) {name, title, text},
#include "cli/topics.def"
#undef TOPIC
};
const size_t topic_count = sizeof topics / sizeof *topics;

const char *topic_text(const char *name)
{
    for (size_t i = 0; i < topic_count; i++)
        if (!strcmp(topics[i].name, name)) return topics[i].text;
    return NULL;
}
