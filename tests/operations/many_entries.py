"""Server times, page sizes and memory of a site with thousands of entries.

    python3 tests/operations/many_entries.py --entries 5000 [--json]
    python3 tests/operations/many_entries.py --grow 100,1000,10000 --plot growth.svg

A benchmark of 247 phantoms with five structures. One entry is really submitted, scored, reviewed and published;
all others are copies of its rows in the database, written while no server runs: with names, identifiers, dates and
scores of their own and with their lines in the record, whose chain stays whole. Each has its own summary; values of
single images are those of one of 16 variants, and all have the files of the first. So pages, API and record are as
with as many submissions, and only `scr verify --scores` would tell.

Every time is the median over requests on one connection that is kept open, with the answer read to its end. Memory
is that of the server after all requests, and at its peak; it includes the filling of tables at the start. Needs
Python alone. `SCR_BIN` names the binary; else it is the one in target/release, or in target/debug.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
if "SCR_BIN" not in os.environ and not (ROOT / "target" / "release" / "scr").exists():
    os.environ["SCR_BIN"] = str(ROOT / "target" / "debug" / "scr")

import growth_plot
from served import BENCHMARK, Reader, Site

# Variants of the values of single images.
N_VARIANTS = 16
# Entries whose pages are asked for.
N_ENTRY_PAGES = 20
# Statistics of a summary that are values.
STATISTICS = ["mean", "sd", "min", "q1", "median", "q3", "max"]
# Minutes between two publications.
MINUTES_APART = 37


def digest(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def written(value):
    """JSON as the database keeps it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def is_distance(key):
    return key.endswith(("_mm", "_px"))


def factor(key, worse):
    """Factor of a measure's values in an entry that is worse by a share."""
    if is_distance(key) or key == "pixel_error":
        return 1 + 3 * worse
    return 1 - worse


def change_summaries(measures, worse, undefined):
    """Makes the summaries of one object worse, in place."""
    for key, summary in measures.items():
        if key.startswith("ctr"):
            continue
        by = factor(key, worse)
        for name in STATISTICS:
            if summary[name] is not None:
                summary[name] *= by
        if summary["ci95"]:
            summary["ci95"] = [end * by for end in summary["ci95"]]
        if undefined and is_distance(key):
            summary["n"] -= undefined
            summary["n_undefined"] += undefined


def changed_summary(text, chance, undefined):
    """A summary that is worse, each object by a share of its own."""
    result = json.loads(text)
    shares = {}
    for part in [result, *result["folds"].values()]:
        for name, measures in part["objects"].items():
            worse = shares.setdefault(name, chance.betavariate(1.5, 6))
            change_summaries(measures, worse, undefined)
        worse = shares.setdefault("", chance.betavariate(1.5, 6))
        change_summaries(part["image_measures"], worse, 0)
    return written(result)


def changed_images(text, chance):
    """Values of single images that are worse."""
    images = json.loads(text)
    for image in images:
        for measures in image["objects"].values():
            for key, value in measures.items():
                if value is not None:
                    measures[key] = value * factor(key, chance.betavariate(1.5, 6))
        if image.get("pixel_error") is not None:
            image["pixel_error"] *= 1 + 3 * chance.betavariate(1.5, 6)
    return written(images)


class Copies:
    """Copies of the one entry of a site, written into its database."""

    def __init__(self, site):
        self.site, self.chance = site, random.Random(5)
        with self.database() as database:
            (self.id, self.card, self.posteriors, self.published_at) = database.execute(
                "SELECT id, card, posteriors, published_at FROM entries").fetchone()
            (self.summary, self.images) = database.execute("SELECT summary, images FROM results").fetchone()
            self.files = database.execute("SELECT files_digest, pixels_digest FROM entry_files").fetchone()
            lines = [json.loads(line) for (line,) in database.execute("SELECT line FROM record")]
        (self.line,) = [line for line in lines if line["kind"] == "entry_published"]
        self.variants = [changed_images(self.images, self.chance) for _ in range(N_VARIANTS)]

    @contextlib.contextmanager
    def database(self):
        database = sqlite3.connect(self.site.data / "scr.sqlite", isolation_level=None)
        try:
            database.execute("PRAGMA synchronous = OFF")
            yield database
        finally:
            database.close()

    def grow(self, n_entries):
        """Adds copies until there are as many entries."""
        with self.database() as database:
            (n_now,) = database.execute("SELECT COUNT(*) FROM entries").fetchone()
            number, previous = database.execute(
                "SELECT number, digest FROM record ORDER BY number DESC LIMIT 1").fetchone()
            database.execute("BEGIN")
            for index in range(n_now, n_entries):
                number, previous = self.add(database, index, number + 1, previous)
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def add(self, database, index, number, previous):
        """Adds one copy and its line of the record."""
        role = {1: "observer", 2: "baseline", 3: "baseline"}.get(index, "method")
        card = json.loads(self.card)
        card["name"] = f"Method {index:05}" if role == "method" else f"Reference {index}"
        card["authors"] = [f"A. Author {index % 97}"]
        card = written(card)
        identifier = f"method-{index:05}-{hashlib.sha256(card.encode()).hexdigest()[:32]}"
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(1.7e9 + 60 * MINUTES_APART * index))
        undefined = 1 + index % 3 if index % 50 == 7 else 0
        summary = changed_summary(self.summary, self.chance, undefined)
        images = self.variants[index % N_VARIANTS]
        nonce = f"{self.chance.getrandbits(128):032x}"
        line = {**self.line, "number": number, "previous": previous, "entry": identifier, "role": role}
        line["card_digest"] = digest(card)
        line["result_digest"] = digest(f"{nonce}\n{summary}\n{images}")
        line = written(line)
        row = (identifier, BENCHMARK, at, role, card, self.posteriors)
        database.execute("INSERT INTO entries (id, benchmark_id, published_at, role, card, posteriors) "
                         "VALUES (?, ?, ?, ?, ?, ?)", row)
        database.execute("INSERT INTO entry_files VALUES (?, ?, ?)", (identifier, *self.files))
        row = (identifier, 1, at, nonce, summary, images)
        database.execute("INSERT INTO results (entry_id, version, scored_at, nonce, summary, images) "
                         "VALUES (?, ?, ?, ?, ?, ?)", row)
        database.execute("INSERT INTO record VALUES (?, ?, ?)", (number, line, digest(line)))
        files = self.site.data / "blobs" / "entries"
        (files / identifier).symlink_to(files / self.id, target_is_directory=True)
        return number, digest(line)


def publish_one(site):
    """Submits masks, has them scored and publishes them."""
    submitter = site.add_user("s@example.org", "participant")
    curator = site.add_user("c@example.org", "curator")
    site.start()
    submission = site.submit(submitter, "Method 00000")
    left = site.wait_for_jobs(600)
    answer = {"decision": "publish", "answer": "a test"}
    site.api("POST", f"submissions/{submission}/review", curator, answer)
    left = left or site.wait_for_jobs(600)
    site.stop()
    if left:
        raise AssertionError(f"jobs are left after 10 minutes: {left}")


class TimedReader(Reader):
    """A reader that measures pages."""

    def measure(self, paths, n_requests):
        """Median time of requests after a first round, and kilobytes of the first answer."""
        first = {path: len(self.get(path)[1]) for path in paths}
        times = [self.get(paths[index % len(paths)])[0] for index in range(n_requests)]
        return statistics.median(times), first[paths[0]] / 1e3


def memory_mb(site, name):
    """Memory of the server in MB: `VmRSS` now, `VmHWM` at its peak."""
    status = pathlib.Path(f"/proc/{site.server.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith(name)]
    return int(line.split()[1]) * 1024 / 1e6


def measure(site, n_entries, n_requests):
    """Starts the server and measures it."""
    with sqlite3.connect(site.data / "scr.sqlite") as database:
        ids = [row[0] for row in database.execute("SELECT id FROM entries ORDER BY published_at")]
    begin = time.perf_counter()
    site.start()
    figures = {"entries": n_entries, "start_s": time.perf_counter() - begin}
    reader = TimedReader(site.port)
    image = site.masks[0].split("/")[1].removesuffix(".png")
    base = f"/benchmarks/{BENCHMARK}"
    step = max(1, len(ids) // N_ENTRY_PAGES)
    pages = {
        "home": ["/"],
        "benchmark": [base],
        "entry": [f"/entries/{entry}" for entry in ids[::step][:N_ENTRY_PAGES]],
        "browse": [f"{base}/browse"],
        "image": [f"{base}/browse/{image}"],
        "results": [f"{base}/results"],
        "sorted": [f"{base}/results?object=heart&sort=overlap.median&order=asc"],
        "found": [f"{base}/results?q=author+3"],
        "api_list": [f"/api/v1{base}/entries"],
    }
    first_ms, _ = reader.get(f"{base}/results")
    figures["results_first_ms"] = first_ms
    for name, paths in pages.items():
        figures[f"{name}_ms"], figures[f"{name}_kb"] = reader.measure(paths, n_requests)
    last = f"{base}/results?page={max(1, n_entries // 50)}"
    figures["page_first_ms"], _ = reader.get(last)
    figures["page_ms"], figures["page_kb"] = reader.measure([last], n_requests)
    figures["csv_ms"], body = reader.get(f"{base}/results.csv")
    figures["csv_kb"] = len(body) / 1e3
    figures["memory_mb"], figures["peak_memory_mb"] = memory_mb(site, "VmRSS"), memory_mb(site, "VmHWM")
    site.stop()
    return {name: round(value, 2) for name, value in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1000, help="number of entries")
    parser.add_argument("--grow", help="several numbers of entries, with commas, ascending")
    parser.add_argument("--images", type=int, default=247)
    parser.add_argument("--side", type=int, default=128, help="width and height of the images in pixels")
    parser.add_argument("--requests", type=int, default=40, help="requests behind each median")
    parser.add_argument("--json", action="store_true", help="prints JSON")
    parser.add_argument("--plot", type=pathlib.Path, help="SVG to write, with the growth of --grow")
    given = parser.parse_args()
    sizes = [int(size) for size in given.grow.split(",")] if given.grow else [given.entries]
    with tempfile.TemporaryDirectory() as folder:
        site = Site.make(folder, given.images, given.side)
        publish_one(site)
        copies, found = Copies(site), []
        for size in sizes:
            copies.grow(size)
            found.append(measure(site, size, given.requests))
            print(f"{size} entries measured", file=sys.stderr)
    if given.plot:
        given.plot.write_text(growth_plot.drawn(found))
    if given.json:
        print(json.dumps(found if given.grow else found[0]))
        return
    for figures in found:
        print(", ".join(f"{name} {value:g}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
