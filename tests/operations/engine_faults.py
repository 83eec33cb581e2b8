"""Faults of a site on engines under load: two servers and two workers, and submissions all the time.

    python3 tests/operations/engine_faults.py [--faults 200] [--seed 1] [--outage-s 30]

Each fault is one of: a worker or a server killed (kill -9), PostgreSQL killed and started again,
SeaweedFS stopped for a while. At the end every submission that a server has acknowledged is scored,
once, without anybody's doing; `scr verify --scores` of the site is clean. Exit code 1 otherwise.
Prints the counts as JSON.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCR = os.environ.get("SCR_BIN", str(ROOT / "target" / "release" / "scr"))
CARD = 'name = "S"\nauthors = ["A"]\ntraining = "two-fold"\ntwo_fold_declaration = true\n'
ACCOUNTS = 6
PORT = int(os.environ.get("PORT", "18286"))
# A job of a killed worker waits for its lease of 15 s, up to three times.
PATIENCE_S = 180


class EngineSite:
    """Engines, servers and workers."""

    def __init__(self, folder):
        self.folder = folder
        self.engines = subprocess.Popen(
            [ROOT / "tests/engines/start"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.environment = dict(os.environ)
        for line in self.engines.stdout:
            if line.startswith("ready"):
                break
            name, value = line.strip().split("=", 1)
            self.environment[name] = value
        else:
            sys.exit("no engines")
        self.log = open(folder / "log", "ab")
        self.servers, self.workers = [None, None], [None, None]

    def scr(self, *arguments, **options):
        return subprocess.run(
            [SCR, *arguments], env=self.environment, capture_output=True, text=True, check=False, **options
        )

    def well(self, *arguments, **options):
        done = self.scr(*arguments, **options)
        if done.returncode != 0:
            sys.exit(f"{arguments[:3]}: {done.stderr}")
        return done.stdout.strip()

    def start(self, *arguments):
        return subprocess.Popen([SCR, *arguments], env=self.environment, stdout=self.log, stderr=self.log)

    def serve(self, index):
        self.servers[index] = self.start("serve", "--no-worker", "--listen", f"127.0.0.1:{PORT + index}")

    def work(self, index):
        self.workers[index] = self.start("worker")

    def address(self, index):
        return f"http://127.0.0.1:{PORT + index}"

    def end(self):
        for process in [*self.servers, *self.workers]:
            if process:
                process.kill()
                process.wait()
        self.engines.stdin.close()
        self.engines.wait()


def keep_up(site, stopping):
    """Starts servers and workers again that ended: what a service manager does."""
    while not stopping.is_set():
        for index in (0, 1):
            if site.servers[index].poll() is not None:
                site.serve(index)
            if site.workers[index].poll() is not None:
                site.work(index)
        time.sleep(0.2)


def hand_in(site, token, dice, acknowledged, stopping):
    """Hands in one submission after the other; notes those that were acknowledged."""
    while not stopping.is_set():
        done = site.scr(
            "submit", str(site.folder / "masks"), "--server", site.address(dice.randrange(2)), "--token", token,
            "--benchmark", "phantom", "--card", str(site.folder / "card.toml"), "--accept-terms",
        )  # fmt: skip
        if done.returncode == 0:
            acknowledged.append(json.loads(done.stdout)["submission"])
        time.sleep(0.3)


def fault(site, dice, outage_s):
    """Makes one fault; returns its name."""
    kind = dice.choices(["worker", "server", "postgres", "seaweedfs"], [6, 6, 2, 1])[0]
    if kind == "worker":
        site.workers[dice.randrange(2)].kill()
    elif kind == "server":
        site.servers[dice.randrange(2)].kill()
    elif kind == "postgres":
        site.engines.send_signal(signal.SIGUSR1)
    else:
        pid = int(site.environment["SEAWEEDFS_PID"])
        os.kill(pid, signal.SIGSTOP)
        time.sleep(dice.uniform(0.5, outage_s))
        os.kill(pid, signal.SIGCONT)
    return kind


def states(site, tokens):
    """Logs of all submissions, by identifier."""
    logs = {}
    for token in tokens:
        listed = json.loads(site.well("status", "--server", site.address(0), "--token", token, "--format", "json"))
        for one in listed if isinstance(listed, list) else listed["submissions"]:
            shown = site.well("status", one["submission"], "--server", site.address(0), "--token", token)
            logs[one["submission"]] = [line["state"] for line in json.loads(shown)["log"]]
    return logs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outage-s", type=float, default=30)
    arguments = parser.parse_args()
    dice, counts, problems = random.Random(arguments.seed), collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="scr-faults-") as folder:
        folder = pathlib.Path(folder)
        site = EngineSite(folder)
        try:
            site.well("phantom", "--out", str(folder / "bench"), "--images", "4", "--seed", "3", "--size", "128")
            site.well("run", "mean-shape", "--benchmark", str(folder / "bench"), "--out", str(folder / "masks"))
            site.well("admin", "benchmark", "add", str(folder / "bench"))
            site.well("admin", "benchmark", "set", "phantom", "--submissions", "100000/day")
            (folder / "card.toml").write_text(CARD)
            tokens = []
            for number in range(ACCOUNTS):
                mail = f"p{number}@example.org"
                add = ["admin", "user", "add", mail, "--name", mail, "--role", "participant", "--password-stdin"]
                site.well(*add, input="correct horse battery\n")
                tokens.append(site.well("admin", "token", "create", mail))
            for index in (0, 1):
                site.serve(index)
                site.work(index)
            acknowledged, stopping = [], threading.Event()
            threads = [threading.Thread(target=keep_up, args=(site, stopping))]
            for number, token in enumerate(tokens):
                own = random.Random(arguments.seed * 1000 + number)
                threads.append(threading.Thread(target=hand_in, args=(site, token, own, acknowledged, stopping)))
            for thread in threads:
                thread.start()
            for _ in range(arguments.faults):
                time.sleep(dice.uniform(0.1, 1.0))
                counts[fault(site, dice, arguments.outage_s)] += 1
            # Nobody hands in any more; servers and workers are kept up.
            quiet = threading.Event()
            stopping.set()
            for thread in threads:
                thread.join()
            keeper = threading.Thread(target=keep_up, args=(site, quiet))
            keeper.start()
            until = time.monotonic() + PATIENCE_S
            while True:
                time.sleep(2)
                logs = states(site, tokens)
                waiting = [id for id in acknowledged if logs.get(id, [""])[-1] not in ("awaiting_review", "rejected")]
                if not waiting or time.monotonic() > until:
                    break
            quiet.set()
            keeper.join()
            problems += [f"{id} is {logs.get(id, ['lost'])[-1]}" for id in waiting]
            problems += [f"{id} is lost" for id in acknowledged if id not in logs]
            for id, log in logs.items():
                if log.count("awaiting_review") > 1 or log.count("checked") > 1:
                    problems.append(f"{id} has two results: {log}")
            counts["acknowledged"] = len(acknowledged)
            counts["scored"] = sum(log[-1] == "awaiting_review" for log in logs.values())
            counts["given_up"] = sum(log[-1] == "rejected" for log in logs.values())
            verified = site.scr("verify", "--scores", "--database", site.environment["DATABASE_URL"],
                                "--blobs", site.environment["BLOBS_URL"])  # fmt: skip
            if verified.returncode != 0:
                problems.append(verified.stderr)
        finally:
            site.end()
    print(json.dumps({**counts, "problems": problems}))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
