"""Asks everything that the OpenAPI document describes, and much that it does not.

    python3 tests/operations/contract.py [--examples 12] [--max-time 45]

Serves a small site with a public entry and lets schemathesis loose on it, with a token
that may do everything. Exit code 1 when an answer is not as described, or the fault is
the server's.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile

from served import Site


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=12)
    parser.add_argument("--max-time", type=int, default=45)
    given = parser.parse_args()
    if shutil.which("schemathesis") is None:
        sys.exit("no schemathesis: pip install schemathesis")
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run(given, folder))


def run(given, folder):
    site = Site(folder, images=4, side_px=64)
    token = site.add_user("o@example.org", "operator")
    site.start()
    submission = site.begin(token, "Public")
    site.send(token, submission, 0, len(site.file))
    site.api("POST", f"submissions/{submission}/complete", token)
    site.wait_for_jobs(60)
    site.api("POST", f"submissions/{submission}/review", token, {"decision": "publish"})
    site.wait_for_jobs(60)
    command = ["schemathesis", "run", f"http://127.0.0.1:{site.port}/api/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--no-color", "--warnings", "off"]
    command += ["--max-examples", str(given.examples), "--generation-deterministic"]
    command += ["--max-time", str(given.max_time)]
    done = subprocess.run(command, cwd=folder)
    site.stop()
    return done.returncode


if __name__ == "__main__":
    main()
