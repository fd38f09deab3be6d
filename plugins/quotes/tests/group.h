/* For test programs of quotes that share one harness: `h`, opened before the first test of a group
 * and closed after the last. */
#ifndef QUOTES_GROUP_H
#define QUOTES_GROUP_H

#include "harness.h"

static harness *h;

static int open_group(void **state)
{
    (void)state;
    h = harness_open();
    return h ? 0 : -1;
}

static int close_group(void **state)
{
    (void)state;
    harness_close(h);
    return 0;
}

#endif
