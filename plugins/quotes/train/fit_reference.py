#!/usr/bin/env python3
"""Fits the integer weights of reference.tsv, whom a speaker stands for, to annotated articles (needs numpy).

  fit_reference.py TAMIS REFERENCE.tsv GOLD.jsonl... > NEW.tsv

GOLD: one article a line: {"id", "text", "quotes": [{"text", "kind", "speaker", "speaker_ref"}]}; of kinds "direct" and
"continuation" the speaker_ref (else the speaker) is who is meant, null: nobody. No data ships; the weights in ../data were fitted on
4,600 quotations of 718 press pages in 18 languages, annotated for this project. TAMIS is run with REFERENCE.tsv: `tamis explain -v`
notes each decision, who may be meant and what was seen of each.

A softmax over those who may be meant; the weights for what is asked (role, nothing) add to those for all (*), and both are pulled
towards 0, that of the rules' own choice towards PRIOR. Decisions where nobody right is among them are not learnt from. Prints how
many decisions the rules and, with the folds' articles left out, the weights have right, on stderr; then the table."""
import collections, hashlib, json, os, re, subprocess, sys, tempfile, unicodedata
import numpy as np

SCALE, PULL, PRIOR, FOLDS, STEPS, LEAST = 20.0, 8.0, 3.0, 8, 600, 5
BAR = 20  # what somebody must weigh more than nobody where the rules know nobody
PIPELINE = 'return pipeline "fit" { stage "language" {}, stage "quotes" { reference = "%s" } }'
NOTE = re.compile(r"^ *\d+ +saw (\S+) of “(.*?)”: (.*)$")
CANDIDATE = re.compile(r"^(.*) [+-]\d+ as (\w+):((?: \S+[+-]\d+)*)$")


def words(text):
    plain = unicodedata.normalize("NFKD", text or "").casefold()
    return " %s " % " ".join(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def is_same(gold, found):
    a, b = words(gold), words(found)
    return bool(a.strip() and b.strip()) and (a in b or b in a)


def shows(shown, text):
    head, _, tail = " ".join(shown.split()).partition(" … ")
    text = " ".join(text.split())
    return text.startswith(head) and text.endswith(tail or head)


def decisions(tamis, table, path):
    """Of each: article, what is asked for, who may be meant as (features, is it right, is it the rules')."""
    with tempfile.TemporaryDirectory() as folder:
        config, article = os.path.join(folder, "fit.lua"), os.path.join(folder, "a.txt")
        with open(config, "w", encoding="utf-8") as f:
            f.write(PIPELINE % os.path.abspath(table))
        for line in open(path, encoding="utf-8"):
            row = json.loads(line)
            with open(article, "w", encoding="utf-8", newline="") as f:
                f.write(row["text"])
            out = subprocess.run([tamis, "explain", config, article, "-v"], capture_output=True, text=True, check=True)
            speech = [q for q in row["quotes"] if q["kind"] in ("direct", "continuation") and not q.get("nested")]
            yield from of_article(row["id"], speech, out.stdout)


def of_article(name, speech, explained):
    at, gold, found = 0, None, []
    for line in explained.splitlines() + ["1 saw kind of “”: end"]:
        note = NOTE.match(line)
        if not note:
            continue
        if note[1] == "kind":
            if gold is not None and found:
                yield judged(name, gold, found)
            gold, found = None, []
            for i in range(at, len(speech)):
                if note[2] and shows(note[2], speech[i]["text"]):
                    gold, at = speech[i], i + 1
                    break
        elif note[1] == "candidate":
            c = CANDIDATE.match(note[3])
            if c:
                found.append((c[1], c[2], [re.sub(r"[+-]\d+$", "", f) for f in c[3].split()]))


def judged(name, gold, found):
    who = gold.get("speaker_ref") or gold.get("speaker")
    right = [("nobody" in f) if not who else "nobody" not in f and is_same(who, text) for text, _, f in found]
    return name, found[0][1], [(f, r) for (_, _, f), r in zip(found, right)]


class Problem:
    def __init__(self, rows, names):
        index = {n: i for i, n in enumerate(names)}
        self.starts = np.cumsum([0] + [len(r[2]) for r in rows])[:-1]
        self.x = np.zeros((sum(len(r[2]) for r in rows), len(names)))
        self.right = np.array([c[1] for r in rows for c in r[2]])
        self.rules = np.array(["rules" in c[0] for r in rows for c in r[2]])
        self.which = np.repeat(np.arange(len(rows)), [len(r[2]) for r in rows])
        i = 0
        for _, asked, found in rows:
            for features, _ in found:
                for f in features:
                    for key in ((f, "*"), (f, asked)):
                        if key in index:
                            self.x[i, index[key]] = 1
                i += 1


def fit(rows, names):
    p = Problem(rows, names)
    prior = np.array([PRIOR if n == ("rules", "*") else 0.0 for n in names])
    w, mean, square = prior.copy(), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        s = p.x @ w
        e = np.exp(s - np.maximum.reduceat(s, p.starts)[p.which])
        good = e * p.right
        slope = p.x.T @ (e / np.add.reduceat(e, p.starts)[p.which] - good / np.add.reduceat(good, p.starts)[p.which])
        slope += PULL * (w - prior)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        rate = 0.05 * (1 - step / (STEPS + 1))
        w = w - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return w


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    rows = [d for path in sys.argv[3:] for d in decisions(sys.argv[1], sys.argv[2], path)]
    fold = np.array([int(hashlib.sha1(r[0].encode()).hexdigest(), 16) % FOLDS for r in rows])
    able = np.array([any(c[1] for c in r[2]) for r in rows])
    count = collections.Counter(k for r in rows for c in r[2] for f in c[0] for k in ((f, "*"), (f, r[1])))
    names = sorted(k for k, n in count.items() if n >= LEAST)
    tally = collections.Counter()
    for k in range(FOLDS):
        w = fit([r for r, f, a in zip(rows, fold, able) if f != k and a], names)
        for r in (r for r, f in zip(rows, fold) if f == k):
            s = Problem([r], names).x @ w
            rules = [c[1] for c in r[2] if "rules" in c[0]]
            for asked in (r[1], "all"):
                tally[asked, "n"] += 1
                tally[asked, "rules"] += bool(rules and rules[0])
                tally[asked, "weights"] += bool(r[2][int(np.argmax(s))][1])
                tally[asked, "could"] += any(c[1] for c in r[2])
    for asked in sorted({a for a, _ in tally}):
        print("%-8s n %4d  rules right %4d  weights, held out %4d  among them %4d" %
              (asked, *(tally[asked, x] for x in ("n", "rules", "weights", "could"))), file=sys.stderr)
    w = np.rint(fit([r for r, a in zip(rows, able) if a], names) * SCALE).astype(int)
    sys.stdout.writelines(l for l in open(sys.argv[2], encoding="utf-8") if l.startswith("#"))
    print("bar\t*\t%d" % BAR)
    for (feature, asked), value in zip(names, w):
        if value:
            print("%s\t%s\t%d" % (feature, asked, value))


if __name__ == "__main__":
    main()
