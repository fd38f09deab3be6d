/* The shape of a record, once, and printed as the schemas that tools read: JSON Schema, DuckDB,
 * polars, arrow, datasets. The encoder writes these keys in this order; a test holds the two
 * together. */
#include "base/json.h"
#include "io/record.h"

typedef enum {
    FIELD_TEXT,       /* a string */
    FIELD_MAYBE_TEXT, /* a string or null */
    FIELD_COUNT,      /* a whole number from 0 */
    FIELD_MAYBE_COUNT,
    FIELD_MAYBE_SCORE, /* a number from 0 to 1, or null */
    FIELD_OPEN,        /* JSON in a string; an object when nested */
    FIELD_LIST         /* of objects: `inner` */
} field_kind;

typedef struct field {
    const char *name;
    field_kind kind;
    const char *help;
    const char *words; /* the only values, separated by '|'; NULL: any */
    const struct field *inner;
} field;

static const field SPAN[] = {
    {"span", FIELD_COUNT, "number of the span within the record, from 1", NULL, NULL},
    {"type", FIELD_TEXT, "what was found: language, quote, speaker, cue, weapon, quantity, error …",
     NULL, NULL},
    {"start", FIELD_COUNT, "where it begins in `text`, in offset_unit", NULL, NULL},
    {"end", FIELD_COUNT, "where it ends in `text`, exclusive", NULL, NULL},
    {"source_start", FIELD_COUNT, "where it begins in the original text", NULL, NULL},
    {"source_end", FIELD_COUNT, "where it ends in the original text, exclusive", NULL, NULL},
    {"text", FIELD_TEXT, "the slice of `text`; empty for types that tile the text", NULL, NULL},
    {"value", FIELD_MAYBE_TEXT, "what it stands for", NULL, NULL},
    {"category", FIELD_MAYBE_TEXT, "its kind", NULL, NULL},
    {"lang", FIELD_MAYBE_TEXT, "BCP-47 tag", NULL, NULL},
    {"score", FIELD_MAYBE_SCORE, "how sure the stage is", NULL, NULL},
    {"stage", FIELD_TEXT, "which stage wrote it", NULL, NULL},
    {"rule", FIELD_TEXT, "which rule decided", NULL, NULL},
    {"ref", FIELD_MAYBE_COUNT, "the span it serves", NULL, NULL},
    {"role", FIELD_MAYBE_TEXT, "what it is to that span", NULL, NULL},
    {"attrs", FIELD_OPEN, "further attributes", NULL, NULL},
    {NULL, FIELD_TEXT, NULL, NULL, NULL}};

static const field REMOVED[] = {
    {"start", FIELD_COUNT, "where it begins in the original text, in offset_unit", NULL, NULL},
    {"end", FIELD_COUNT, "where it ends in the original text, exclusive", NULL, NULL},
    {"text", FIELD_TEXT, "what was removed; empty where it is secret", NULL, NULL},
    {"reason", FIELD_TEXT, "its kind", NULL, NULL},
    {"rule", FIELD_TEXT, "which rule decided", NULL, NULL},
    {"score", FIELD_MAYBE_SCORE, "how sure the stage is", NULL, NULL},
    {"stage", FIELD_TEXT, "which stage removed it", NULL, NULL},
    {"placeholder", FIELD_TEXT, "what the clean text shows in its place", NULL, NULL},
    {NULL, FIELD_TEXT, NULL, NULL, NULL}};

static const field RECORD[] = {
    {"schema", FIELD_TEXT, "the shape of this record", "tamis/1", NULL},
    {"id", FIELD_TEXT, "the document's id", NULL, NULL},
    {"input", FIELD_TEXT, "where it came from", NULL, NULL},
    {"status", FIELD_TEXT, "what became of it", "written|dropped|quarantined", NULL},
    {"reason", FIELD_TEXT, "why it was dropped or quarantined; empty when written", NULL, NULL},
    {"text", FIELD_TEXT, "the text, clean or original", NULL, NULL},
    {"text_kind", FIELD_TEXT, "clean: without what was removed; original: the whole source",
     "clean|original", NULL},
    {"offset_unit", FIELD_TEXT, "the unit of all offsets", "codepoint|utf16|byte", NULL},
    {"lang", FIELD_MAYBE_TEXT, "the document's language, a BCP-47 tag", NULL, NULL},
    {"lang_score", FIELD_MAYBE_SCORE, "how sure the stage is of it", NULL, NULL},
    {"errors", FIELD_COUNT, "how many faults were mended; each is a span of type error", NULL,
     NULL},
    {"spans", FIELD_LIST, "what was found", NULL, SPAN},
    {"removed", FIELD_LIST, "what was taken out", NULL, REMOVED},
    {"meta", FIELD_OPEN, "the input's other fields, as they came", NULL, NULL},
    {NULL, FIELD_TEXT, NULL, NULL, NULL}};

static void indent(buffer *out, unsigned depth)
{
    buffer_append_char(out, '\n');
    for (unsigned i = 0; i < depth; i++) buffer_append_text(out, "  ");
}

/* ------------------------------------------------------------------ JSON Schema */

static void schema_object(const field *fields, bool nested, unsigned depth, buffer *out);

static void schema_words(const char *words, buffer *out)
{
    buffer_append_text(out, ", \"enum\": [");
    for (const char *at = words; *at;) {
        size_t n = strcspn(at, "|");
        if (at != words) buffer_append_text(out, ", ");
        json_write_string(out, (tamis_str){at, n});
        at += n + (at[n] == '|');
    }
    buffer_append_char(out, ']');
}

static void schema_field(const field *f, bool nested, unsigned depth, buffer *out)
{
    json_write_string(out, str_of(f->name));
    buffer_append_text(out, ": {");
    switch (f->kind) {
    case FIELD_TEXT: buffer_append_text(out, "\"type\": \"string\""); break;
    case FIELD_MAYBE_TEXT: buffer_append_text(out, "\"type\": [\"string\", \"null\"]"); break;
    case FIELD_COUNT: buffer_append_text(out, "\"type\": \"integer\", \"minimum\": 0"); break;
    case FIELD_MAYBE_COUNT:
        buffer_append_text(out, "\"type\": [\"integer\", \"null\"], \"minimum\": 1");
        break;
    case FIELD_MAYBE_SCORE:
        buffer_append_text(out, "\"type\": [\"number\", \"null\"], \"minimum\": 0, \"maximum\": 1");
        break;
    case FIELD_OPEN:
        buffer_append_text(out, nested ? "\"type\": \"object\""
                                       : "\"type\": \"string\", \"contentMediaType\": "
                                         "\"application/json\"");
        break;
    case FIELD_LIST: buffer_append_text(out, "\"type\": \"array\""); break;
    }
    if (f->words) schema_words(f->words, out);
    buffer_append_text(out, ", \"description\": ");
    json_write_string(out, str_of(f->help));
    if (f->kind == FIELD_LIST) {
        buffer_append_text(out, ", \"items\": ");
        schema_object(f->inner, nested, depth, out);
    }
    buffer_append_char(out, '}');
}

static void schema_object(const field *fields, bool nested, unsigned depth, buffer *out)
{
    buffer_append_text(out, "{\"type\": \"object\", \"additionalProperties\": false,");
    indent(out, depth + 1);
    buffer_append_text(out, "\"required\": [");
    for (const field *f = fields; f->name; f++) {
        if (f != fields) buffer_append_text(out, ", ");
        json_write_string(out, str_of(f->name));
    }
    buffer_append_text(out, "],");
    indent(out, depth + 1);
    buffer_append_text(out, "\"properties\": {");
    for (const field *f = fields; f->name; f++) {
        if (f != fields) buffer_append_char(out, ',');
        indent(out, depth + 2);
        schema_field(f, nested, depth + 2, out);
    }
    indent(out, depth + 1);
    buffer_append_text(out, "}}");
}

static void write_jsonschema(bool nested, buffer *out)
{
    buffer body = {0};
    schema_object(RECORD, nested, 0, &body);
    buffer_append_text(out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                            "  \"title\": \"tamis/1\", ");
    if (body.n) buffer_append(out, body.p + 1, body.n - 1); /* behind its opening brace */
    buffer_append_char(out, '\n');
    out->failed = out->failed || body.failed;
    buffer_free(&body);
}

/* ------------------------------------------------------------------ tables of types */

/* How a language spells the types: names by field_kind, and what stands around lists and
 * members. */
typedef struct {
    const char *types[FIELD_LIST]; /* FIELD_OPEN is for JSON in a string */
    const char *open_nested;       /* FIELD_OPEN for objects of any shape; NULL: cannot be said */
    const char *list_before, *list_after;
    const char *member_before, *member_between, *member_after;
} dialect;

static const dialect DUCKDB = {
    {"'VARCHAR'", "'VARCHAR'", "'BIGINT'", "'BIGINT'", "'DOUBLE'", "'VARCHAR'"},
    "'JSON'",
    NULL,
    NULL,
    "",
    ": ",
    ""};
static const dialect POLARS = {
    {"pl.String", "pl.String", "pl.Int64", "pl.Int64", "pl.Float64", "pl.String"},
    NULL,
    "pl.List(pl.Struct({",
    "}))",
    "\"",
    "\": ",
    ""};
static const dialect ARROW = {
    {"pa.string()", "pa.string()", "pa.int64()", "pa.int64()", "pa.float64()", "pa.string()"},
    NULL,
    "pa.list_(pa.struct([",
    "]))",
    "(\"",
    "\", ",
    ")"};
static const dialect DATASETS = {{"Value(\"string\")", "Value(\"string\")", "Value(\"int64\")",
                                  "Value(\"int64\")", "Value(\"float64\")", "Value(\"string\")"},
                                 NULL,
                                 "[{",
                                 "}]",
                                 "\"",
                                 "\": ",
                                 ""};

static void write_fields(const dialect *d, const field *fields, bool nested, unsigned depth,
                         buffer *out);

static void write_type(const dialect *d, const field *f, bool nested, unsigned depth, buffer *out)
{
    if (f->kind == FIELD_LIST) {
        buffer_append_text(out, d->list_before);
        write_fields(d, f->inner, nested, depth + 1, out);
        buffer_append_text(out, d->list_after);
    } else if (f->kind == FIELD_OPEN && nested) {
        buffer_append_text(out, d->open_nested);
    } else {
        buffer_append_text(out, d->types[f->kind]);
    }
}

static void write_fields(const dialect *d, const field *fields, bool nested, unsigned depth,
                         buffer *out)
{
    for (const field *f = fields; f->name; f++) {
        if (f != fields) buffer_append_char(out, ',');
        indent(out, depth);
        buffer_append_text(out, d->member_before);
        buffer_append_text(out, f->name);
        buffer_append_text(out, d->member_between);
        write_type(d, f, nested, depth, out);
        buffer_append_text(out, d->member_after);
    }
}

/* In DuckDB a struct's type is one string: 'STRUCT(a BIGINT, …)[]'. */
static void write_duckdb(bool nested, buffer *out)
{
    buffer_append_text(
        out, "-- SELECT * FROM tamis('out.jsonl');\n"
             "CREATE OR REPLACE MACRO tamis(file) AS TABLE SELECT * FROM read_json(file,\n"
             "  format = 'newline_delimited', maximum_object_size = 1073741824, columns = {");
    for (const field *f = RECORD; f->name; f++) {
        if (f != RECORD) buffer_append_char(out, ',');
        indent(out, 2);
        buffer_append_text(out, f->name);
        buffer_append_text(out, ": ");
        if (f->kind != FIELD_LIST) {
            write_type(&DUCKDB, f, nested, 0, out);
            continue;
        }
        buffer_append_text(out, "'STRUCT(");
        for (const field *inner = f->inner; inner->name; inner++) {
            bool open = inner->kind == FIELD_OPEN && nested;
            const char *type = open ? DUCKDB.open_nested : DUCKDB.types[inner->kind];
            if (inner != f->inner) buffer_append_text(out, ", ");
            buffer_printf(out, "\"%s\" %.*s", inner->name, (int)strlen(type) - 2, type + 1);
        }
        buffer_append_text(out, ")[]'");
    }
    buffer_append_text(out, "});\n");
}

tamis_rc record_schema(tamis_str as, bool nested, buffer *out, error *e)
{
    static const struct {
        const char *name;
        const dialect *dialect;
        const char *before, *after;
    } PYTHON[] = {{"polars", &POLARS,
                   "# pl.read_ndjson(\"out.jsonl\", schema=tamis)\nimport polars as pl\n\ntamis = "
                   "pl.Schema({",
                   "})\n"},
                  {"arrow", &ARROW,
                   "# pyarrow.json.read_json(\"out.jsonl\", "
                   "parse_options=pj.ParseOptions(explicit_schema=tamis))\n"
                   "import pyarrow as pa\n\ntamis = pa.schema([",
                   "])\n"},
                  {"datasets", &DATASETS,
                   "# load_dataset(\"json\", data_files=\"out.jsonl\", features=tamis)\n"
                   "from datasets import Features, Value\n\ntamis = Features({",
                   "})\n"}};
    if (str_is(as, "jsonschema")) {
        write_jsonschema(nested, out);
        return TAMIS_OK;
    }
    if (str_is(as, "duckdb")) {
        write_duckdb(nested, out);
        return TAMIS_OK;
    }
    for (size_t i = 0; i < sizeof PYTHON / sizeof PYTHON[0]; i++) {
        if (!str_is(as, PYTHON[i].name)) continue;
        if (nested)
            return error_set(e, TAMIS_FAIL,
                             "%s needs every column's shape ahead: --nested has no schema "
                             "for it (leave meta and attrs as strings)",
                             PYTHON[i].name);
        buffer_append_text(out, PYTHON[i].before);
        write_fields(PYTHON[i].dialect, RECORD, false, 2, out);
        buffer_append_text(out, PYTHON[i].after);
        return TAMIS_OK;
    }
    return error_set(e, TAMIS_FAIL,
                     "no schema as `%.*s`: there are jsonschema, duckdb, polars, arrow and "
                     "datasets",
                     (int)as.n, as.p ? as.p : "");
}
