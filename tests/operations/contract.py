"""Tests the API against its OpenAPI document with schemathesis.

    python3 tests/operations/contract.py [--examples 12] [--max-time 45]

Serves a small site with an entry and sends requests that follow the document and requests
that violate it, with a token of all scopes; requests that revoke tokens use another token.
Exit code 1 for an answer that violates the document, or for a server error.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from served import Site

# Requests to this path can revoke the token of all other requests.
TOKEN = "/api/v1/account/tokens/{token}"
# Rate limits by client are out of scope: every request comes from another client.
CLIENTS = pathlib.Path(__file__).with_name("clients.py")
# Conditions that no schema expresses: a DOI, an existing entry, accepted terms (422), the
# length of a file (416).
SETTINGS = """
[auth.openapi]
token = {{ bearer = "{token}" }}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "416", "422", "429", "507"]
"""


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
    site = Site.make(folder, images=4, side_px=64)
    token = site.add_user("o@example.org", "operator")
    spare = site.add_user("spare@example.org", "operator")
    site.start("--behind-proxy")
    submission = site.begin(token, "Public")
    site.send(token, submission, 0, len(site.file))
    site.api("POST", f"submissions/{submission}/complete", token)
    site.wait_for_jobs(60)
    site.api("POST", f"submissions/{submission}/review", spare, {"decision": "publish", "answer": "a test"})
    site.wait_for_jobs(60)
    options = ["--max-examples", str(given.examples), "--max-time", str(given.max_time)]
    found = attack(site, folder, token, [*options, "--exclude-path", TOKEN])
    found = attack(site, folder, spare, ["--max-time", "5", "--include-path", TOKEN]) or found
    site.stop()
    return found


def attack(site, folder, token, options):
    """Runs schemathesis with a token on the operations of the options; returns its exit code."""
    settings = pathlib.Path(folder) / "schemathesis.toml"
    settings.write_text(SETTINGS.format(token=token))
    command = ["schemathesis", "--config-file", settings, "run", "--no-color", "--warnings", "off"]
    command += [f"http://127.0.0.1:{site.port}/api/openapi.json"]
    command += ["--generation-deterministic", *options]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(CLIENTS)}
    return subprocess.run(command, cwd=folder, env=environment).returncode


if __name__ == "__main__":
    main()
