#!/bin/sh
# Trains the three models anew: train.sh OUT SET.jsonl[.gz] ...   (see prepare.py for what a SET is)
#
# The shipped models were made so, in November 2026, from six public sets of labelled pages and extracted texts, none of
# which is part of this project: aeb (scrapinghub's article extraction benchmark, MIT), daniel (waddle corpus), fundus
# (news pages with the gold of fundus' parsers, MIT), trafseg (trafilatura's snippets, Apache-2.0), wcxb (WCXB, CC BY 4.0)
# and turku (TurkuNLP's line labels of extracted text). The same sets give models of the same figures, not the same bytes:
# the frames of --mix were drawn by another seed.
#
# To judge rather than to ship: prepare.py --folds 3, then train --hold FOLD --scores FILE for each fold. Folds keep sites
# together.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=$1; shift
mkdir -p "$out"
PAGES="--source aeb,daniel,wcxb,trafseg,fundus --weights fundus=2,aeb=2,daniel=.5,trafseg=.5,wcxb=.4,wcxb/article=.8"

parts=$(find "$here/.." -maxdepth 1 -name '*.c' ! -name boilerplate.c ! -name count_stage.c)
# shellcheck disable=SC2086
cc -std=gnu11 -O3 -march=native -D_GNU_SOURCE -DTAMIS_SOURCE_FOLDER="\"$root\"" -iquote "$here/.." -I"$root/include" \
    -I"$root/core" "$here/train.c" "$here/lookup.c" $parts "$root/build/libtamis_core.a" -lm -ldl -Wl,--unresolved-symbols=ignore-all \
    -o "$out/train"
export BOILERPLATE_DATA="$here/../data"

# shellcheck disable=SC2086
python3 "$here/prepare.py" "$out/page.txt" "$@" $PAGES --mix .5
"$out/train" "$out/page.txt" "$out/page.model" --remove-below 0 --prose-below -32 --sure-below -200

python3 "$here/prepare.py" "$out/article.txt" "$@" --weights daniel=.3 --pages 0 --crop .12 --clean .2
"$out/train" "$out/article.txt" "$out/article.model" --remove-below -96 --prose-below -80 --page-share 32 \
    --sure-below -200

python3 "$here/prepare.py" "$out/mode.txt" "$@" --task mode --crop 1 --clean 1
"$out/train" "$out/mode.txt" "$out/mode.model" --document 1 --trees1 30 --trees2 0 --sure-above 100
