#!/usr/bin/env python3
"""Fits the integer weights of kind.tsv to annotated quotations (needs numpy and scipy).

  fit_kind.py START.tsv PAIRS.jsonl > NEW.tsv

START: kind.tsv, or weights set by hand; rows of `fiction` are handed on as they are.

PAIRS: one line a quotation the engine found: {"lang", "site", "label": 1 speech or 0, "weight": how much it counts,
"features": "bias-20 that+15 …"}; the features are those `tamis explain` notes as `kind`, with what they weighed.
"site" is what pages of one make share, so that no fold learns from a page like those it is tried on. No data ships: the
weights in ../data were fitted to some 700 scraped pages of the press in 18 languages, annotated by hand, to German Wikinews of
uhh-lt (CC BY-NC-SA, development half; half weight), and to the passages in ../tests/press.

Logistic regression. A weight is pulled towards that of START.tsv (set by hand), one that START does not have towards 0;
French, German and English have weights of their own, as far as the data tell them from those of all languages; of other
languages only the bias. Features that the data hardly show keep what they had.
Prints what eight folds over sites give on stderr, then the table."""
import collections, hashlib, json, re, sys
import numpy as np
import scipy.sparse
from scipy.optimize import minimize

OWN = ("fr", "de", "en")  # languages with weights of their own
STARTS = 40.0  # what START's weights are divided by
SCALE = 25.0  # and what the new ones are multiplied by
PULL, PULL_START, PULL_OWN, PULL_FIXED = 1.0, 10.0, 20.0, 1000.0
FIXED = ("so-called", "spoken-of")  # seldom seen, and sure
LEAST, LEAST_OWN = 3, 3  # times a feature must be seen; the least weight a language adds
FOLDS = 8


def read_table(path):
    head, weights = [], collections.OrderedDict()
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            head.append(line)
        elif line.strip():
            name, lang, value = line.rstrip("\n").split("\t")
            weights[name, lang] = int(value)
    return head, weights


def matrix(rows):
    index, at, of = {}, [], []
    for i, r in enumerate(rows):
        keys = [(f, "*") for f in r["features"]]
        keys += [(f, r["lang"]) for f in (r["features"] if r["lang"] in OWN else ("bias",))]
        for k in keys:
            at.append(i)
            of.append(index.setdefault(k, len(index)))
    x = scipy.sparse.csr_matrix((np.ones(len(at)), (at, of)), shape=(len(rows), len(index)))
    keep = np.asarray(x.sum(0)).ravel() >= LEAST
    return x[:, keep], [k for k, kept in zip(index, keep) if kept]


def fit(x, y, share, prior, pull):
    turned = x.T.tocsr()

    def loss(w):
        z = x @ w
        g = turned @ (share * (1 / (1 + np.exp(-z)) - y)) + pull * (w - prior)
        return (share * (np.logaddexp(0, z) - y * z)).sum() + 0.5 * (pull * (w - prior) ** 2).sum(), g

    return minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x


def tell(name, found, y, m):
    tp, fp, fn = (found & y & m).sum(), (found & ~y & m).sum(), (~found & y & m).sum()
    print("%s: P %.1f R %.1f F1 %.2f (n %d)" %
          (name, 100 * tp / max(tp + fp, 1), 100 * tp / max(tp + fn, 1), 200 * tp / max(2 * tp + fp + fn, 1), m.sum()),
          file=sys.stderr)


def main():
    head, start = read_table(sys.argv[1])
    rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
    for r in rows:
        r["features"] = [re.sub(r"[+-]\d+$", "", f) for f in r["features"].split()]
        r["fold"] = int(hashlib.sha1(r["site"].encode()).hexdigest(), 16) % FOLDS
    x, keys = matrix(rows)
    fiction = {k: v for k, v in start.items() if k[1] == "fiction"}
    start = {k: v for k, v in start.items() if k not in fiction}
    prior = np.array([start.get(k, 0) / STARTS for k in keys])
    pull = np.array([PULL_FIXED if k[0] in FIXED else PULL_OWN if k[1] != "*" else PULL_START if k in start else PULL
                     for k in keys])
    y = np.array([float(r["label"]) for r in rows])
    share = np.array([r["weight"] for r in rows])
    fold = np.array([r["fold"] for r in rows])
    lang = np.array([r["lang"] for r in rows])
    held = np.zeros(len(rows))
    for k in range(FOLDS):
        held[fold == k] = x[fold == k] @ fit(x[fold != k], y[fold != k], share[fold != k], prior, pull)
    for name in ("fr", "de", "en"):
        tell(name, held > 0, y > 0, lang == name)
    tell("all", held > 0, y > 0, lang != "")
    new = dict(zip(keys, np.rint(fit(x, y, share, prior, pull) * SCALE).astype(int)))
    for k, v in start.items():
        new.setdefault(k, int(round(v / STARTS * SCALE)))
    sys.stdout.writelines(head)
    for name in dict.fromkeys([k[0] for k in start] + [k[0] for k in keys]):
        for l in ["*"] + sorted({k[1] for k in new if k[0] == name and k[1] != "*"}):
            v = new.get((name, l), 0)
            if l == "*" and v or abs(v) >= LEAST_OWN:
                print("%s\t%s\t%d" % (name, l, v))
    for (name, l), v in fiction.items():
        print("%s\t%s\t%d" % (name, l, v))


if __name__ == "__main__":
    main()
