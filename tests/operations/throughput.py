"""Throughput of workers, overhead of the queue, and pages on engines beside a data folder, in one run.

    python3 tests/operations/throughput.py [--jobs 30] [--images 12] [--side 1024]

Jobs are scorings of the same masks, queued before the first worker starts. Each worker has one thread, so
that on two cores two of them have a core each, less what server and engines take. Prints jobs a second of
one worker and of two, the time from the end of a job to the beginning of the worker's next one (overhead of
the queue, median), the time from an idle worker's notification to its claim, and for each page the median
latency on PostgreSQL + S3 over that of the same site in SQLite + a folder, asked in turns.

Needs Python alone. `SCR_BIN` names the binary.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from engine_site import PORT, SCR, EngineSite
from served import Reader

PAGES = ["/", "/benchmarks/phantom", "/benchmarks/phantom/results", "/benchmarks/phantom/data",
         "/entries/{entry}", "/api/v1/benchmarks/phantom/entries"]  # fmt: skip
PATIENCE_S = 600


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Worker:
    """A worker of one thread, with its log."""

    def __init__(self, site, number):
        self.log = site.folder / f"worker-{time.monotonic_ns()}-{number}.log"
        environment = {**site.environment, "RAYON_NUM_THREADS": "1", "SCR_LOG": "info,scr_work=debug"}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([SCR, "worker", "--log-format", "json"], env=environment, stderr=log)
        # The site ends it when the script breaks off.
        site.workers.append(self.process)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def events(self, message):
        """Times of the lines with a message, by job."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        found = [line for line in lines if line.get("message") == message]
        return [(line["job"], seconds(line["timestamp"])) for line in found]


def scored(site, token, submissions):
    """Waits until all are scored."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        logs = site.logs([token])
        if all(logs[one][-1]["state"] == "awaiting_review" for one in submissions):
            return
        time.sleep(1)
    sys.exit("jobs are not done")


def submitted(site, token, n_jobs):
    """Queues jobs; returns their submissions."""
    found = []
    for _ in range(n_jobs):
        done = site.submit(token, 0)
        if done.returncode != 0:
            sys.exit(done.stderr)
        found.append(json.loads(done.stdout)["submission"])
    return found


def job_ends(workers, n_jobs):
    """Times at which each worker ended its jobs, once all are done.

    Reads logs: to ask a server for the state of each job would take a core from the workers.
    """
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        ends = [[at for _, at in worker.events("did a job")] for worker in workers]
        if sum(map(len, ends)) >= n_jobs:
            return ends
        time.sleep(0.5)
    sys.exit("jobs are not done")


def run(site, token, n_jobs, n_workers):
    """Jobs a second from each worker's first end on, and the pauses between jobs in ms."""
    submissions = submitted(site, token, n_jobs)
    workers = [Worker(site, number) for number in range(n_workers)]
    ends = job_ends(workers, len(submissions))
    rate, pauses = 0.0, []
    # While every worker had something to do.
    last = min(times[-1] for times in ends)
    for worker, times in zip(workers, ends):
        times = [at for at in times if at <= last]
        rate += (len(times) - 1) / (times[-1] - times[0])
        claims = dict(worker.events("claimed a job"))
        order = sorted(claims.values())
        pauses += [1e3 * min(claim - end for claim in order if claim > end) for end in times[:-1]]
    for worker in workers:
        worker.stop()
    return rate, pauses


def starts(site, token, n_jobs):
    """Times in ms from the moment a submission is complete to its claim by an idle worker."""
    worker = Worker(site, 0)
    time.sleep(2)
    times = []
    for _ in range(n_jobs):
        [submission] = submitted(site, token, 1)
        scored(site, token, [submission])
        log = site.logs([token])[submission]
        received = next(seconds(line["at"]) for line in log if line["state"] == "received")
        times.append(1e3 * (dict(worker.events("claimed a job"))[submission] - received))
    worker.stop()
    return times


def publish(site, token, curator, submission):
    """Publishes a submission, and answers flags that the entries before it have raised."""
    until = time.monotonic() + PATIENCE_S
    while site.logs([token])[submission][-1]["state"] != "published":
        if time.monotonic() > until:
            sys.exit(f"{submission} is not published")
        site.scr("review", submission, "--server", site.address(0), "--token", curator, "--publish", "--answer", "a test")
        time.sleep(0.5)


def pages(site, token, n_entries, n_requests):
    """Median latencies of pages in ms: on engines, and in a folder."""
    add = ["admin", "user", "add", "c@example.org", "--name", "C", "--role", "curator", "--password-stdin"]
    site.well(*add, input="correct horse battery\n")
    curator = site.well("admin", "token", "create", "c@example.org")
    submissions = submitted(site, token, n_entries)
    worker = Worker(site, 0)
    scored(site, token, submissions)
    for submission in submissions:
        publish(site, token, curator, submission)
    worker.stop()
    folder = str(site.folder / "moved")
    site.well("move", "--from-database", site.environment["DATABASE_URL"], "--from-blobs",
              site.environment["BLOBS_URL"], "--to-dir", folder)  # fmt: skip
    listen = ["--no-worker", "--listen", f"127.0.0.1:{PORT + 5}"]
    beside = subprocess.Popen([SCR, "serve", "--dir", folder, *listen], stdout=site.log, stderr=site.log)
    time.sleep(2)
    try:
        readers = [Reader(PORT), Reader(PORT + 5)]
        _, listed = readers[0].get("/api/v1/benchmarks/phantom/entries")
        entry = json.loads(listed)["entries"][0]["id"]
        found = {}
        for page in PAGES:
            times = [[], []]
            for _ in range(n_requests):
                for reader, kept in zip(readers, times):
                    kept.append(reader.get(page.format(entry=entry))[0])
            found[page] = [statistics.median(kept) for kept in times]
        return found
    finally:
        beside.kill()
        beside.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=30)
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--entries", type=int, default=6)
    parser.add_argument("--requests", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scr-throughput-") as folder:
        site = EngineSite(pathlib.Path(folder))
        try:
            site.make(arguments.images, arguments.side)
            token = site.add_participant(0)
            site.serve(0)
            time.sleep(2)
            one, pauses = run(site, token, arguments.jobs, 1)
            two, _ = run(site, token, arguments.jobs, 2)
            begun = starts(site, token, 8)
            latencies = pages(site, token, arguments.entries, arguments.requests)
        finally:
            site.end()
    ratios = {page: round(engines / folder, 2) for page, (engines, folder) in latencies.items()}
    print(json.dumps({
        "jobs_per_s": round(one, 2), "jobs_per_s_two_workers": round(two, 2), "two_over_one": round(two / one, 2),
        "queue_overhead_ms": round(statistics.median(pauses), 2), "start_ms": round(statistics.median(begun), 1),
        "pages_ms": {page: [round(ms, 2) for ms in both] for page, both in latencies.items()},
        "pages_engines_over_folder": ratios,
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
