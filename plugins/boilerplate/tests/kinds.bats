# Whole pages in six languages, written for these tests: which line goes, as what, and that no line of the story does.
# pages/LANGUAGE.tsv: the kind (+ stays), a tab, the line.

load ../../../tests/cli/common

PAGES=$BATS_TEST_DIRNAME/pages

pipeline() { printf 'return pipeline "p" { stage "boilerplate" { %s } }\n' "${1-}" >p.lua; }

# Start, end and kind of what goes, removals and spans of a dry run alike.
said() { # records
    jq -r '(.removed[] | "\(.start)\t\(.end)\t\(.reason)"),
           (.spans[] | select(.type == "boilerplate") | "\(.source_start)\t\(.source_end)\t\(.category)")' "$1"
}

check_page() { # language
    cut -f 2 "$PAGES/$1.tsv" >page.txt
    run_out "$TAMIS" run p.lua page.txt -o out.jsonl; is 0
    said out.jsonl >gone.tsv
    python3 - "$PAGES/$1.tsv" gone.tsv <<'PY'
import sys
gone = [l.rstrip('\n').split('\t') for l in open(sys.argv[2], encoding='utf-8')]
gone = [(int(a), int(b), k) for a, b, k in gone]
at, wrong = 0, 0
for line in open(sys.argv[1], encoding='utf-8'):
    kind, text = line.rstrip('\n').split('\t')
    got = [k for a, b, k in gone if a < at + len(text) and b > at]
    if got != ([] if kind == '+' else [kind]):
        print('want %s, got %s: %s' % (kind, got, text))
        wrong += 1
    at += len(text) + 1
sys.exit(wrong > 0)
PY
}

@test "each kind of furniture goes as what it is, the story stays: fr" { pipeline; check_page fr; }
@test "each kind of furniture goes as what it is, the story stays: en" { pipeline; check_page en; }
@test "each kind of furniture goes as what it is, the story stays: es" { pipeline; check_page es; }
@test "each kind of furniture goes as what it is, the story stays: de" { pipeline; check_page de; }
@test "each kind of furniture goes as what it is, the story stays: ru" { pipeline; check_page ru; }
@test "each kind of furniture goes as what it is, the story stays: ar" { pipeline; check_page ar; }

@test "a dry run says the same as spans and takes nothing" {
    pipeline 'dry_run = true'
    for language in fr en es de ru ar; do
        check_page $language
        [ "$(jq '.removed | length' out.jsonl)" -eq 0 ]
        [ "$(jq -r .text out.jsonl)" = "$(cat page.txt)" ]
    done
}

@test "a kind in keep stays" {
    cut -f 2 "$PAGES/fr.tsv" >page.txt
    pipeline 'keep = { "caption", "related" }'
    run_out "$TAMIS" run p.lua page.txt -o out.jsonl; is 0
    [ "$(jq -r '[.removed[].reason] | index("caption", "related")' out.jsonl | sort -u)" = null ]
    jq -r .text out.jsonl | grep -q 'Photo AFP'
    jq -r .text out.jsonl | grep -q '^Lire aussi'
}

@test "past max_removed only what is certain goes, and the log says so" {
    cut -f 2 "$PAGES/en.tsv" >page.txt
    pipeline ''
    "$TAMIS" run p.lua page.txt -o all.jsonl -q
    pipeline 'max_removed = 0.05'
    run_out "$TAMIS" run -v p.lua page.txt -o few.jsonl; is 0
    has "$err" 'max_removed = 0.05'
    [ "$(jq '.removed | length' few.jsonl)" -lt "$(jq '.removed | length' all.jsonl)" ]
}

@test "explain shows the cues that looked, what they saw, and the verdict" {
    cut -f 2 "$PAGES/fr.tsv" >page.txt
    pipeline
    run_out "$TAMIS" explain p.lua page.txt --why-not 'Lire aussi'; is 0
    has "$output" 'saw phrase:'
    has "$output" 'lire aussi'
    has "$output" 'saw verdict: goes as related, named by rule '
    run_out "$TAMIS" explain p.lua page.txt --why-not 'La mairie a promis'; is 0
    has "$output" 'saw verdict: stays: '
    has "$output" 'read as '
    has "$output" 'let go: phrase: no phrase of furniture'
}

@test "HTML blocks of an earlier stage are further cues" {
    cut -f 2 "$PAGES/en.tsv" | sed -n '13,14p;16p;18,19p' | sed '3s/.*/Fishermen of Brenton looked at what was left of the old pier on Monday/' >page.txt
    cat >blocks.lua <<'LUA'
return {
  name = "blocks",
  writes = { "span:html.block" },
  options = { tag = "p" },
  run = function(doc, options)
    local n = 0
    for _, first, last in doc:lines() do
      n = n + 1
      doc:span("html.block", first, last, { category = n == 3 and options.tag or "p", links = 0.0 })
    end
  end,
}
LUA
    printf 'return pipeline "p" { script "blocks.lua" { tag = "figcaption" }, stage "boilerplate" {} }\n' >figure.lua
    printf 'return pipeline "p" { script "blocks.lua" {}, stage "boilerplate" {} }\n' >plain.lua
    for kind in plain figure; do
        run_out "$TAMIS" run $kind.lua page.txt -o $kind.jsonl; is 0
    done
    [ "$(jq '.removed | length' plain.jsonl)" -eq 0 ]
    [ "$(jq -r '.removed[] | .rule' figure.jsonl)" = html-caption ]
}
