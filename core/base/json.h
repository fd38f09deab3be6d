/* base/json: JSON as bytes. A strict scanner that hands out raw slices, so that what is only passed
 * on (numbers to the last digit, key order, NUL) comes out as it came in; and a writer of strings
 * and numbers. Nothing is built: no tree, no allocation but for strings that hold escapes.
 *
 * Strict is RFC 8259: no -01, no trailing comma or rubbish, no raw control characters in strings.
 * 1E400 is a number like any other. The text must be valid UTF-8 (utf8_repair it first where it may
 * not be). */
#ifndef TAMIS_CORE_JSON_H
#define TAMIS_CORE_JSON_H

#include "base/base.h"

enum { JSON_DEPTH = 512 }; /* arrays and objects within each other */

typedef enum {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} json_kind;

/* A value where it stands in the text. A string's raw slice has its quotes. */
typedef struct {
    json_kind kind;
    bool escaped; /* a string that holds a backslash */
    tamis_str raw;
} json_value;

/* ------------------------------------------------------------------ reading */

/* Walks one level of an object or array: members or items in their order, each checked as it is
 * passed.
 *
 *     json_scan scan = json_scan_of(text);
 *     if ((rc = json_open(&scan, '{', e)) …
 *     while ((rc = json_member(&scan, &key, &value, e)) == JSON_MORE) …
 *     if (rc == JSON_END) rc = json_close(&scan, e);          (nothing but blanks may follow)
 */
typedef struct {
    const char *start, *at, *end;
    bool first;
} json_scan;

enum { JSON_END = 0, JSON_MORE = 1 }; /* or TAMIS_FAIL with the byte at which it went wrong */

static inline json_scan json_scan_of(tamis_str text)
{
    return (json_scan){text.p, text.p, text.p + text.n, true};
}
tamis_rc json_open(json_scan *self, char bracket, error *e); /* '{' or '[' */
tamis_rc json_member(json_scan *self, json_value *key, json_value *value, error *e);
tamis_rc json_item(json_scan *self, json_value *value, error *e);
tamis_rc json_close(json_scan *self, error *e);
/* One whole value with nothing behind it. */
tamis_rc json_read(tamis_str text, json_value *out, error *e);

/* A string's content. Plain ones are a slice of the text; escaped ones are decoded into `memory`.
 * Lone surrogates become U+FFFD and are reported with their offsets in the raw slice and in the
 * content. */
typedef void (*json_lone_surrogate)(void *user, size_t raw_offset, size_t content_offset);
tamis_rc json_string(const json_value *value, arena *memory, tamis_str *out,
                     json_lone_surrogate report, void *user, error *e);
bool json_string_is(const json_value *value, const char *text);
/* The content's offset at an offset of the raw slice (quotes included). */
size_t json_content_offset(tamis_str raw, size_t raw_offset);

/* The raw value at a dotted path within checked JSON ("a.b"; items of arrays by number, from 0);
 * empty where absent. */
tamis_str json_find(tamis_str raw, tamis_str path);
/* A number that is a whole one within int64_t; false for others. */
bool json_int(const json_value *value, int64_t *out);
bool json_number(const json_value *value, double *out);

/* ------------------------------------------------------------------ writing */

void json_write_string(buffer *out, tamis_str text); /* with quotes; control characters escaped */
/* Of any bytes, such as a file's name: invalid ones become U+FFFD. */
void json_write_repaired(buffer *out, tamis_str text);
void json_write_body(buffer *out, tamis_str text); /* the same without quotes */
/* The digits of n stand at the end of `room`; returns how many. */
enum { JSON_DIGITS = 20 };
static inline size_t json_digits(uint64_t n, char room[JSON_DIGITS])
{
    size_t at = JSON_DIGITS;
    do {
        room[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    return JSON_DIGITS - at;
}
void json_write_uint(buffer *out, uint64_t n);
void json_write_int(buffer *out, int64_t n);
/* A number that is no count: always with a point, four places at most. */
void json_write_number(buffer *out, double x);

#endif
