/* Passages of a text file and what must be found in them. A passage is lines of text, then lines of
 * two spaces and `kind | text | speaker [| who]`, one a quotation; a blank line ends it, "…" stands
 * for whatever lies between, "-" for nobody. A text without such lines holds no quotation. The
 * tests of the press and of dash speech read such files. */
#ifndef QUOTES_PASSAGES_H
#define QUOTES_PASSAGES_H

#include "group.h"

enum { MAX_EXPECTED = 16 };

typedef struct {
    tamis_str kind, text, speaker, who; /* who.p NULL: not asked */
} expectation;

static const char *const kinds[] = {"direct", "continuation", "scare", "headline", "title"};

static tamis_str trimmed(tamis_str s)
{
    while (s.n && (*s.p == ' ')) s.p++, s.n--;
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\r')) s.n--;
    return s;
}

static tamis_str cut(tamis_str *rest, char at)
{
    const char *hit = rest->n ? memchr(rest->p, at, rest->n) : NULL;
    tamis_str head = {rest->p, hit ? (size_t)(hit - rest->p) : rest->n};
    rest->p += head.n + (hit ? 1 : 0);
    rest->n -= head.n + (hit ? 1 : 0);
    return head;
}

/* Equal, or, where the pattern holds "…", what stands before and after it. */
static bool fits(tamis_str pattern, tamis_str text)
{
    static const char dots[] = "\xE2\x80\xA6";
    for (size_t i = 0; i + 3 <= pattern.n; i++) {
        if (memcmp(pattern.p + i, dots, 3) != 0) continue;
        tamis_str a = trimmed((tamis_str){pattern.p, i});
        tamis_str b = trimmed((tamis_str){pattern.p + i + 3, pattern.n - i - 3});
        return a.n + b.n <= text.n && !memcmp(a.p, text.p, a.n) &&
               !memcmp(b.p, text.p + text.n - b.n, b.n);
    }
    return pattern.n == text.n && !memcmp(pattern.p, text.p, text.n);
}

static bool fits_slice(tamis_str pattern, const char *text, uint32_t start, uint32_t end)
{
    if (!end) return fits(pattern, (tamis_str){"-", 1});
    return fits(pattern, (tamis_str){text + start, end - start});
}

static bool check(const char *lang, tamis_str text, const expectation *want, unsigned count)
{
    unsigned got = harness_run(h, lang, text);
    bool ok = got == count;
    for (unsigned i = 0; i < got && i < HARNESS_QUOTES; i++) {
        const qt_quote *q = &h->quotes[i];
        const char *kind = kinds[q->kind];
        ok = ok && fits(want[i].kind, (tamis_str){kind, strlen(kind)}) &&
             fits_slice(want[i].text, text.p, q->start, q->end) &&
             fits_slice(want[i].speaker, text.p, q->speaker_start, q->speaker_end) &&
             (!want[i].who.p || fits_slice(want[i].who, text.p, q->who_start, q->who_end));
    }
    if (ok) return true;
    print_message("%s: %.*s\n", lang, (int)text.n, text.p);
    for (unsigned i = 0; i < got && i < HARNESS_QUOTES; i++) {
        const qt_quote *q = &h->quotes[i];
        print_message("  got %s | %.*s | %.*s | %.*s\n", kinds[q->kind], (int)(q->end - q->start),
                      text.p + q->start, (int)(q->speaker_end - q->speaker_start),
                      text.p + q->speaker_start, (int)(q->who_end - q->who_start),
                      text.p + q->who_start);
    }
    return false;
}

/* Passages stand apart by blank lines: paragraphs, then expectations on lines that begin with two
 * spaces. */
static void check_file(const char *folder, const char *lang, unsigned least)
{
    char name[64];
    snprintf(name, sizeof name, "plugins/quotes/tests/%s/%s.txt", folder, lang);
    tamis_str file = harness_read(h, name), text = {NULL, 0};
    assert_true(file.n > 0);
    expectation want[MAX_EXPECTED];
    unsigned count = 0, passages = 0, wrong = 0;
    while (file.n || text.n) {
        tamis_str line = cut(&file, '\n');
        if (line.n > 2 && !memcmp(line.p, "  ", 2)) {
            assert_true(count < MAX_EXPECTED);
            expectation *e = &want[count++];
            e->kind = trimmed(cut(&line, '|'));
            e->text = trimmed(cut(&line, '|'));
            e->speaker = trimmed(cut(&line, '|'));
            e->who = line.n ? trimmed(line) : (tamis_str){NULL, 0};
        } else if (line.n && *line.p != '#') {
            if (!text.n) text.p = line.p;
            text.n = (size_t)(line.p + line.n - text.p);
        } else if (text.n) {
            wrong += !check(lang, text, want, count);
            passages++;
            text.n = count = 0;
        }
    }
    assert_true(passages >= least);
    assert_int_equal(wrong, 0);
}

#endif
