"""Asks everything that the OpenAPI document describes, and much that it does not.

    python3 tests/operations/contract.py [--examples 12] [--max-time 45]

Serves a small site with a public entry and lets schemathesis loose on it, with a token
that may do everything; with another one on what makes tokens void. Exit code 1 when an
answer is not as described, or the fault is the server's.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from served import Site


# Where one request may end all others'.
TOKEN = "/api/v1/account/tokens/{token}"
# Limits by client are not what is tried here.
CLIENTS = pathlib.Path(__file__).with_name("clients.py")


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
    spare = site.add_user("spare@example.org", "operator")
    site.start("--behind-proxy")
    submission = site.begin(token, "Public")
    site.send(token, submission, 0, len(site.file))
    site.api("POST", f"submissions/{submission}/complete", token)
    site.wait_for_jobs(60)
    site.api("POST", f"submissions/{submission}/review", token, {"decision": "publish"})
    site.wait_for_jobs(60)
    found = attack(site, folder, given, token, ["--exclude-path", TOKEN])
    found = attack(site, folder, given, spare, ["--include-path", TOKEN]) or found
    site.stop()
    return found


def attack(site, folder, given, token, which):
    """Asks with a token what `which` chooses; returns schemathesis' exit code."""
    command = ["schemathesis", "run", f"http://127.0.0.1:{site.port}/api/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--no-color", "--warnings", "off"]
    command += ["--max-examples", str(given.examples), "--generation-deterministic"]
    command += ["--max-time", str(given.max_time), *which]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(CLIENTS)}
    return subprocess.run(command, cwd=folder, env=environment).returncode


if __name__ == "__main__":
    main()
