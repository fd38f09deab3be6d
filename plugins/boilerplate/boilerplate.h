/* boilerplate: what its files share. The host's table goes by a name of the plugin's own, so that
 * the same source builds as a shared object and into the command. */
#ifndef BOILERPLATE_H
#define BOILERPLATE_H

#include "decide.h"

extern const tamis_host *boilerplate_host;
extern const tamis_stage boilerplate_count_stage; /* count_stage.c */

#endif
