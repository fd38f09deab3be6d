/* lanes.c: scores of all labels in vectors, and the accurate tier's look-up; see lanes.h. */
#include "score.h"

#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define LANES_WIDTH      64
#define LANES_NAME(part) lanes_64##part
#define LANES_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "lanes.h"
#define LANES_WIDTH      32
#define LANES_NAME(part) lanes_32##part
#define LANES_TARGET     __attribute__((target("avx2")))
#include "lanes.h"
#endif
#define LANES_WIDTH      16
#define LANES_NAME(part) lanes_16##part
#define LANES_TARGET
#include "lanes.h"

void language_lanes_get(int width, language_kernel *out)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (width == 64) {
        out->of_halves = lanes_64_of_halves;
        out->near = lanes_64_near;
        out->look_up = lanes_64_look_up;
        return;
    }
    if (width == 32) {
        out->of_halves = lanes_32_of_halves;
        out->near = lanes_32_near;
        out->look_up = lanes_32_look_up;
        return;
    }
#endif
    out->of_halves = lanes_16_of_halves;
    out->near = lanes_16_near;
    out->look_up = lanes_16_look_up;
}
