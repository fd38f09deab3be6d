/* lattice.h: the chain of smooth.c over all units of a text, forward and back, in vectors over its
 * languages. lattice.c includes it for each width and number of vectors (LATTICE_WIDTH in bytes,
 * LATTICE_COUNT, LATTICE_NAME, LATTICE_TARGET). Places past the last state hold 0. */

/* Shares of a unit's states. */
typedef float LATTICE_NAME(_floats)
    __attribute__((vector_size(LATTICE_WIDTH), aligned(4), may_alias));
typedef int32_t LATTICE_NAME(_ints)
    __attribute__((vector_size(LATTICE_WIDTH), aligned(4), may_alias));
typedef float LATTICE_NAME(_quad) __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t LATTICE_NAME(_marks) __attribute__((vector_size(16), aligned(4), may_alias));

typedef struct {
    LATTICE_NAME(_floats) v[LATTICE_COUNT];
} LATTICE_NAME(_row);

#define V        LATTICE_NAME(_floats)
#define I        LATTICE_NAME(_ints)
#define ROW      LATTICE_NAME(_row)
#define OWN      LATTICE_TARGET static inline __attribute__((always_inline))
#define EACH     for (int k = 0; k < LATTICE_COUNT; k++)
#define AT(p, k) (*(const V *)(const void *)((p) + (k) * (LATTICE_WIDTH / 4)))

OWN V LATTICE_NAME(_pick)(I mask, V a, V b)
{
    return (V)(((I)a & mask) | ((I)b & ~mask));
}

OWN V LATTICE_NAME(_larger)(V a, V b)
{
    return LATTICE_NAME(_pick)((I)(a > b), a, b);
}

/* The sum of all places. */
OWN float LATTICE_NAME(_across)(V v)
{
    enum { QUADS = LATTICE_WIDTH / 16 };
    LATTICE_NAME(_quad) q[QUADS];
    memcpy(q, &v, sizeof q);
    for (int half = QUADS / 2; half; half /= 2)
        for (int k = 0; k < half; k++) q[k] += q[k + half];
    return (q[0][0] + q[0][1]) + (q[0][2] + q[0][3]);
}

/* How well each state explains a unit: what its answer gives it, or the least that it may have.
 * The shares are put in place within vectors: what is stored one by one is not soon read as a
 * whole. */
OWN ROW LATTICE_NAME(_emission)(const language_answer *a, const language_link *link,
                                const language_states *st, const ROW *language, I numbers)
{
    ROW e;
    EACH
    {
        const V written = AT(link->written, k);
        e.v[k] = LATTICE_NAME(_larger)(language->v[k] * link->least, written * link->shorts);
    }
    for (int i = 0; i < a->count; i++) {
        const int32_t state = st->of_label[a->label[i]];
        const V p = (V){0} + a->p[i];
        EACH
        {
            const I here = (I)(numbers + k * (LATTICE_WIDTH / 4) == state);
            e.v[k] = LATTICE_NAME(_larger)(e.v[k], (V)((I)p & here));
        }
    }
    e.v[0][0] = link->background;
    return e;
}

/* The two likeliest languages (state 0 is none), as bits of their shares with the state in the low
 * ones: shares of the same 18 bits are in the order of states. */
OWN void LATTICE_NAME(_rank)(const ROW *p, I numbers, int *first, int *second)
{
    enum { QUADS = LATTICE_WIDTH / 16 };
    I best = {0}, next = {0};
    EACH
    {
        I x = ((I)p->v[k] & ~LANGUAGE_STATE_BITS) | (numbers + k * (LATTICE_WIDTH / 4));
        if (!k) x &= (I)(numbers != 0);
        const I more = (I)(x > best), less = (x & ~more) | (best & more);
        const I under = (I)(less > next);
        best = (x & more) | (best & ~more);
        next = (less & under) | (next & ~under);
    }
    LATTICE_NAME(_marks) b[QUADS], n[QUADS];
    memcpy(b, &best, sizeof b);
    memcpy(n, &next, sizeof n);
    for (int k = 1; k < QUADS; k++) {
        const LATTICE_NAME(_marks) more = b[k] > b[0], less = (b[k] & ~more) | (b[0] & more);
        b[0] = (b[k] & more) | (b[0] & ~more);
        for (int i = 0; i < 2; i++) {
            const LATTICE_NAME(_marks) x = i ? n[k] : less, over = x > n[0];
            n[0] = (x & over) | (n[0] & ~over);
        }
    }
    int32_t high = 0, low = 0;
    for (int k = 0; k < 4; k++) {
        const int32_t less = b[0][k] < high ? b[0][k] : high;
        high = b[0][k] > high ? b[0][k] : high;
        low = less > low ? less : low;
        low = n[0][k] > low ? n[0][k] : low;
    }
    *first = high & LANGUAGE_STATE_BITS;
    *second = low & LANGUAGE_STATE_BITS;
}

/* Label and runner-up by shares that add up to `of`. */
OWN void LATTICE_NAME(_decide)(language_unit *u, const language_states *st, const ROW *row,
                               I numbers, float of)
{
    float p[LATTICE_COUNT * LATTICE_WIDTH / 4];
    int best, second;
    memcpy(p, row, sizeof p);
    LATTICE_NAME(_rank)(row, numbers, &best, &second);
    if (best >= st->count || p[best] <= p[0]) {
        second = best;
        best = 0;
    }
    if (second >= st->count) second = 0;
    u->label = st->label[best];
    u->p = p[best] / of;
    u->runner = second ? st->label[second] : LANGUAGE_LABEL_UND;
    u->runner_p = second ? p[second] / of : 0;
}

/* Forward: each unit's row is the one before, of which `change` is drawn anew from the text's
 * shares, times its emission. Rows are scaled only where they get small. */
LATTICE_TARGET static void LATTICE_NAME(_run)(language_unit *units, const language_link *links,
                                              size_t n, const language_states *st, float *lattice)
{
    const float small = 1e-6f;
    ROW *const forward = (ROW *)(void *)lattice, *const emitted = forward + n;
    ROW share, language, before, after = {{{0}}};
    I numbers;
    float of = 1;
    for (int k = 0; k < LATTICE_WIDTH / 4; k++) numbers[k] = k;
    EACH
    {
        before.v[k] = share.v[k] = AT(st->share, k);
        language.v[k] = AT(st->language, k);
    }
    for (size_t i = 0; i < n; i++) {
        const ROW e = LATTICE_NAME(_emission)(&units[i].answer, &links[i], st, &language, numbers);
        const float stay = i ? 1 - links[i].change : 1, drawn = i ? links[i].change * of : 0;
        V sum = {0};
        EACH sum += before.v[k] = e.v[k] * (stay * before.v[k] + drawn * share.v[k]);
        of = LATTICE_NAME(_across)(sum);
        if (of < small) {
            EACH before.v[k] *= 1 / of;
            of = 1;
        }
        emitted[i] = e;
        forward[i] = before;
    }
    /* Back: a unit's shares are forward times what follows, `after` that of the next one times its
     * emission. */
    for (size_t i = n; i-- > 0;) {
        ROW p = forward[i];
        if (i + 1 < n) {
            V mixed = {0}, sum = {0};
            EACH mixed += share.v[k] * after.v[k];
            float drawn = links[i + 1].change * LATTICE_NAME(_across)(mixed);
            float stay = 1 - links[i + 1].change;
            if (drawn < small) {
                stay /= drawn;
                drawn = 1;
            }
            EACH
            {
                const V follow = stay * after.v[k] + drawn;
                sum += p.v[k] *= follow;
                after.v[k] = emitted[i].v[k] * follow;
            }
            of = LATTICE_NAME(_across)(sum);
        } else {
            after = emitted[i];
        }
        LATTICE_NAME(_decide)(&units[i], st, &p, numbers, of);
    }
}

#undef V
#undef I
#undef ROW
#undef OWN
#undef EACH
#undef AT
#undef LATTICE_WIDTH
#undef LATTICE_COUNT
#undef LATTICE_NAME
#undef LATTICE_TARGET
