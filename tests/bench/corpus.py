#!/usr/bin/env python3
"""News as JSONL, for the benchmarks: corpus.py MEGABYTES OUT [EVAL]

Whole pages of news sites and news articles from the dev sets (EVAL, by default ../shared/eval beside the project), in one fixed
mixture, repeated under new ids until there is enough. Without the sets: the articles of examples/, and the file says so by its
ids (example-N instead of news-N). The dev sets are for measuring and never copied into the project."""
import gzip, hashlib, itertools, json, os, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def dev_texts(folder):
    """(key, language, text) of what is news among the dev sets."""
    sources = {"boilerplate/dev.jsonl.gz": {"daniel", "aeb"}, "boilerplate/fundus.jsonl.gz": None,
               "quotes/fr_news.jsonl.gz": None, "quotes/wikinews_de.jsonl.gz": None}
    found = []
    for name, wanted in sources.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            return []
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                r = json.loads(line)
                if wanted is None or r.get("source") in wanted:
                    found.append((hashlib.sha1(r["id"].encode()).hexdigest(), r["text"]))
    return [text for _, text in sorted(found)]


def example_texts():
    folder = os.path.join(ROOT, "examples", "articles")
    names = sorted(n for n in os.listdir(folder) if n.endswith(".txt"))
    return [open(os.path.join(folder, n), encoding="utf-8").read() for n in names]


def eval_folder():
    named = os.environ.get("TAMIS_EVAL")
    for folder in [named] if named else [os.path.join(ROOT, "..", "shared", "eval")]:
        if os.path.isdir(folder):
            return folder
    return ""


def write(megabytes, out, folder=None, variety=None):
    """Returns "news" or "example". `variety`: megabytes of different texts at most."""
    texts = dev_texts(folder or eval_folder())
    if variety:
        sizes = itertools.accumulate(len(t.encode()) for t in texts)
        texts = [t for t, n in zip(texts, sizes) if n < variety * 1_000_000]
    kind = "news" if texts else "example"
    texts = texts or example_texts()
    size, number = 0, 0
    with open(out, "w", encoding="utf-8") as lines:
        while size < megabytes * 1_000_000:
            number += 1
            text = texts[(number - 1) % len(texts)]
            line = json.dumps({"id": f"{kind}-{number}", "url": f"https://news.example/{number % 97}/{number}.html",
                               "fetched": "2026-05-04T03:02:01Z", "status": 200, "text": text}, ensure_ascii=False)
            lines.write(line + "\n")
            size += len(line.encode()) + 1
    return kind


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print(write(float(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None))
