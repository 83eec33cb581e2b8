"""Checksums of the outputs of the command and the API, for a fixed list of commands.

    python3 tests/operations/outputs.py --make-site FOLDER
    python3 tests/operations/outputs.py --site FOLDER >before.txt

The first makes a data folder once; the second prints one line an output, its SHA-256 and
its name. Run it with the binary (`SCR_BIN`) before and after a change that must move no
score, mask, document or digest: the two listings are equal, or `diff` names what moved.
Texts meant for people (tables, pages, logs) are not in the list.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import tempfile

from served import BENCHMARK, SCR, Site, scr

IMAGES, SIDE_PX = 8, 256
CURATOR, AUTHOR = "curator@example.org", "author@example.org"


def show(name, content):
    """Prints the line of one output."""
    print(f"{hashlib.sha256(content).hexdigest()}  {name}", flush=True)


def show_tree(name, folder, files="*"):
    """Prints the line of a folder: the checksum of the names and checksums of its files."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob(files) if path.is_file()):
        within = path.relative_to(folder).as_posix()
        total.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {within}\n".encode())
    print(f"{total.hexdigest()}  {name}/", flush=True)


def show_command(temp, name, *arguments):
    """Prints the line of a command's stdout, without the name of the temporary folder."""
    done = subprocess.run([SCR, *map(str, arguments)], capture_output=True)
    said = done.stdout.replace(str(temp).encode(), b"FOLDER")
    show(f"{name} (exit code {done.returncode})", said)


def local(temp):
    """Outputs without a site: phantoms, methods and scores."""
    bench, masks = temp / "bench", temp / "masks"
    scr("phantom", "--out", bench, "--images", IMAGES, "--seed", 3, "--size", SIDE_PX)
    show_tree("phantom", bench)
    scr("phantom", "--out", temp / "originals", "--images", 2, "--seed", 3, "--layout", "originals")
    show_tree("phantom --layout originals", temp / "originals")
    parts = ["--jsrt", temp / "originals" / "jsrt", "--scr", temp / "originals" / "scr"]
    parts += ["--second-observer", temp / "originals" / "scr-observer2", "--subset"]
    scr("import", "scr", *parts, "--out", temp / "imported")
    show_tree("import scr", temp / "imported")
    show_command(temp, "methods", "methods", "--format", "json")
    for method in json.loads(scr("methods", "--format", "json")):
        name = method["id"]
        models = temp / "models" / name
        scr("run", name, "--benchmark", bench, "--out", masks / name, "--models", models)
        # The folder also has the run record, with times.
        show_tree(f"run {name}: masks", masks / name, "*.png")
        show_tree(f"run {name}: models", models)
    sets = sorted(masks.iterdir())
    of = ["--benchmark", bench]
    for folder in sets:
        show_command(temp, f"evaluate {folder.name}", "evaluate", *of, folder, "--format", "json")
    show_command(temp, "evaluate --format csv", "evaluate", *of, sets[0], "--format", "csv")
    show_command(temp, "compare", "compare", *of, *sets, "--format", "json")
    show_command(temp, "compare --format csv", "compare", *of, *sets, "--format", "csv")
    (sets[0] / "heart" / "stray.png").write_bytes(b"no image")
    show_command(temp, "check of damaged masks", "check", *of, sets[0], "--format", "json")


def of_site(folder, temp):
    """Outputs of a site: its API, its export and its record."""
    shutil.copytree(folder / "site", temp / "site")
    site = Site(temp)
    scr("export", "--dir", site.data, temp / "export")
    show_tree("export", temp / "export")
    show_command(temp, "verify", "verify", site.data, "--scores", "--format", "json")
    token = scr("admin", "token", "create", CURATOR, "--dir", site.data).strip()
    site.start()
    try:
        for path in paths(site, token):
            status, body = site.answer("GET", path, token)
            show(f"GET {path} ({status})", body)
    finally:
        site.stop()


def paths(site, token):
    """All paths of the API to read, for the first image, entries and submissions."""
    of_benchmark = f"/api/v1/benchmarks/{BENCHMARK}"
    image = site.api("GET", f"benchmarks/{BENCHMARK}")["images"][0]["id"]
    for name in ["images/{}.png", "display/images/{}.png", "thumbnails/{}.png"]:
        yield f"{of_benchmark}/{name.format(image)}"
    for name in ["", "/entries", "/terms", "/publications", "/download/manifest.json"]:
        yield of_benchmark + name
    for name in ["outlines/reference", "display/outlines/reference"]:
        yield f"{of_benchmark}/{name}/{image}.json"
    for entry in sorted(site.entries()):
        of_entry = f"/api/v1/entries/{entry}"
        for name in ["", "/past-results", f"/outlines/{image}.json", f"/masks/heart/{image}.png"]:
            yield of_entry + name
        yield f"/api/v1/record/entries/{entry}"
    for submission in site.api("GET", "review", token)["submissions"]:
        yield f"/api/v1/submissions/{submission['submission']}"
    for name in ["benchmarks", "record", "record/log", "submissions", "review", "jobs", "feedback"]:
        yield f"/api/v1/{name}"
    for name in ["benchmarks/no-such", "entries/no-such", "submissions/no-such"]:
        yield f"/api/v1/{name}"
    yield "/api/openapi.json"


def make_site(folder):
    """Makes a site with one entry and one submission with flags that awaits review."""
    folder.mkdir(parents=True)
    site = Site.make(folder, IMAGES, SIDE_PX)
    curator, author = site.add_user(CURATOR, "curator"), site.add_user(AUTHOR, "participant")
    site.start()
    try:
        for name in ["First", "Second"]:
            submission = site.submit(author, name)
            site.wait_for_jobs(120)
            if name == "First":
                decision = {"decision": "publish"}
                site.api("POST", f"submissions/{submission}/review", curator, decision)
                site.wait_for_jobs(120)
    finally:
        site.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--make-site", type=pathlib.Path, metavar="FOLDER")
    options.add_argument("--site", type=pathlib.Path, metavar="FOLDER")
    chosen = options.parse_args()
    if chosen.make_site:
        make_site(chosen.make_site)
        return
    with tempfile.TemporaryDirectory(prefix="scr-outputs-") as temp:
        temp = pathlib.Path(temp)
        local(temp)
        if chosen.site:
            of_site(chosen.site, temp)


main()
