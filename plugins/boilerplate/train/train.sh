#!/bin/sh
# Trains the three models anew, or judges them on sites they have not seen:
#
#   train.sh OUT SET.jsonl[.gz] ...               page.model, article.model, mode.model in OUT
#   train.sh --folds N OUT SET.jsonl[.gz] ...     cross-validation of the whole decision, printed by set
#
# A SET is described in prepare.py. Needs a built tamis (build/libtamis_core.a), a C compiler and Python.
#
# The shipped models were made so, in November 2026, from six public sets of labelled pages and extracted texts, none of
# which is part of this project: aeb (scrapinghub's article extraction benchmark, MIT), daniel (waddle corpus), fundus
# (news pages with the gold of fundus' parsers, MIT), trafseg (trafilatura's snippets, Apache-2.0), wcxb (WCXB, CC BY 4.0)
# and turku (TurkuNLP's line labels of extracted text); and from what gather.py makes of test pages of public projects:
# postlight, mozread, newspaper, defuddle, trends, wac and ext (see the README). The same sets on the same kind of machine
# give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
folds=0
if [ "${1-}" = --folds ]; then
    folds=$2
    shift 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
: "${BOILERPLATE_DATA:=$here/../data}"
export BOILERPLATE_DATA
prepare() { python3 "$here/prepare.py" --folds $((folds > 0 ? folds : 3)) "$@"; }

compile() {
    parts=$(find "$here/.." -maxdepth 1 -name '*.c' ! -name boilerplate.c ! -name count_stage.c)
    # shellcheck disable=SC2086
    cc -std=gnu11 -O3 -march=native -ffp-contract=off -D_GNU_SOURCE -DTAMIS_SOURCE_FOLDER="\"$root\"" \
        -iquote "$here/.." -I"$root/include" -I"$root/core" "$here/$1.c" "$here/lookup.c" $parts \
        "$root/build/libtamis_core.a" -lm -ldl -Wl,--unresolved-symbols=ignore-all -o "$out/$1"
}

# train_models FOLDER [--hold FOLD]
train_models() {
    to=$1
    shift
    mkdir -p "$to"
    "$out/train" "$out/page.txt" "$to/page.model" "$@" --trees1 200 --trees2 200 --columns .3 --rate .1 \
        --remove-below 0 --prose-below 0 --doubt 80 --doubt-from 54
    "$out/train" "$out/article.txt" "$to/article.model" "$@" --remove-below -16 --prose-below -46 \
        --sentence-below -94 --alike-rows 3 --pull 10 --between-gone 20 --doubt 150 --doubt-from 64 \
        --doubt-most 50 --page-share 32
    "$out/train" "$out/mode.txt" "$to/mode.model" "$@" --document 1 --trees1 90 --trees2 0 --columns .5 --rows .8 \
        --sure-above 130
}

compile train
rest=postlight=1.2,mozread=.5,newspaper=.8,trends=.4,defuddle=.4,wacpage=1
prepare "$out/page.txt" "$@" --source aeb,daniel,wcxb,trafseg,fundus,postlight,mozread,newspaper,trends,defuddle,wacpage \
    --weights "fundus=2,aeb=2,daniel=.7,trafseg=.5,wcxb=.4,wcxb/article=.8,$rest" --mix .5
prepare "$out/article.txt" "$@" --weights daniel=.3,ext=.25,turku/sv=.5 --pages 0 --crop .12 --clean .2 --glue .4 \
    --sift .12
prepare "$out/mode.txt" "$@" --task mode --crop 1 --clean 1
if [ "$folds" = 0 ]; then
    train_models "$out"
    exit
fi
compile decide
prepare "$out/judge.txt" "$@" --task judge
fold=0
decisions=
while [ "$fold" -lt "$folds" ]; do
    train_models "$out/fold$fold" --hold "$fold"
    at=$out/fold$fold
    "$out/decide" "$out/judge.txt" "$fold" "$at/page.model" "$at/article.model" "$at/mode.model" >"$out/decisions.$fold"
    decisions="$decisions $out/decisions.$fold"
    fold=$((fold + 1))
done
# shellcheck disable=SC2086
python3 "$here/report.py" "$@" -- $decisions
