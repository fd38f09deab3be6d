/* roughen.c: what training does to a text before it learns from it, by chance. The state of the
 * generator (xorshift, 64 bits) is each thread's own, so that one thread's texts do not depend on
 * how far the others are. */
#include <string.h>

#include "../text.h"
#include "roughen.h"

static _Thread_local uint64_t random_state = 88172645463325252ull;

void roughen_seed(uint64_t seed)
{
    random_state = seed;
}

uint32_t roughen_draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) * below >> 32);
}

size_t roughen_text(const uint8_t *text, size_t n, uint8_t *out)
{
    static const char base[] = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";
    static const char *const markup[] = {" nbsp ", " amp ",  " http www ",
                                         " br ",   " href ", " quot "};
    uint32_t kind = roughen_draw(100);
    size_t k = 0;
    if (kind < 5) {
        for (size_t i = 0; i < n; i++) {
            if (text[i] == 0xC3 && i + 1 < n)
                out[k++] = (uint8_t)base[text[++i] & 63];
            else
                out[k++] = text[i];
        }
        return k;
    }
    memcpy(out, text, n);
    k = n;
    if (kind < 7 && n > 40) {
        const char *m = markup[roughen_draw(6)];
        memcpy(out + k, m, strlen(m));
        k += strlen(m);
    }
    return k;
}

size_t roughen_estrange(const uint8_t *text, size_t n, uint8_t *out)
{
    enum { MOST = 64 };
    uint32_t letters[MOST], swap[MOST];
    size_t count = 0, k = 0;
    for (const uint8_t *p = text, *end = text + n; p < end && count < MOST;) {
        uint32_t c = language_lower(language_decode(&p, end));
        size_t i = 0;
        while (i < count && letters[i] != c) i++;
        if (i == count && language_script(c) != LANGUAGE_NO_SCRIPT) letters[count++] = c;
    }
    if (count < 12) return 0;
    memcpy(swap, letters, sizeof swap);
    for (uint32_t changes = 2 + roughen_draw(4); changes > 0; changes--)
        swap[roughen_draw((uint32_t)count)] = letters[roughen_draw((uint32_t)count)];
    for (const uint8_t *p = text, *end = text + n; p < end;) {
        const uint8_t *from = p;
        uint32_t c = language_lower(language_decode(&p, end));
        size_t i = 0;
        while (i < count && letters[i] != c) i++;
        if (i == count || swap[i] == c) {
            memcpy(out + k, from, (size_t)(p - from));
            k += (size_t)(p - from);
            continue;
        }
        c = swap[i];
        if (c >= 0x800) {
            out[k++] = (uint8_t)(0xE0 | c >> 12);
            out[k++] = (uint8_t)(0x80 | (c >> 6 & 63));
        } else if (c >= 0x80) {
            out[k++] = (uint8_t)(0xC0 | c >> 6);
        }
        out[k++] = (uint8_t)(c < 0x80 ? c : 0x80 | (c & 63));
    }
    return k;
}

void roughen_crop(const uint8_t *text, size_t n, size_t *start, size_t *stop)
{
    size_t s = roughen_draw((uint32_t)n), want = 4 + roughen_draw(40);
    while (s > 0 && text[s - 1] != ' ') s--;
    size_t e = s + want > n ? n : s + want;
    while (e < n && text[e] != ' ') e++;
    *start = s;
    *stop = e;
}
