"""A site on engines for tests from outside: PostgreSQL, SeaweedFS, servers and workers.

`SCR_BIN` names the binary; the main class is `EngineSite`.
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

from network import network

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCR = os.environ.get("SCR_BIN", str(ROOT / "target" / "release" / "scr"))
CARD = 'name = "S"\nauthors = ["A"]\ntraining = "two-fold"\ntwo_fold_declaration = true\n'
PORT = int(os.environ.get("PORT", "18286"))


class EngineSite:
    """Engines, servers and workers. The second worker reaches both engines over `link`, which can be cut
    between it and the database."""

    def __init__(self, folder, binaries=None):
        """Takes binaries in the place of `SCR_BIN` for servers and workers: a callable."""
        self.folder = folder
        self.binary = binaries or (lambda: SCR)
        # Binary of commands.
        self.command = SCR
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
        database = urllib.parse.urlsplit(self.environment["DATABASE_URL"])
        bucket = urllib.parse.urlsplit(self.environment["AWS_ENDPOINT_URL"])
        self.link = network([database.port, bucket.port])
        netloc = database.netloc.rpartition("@")[0] + "@" + self.link.address(database.port)
        self.linked = {
            **self.environment,
            "DATABASE_URL": database._replace(netloc=netloc).geturl(),
            "AWS_ENDPOINT_URL": f"http://{self.link.address(bucket.port)}",
        }
        self.log = open(folder / "log", "ab")
        self.servers, self.workers = [None, None], [None, None]

    def scr(self, *arguments, **options):
        return subprocess.run(
            [self.command, *arguments], env=self.environment, capture_output=True, text=True, check=False, **options
        )

    def well(self, *arguments, **options):
        done = self.scr(*arguments, **options)
        if done.returncode != 0:
            sys.exit(f"{arguments[:3]}: {done.stderr}")
        return done.stdout.strip()

    def make(self, images=4, side_px=128):
        """Makes a benchmark of phantoms and masks for it."""
        bench, masks = str(self.folder / "bench"), str(self.folder / "masks")
        self.well("phantom", "--out", bench, "--images", str(images), "--seed", "3", "--size", str(side_px))
        self.well("run", "mean-shape", "--benchmark", bench, "--out", masks)
        self.well("admin", "benchmark", "add", bench)
        self.well("admin", "benchmark", "set", "phantom", "--submissions", "100000/day")
        (self.folder / "card.toml").write_text(CARD)

    def add_participant(self, number):
        """Adds an account; returns its token."""
        mail = f"p{number}@example.org"
        add = ["admin", "user", "add", mail, "--name", mail, "--role", "participant", "--password-stdin"]
        self.well(*add, input="correct horse battery\n")
        return self.well("admin", "token", "create", mail)

    def submit(self, token, index):
        """Hands the masks in at a server; returns the finished command."""
        return self.scr(
            "submit", str(self.folder / "masks"), "--server", self.address(index), "--token", token,
            "--benchmark", "phantom", "--card", str(self.folder / "card.toml"), "--accept-terms",
        )  # fmt: skip

    def logs(self, tokens):
        """Log lines of all submissions, by identifier."""
        logs = {}
        for token in tokens:
            listed = json.loads(self.well("status", "--server", self.address(0), "--token", token, "--format", "json"))
            for one in listed if isinstance(listed, list) else listed["submissions"]:
                shown = self.well("status", one["submission"], "--server", self.address(0), "--token", token)
                logs[one["submission"]] = json.loads(shown)["log"]
        return logs

    def start(self, command, environment):
        return subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)

    def serve(self, index):
        serve = [self.binary(), "serve", "--no-worker", "--listen", f"127.0.0.1:{PORT + index}"]
        self.servers[index] = self.start(serve, self.environment)

    def work(self, index):
        work = [self.binary(), "worker"]
        if index == 1:
            self.workers[index] = self.start(self.link.command(work), self.linked)
        else:
            self.workers[index] = self.start(work, self.environment)

    def address(self, index):
        return f"http://127.0.0.1:{PORT + index}"

    def end(self):
        for process in [*self.servers, *self.workers]:
            if process:
                process.kill()
                process.wait()
        self.link.end()
        self.engines.stdin.close()
        self.engines.wait()
