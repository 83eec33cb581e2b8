"""Faults of a site on engines under load: two servers and two workers, and submissions all the time.

    python3 tests/operations/engine_faults.py [--faults 200] [--seed 1] [--outage-s 30] [--old SCR]

Each fault is one of: a worker or a server killed (kill -9), PostgreSQL killed and started again,
SeaweedFS stopped for a while, the network between a worker and the database cut for a while (`network.py`:
a namespace whose packets are dropped where root allows one, else a proxy that forwards nothing). At the end every submission that a server has
acknowledged is scored, once, without anybody's doing; `scr verify --scores` of the site is clean. Exit
code 1 otherwise. Prints the counts as JSON.

With `--old`, a binary of an earlier version, servers and workers begin as that one, and whenever one
is killed, the old or the new one takes its place: an upgrade with both at once.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

from engine_site import SCR, EngineSite

ACCOUNTS = 6
# A job of a killed worker waits for its lease of 15 s, up to three times.
PATIENCE_S = 180


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
        done = site.submit(token, dice.randrange(2))
        if done.returncode == 0:
            acknowledged.append(json.loads(done.stdout)["submission"])
        time.sleep(0.3)


def fault(site, dice, outage_s):
    """Makes one fault; returns its name."""
    kind = dice.choices(["worker", "server", "postgres", "seaweedfs", "network"], [6, 6, 2, 1, 1])[0]
    if kind == "worker":
        site.workers[dice.randrange(2)].kill()
    elif kind == "server":
        site.servers[dice.randrange(2)].kill()
    elif kind == "postgres":
        site.engines.send_signal(signal.SIGUSR1)
    elif kind == "network":
        site.link.cut()
        time.sleep(dice.uniform(0.5, outage_s))
        site.link.mend()
    else:
        pid = int(site.environment["SEAWEEDFS_PID"])
        os.kill(pid, signal.SIGSTOP)
        time.sleep(dice.uniform(0.5, outage_s))
        os.kill(pid, signal.SIGCONT)
    return kind


def states(site, tokens):
    """States of all submissions, by identifier."""
    return {id: [line["state"] for line in log] for id, log in site.logs(tokens).items()}


class Upgrade:
    """Binary of the next process: the old one at first, then either, then the new one."""

    def __init__(self, old, dice):
        self.old, self.dice = old, dice
        self.stage = "old"
        self.counts = collections.Counter()

    def __call__(self):
        is_old = self.stage == "old" or (self.stage == "mixed" and self.dice.random() < 0.5)
        self.counts["old" if is_old else "new"] += 1
        return self.old if is_old else SCR


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outage-s", type=float, default=30)
    parser.add_argument("--old", help="binary of an earlier version")
    arguments = parser.parse_args()
    dice, counts, problems = random.Random(arguments.seed), collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="scr-faults-") as folder:
        folder = pathlib.Path(folder)
        upgrade = Upgrade(arguments.old, dice) if arguments.old else None
        site = EngineSite(folder, upgrade)
        try:
            # A new binary would bring the tables up to date before an old one begins.
            site.command = arguments.old or SCR
            site.make()
            tokens = [site.add_participant(number) for number in range(ACCOUNTS)]
            for index in (0, 1):
                site.serve(index)
                site.work(index)
            site.command = SCR
            acknowledged, stopping = [], threading.Event()
            threads = [threading.Thread(target=keep_up, args=(site, stopping))]
            for number, token in enumerate(tokens):
                own = random.Random(arguments.seed * 1000 + number)
                threads.append(threading.Thread(target=hand_in, args=(site, token, own, acknowledged, stopping)))
            for thread in threads:
                thread.start()
            for number in range(arguments.faults):
                if upgrade:
                    upgrade.stage = "mixed" if number < arguments.faults * 2 // 3 else "new"
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
    started = {f"started_{name}": count for name, count in (upgrade.counts if upgrade else {}).items()}
    print(json.dumps({**counts, **started, "cut_by": type(site.link).__name__.lower(), "problems": problems}))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
