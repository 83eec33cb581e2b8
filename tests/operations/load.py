"""Fifty participants submit masks at once while readers read pages.

    python3 tests/operations/load.py [--participants 50] [--images 12] [--side 384]

Prints the times of pages and of scoring. Exit code 1 when a submission is lost. Slow pages
are no failure, since a machine may be slow.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time

from served import BENCHMARK, Site

READERS = 4
CHUNK_BYTES = 4 << 20


def submit(site, token, name, submitted):
    """Runs one participant: begin, upload, complete."""
    submission, here = site.begin(token, name), 0
    while here < len(site.file):
        here = site.send(token, submission, here, CHUNK_BYTES)
    site.api("POST", f"submissions/{submission}/complete", token)
    submitted.append((submission, token))


def read_pages(site, pages, done, times):
    """Runs one reader: page after page, with a pause between."""
    number = 0
    while not done.is_set():
        page = pages[number % len(pages)]
        begin = time.monotonic()
        site.ask("GET", page)
        times.append((page, (time.monotonic() - begin) * 1e3))
        number += 1
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--participants", type=int, default=50)
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--side", type=int, default=384)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run(given, folder))


def run(given, folder):
    site = Site.make(folder, given.images, given.side)
    submitter = site.add_user("s@example.org", "participant")
    curator = site.add_user("c@example.org", "curator")
    tokens = [site.add_user(f"p{n}@example.org", "participant") for n in range(given.participants)]
    site.start()
    # An entry for the readers.
    first = []
    submit(site, submitter, "First", first)
    site.wait_for_jobs(60)
    site.api("POST", f"submissions/{first[0][0]}/review", curator, {"decision": "publish", "answer": "a test"})
    site.wait_for_jobs(60)
    (entry,) = site.entries()
    image = site.masks[0].split("/")[1].removesuffix(".png")
    pages = ["/", f"/benchmarks/{BENCHMARK}", f"/benchmarks/{BENCHMARK}/results"]
    pages += [f"/benchmarks/{BENCHMARK}/browse", f"/benchmarks/{BENCHMARK}/browse/{image}"]
    pages += [f"/entries/{entry}", "/api/v1/benchmarks"]

    quiet = measure(site, pages, lambda: time.sleep(3))
    submitted, begin = [], time.monotonic()

    def submit_all():
        people = [
            threading.Thread(target=submit, args=(site, token, f"Method {n}", submitted))
            for n, token in enumerate(tokens)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        print(f"{len(submitted)} of {len(tokens)} submitted after {time.monotonic() - begin:.1f} s")
        site.wait_for_jobs(600)

    busy = measure(site, pages, submit_all)
    print(f"scored after {time.monotonic() - begin:.1f} s, {len(site.file) / 1e3:.0f} kB each")
    states = [site.api("GET", f"submissions/{s}", token)["state"] for s, token in submitted]
    site.stop()
    show("quiet", quiet, pages)
    show("busy", busy, pages)
    lost = len(tokens) - states.count("awaiting_review")
    print(f"{lost} lost" if lost else "none lost")
    return 1 if lost else 0


def measure(site, pages, work):
    """Measures the times of pages during some work."""
    done, times = threading.Event(), []
    readers = [
        threading.Thread(target=read_pages, args=(site, pages[n:] + pages[:n], done, times))
        for n in range(READERS)
    ]
    for reader in readers:
        reader.start()
    work()
    done.set()
    for reader in readers:
        reader.join()
    return times


def show(what, times, pages):
    """Prints the times of all pages together and the median of each."""
    all_of_them = sorted(ms for _, ms in times)
    high = all_of_them[int(len(all_of_them) * 0.95)]
    print(
        f"{what}: {len(times)} pages, median {statistics.median(all_of_them):.0f} ms, "
        f"95 % within {high:.0f} ms, slowest {all_of_them[-1]:.0f} ms"
    )
    for page in pages:
        median = statistics.median(ms for found, ms in times if found == page)
        print(f"  {median:6.0f} ms  {page}")


if __name__ == "__main__":
    main()
