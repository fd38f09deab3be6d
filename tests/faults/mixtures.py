#!/usr/bin/env python3
"""Random mixtures of good and bad documents, sizes, workers and ways of reading: mixtures.py TAMIS FIRST LAST

For each seed: what is written, in what order, what the totals count and how many documents there were must be what the mixture
says. A run that stands still is an error. The folder with the plugin comes by TAMIS_PLUGIN_PATH; files go into the working
folder."""
import json, random, subprocess, sys

BAD = ("segv", "abort", "exit0", "fail", "sticky")
CRASHES = ("segv", "abort", "exit0")


def mixture(r):
    """(id, word, filling) of documents; no two bad ones in a row, for many of those end a run."""
    count = r.choice([5, 60, 300, 3000, 20000])
    rate = 0.2 if count <= 60 else r.choice([0, 0.002, 0.02 if count <= 3000 else 0.001])
    documents, last = [], -9
    for i in range(count):
        word = ""
        if r.random() < rate and i - last > 1:
            word, last = r.choice(BAD + ("drop",)), i
        size = r.choice([1, 1, 1, 10, 1000, r.choice([10, 300000])]) if count <= 3000 else 1
        documents.append((f"d{i}", word, "x" * size))
    return documents


def check(tamis, seed):
    r = random.Random(seed)
    documents = mixture(r)
    with open("random.jsonl", "w") as f:
        for name, word, filling in documents:
            f.write(json.dumps({"id": name, "text": f"{filling} @{word}" if word else filling}) + "\n")
    skip, unordered, stream = r.random() < 0.3, r.random() < 0.2, r.random() < 0.4
    with open("random.lua", "w") as f:
        fault, tally = 'stage "fault" { on_error = "skip" }' if skip else 'stage "fault" {}', 'stage "tally" {}'
        f.write('return pipeline "random" { %s, %s }' % ((fault, tally) if skip else (tally, fault)))
    command = [tamis, "run", "random.lua", "-" if stream else "random.jsonl", "-q", "-o", "random.out", "--stats", "random.stats",
               "--max-quarantined", "100%", "-j", str(r.choice([1, 2, 3, 5]))]
    if unordered:
        command.append("--unordered")
    if r.random() < 0.2:
        limit = r.randrange(1, len(documents) + 1)
        command += ["-n", str(limit)]
        documents = documents[:limit]
    feed = subprocess.Popen(["cat", "random.jsonl"], stdout=subprocess.PIPE) if stream else None
    done = subprocess.run(command, stdin=feed.stdout if feed else subprocess.DEVNULL, capture_output=True, timeout=120)
    if feed:
        feed.stdout.close()
        feed.wait()
    with open("random.out") as f:
        written = [json.loads(line)["id"] for line in f]
    with open("random.stats") as f:
        stats = json.load(f)
    totals = next(s for s in stats["stages"] if s["name"] == "tally")["totals"]["documents"]
    expected = [name for name, word, _ in documents if word != "drop" and (skip or word not in BAD)]
    counted = len(expected) if skip else sum(word not in CRASHES for _, word, _ in documents)
    if unordered:
        written.sort()
        expected.sort()
    assert done.returncode == 0, (seed, command, done.returncode, done.stderr[-500:])
    assert written == expected, (seed, command, len(written), len(expected))
    assert (totals, stats["docs"]) == (counted, len(documents)), (seed, command, totals, counted, stats["docs"])


if __name__ == "__main__":
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        check(sys.argv[1], number)
