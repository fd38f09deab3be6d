#!/bin/bash
# How long `tamis --help` takes, whole process: the median of 41 runs. To reach: under 10 ms.
#     tests/bench/help.sh build/tamis
set -eu
tamis=${1:-build/tamis}
for _ in $(seq 41); do
    from=$(date +%s%N)
    "$tamis" --help >/dev/null
    to=$(date +%s%N)
    echo $(((to - from) / 1000))
done | sort -n | awk 'NR == 1 { best = $1 } { all[NR] = $1 }
    END { printf "tamis --help: median %.1f ms, best %.1f ms (date included)\n", all[int(NR / 2) + 1] / 1000, best / 1000 }'
