#!/usr/bin/env python3
"""The figures of the engine beside their bars: engine.py [BUILD] [--rounds N] [--large MB] [--only NAME,…]

Everything is measured against a peer in the same run, interleaved, by medians, so that a busy machine bends both alike. Processor
seconds are those of all processes of a command. README.md tells what each row is. Without the dev sets the rows over news say so
and are left out."""
import argparse, json, os, re, statistics, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import corpus

FOUR = """return pipeline "four" { stage "boilerplate" {}, stage "language" {}, stage "quotes" {}, stage "weapons" {} }"""
rows = []


def row(name, value, bar, holds):
    """One line of the table; `holds` None: a figure without a bar."""
    rows.append((name, value, bar, holds))
    print(f"{name:<58} {value:>18}  {bar:<22} {'' if holds is None else 'holds' if holds else 'SHORT'}", flush=True)


def run(command, **more):
    """Wall and processor seconds of a command and all its children."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, **more)
    wall, after = time.perf_counter() - begun, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def together(commands):
    """Wall seconds until all of several commands at once have ended."""
    begun = time.perf_counter()
    running = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in commands]
    if any([p.wait() for p in running]):
        sys.exit(f"{commands[0]} failed")
    return time.perf_counter() - begun


def medians(rounds, *measures):
    """The median of each measure, taken in turn."""
    taken = [[] for _ in measures]
    for _ in range(rounds):
        for one, measure in zip(taken, measures):
            one.append(measure())
    return [statistics.median(t) for t in taken]


class Bench:
    def __init__(self, arguments, folder):
        self.build, self.rounds, self.large = arguments.build, arguments.rounds, arguments.large
        self.folder = folder
        self.tamis = os.path.join(self.build, "tamis")
        self.news = self.path("news.jsonl")
        self.kind = corpus.write(12, self.news)
        self.size = os.path.getsize(self.news)
        with open(self.path("none.lua"), "w") as f:
            f.write('return pipeline "none" {}')
        with open(self.path("four.lua"), "w") as f:
            f.write(FOUR)

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, pipeline, *flags, source=None):
        return [self.tamis, "run", self.path(pipeline), source or self.news, "-q", *flags]

    # ------------------------------------------------------------ (a)

    def engine(self):
        """No stages, JSONL to a regular file, beside one cJSON parse and print of the same lines."""
        large = self.path("large.jsonl")
        corpus.write(60, large)
        size = os.path.getsize(large)
        cjson, one, two = medians(
            self.rounds,
            lambda: run([os.path.join(self.build, "bench", "cjson_bench"), large, self.path("c.jsonl")])[1],
            lambda: run(self.command("none.lua", "-j", "1", "-o", self.path("o.jsonl"), source=large))[1],
            lambda: run(self.command("none.lua", "-j", "2", "-o", self.path("o.jsonl"), source=large))[1])
        os.unlink(large)
        row("cJSON parse and print", f"{size / cjson / 1e6:.0f} MB/s a core", "the yardstick", None)
        for j, seconds in ((1, one), (2, two)):
            row(f"no stages, -j {j}, to a file", f"{size / seconds / 1e6:.0f} MB/s a core",
                f">= 1.0 of cJSON: {cjson / seconds:.2f}", seconds <= cjson)

    # ------------------------------------------------------------ (b)

    def workers(self):
        """-j 2 over -j 1 beside what two independent copies gain over one."""
        if (os.cpu_count() or 1) < 2:
            return print("workers: needs two processors, left out")
        one = self.command("four.lua", "--in-process", "-o", self.path("copy1.jsonl"))
        other = self.command("four.lua", "--in-process", "-o", self.path("copy2.jsonl"))
        for name, flags, out in (("a file", ["-o", self.path("j.jsonl")], subprocess.DEVNULL), ("a pipe", [], None)):
            def timed(j):
                command = self.command("four.lua", "-j", str(j), *flags, "--quarantine", self.path("q.jsonl"))
                if out is not None:
                    return run(command, stdout=out)[0]
                begun = time.perf_counter()
                with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
                    while p.stdout.read1(1 << 16):
                        pass
                return time.perf_counter() - begun
            ratios, j1, j2, single, double = [], [], [], [], []
            for _ in range(self.rounds):
                single.append(together([one]))
                j1.append(timed(1))
                double.append(together([one, other]))
                j2.append(timed(2))
            gain = statistics.median(j1) / statistics.median(j2)
            peer = 2 * statistics.median(single) / statistics.median(double)
            row(f"four stages to {name}: -j 2 over -j 1", f"{gain:.2f} of {peer:.2f}",
                f">= 0.95 of copies: {gain / peer:.2f}", gain >= 0.95 * peer)

    # ------------------------------------------------------------ (c)

    def stages(self):
        """What a stage costs that does nothing."""
        text = subprocess.run([os.path.join(self.build, "bench", "stage_bench"), os.path.join(self.build, "tests", "faults")],
                              check=True, capture_output=True, text=True).stdout
        for name, bar in (("C", 300), ("Lua", 1000)):
            ns = float(re.search(rf"no-op {name} stage +([0-9.]+) ns", text).group(1))
            row(f"a {name} stage that does nothing", f"{ns:.0f} ns a document", f"< {bar} ns", ns < bar)

    # ------------------------------------------------------------ (d)

    def whole(self):
        """The four stages over news: MB/s a core and each one's share."""
        if self.kind != "news":
            return print("whole: no dev sets (../shared/eval or $TAMIS_EVAL), left out")
        empty = self.path("empty.txt")
        open(empty, "w").close()
        stats, shares, starts = self.path("stats.json"), [], []
        for _ in range(self.rounds):
            starts.append(run(self.command("four.lua", "--in-process", "-o", self.path("o.jsonl"), source=empty))[1])
            cpu = run(self.command("four.lua", "--in-process", "-o", self.path("o.jsonl"), "--stats", stats))[1]
            with open(stats) as f:
                read = json.load(f)
            shares.append((cpu, {s["name"]: s["cpu_seconds"] for s in read["stages"]}, {s["name"]: s["bytes"] for s in read["stages"]}))
        start = statistics.median(starts)
        cpu = statistics.median(s[0] for s in shares) - start
        row("four stages over news, in and out", f"{self.size / cpu / 1e6:.1f} MB/s a core", ">= 80, one day", self.size / cpu >= 80e6)
        rest = cpu
        for name in shares[0][1]:
            seconds = statistics.median(s[1][name] for s in shares)
            seen = shares[0][2][name]
            rest -= seconds
            row(f"    {name}", f"{100 * seconds / cpu:.0f} %", f"{seen / seconds / 1e6:.0f} MB/s of its view", None)
        row("    reading, document, record, writing", f"{100 * rest / cpu:.0f} %", f"{self.size / rest / 1e6:.0f} MB/s of input", None)
        row("    starting (loading of data, once)", f"{1000 * start:.0f} ms", "", None)

    # ------------------------------------------------------------ (e)

    def help(self):
        """`tamis --help`, whole process."""
        def once():
            begun = time.perf_counter()
            subprocess.run([self.tamis, "--help"], stdout=subprocess.DEVNULL, check=True)
            return time.perf_counter() - begun
        ms = 1000 * statistics.median(once() for _ in range(41))
        row("tamis --help", f"{ms:.1f} ms", "< 10 ms", ms < 10)

    # ------------------------------------------------------------ (f)

    def peak(self, megabytes):
        """The largest PSS of all processes together, in MB, over so much input."""
        source = self.path("peak.jsonl")
        corpus.write(megabytes, source, variety=5)  # the same texts in both, for the largest decides
        p = subprocess.Popen(self.command("four.lua", "-j", "2", "-o", self.path("peak-out.jsonl"), source=source), stderr=subprocess.DEVNULL)
        most = 0
        while p.poll() is None:
            most = max(most, pss(p.pid))
            time.sleep(0.02)
        os.unlink(source)
        os.unlink(self.path("peak-out.jsonl"))
        if p.returncode:
            sys.exit("the run for memory failed")
        return most / 1e3

    def memory(self):
        """Peak memory over a little and over much."""
        little, much = self.peak(10), self.peak(self.large)
        row(f"peak memory (PSS, -j 2), 10 MB and {self.large} MB", f"{little:.0f} and {much:.0f} MB", "the same within 10 %", much <= 1.1 * little)


def pss(root):
    """Kilobytes of a process and all that it started, shared pages counted once."""
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += int(re.search(r"^Pss: +(\d+)", f.read(), re.M).group(1))
            with open(f"/proc/{pid}/task/{pid}/children") as f:
                todo += f.read().split()
        except (OSError, AttributeError):
            pass  # it has just ended
    return total


def main():
    names = ["engine", "workers", "stages", "whole", "help", "memory"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", nargs="?", default=os.path.join(HERE, "..", "..", "build"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", type=int, default=1000, help="megabytes of the large input of `memory`")
    parser.add_argument("--only", default=",".join(names), help="of " + ", ".join(names))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments, folder)
        print(f"over {bench.kind}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, medians of {arguments.rounds}\n")
        for name in arguments.only.split(","):
            getattr(bench, name)()
    short = [r[0] for r in rows if r[3] is False]
    print(f"\n{len([r for r in rows if r[3]])} hold, {len(short)} short")


if __name__ == "__main__":
    main()
