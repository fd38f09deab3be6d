/* Topics of `tamis help` that are no verb: name, title and text, from topics.def. */
#ifndef TAMIS_CORE_CLI_TOPICS_H
#define TAMIS_CORE_CLI_TOPICS_H

#include <stddef.h>

typedef struct {
    const char *name, *title, *text;
} topic;
extern const topic topics[];
extern const size_t topic_count;
const char *topic_text(const char *name); /* NULL: no such topic */

#endif
