#!/bin/sh
# ngrams.sh LABELS TABLES OUT PHRASES SEED: words of every language that has tables and an alphabet.
set -e
labels=$1 tables=$2 out=$3 phrases=$4 seed=$5
: >"$out"
for folder in "$tables"/*; do
    tag=$(basename "$folder")
    case $tag in
    # Tables over letters alone cut words of scripts with vowel signs; one language a script needs none.
    bn | gu | hi | ja | ko | mr | pa | ta | te | th | zh | el | hy | ka) continue ;;
    esac
    label=$(awk -F '\t' -v tag="$tag" '$2 == tag { print $1 }' "$labels")
    ./ngrams "$label" "$folder" "$phrases" "$seed" >>"$out"
done
