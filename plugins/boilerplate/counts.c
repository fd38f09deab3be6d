#include "counts.h"

#include <stdio.h>
#include <string.h>

static const char magic[] = "tamis frequencies 1\n";

bool boilerplate_counts_read(boilerplate_counts *self, tamis_str bytes, char message[160])
{
    *self = (boilerplate_counts){0};
    if (bytes.n < BOILERPLATE_COUNT_HEADER || memcmp(bytes.p, magic, sizeof magic - 1) != 0) {
        snprintf(message, 160, "not a table of `tamis frequencies` (version 1)");
        return false;
    }
    memcpy(&self->count, bytes.p + 32, sizeof self->count);
    if ((bytes.n - BOILERPLATE_COUNT_HEADER) / BOILERPLATE_COUNT_BYTES < self->count) {
        snprintf(message, 160, "is cut off: %llu entries announced, %zu bytes there",
                 (unsigned long long)self->count, bytes.n);
        return false;
    }
    self->entries = (const uint8_t *)bytes.p + BOILERPLATE_COUNT_HEADER;
    return true;
}

static uint64_t key_at(const boilerplate_counts *self, uint64_t i)
{
    uint64_t key;
    memcpy(&key, self->entries + i * BOILERPLATE_COUNT_BYTES, sizeof key);
    return key;
}

/* Keys are spread evenly: begin where the key should lie, widen until it is bracketed, halve. */
uint32_t boilerplate_counts_find(const boilerplate_counts *self, uint64_t key)
{
    if (!self->count) return 0;
    uint64_t low = (key >> 32) * (self->count & UINT32_MAX) >> 32, high = low;
    uint64_t step = 8;
    while (low > 0 && key_at(self, low) > key) {
        high = low;
        low = low > step ? low - step : 0;
        step *= 2;
    }
    for (step = 8; high < self->count && key_at(self, high) < key; step *= 2) {
        low = high;
        high = high + step < self->count ? high + step : self->count;
    }
    high = high < self->count ? high + 1 : high;
    while (low < high) { /* the key lies in [low, high) if anywhere */
        uint64_t middle = low + (high - low) / 2, there = key_at(self, middle);
        if (there == key) {
            uint32_t documents;
            memcpy(&documents, self->entries + middle * BOILERPLATE_COUNT_BYTES + 8,
                   sizeof documents);
            return documents;
        }
        if (there < key)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ------------------------------------------------------------------ keys */

static uint64_t stir(uint64_t h)
{
    h = (h ^ h >> 31) * 0x7FB5D329728EA185u;
    h = (h ^ h >> 27) * 0x81DADEF4BC2DD44Du;
    return h ^ h >> 33;
}

static uint64_t key_of(uint64_t site, uint64_t h, uint64_t kind)
{
    uint64_t key = stir(stir(site + kind * 0x9E3779B97F4A7C15u) ^ h);
    return key ? key : 1;
}

uint64_t boilerplate_site(tamis_str raw)
{
    if (raw.n > 1 && raw.p[0] == '"') raw = (tamis_str){raw.p + 1, raw.n - 2};
    for (size_t i = 0; i + 2 < raw.n; i++)
        if (!memcmp(raw.p + i, "://", 3)) {
            raw = (tamis_str){raw.p + i + 3, raw.n - i - 3};
            size_t n = 0;
            while (n < raw.n && !strchr("/?#:\\", raw.p[n])) n++;
            raw.n = n;
            break;
        }
    if (raw.n > 4 && (raw.p[0] | 32) == 'w' && !memcmp(raw.p + 1, "ww.", 3))
        raw = (tamis_str){raw.p + 4, raw.n - 4};
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 1099511628211u;
    }
    return h;
}

uint64_t boilerplate_site_key(uint64_t site)
{
    return key_of(site, 0, 1);
}

/* Of words in their order; all numbers are one word. */
static uint64_t hash_words(const boilerplate_text *text, size_t first, size_t n)
{
    uint64_t h = n;
    for (size_t k = first; k < first + n; k++) {
        uint32_t word = text->words[k].flags & BOILERPLATE_WORD_NUMBER ? 0u : text->hashes[k];
        h = (h ^ word) * 0x9E3779B97F4A7C15u + 1;
    }
    return h;
}

uint64_t boilerplate_line_key(uint64_t site, const boilerplate_text *text,
                              const boilerplate_row *row)
{
    return key_of(site, hash_words(text, row->word, row->words), 2);
}

uint64_t boilerplate_run_key(uint64_t site, const boilerplate_text *text, size_t first)
{
    return key_of(site, hash_words(text, first, BOILERPLATE_COUNT_RUN), 3);
}

/* ------------------------------------------------------------------ features */

void boilerplate_fill_counts(boilerplate_columns *self, const boilerplate_text *text,
                             const boilerplate_counts *counts, uint64_t site)
{
    enum { SEVERAL = 3 }; /* documents: two may be copies of one article */
    uint8_t *lines = boilerplate_column(self, BOILERPLATE_F_frequency);
    uint8_t *shares = boilerplate_column(self, BOILERPLATE_F_frequent);
    uint8_t *runs = boilerplate_column(self, BOILERPLATE_F_frequent_words);
    memset(lines, 0, text->row_count);
    memset(shares, 0, text->row_count);
    memset(runs, 0, text->row_count);
    self->outside = true;
    uint32_t all = counts->count ? boilerplate_counts_find(counts, boilerplate_site_key(site)) : 0;
    for (size_t i = 0; all > 1 && i < text->row_count; i++) {
        const boilerplate_row *row = &text->rows[i];
        if (!row->words) continue;
        uint32_t n = boilerplate_counts_find(counts, boilerplate_line_key(site, text, row));
        lines[i] = n > 1 ? (uint8_t)boilerplate_scale(n) : 0;
        shares[i] = n > 1 ? (uint8_t)boilerplate_share(n, all) : 0;
        unsigned frequent = 0, windows = 0;
        for (unsigned k = 0; k + BOILERPLATE_COUNT_RUN <= row->words; k++, windows++)
            frequent += boilerplate_counts_find(
                            counts, boilerplate_run_key(site, text, row->word + k)) >= SEVERAL;
        runs[i] = (uint8_t)boilerplate_share(frequent, windows);
    }
}
