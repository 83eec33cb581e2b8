"""Kills a site at random moments of uploading, checking, scoring, publishing and backup.

    python3 tests/operations/kill.py [--kills 200] [--seed 1] [--keep FOLDER]

After every kill the site is started again and checked: everything acknowledged is stored,
bytes of uploads too; entries are complete; a backup is complete or absent. At the end no job
is left and every submission is in a state that follows its last one. Exit code 1 otherwise.
"""

import argparse
import collections
import http.client
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from served import SCR, Refused, Site, scr

ORDER = ["receiving", "received", "checked", "scoring", "awaiting_review", "publishing", "published"]
DONE = ["published", "rejected"]
# An entry of the same masks was published meanwhile: a curator must decide again.
FLAGGED = "there are flags that were not there when it was accepted"
BROKEN = (OSError, http.client.HTTPException)
CHUNKS = 6
# Lease of a job: a job of a killed worker is claimed again when it expires.
LEASE_S = 15
# Longest delay of the kill, about the duration of the step, so that kills hit every part
# of it.
DELAYS_S = {"upload": 0.05, "score": 0.4, "publish": 0.5, "backup": 1.2}


class Story:
    """Everything acknowledged by the server, and the next steps."""

    def __init__(self, site, dice):
        self.site, self.dice = site, dice
        self.token = site.add_user("p@example.org", "participant")
        self.curator = site.add_user("c@example.org", "curator")
        self.acknowledged = {}  # submission: state
        self.bytes_here = {}  # submission: acknowledged bytes
        self.published = set()  # entries of published submissions
        self.whole = set()  # entries found whole
        self.given_up = set()  # submissions whose job was killed too often
        self.refused = []  # requests that the site refused
        self.n_begun = self.n_backups = 0

    def upload(self):
        """Uploads a submission, or resumes one that was interrupted."""
        # Includes a submission whose first answer was cut off.
        listed = self.site.api("GET", "submissions", self.token)["submissions"]
        open_ones = [one["submission"] for one in listed if one["state"] == "receiving"]
        if open_ones:
            submission = open_ones[0]
            self.acknowledged.setdefault(submission, "receiving")
            here = self.site.api("GET", f"submissions/{submission}", self.token)["received_bytes"]
        else:
            self.n_begun += 1
            submission, here = self.site.begin(self.token, f"Killed {self.n_begun}"), 0
            self.acknowledged[submission] = "receiving"
        size = len(self.site.file)
        while here < size:
            here = self.site.send(self.token, submission, here, size // CHUNKS + 1)
            self.bytes_here[submission] = here
        self.site.api("POST", f"submissions/{submission}/complete", self.token)
        self.acknowledged[submission] = "received"

    def score(self):
        """Submits masks, which the worker checks and scores."""
        self.upload()
        time.sleep(0.5)

    def publish(self):
        """Publishes the submission that waits longest; submits masks when none waits."""
        self.look()
        waiting = [s for s, state in self.acknowledged.items() if state == "awaiting_review"]
        if not waiting:
            return self.score()
        decision = {"decision": "publish", "answer": "a test"}
        self.site.api("POST", f"submissions/{waiting[0]}/review", self.curator, decision)
        self.acknowledged[waiting[0]] = "publishing"
        time.sleep(0.4)

    def look(self):
        """Reads the state of all submissions. Returns violations."""
        wrong = []
        public = self.site.entries()
        for submission, before in list(self.acknowledged.items()):
            if before in DONE:
                continue
            found = self.site.api("GET", f"submissions/{submission}", self.token)
            state, log = found["state"], found["log"]
            self.acknowledged[submission] = state
            # A job that was claimed and killed three times is given up.
            if any(line["message"] == "given up" for line in log):
                self.given_up.add(submission)
                continue
            went_back = before == "publishing" and any(line["message"] == FLAGGED for line in log)
            if ORDER.index(state) < ORDER.index(before) and not went_back:
                wrong.append(f"{submission} is {state} after {before}")
            here, acknowledged = found["received_bytes"], self.bytes_here.get(submission, 0)
            if state != "published" and here < acknowledged:
                wrong.append(f"{submission} has {here} bytes of {acknowledged} acknowledged")
            states = []
            for line in log:
                if line["message"] == FLAGGED:
                    states.pop()
                else:
                    states.append(line["state"])
            if states != ORDER[: len(states)] or state not in states:
                wrong.append(f"{submission} is {state}, and its log says {states}")
            if state == "published":
                self.published.add(found["entry"])
        later = self.site.entries().keys()
        wrong += [f"entry {e} is public before its submission" for e in public.keys() - self.published]
        wrong += [f"entry {e} is published and not there" for e in self.published - later]
        return wrong

    def look_at_entries(self):
        """Reads every file of new entries. Returns violations."""
        wrong = []
        for entry in self.site.entries().keys() - self.whole:
            n_images = len(self.site.api("GET", f"entries/{entry}")["results"]["images"])
            names = self.site.masks
            try:
                for name in names:
                    self.site.ask("GET", f"/api/v1/entries/{entry}/masks/{name}")
            except Refused as refused:
                wrong.append(f"entry {entry} lacks a mask: {refused}")
            if n_images != len({name.split("/")[1] for name in names}):
                wrong.append(f"entry {entry} has scores of {n_images} images")
            self.whole.add(entry)
        return wrong


def attempt(step, story):
    """Runs a step that a kill may interrupt and the server never refuses."""
    try:
        step()
    except BROKEN:
        pass
    except Refused as refused:
        story.refused.append(f"refused: {refused}")


def kill_once(site, story, kind):
    """Kills the site, and a backup under way, at a random moment of a step."""
    backup = out = None
    if kind == "backup":
        story.n_backups += 1
        out = site.folder / f"backup-{story.n_backups}"
        backup = subprocess.Popen(
            [SCR, "backup", out, "--dir", site.data], stderr=subprocess.DEVNULL
        )
    steps = {"upload": story.upload, "backup": story.score}
    step = steps.get(kind) or getattr(story, kind)
    working = threading.Thread(target=attempt, args=(step, story))
    working.start()
    time.sleep(story.dice.uniform(0, DELAYS_S[kind]))
    site.kill()
    if backup:
        backup.kill()
        backup.wait()
    working.join()
    return out


def look_at_backup(site, out):
    """Checks that a backup is complete or absent."""
    if out is None or not out.exists():
        return []
    restored = site.folder / "restored"
    try:
        scr("restore", out, "--dir", restored)
        database = sqlite3.connect(restored / "scr.sqlite")
        (said,) = database.execute("PRAGMA integrity_check").fetchone()
        database.close()
        return [] if said == "ok" else [f"the database of {out.name}: {said}"]
    except AssertionError as failed:
        return [f"{out.name} is there and is no backup: {failed}"]
    finally:
        shutil.rmtree(restored, ignore_errors=True)
        shutil.rmtree(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="an empty folder for the site, which stays")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run(given, pathlib.Path(given.keep or folder)))


def run(given, folder):
    begin = time.monotonic()
    site = Site.make(folder, images=4, side_px=128)
    story = Story(site, random.Random(given.seed))
    kinds = collections.Counter()
    wrong, n_whole_backups = [], 0
    site.start()
    for number in range(given.kills):
        kind = list(DELAYS_S)[number % len(DELAYS_S)]
        kinds[kind] += 1
        out = kill_once(site, story, kind)
        n_whole_backups += out is not None and out.exists()
        site.start()
        found = story.look() + story.look_at_entries() + look_at_backup(site, out)
        found, story.refused = found + story.refused, []
        wrong += [f"after kill {number + 1} ({kind}): {what}" for what in found]
    left = site.wait_for_jobs(20 * LEASE_S)
    wrong += [f"a job has not ended: {job}" for job in left]
    wrong += story.look() + story.look_at_entries()
    site.stop()
    database = sqlite3.connect(site.data / "scr.sqlite")
    (said,) = database.execute("PRAGMA integrity_check").fetchone()
    database.close()
    wrong += [] if said == "ok" else [f"the database: {said}"]
    verified = subprocess.run([SCR, "verify", site.data, "--scores"], capture_output=True, text=True)
    wrong += [] if verified.returncode == 0 else [f"the record: {verified.stderr}"]
    states = collections.Counter(story.acknowledged.values())
    print(f"{given.kills} kills in {time.monotonic() - begin:.0f} s: {dict(kinds)}")
    print(f"{len(story.acknowledged)} submissions: {dict(states)}")
    print(f"{len(story.given_up)} of them with a job killed three times, which is given up")
    print(f"{len(story.whole)} entries, all files read; {n_whole_backups} backups ended and restored")
    print(verified.stdout, end="")
    print("\n".join(wrong) or "nothing acknowledged is lost, nothing half-done is visible, every job ended")
    return 1 if wrong else 0


if __name__ == "__main__":
    main()
