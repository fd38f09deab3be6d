/* lattice.c: the chain over units, with as many places as a text has states and the widest vectors
 * that the processor has; see lattice.h. smooth.c calls it. */
#include <string.h>

#include "smooth.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define LATTICE_WIDTH      16
#define LATTICE_COUNT      1
#define LATTICE_NAME(part) lattice_64_4##part
#define LATTICE_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "lattice.h"
#define LATTICE_WIDTH      32
#define LATTICE_COUNT      1
#define LATTICE_NAME(part) lattice_64_8##part
#define LATTICE_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "lattice.h"
#define LATTICE_WIDTH      64
#define LATTICE_COUNT      1
#define LATTICE_NAME(part) lattice_64_16##part
#define LATTICE_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "lattice.h"
#define LATTICE_WIDTH      64
#define LATTICE_COUNT      2
#define LATTICE_NAME(part) lattice_64_32##part
#define LATTICE_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "lattice.h"
#define LATTICE_WIDTH      16
#define LATTICE_COUNT      1
#define LATTICE_NAME(part) lattice_32_4##part
#define LATTICE_TARGET     __attribute__((target("avx2")))
#include "lattice.h"
#define LATTICE_WIDTH      32
#define LATTICE_COUNT      1
#define LATTICE_NAME(part) lattice_32_8##part
#define LATTICE_TARGET     __attribute__((target("avx2")))
#include "lattice.h"
#define LATTICE_WIDTH      32
#define LATTICE_COUNT      2
#define LATTICE_NAME(part) lattice_32_16##part
#define LATTICE_TARGET     __attribute__((target("avx2")))
#include "lattice.h"
#define LATTICE_WIDTH      32
#define LATTICE_COUNT      3
#define LATTICE_NAME(part) lattice_32_24##part
#define LATTICE_TARGET     __attribute__((target("avx2")))
#include "lattice.h"
#endif
#define LATTICE_WIDTH      16
#define LATTICE_COUNT      1
#define LATTICE_NAME(part) lattice_16_4##part
#define LATTICE_TARGET
#include "lattice.h"
#define LATTICE_WIDTH      16
#define LATTICE_COUNT      2
#define LATTICE_NAME(part) lattice_16_8##part
#define LATTICE_TARGET
#include "lattice.h"
#define LATTICE_WIDTH      16
#define LATTICE_COUNT      4
#define LATTICE_NAME(part) lattice_16_16##part
#define LATTICE_TARGET
#include "lattice.h"
#define LATTICE_WIDTH      16
#define LATTICE_COUNT      6
#define LATTICE_NAME(part) lattice_16_24##part
#define LATTICE_TARGET
#include "lattice.h"

typedef void (*lattice_run)(language_unit *units, const language_link *links, size_t n,
                            const language_states *st, float *lattice);
typedef struct {
    int places;
    lattice_run run;
} lattice;

/* Of a kernel's width; the last has places for all. */
static const lattice *lattices(int width)
{
    static const lattice narrow[] = {{4, lattice_16_4_run},
                                     {8, lattice_16_8_run},
                                     {16, lattice_16_16_run},
                                     {24, lattice_16_24_run}};
#if defined(__x86_64__) && defined(__GNUC__)
    static const lattice wide[] = {{4, lattice_32_4_run},
                                   {8, lattice_32_8_run},
                                   {16, lattice_32_16_run},
                                   {24, lattice_32_24_run}};
    static const lattice widest[] = {{4, lattice_64_4_run},
                                     {8, lattice_64_8_run},
                                     {16, lattice_64_16_run},
                                     {32, lattice_64_32_run}};
    if (width == 64) return widest;
    if (width == 32) return wide;
#endif
    (void)width;
    return narrow;
}

static const lattice *lattice_of(int width, int states)
{
    const lattice *l = lattices(width);
    while (l->places < states) l++;
    return l;
}

size_t language_lattice_floats(int width, const language_states *st, size_t n)
{
    return (size_t)lattice_of(width, st->count)->places * n * 2;
}

void language_lattice_run(int width, language_unit *units, const language_link *links, size_t n,
                          const language_states *st, float *floats)
{
    lattice_of(width, st->count)->run(units, links, n, st, floats);
}
