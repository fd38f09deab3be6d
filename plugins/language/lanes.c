/* lanes.c: scores of all labels in vectors, and the accurate tier's look-up; see lanes.h. */
#include "score.h"

#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define LANES_WIDTH      64
#define LANES_NAME(part) lanes_64##part
#define LANES_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,popcnt,bmi")))
#include "lanes.h"
#define LANES_WIDTH      32
#define LANES_NAME(part) lanes_32##part
#define LANES_TARGET     __attribute__((target("avx2,popcnt,bmi")))
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
        out->stand = lanes_64_stand;
        out->of_sums = lanes_64_of_sums;
        out->shares = lanes_64_shares;
        out->mix = lanes_64_mix;
        out->look_up = lanes_64_look_up;
        out->recall = lanes_64_recall;
        return;
    }
    if (width == 32) {
        out->stand = lanes_32_stand;
        out->of_sums = lanes_32_of_sums;
        out->shares = lanes_32_shares;
        out->mix = lanes_32_mix;
        out->look_up = lanes_32_look_up;
        out->recall = lanes_32_recall;
        return;
    }
#endif
    out->stand = lanes_16_stand;
    out->of_sums = lanes_16_of_sums;
    out->shares = lanes_16_shares;
    out->mix = lanes_16_mix;
    out->look_up = lanes_16_look_up;
    out->recall = lanes_16_recall;
}
