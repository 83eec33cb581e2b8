"""A small served site of phantoms for tests from outside.

Uses the documented commands and the documented API only. Needs Python alone. `SCR_BIN` names the binary; the main class is `Site`.
"""

import http.client
import io
import json
import os
import pathlib
import signal
import subprocess
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCR = os.environ.get("SCR_BIN", str(ROOT / "target" / "release" / "scr"))
BENCHMARK = "phantom"
PASSWORD = "correct horse battery staple"


def scr(*arguments, given=None):
    """Runs the command, which must succeed, and returns its stdout."""
    done = subprocess.run([SCR, *map(str, arguments)], input=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"scr {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


class Reader:
    """One connection that is kept open."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def get(self, path):
        """Milliseconds and body of an answer."""
        begin = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        elapsed_ms = (time.perf_counter() - begin) * 1e3
        if answer.status != 200:
            raise AssertionError(f"{path}: expected 200, found {answer.status}")
        return elapsed_ms, body


class Refused(Exception):
    """An answer with a status other than 2xx, and its message."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status = status


class Site:
    """A data folder with one benchmark of phantoms, masks for it, and a server."""

    def __init__(self, folder):
        """Takes the folder of the site, which need not exist."""
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "site"
        self.server = None
        self.port = None
        self.file = b""

    @classmethod
    def make(cls, folder, images, side_px):
        """Makes a site with one benchmark, and masks to submit."""
        site = cls(folder)
        benchmark, masks = site.folder / "bench", site.folder / "masks"
        scr("phantom", "--out", benchmark, "--images", images, "--seed", 5, "--size", side_px)
        scr("run", "mean-shape", "--benchmark", benchmark, "--out", masks)
        scr("admin", "benchmark", "add", benchmark, "--dir", site.data)
        # A quota that no test reaches.
        many = ["--submissions", "100000/day"]
        scr("admin", "benchmark", "set", BENCHMARK, *many, "--dir", site.data)
        site.masks = sorted(path.relative_to(masks).as_posix() for path in masks.glob("*/*.png"))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name in site.masks:
                archive.write(masks / name, name)
        site.file = packed.getvalue()
        return site

    def add_user(self, email, role):
        """Adds an account and returns a token."""
        add = ["admin", "user", "add", email, "--name", email, "--role", role]
        scr(*add, "--password-stdin", "--dir", self.data, given=PASSWORD + "\n")
        return scr("admin", "token", "create", email, "--dir", self.data).strip()

    def start(self, *options):
        """Starts the server and waits until it answers."""
        log = open(self.folder / "serve.log", "ab")
        command = [SCR, "serve", "--dir", self.data, "--listen", "127.0.0.1:0", *options]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.server.stdout.readline()
        if not line.startswith("http://"):
            raise AssertionError(f"the server did not start: {line!r}, see {log.name}")
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])

    def kill(self):
        """Kills the server, as a power failure would."""
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def stop(self):
        """Stops the server, as a service manager would."""
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()
        self.server.stdout.close()

    def answer(self, method, path, token=None, body=None, kind="application/json"):
        """Sends one request on a new connection; returns status and body of any answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            if body is not None:
                headers["Content-Type"] = kind
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, *request, **more):
        """Sends one request; returns the body of a 2xx answer, raises `Refused` otherwise."""
        status, content = self.answer(*request, **more)
        if status // 100 != 2:
            raise Refused(status, content[:300])
        return content

    def api(self, method, path, token=None, value=None):
        """Sends one request to the API; returns the JSON of the answer."""
        body = None if value is None else json.dumps(value)
        return json.loads(self.ask(method, f"/api/v1/{path}", token, body))

    def begin(self, token, name):
        """Begins a submission and returns its identifier."""
        card = {"name": name, "authors": ["A. Tester"], "two_fold_declaration": True}
        beginning = {"card": card, "size_bytes": len(self.file), "accept_terms": True}
        beginning["confirm"] = True
        return self.api("POST", f"benchmarks/{BENCHMARK}/submissions", token, beginning)["submission"]

    def send(self, token, submission, offset, n_bytes):
        """Uploads a chunk and returns the number of bytes received so far."""
        chunk = self.file[offset : offset + n_bytes]
        path = f"/api/v1/submissions/{submission}/file?offset={offset}"
        answer = self.ask("PUT", path, token, chunk, "application/octet-stream")
        return json.loads(answer)["received_bytes"]

    def submit(self, token, name):
        """Submits all masks and returns the identifier of the submission."""
        submission = self.begin(token, name)
        self.send(token, submission, 0, len(self.file))
        self.api("POST", f"submissions/{submission}/complete", token)
        return submission

    def entries(self):
        """Published entries, by identifier."""
        found, path = {}, f"/api/v1/benchmarks/{BENCHMARK}/entries?limit=500"
        while path:
            answer = json.loads(self.ask("GET", path))
            found.update((entry["id"], entry) for entry in answer["entries"])
            path = answer["next"]
        return found

    def jobs(self):
        """Running and waiting jobs, as listed for the operator."""
        return json.loads(scr("admin", "jobs", "list", "--dir", self.data, "--format", "json"))

    def wait_for_jobs(self, patience_s):
        """Waits until no job is left; returns the jobs left after the timeout."""
        until = time.monotonic() + patience_s
        while (left := self.jobs()) and time.monotonic() < until:
            time.sleep(0.3)
        return left
