#!/bin/bash
# How long `tamis run --watch` takes from a save to its answer: an article through the four stages and a rule, the rule
# saved 21 times; the median of what the watch itself says. To reach: under 200 ms.
#     tests/bench/watch.sh build/tamis
set -eu
tamis=$(realpath "${1:-build/tamis}")
article=$(realpath "$(dirname "$0")/../../examples/articles/fr-salon-armement.txt")
folder=$(mktemp -d)
trap 'kill "$watch" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
cat >p.lua <<'END'
return pipeline "p" {
  stage "boilerplate" {}, stage "language" {}, stage "quotes" {}, stage "weapons" {}, rules "r.lua",
}
END
rule() { echo "return { { name = 'offer', type = 'offer', within = 'quote', pattern = [[$1]] } }" >r.lua; }
rule livrer
"$tamis" run --watch p.lua "$article" >out.txt 2>&1 &
watch=$!
answers() { grep -c '^── ' out.txt || true; }
until grep -q watching out.txt; do sleep 0.05; done
for i in $(seq 21); do
    before=$(answers)
    if [ $((i % 2)) = 1 ]; then rule 'prêts à fournir'; else rule livrer; fi
    until [ "$(answers)" -gt "$before" ]; do sleep 0.02; done
done
sed -nE 's/^── r\.lua, ([0-9.]+) (ms|s):.*/\1 \2/p' out.txt |
    awk '{ print $2 == "s" ? $1 * 1000 : $1 }' | sort -n |
    awk '{ all[NR] = $1 } END { printf "run --watch: median %.0f ms, slowest %.0f ms of %d saves\n", all[int((NR + 1) / 2)], all[NR], NR }'
