# Shards as tasks of a Slurm array job, on a cluster of two nodes that ../shared/tools brings up.

load common

teardown() { [ ! -d cluster ] || bash "$TOOLS/slurm_down.sh" cluster >/dev/null 2>&1 || true; }

@test "the tasks of a Slurm array job give the whole, and a task that is run again does nothing" {
    TOOLS=$(cd "$ROOT/.." && pwd)/shared/tools
    [ -x "$TOOLS/slurm_up.sh" ] || [ -f "$TOOLS/slurm_up.sh" ] || skip "no ../shared/tools"
    command -v sbatch >/dev/null && [ -x /usr/sbin/slurmctld ] || skip "Slurm is not installed"
    bash "$TOOLS/slurm_up.sh" "$PWD/cluster" >up.txt 2>&1 || skip "the cluster does not come up: $(tail -1 up.txt)"
    export SLURM_CONF=$PWD/cluster/slurm.conf
    for i in $(seq 1 400); do printf '{"text":"Line %d %*s"}\n' "$i" $((i * 53 % 400)) x; done >crawl.jsonl
    "$TAMIS" run empty.lua crawl.jsonl -q -o whole.jsonl
    cat >job.sh <<JOB
#!/bin/sh
cd "$PWD" && exec "$(realpath "$TAMIS")" run empty.lua crawl.jsonl --shard auto --once -j 1 \\
    -o part.\$SLURM_ARRAY_TASK_ID.jsonl
JOB
    sbatch --array=2-8:2 --wait --output=%a.txt job.sh
    cat part.2.jsonl part.4.jsonl part.6.jsonl part.8.jsonl | cmp - whole.jsonl
    sbatch --array=2-8:2 --wait --output=again.%a.txt job.sh
    [ "$(grep -l 'nothing to do' again.*.txt | wc -l)" -eq 4 ]
}
