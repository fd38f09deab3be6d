/* boilerplate/score: trees over columns. Rows go through a tree 64 at a time: each test is one
 * comparison of a piece of a column, each leaf one look-up in a table of 64 bytes, sums are kept in
 * 16 bits and spilt before they could overflow. The same sums come out of every path (AVX-512,
 * AVX2, portable C). */
#include "model.h"

#include <string.h>

enum {
    BATCH = 64,
    WINDOW = 16, /* blocks that go through the trees together */
    SPILL = 200  /* trees whose leaves, at most 128 each way, fit in 16 bits together */
};

/* Adds what the trees say of `blocks` times 64 rows, up to WINDOW, to their sums, which are 0. */
typedef void (*tree_path)(const boilerplate_tree *trees, size_t count, const uint8_t *base,
                          size_t stride, size_t blocks, int16_t *sums);

static void sum_block(const boilerplate_tree *trees, size_t count, const uint8_t *base,
                      size_t stride, int16_t *sums)
{
    for (const boilerplate_tree *tree = trees; tree < trees + count; tree++) {
        uint8_t leaf[BATCH] = {0};
        for (unsigned k = 0; k < BOILERPLATE_DEPTH; k++) {
            const uint8_t *column = base + tree->feature[k] * stride + tree->away[k];
            uint8_t above = tree->above[k], bit = (uint8_t)(1u << k);
            for (unsigned i = 0; i < BATCH; i++) leaf[i] |= column[i] > above ? bit : 0;
        }
        for (unsigned i = 0; i < BATCH; i++) sums[i] = (int16_t)(sums[i] + tree->leaf[leaf[i]]);
    }
}

static void sum_portable(const boilerplate_tree *trees, size_t count, const uint8_t *base,
                         size_t stride, size_t blocks, int16_t *sums)
{
    for (size_t b = 0; b < blocks; b++)
        sum_block(trees, count, base + BATCH * b, stride, sums + BATCH * b);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi")))

/* One test of a tree, ready for all blocks. */
typedef struct {
    const uint8_t *column;
    __m512i above;
} wide_test;

AVX512 static inline wide_test test_of(const boilerplate_tree *tree, const uint8_t *base,
                                       size_t stride, unsigned k)
{
    return (wide_test){base + tree->feature[k] * stride + tree->away[k],
                       _mm512_set1_epi8((char)tree->above[k])};
}

/* Adds to each row's leaf the bit of the k-th test. */
AVX512 static inline __m512i test_avx512(wide_test test, size_t at, unsigned k, __m512i leaf)
{
    __mmask64 over = _mm512_cmplt_epu8_mask(test.above, _mm512_loadu_si512(test.column + at));
    return _mm512_mask_add_epi8(leaf, over, leaf, _mm512_set1_epi8((char)(1u << k)));
}

typedef struct {
    wide_test test[BOILERPLATE_DEPTH];
    __m512i leaves;
} wide_tree;

AVX512 static inline wide_tree tree_of(const boilerplate_tree *tree, const uint8_t *base,
                                       size_t stride)
{
    return (wide_tree){{test_of(tree, base, stride, 0), test_of(tree, base, stride, 1),
                        test_of(tree, base, stride, 2), test_of(tree, base, stride, 3),
                        test_of(tree, base, stride, 4), test_of(tree, base, stride, 5)},
                       _mm512_loadu_si512(tree->leaf)};
}

/* What the tree says of 64 rows; the six tests are written out, for they are all there is to do. */
AVX512 static inline __m512i ask_avx512(const wide_tree *tree, size_t at)
{
    __m512i leaf = test_avx512(tree->test[0], at, 0, _mm512_setzero_si512());
    leaf = test_avx512(tree->test[1], at, 1, leaf);
    leaf = test_avx512(tree->test[2], at, 2, leaf);
    leaf = test_avx512(tree->test[3], at, 3, leaf);
    leaf = test_avx512(tree->test[4], at, 4, leaf);
    return _mm512_permutexvar_epi8(test_avx512(tree->test[5], at, 5, leaf), tree->leaves);
}

/* Two trees at a time over all blocks: their leaves lie side by side and are added as pairs. So the
 * sums of a block stand in another order, lane by lane the lower half first. */
AVX512 static void sum_avx512(const boilerplate_tree *trees, size_t count, const uint8_t *base,
                              size_t stride, size_t blocks, int16_t *sums)
{
    static const boilerplate_tree none;
    const __m512i ones = _mm512_set1_epi8(1);
    int16_t parted[WINDOW * BATCH];
    memset(parted, 0, blocks * BATCH * sizeof *parted);
    for (size_t k = 0; k < count; k += 2) {
        wide_tree a = tree_of(&trees[k], base, stride);
        wide_tree b = tree_of(k + 1 < count ? &trees[k + 1] : &none, base, stride);
        for (size_t at = 0; at < blocks * BATCH; at += BATCH) {
            __m512i one = ask_avx512(&a, at), two = ask_avx512(&b, at);
            __m512i low = _mm512_maddubs_epi16(ones, _mm512_unpacklo_epi8(one, two));
            __m512i high = _mm512_maddubs_epi16(ones, _mm512_unpackhi_epi8(one, two));
            low = _mm512_add_epi16(low, _mm512_loadu_si512(parted + at));
            high = _mm512_add_epi16(high, _mm512_loadu_si512(parted + at + 32));
            _mm512_storeu_si512(parted + at, low);
            _mm512_storeu_si512(parted + at + 32, high);
        }
    }
    for (size_t at = 0; at < blocks * BATCH; at += BATCH) { /* in order again: lanes of eight */
        enum { LANE = 8 };
        for (size_t lane = 0; lane < 4; lane++) {
            int16_t *out = sums + at + 2 * LANE * lane;
            memcpy(out, parted + at + LANE * lane, LANE * sizeof *out);
            memcpy(out + LANE, parted + at + 32 + LANE * lane, LANE * sizeof *out);
        }
    }
}

_Static_assert(BOILERPLATE_DEPTH == 6, "sum_avx512 and leaf_avx2 write out six tests");

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i test_avx2(const boilerplate_tree *tree, const uint8_t *base,
                                     size_t stride, unsigned k, __m256i leaf)
{
    const uint8_t *column = base + tree->feature[k] * stride + tree->away[k];
    __m256i value = _mm256_loadu_si256((const __m256i *)(const void *)column);
    __m256i over = _mm256_subs_epu8(value, _mm256_set1_epi8((char)tree->above[k]));
    __m256i under = _mm256_cmpeq_epi8(over, _mm256_setzero_si256());
    return _mm256_or_si256(leaf, _mm256_andnot_si256(under, _mm256_set1_epi8((char)(1u << k))));
}

/* Adds the values of those leaves that lie in the k-th 16 of the table. */
AVX2 static inline __m256i look_avx2(const boilerplate_tree *tree, unsigned k, __m256i leaf,
                                     __m256i value)
{
    __m256i table = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)(tree->leaf + 16 * k)));
    __m256i mine = _mm256_cmpeq_epi8(_mm256_and_si256(leaf, _mm256_set1_epi8(0x30)),
                                     _mm256_set1_epi8((char)(k << 4)));
    __m256i found = _mm256_shuffle_epi8(table, _mm256_and_si256(leaf, _mm256_set1_epi8(0x0F)));
    return _mm256_or_si256(value, _mm256_and_si256(mine, found));
}

AVX2 static __m256i leaf_avx2(const boilerplate_tree *tree, const uint8_t *base, size_t stride)
{
    __m256i leaf = test_avx2(tree, base, stride, 0, _mm256_setzero_si256());
    leaf = test_avx2(tree, base, stride, 1, leaf);
    leaf = test_avx2(tree, base, stride, 2, leaf);
    leaf = test_avx2(tree, base, stride, 3, leaf);
    leaf = test_avx2(tree, base, stride, 4, leaf);
    leaf = test_avx2(tree, base, stride, 5, leaf);
    __m256i value = look_avx2(tree, 0, leaf, _mm256_setzero_si256());
    value = look_avx2(tree, 1, leaf, value);
    value = look_avx2(tree, 2, leaf, value);
    return look_avx2(tree, 3, leaf, value);
}

AVX2 static void sum_avx2_block(const boilerplate_tree *trees, size_t count, const uint8_t *base,
                                size_t stride, int16_t sums[BATCH])
{
    __m256i sum[4];
    for (unsigned k = 0; k < 4; k++)
        sum[k] = _mm256_loadu_si256((const __m256i *)(const void *)(sums + 16 * k));
    for (const boilerplate_tree *tree = trees; tree < trees + count; tree++)
        for (unsigned half = 0; half < 2; half++) {
            __m256i value = leaf_avx2(tree, base + 32 * half, stride);
            sum[2 * half] = _mm256_add_epi16(sum[2 * half],
                                             _mm256_cvtepi8_epi16(_mm256_castsi256_si128(value)));
            sum[2 * half + 1] = _mm256_add_epi16(
                sum[2 * half + 1], _mm256_cvtepi8_epi16(_mm256_extracti128_si256(value, 1)));
        }
    for (unsigned k = 0; k < 4; k++)
        _mm256_storeu_si256((__m256i *)(void *)(sums + 16 * k), sum[k]);
}

AVX2 static void sum_avx2(const boilerplate_tree *trees, size_t count, const uint8_t *base,
                          size_t stride, size_t blocks, int16_t *sums)
{
    for (size_t b = 0; b < blocks; b++)
        sum_avx2_block(trees, count, base + BATCH * b, stride, sums + BATCH * b);
}
#endif

static tree_path choose_path(unsigned most)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (most >= BOILERPLATE_PATH_AVX512 && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vbmi"))
        return sum_avx512;
    if (most >= BOILERPLATE_PATH_AVX2 && __builtin_cpu_supports("avx2")) return sum_avx2;
#endif
    (void)most;
    return sum_portable;
}

void boilerplate_model_score_by(unsigned most, const boilerplate_model *self, unsigned pass,
                                const boilerplate_columns *columns, int32_t *scores)
{
    tree_path path = choose_path(most);
    const uint8_t *base = boilerplate_column(columns, 0);
    size_t blocks = (columns->rows + BATCH - 1) / BATCH;
    for (size_t b = 0; b < blocks; b += WINDOW) {
        size_t n = blocks - b < WINDOW ? blocks - b : WINDOW;
        int32_t *out = scores + b * BATCH;
        for (size_t i = 0; i < n * BATCH; i++) out[i] = self->bias[pass];
        for (size_t k = 0; k < self->tree_count[pass]; k += SPILL) {
            int16_t sums[WINDOW * BATCH];
            size_t left = self->tree_count[pass] - k;
            memset(sums, 0, n * BATCH * sizeof *sums);
            path(&self->trees[pass][k], left < SPILL ? left : SPILL, base + b * BATCH,
                 columns->stride, n, sums);
            for (size_t i = 0; i < n * BATCH; i++) out[i] += sums[i];
        }
    }
}

void boilerplate_model_score(const boilerplate_model *self, unsigned pass,
                             const boilerplate_columns *columns, int32_t *scores)
{
    boilerplate_model_score_by(BOILERPLATE_PATH_AVX512, self, pass, columns, scores);
}
