# tamis view: the report holds what the record holds, and nothing in it can act.

load common

record() { # text, spans, removed
    printf '{"schema":"tamis/1","id":"d","input":"d.txt","status":"written","reason":"","text":%s,"text_kind":"clean","offset_unit":"codepoint","lang":"en","lang_score":0.9,"errors":0,"spans":%s,"removed":%s,"meta":"{}"}\n' "$1" "$2" "$3"
}

@test "the text is shown as it was read: removed pieces in their places, marked" {
    record '"Hello. 🚀 End."' \
        '[{"span":1,"type":"weapon","start":7,"end":8,"source_start":12,"source_end":13,"text":"🚀","value":"rocket","category":"missile.rocket","lang":null,"score":null,"stage":"w","rule":"r","ref":null,"role":null,"attrs":"{}"}]' \
        '[{"start":0,"end":5,"text":"Menu\n","reason":"nav","rule":"nav.path","score":1.0,"stage":"b","placeholder":""}]' >r.jsonl
    run_out "$TAMIS" view r.jsonl
    is 0
    [ "$(sed -n '/class="text"/,/<\/div>/p' <<<"$output" | sed 's/<span class="chip[^>]*>[^<]*<\/span>//g; s/<[^>]*>//g')" = "$(printf 'Menu\nHello. 🚀 End.')" ]
    has "$output" 'class="gone" id="d1-r0" title="nav · nav.path">Menu'
    has "$output" '>missile.rocket</span>'
}

@test "hostile text is text" {
    record '"<script>alert(1)</script> \u0000 & \"quoted\""' '[]' '[]' | sed 's/"id":"d"/"id":"<img src=x onerror=y>"/' >r.jsonl
    run_out "$TAMIS" view r.jsonl
    is 0
    ! grep -qiE '<(script|img)' <<<"$output"
    has "$output" "&lt;script&gt;"
    has "$output" "Content-Security-Policy"
}

@test "nothing is fetched: the page names no address" {
    "$TAMIS" run arms-news "$EXAMPLES/articles" -q -o out.jsonl
    "$TAMIS" view out.jsonl -o report.html
    ! grep -oE '(src|href)="[^#"][^"]*"' report.html
    ! grep -qE 'url\(|@import' report.html
    [ "$(grep -c '<article' report.html)" -eq "$(wc -l <out.jsonl)" ]
}

@test "a file that holds no records is exit code 65" {
    run_out "$TAMIS" view two.jsonl
    is 65
    has "$err" "two.jsonl:1"
    has "$err" 'what is read here are the records that `tamis run … -o FILE.jsonl` writes'
    run_out "$TAMIS" view gone.jsonl
    is 65
}

@test "in a narrow window the tables beside an article scroll by themselves" {
    "$TAMIS" run empty.lua two.jsonl -q -o records.jsonl
    "$TAMIS" view records.jsonl >page.html
    grep -q '@media(max-width:60rem){article{display:block}article table{display:block;overflow-x:auto}}' page.html
}
