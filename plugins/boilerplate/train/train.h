/* boilerplate/train: what train and decide need of the host: the data folder, and the matcher of
 * the core for the phrase lists, opened as the stage opens them. */
#ifndef BOILERPLATE_TRAIN_H
#define BOILERPLATE_TRAIN_H

#include "../features.h"
#include "plugin/call.h"

tamis_str train_data(const char *name); /* a file of the data folder, or the end of the program */
const boilerplate_phrases *train_phrases(void);
const boilerplate_languages *train_languages(void);

#endif
