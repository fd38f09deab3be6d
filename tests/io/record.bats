# The record as the command writes it, read by the tools that people read it with.

setup() {
    cd "$BATS_TEST_TMPDIR"
    printf 'return pipeline "none" {}\n' > none.lua
    cat > mark.lua <<'LUA'
return pipeline "mark" {
  function(doc)
    local i, j = doc.text:find("%a+ line\n")
    if i then doc:remove(i, j, "line") end
  end,
  function(doc)
    local i, j = doc.text:find("«.-»")
    if i then doc:span("quote", i, j, { category = "direct", lang = "fr", score = 0.5 }) end
  end,
}
LUA
    python3 - <<'PY'
import json
texts = ["", "plain", "first line\nÉ😀 « oui », dit-il.\r\nfin", "e\u0301 שלום\u200f", "a\x00b\tc", "👩‍👩‍👧 «x»"]
with open("in.jsonl", "w") as out:
    for i, text in enumerate(texts):
        out.write(json.dumps({"id": f"d{i}", "text": text, "n": i, "deep": {"k": [None, 1.5]}}) + "\n")
    out.write('{"id":"raw","big":9007199254740993,"huge":1E400,"text":"x \\ud800 y"}\n')
PY
}

@test "every record is valid by the schema that ships, in every shape" {
    python3 -c 'import jsonschema' || skip "python3-jsonschema is not here"
    for shape in "" --nested "--text original" "--offsets utf16" "--offsets byte --nested"; do
        "$TAMIS" run mark.lua in.jsonl $shape -o out.jsonl
        nested=; [[ $shape == *--nested* ]] && nested=--nested
        "$TAMIS" show record --as jsonschema $nested > schema.json
        python3 - <<'PY'
import json, jsonschema
schema = json.load(open("schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
lines = [line for line in open("out.jsonl", newline="\n")]
assert len(lines) == 7, len(lines)
for line in lines:
    validator.validate(json.loads(line))
PY
    done
}

@test "offsets cut the text out of the record in each unit" {
    for unit in codepoint utf16 byte; do
        "$TAMIS" run mark.lua in.jsonl --offsets $unit -o out.jsonl
        UNIT=$unit python3 - <<'PY'
import json, os
unit = os.environ["UNIT"]
def cut(text, start, end):
    if unit == "codepoint": return text[start:end]
    code = "utf-16-le" if unit == "utf16" else "utf-8"
    size = 2 if unit == "utf16" else 1
    return text.encode(code)[start * size:end * size].decode(code)
sources = {r["id"]: r["text"] for r in map(json.loads, open("in.jsonl"))}
seen = 0
for record in map(json.loads, open("out.jsonl")):
    assert record["offset_unit"] == unit
    source = sources[record["id"]].replace("\ud800", "\ufffd")
    for span in record["spans"]:
        assert cut(record["text"], span["start"], span["end"]) == span["text"], span
        assert cut(source, span["source_start"], span["source_end"]) == span["text"], span
        seen += 1
    for removed in record["removed"]:
        assert cut(source, removed["start"], removed["end"]) == removed["text"], removed
        seen += 1
assert seen == 4, seen
PY
    done
}

@test "pipelines chain by a pipe: a record with the original text comes back the same" {
    "$TAMIS" run mark.lua in.jsonl --text original > once.jsonl
    "$TAMIS" run none.lua - --text original < once.jsonl > twice.jsonl
    cmp once.jsonl twice.jsonl
    "$TAMIS" run mark.lua in.jsonl > clean.jsonl
    "$TAMIS" run none.lua - < once.jsonl > again.jsonl
    cmp clean.jsonl again.jsonl
}

@test "what the input carried comes out to the last digit" {
    "$TAMIS" run none.lua in.jsonl --nested > out.jsonl
    grep -F '"meta":{"big":9007199254740993,"huge":1E400}' out.jsonl
    grep -F '"meta":{"n": 0, "deep": {"k": [null, 1.5]}}' out.jsonl ||
        grep -F '"meta":{"n":0,"deep":{"k": [null, 1.5]}}' out.jsonl
}

@test "duckdb, polars and arrow read records by their schemas, to the last column" {
    "$TAMIS" run mark.lua in.jsonl -o out.jsonl
    for tool in duckdb polars arrow; do "$TAMIS" show record --as $tool > schema.$tool; done
    found=0
    if python3 -c 'import duckdb' 2> /dev/null; then
        found=1
        python3 -c 'import duckdb
c = duckdb.connect()
c.execute(open("schema.duckdb").read())
assert c.execute("select count(*), max(spans[1].score) from tamis(\"out.jsonl\")".replace(chr(34), chr(39))).fetchone() == (7, 0.5)'
    fi
    if python3 -c 'import polars' 2> /dev/null; then
        found=1
        python3 -c 'import polars as pl
names = {}
exec(open("schema.polars").read(), names)
assert pl.read_ndjson("out.jsonl", schema=names["tamis"]).shape == (7, 14)'
    fi
    if python3 -c 'import pyarrow' 2> /dev/null; then
        found=1
        python3 -c 'import pyarrow.json as pj
names = {}
exec(open("schema.arrow").read(), names)
assert pj.read_json("out.jsonl", parse_options=pj.ParseOptions(explicit_schema=names["tamis"])).num_rows == 7'
    fi
    [ $found = 1 ] || skip "none of duckdb, polars and pyarrow is here"
}

@test "text files come in by mark, by name, or mended" {
    printf '\xff\xfea\0\xe9\0' > utf16.txt
    printf 'caf\xe9' > latin.txt
    "$TAMIS" run none.lua utf16.txt latin.txt -o out.jsonl
    grep -F '"text":"aé"' out.jsonl
    grep -F '"text":"caf�"' out.jsonl | grep -F '"errors":1' | grep -F '(0xE9), at byte 3 of the file'
    "$TAMIS" run none.lua latin.txt --encoding ISO-8859-1 -o out.jsonl
    grep -F '"text":"café"' out.jsonl | grep -F '"errors":0'
}

@test "one line of 50 MB goes through" {
    python3 -c 'import json; print(json.dumps({"text": "déjà vu — « oui » encore; " * 1900000}, ensure_ascii=False))' > big.jsonl
    [ "$(stat -c %s big.jsonl)" -gt 50000000 ]
    # 2 s of the processor is little for 50 MB where a sanitizer looks on
    "$TAMIS" run mark.lua big.jsonl -o out.jsonl -D function:2.time=60 -D function:6.time=60
    [ "$(stat -c %s out.jsonl)" -gt 50000000 ]
    grep -c '"status":"written"' out.jsonl
}
