/* Lines of a quarantine file: what stopped a document, and the document as it came in, so that the
 * file is itself an input once the cause is mended. */
#include "io/decode.h"

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void write_base64(buffer *out, tamis_str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    if (!buffer_reserve(out, bytes.n / 3 * 4 + 8)) return;
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        uint32_t three = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                         (left > 2 ? p[i + 2] : 0);
        buffer_append_char(out, BASE64[three >> 18]);
        buffer_append_char(out, BASE64[three >> 12 & 63]);
        buffer_append_char(out, left > 1 ? BASE64[three >> 6 & 63] : '=');
        buffer_append_char(out, left > 2 ? BASE64[three & 63] : '=');
    }
}

static tamis_rc read_base64(tamis_str text, arena *memory, tamis_str *out, error *e)
{
    char *bytes = arena_alloc_raw(memory, text.n / 4 * 3 + 4);
    size_t n = 0, digits = 0;
    uint32_t word = 0;
    if (!bytes) return error_set(e, TAMIS_FAIL, "no memory left to decode base64");
    while (text.n && text.p[text.n - 1] == '=') text.n--;
    for (size_t i = 0; i < text.n; i++) {
        const char *at = text.p[i] ? strchr(BASE64, text.p[i]) : NULL;
        if (!at) return error_set(e, TAMIS_FAIL, "`original_base64` is no base64 at byte %zu", i);
        word = word << 6 | (uint32_t)(at - BASE64);
        if (++digits == 4) {
            bytes[n++] = (char)(word >> 16);
            bytes[n++] = (char)(word >> 8);
            bytes[n++] = (char)word;
            digits = 0;
            word = 0;
        }
    }
    if (digits == 1) return error_set(e, TAMIS_FAIL, "`original_base64` is cut off");
    if (digits == 2) bytes[n++] = (char)(word >> 4);
    if (digits == 3) {
        bytes[n++] = (char)(word >> 10);
        bytes[n++] = (char)(word >> 2);
    }
    *out = (tamis_str){bytes, n};
    return TAMIS_OK;
}

static void write_member(buffer *out, const char *name, tamis_str text)
{
    buffer_printf(out, ",\"%s\":", name);
    json_write_repaired(out, text);
}

tamis_rc quarantine_encode(const quarantine_entry *entry, buffer *out, error *e)
{
    size_t before = out->n;
    buffer_append_text(out, "{\"schema\":\"tamis-quarantine/1\"");
    write_member(out, "id", entry->id);
    write_member(out, "input", entry->input);
    write_member(out, "locator", entry->locator);
    write_member(out, "stage", entry->stage);
    write_member(out, "error", entry->message);
    write_member(out, "kind", entry->is_text ? TAMIS_STR("text") : TAMIS_STR("record"));
    bool utf8 = utf8_valid_prefix(entry->original) == entry->original.n;
    buffer_append_text(out, ",\"original\":");
    if (utf8 && !entry->withheld)
        json_write_string(out, entry->original);
    else
        buffer_append_text(out, "null");
    buffer_append_text(out, ",\"original_base64\":");
    if (utf8 || entry->withheld) {
        buffer_append_text(out, "null");
    } else {
        buffer_append_char(out, '"');
        write_base64(out, entry->original);
        buffer_append_char(out, '"');
    }
    buffer_append_text(out, "}\n");
    if (!out->failed) return TAMIS_OK;
    out->n = before;
    return error_set(e, TAMIS_FAIL, "no memory left for a quarantine line");
}

static tamis_rc string_member(members *all, const char *name, tamis_doc *doc, tamis_str *out,
                              error *e)
{
    const json_value *v = members_find(all, name);
    *out = (tamis_str){NULL, 0};
    if (!v || v->kind != JSON_STRING) return TAMIS_OK;
    return json_string(v, &doc->memory, out, NULL, NULL, e);
}

tamis_rc quarantine_decode(members *all, const decode_options *options, const decode_origin *origin,
                           tamis_doc *doc, error *e)
{
    tamis_str original, base64, kind;
    decode_origin from = {{NULL, 0}, {NULL, 0}, origin->locator};
    FORWARD(string_member(all, "id", doc, &from.id, e));
    FORWARD(string_member(all, "input", doc, &from.input, e));
    FORWARD(string_member(all, "kind", doc, &kind, e));
    FORWARD(string_member(all, "original", doc, &original, e));
    FORWARD(string_member(all, "original_base64", doc, &base64, e));
    if (from.id.n == 0) from.id = origin->id;
    if (from.input.n == 0) from.input = origin->input;
    if (base64.n) FORWARD(read_base64(base64, &doc->memory, &original, e));
    if (!original.p)
        return error_set(e, TAMIS_FAIL,
                         "the original of this quarantined document was too large to be "
                         "kept; its locator says where it is");
    if (str_is(kind, "text")) return text_decode(original, options, &from, doc, e);
    const char *mark = memmem(original.p, original.n, "tamis-quarantine/1", 18);
    if (mark) { /* a line quarantined twice holds the first line; deeper than that nobody goes */
        members inner;
        error quiet = {0};
        if (members_read(original, &doc->memory, &inner, &quiet) == TAMIS_OK) {
            const json_value *schema = members_find(&inner, "schema");
            if (schema && json_string_is(schema, "tamis-quarantine/1"))
                return error_set(e, TAMIS_FAIL, "a quarantine line within a quarantine line");
        }
    }
    return record_decode(original, options, &from, doc, e);
}
