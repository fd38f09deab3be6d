/* kernel.h: the inner loop of the fast tier, written once in GCC vectors. fast.c includes it for
 * each vector width and row: KERNEL_WIDTH and KERNEL_ROW in bytes, KERNEL_NAME, KERNEL_TARGET.
 *
 * A row holds two 4-bit weights a byte. Sixteen rows fit into byte sums (16 * 15 < 256), which are
 * then widened by the byte's parity, so that no lane moves. Lane L is summed in sums[L] and stored
 * in byte 2 * (L % Q) + (L / Q >> 1), half L / Q & 1 of a row, where Q is half the row's bytes: the
 * same for every width.
 *
 * Adds `count` windows, to what the sums hold if there is `more` to them, the first at `first`,
 * `apart` bytes from one to the next. */

#ifndef KERNEL_ADD
/* Adds the row of the window at p. */
#define KERNEL_ADD()                                                                        \
    do {                                                                                    \
        uint64_t x;                                                                         \
        __builtin_memcpy(&x, p, 8);                                                         \
        const uint8_t *row = table + ((x << left) * LANGUAGE_WINDOW_FACTOR >> right) * ROW; \
        for (int v = 0; v < COUNT; v++) {                                                   \
            bytes r = *(const bytes *)(const void *)(row + v * WIDTH);                      \
            a[v] += r & low;                                                                \
            b[v] += (bytes)((words)r >> 4) & low;                                           \
        }                                                                                   \
    } while (0)
#endif

KERNEL_TARGET static void KERNEL_NAME(const uint8_t *table, int row_bits, int window,
                                      const uint8_t *first, size_t count, size_t apart, bool more,
                                      uint16_t *sums)
{
    typedef uint8_t bytes __attribute__((vector_size(KERNEL_WIDTH), aligned(1), may_alias));
    typedef uint16_t words __attribute__((vector_size(KERNEL_WIDTH), aligned(1), may_alias));
    enum { ROW = KERNEL_ROW, WIDTH = KERNEL_WIDTH, COUNT = ROW / WIDTH, QUARTER = ROW / 2 };
    const bytes low = (bytes){0} + 15;
    const words even = (words){0} + 255;
    const int left = 64 - 8 * window, right = 64 - row_bits;
    const uint8_t *p = first;
    words wide[4][COUNT];
    for (int q = 0; q < 4; q++)
        for (int v = 0; v < COUNT; v++)
            wide[q][v] =
                more ? *(const words *)(const void *)(sums + q * QUARTER + v * (KERNEL_WIDTH / 2))
                     : (words){0};
    while (count) {
        bytes a[COUNT], b[COUNT];
        size_t rows = count < 16 ? count : 16;
        count -= rows;
        for (int v = 0; v < COUNT; v++) a[v] = b[v] = (bytes){0};
        if (rows == 16) {
            /* Unrolled: windows wait for each other in nothing but these sums. */
#pragma GCC unroll 16
            for (int k = 0; k < 16; k++, p += apart) KERNEL_ADD();
        } else {
            for (; rows; rows--, p += apart) KERNEL_ADD();
        }
        for (int v = 0; v < COUNT; v++) {
            wide[0][v] += (words)a[v] & even;
            wide[1][v] += (words)b[v] & even;
            wide[2][v] += (words)a[v] >> 8;
            wide[3][v] += (words)b[v] >> 8;
        }
    }
    for (int q = 0; q < 4; q++)
        for (int v = 0; v < COUNT; v++)
            *(words *)(void *)(sums + q * QUARTER + v * (KERNEL_WIDTH / 2)) = wide[q][v];
}

#undef KERNEL_WIDTH
#undef KERNEL_ROW
#undef KERNEL_NAME
#undef KERNEL_TARGET
