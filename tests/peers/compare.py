"""Compares other tools with `scr` on the same masks: equality of numbers, and times.

    python compare.py --scr SCR --benchmark DIR [--python PYTHON ...]

DIR is a benchmark folder with one structure and, in DIR/pred, a set of masks. The script
adds hard cases, without a spacing and with one that differs between columns and rows. It
runs every peer that one of the Pythons has on all of them, and compares each of its numbers
with every key of `scr`.

Prints Markdown: for each number of a peer the equal key, the largest absolute difference
and the number of masks; then the times. Exits with 1 when a claim of peers.py does not
hold, or differs from `scr measures`.

Needs numpy and pillow. README.md says how to install the peers.
"""

import argparse
import itertools
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

import independent
import peers

TEN = (
    "overlap,dice,sensitivity,specificity,precision,masd,assd,hausdorff,hausdorff_95,nsd@2px"
)
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    )
}

# ------------------------------------------------------------- benchmark folders

BENCHMARK = """id = "peers"
title = "peers"
description = "masks for a comparison of tools"
definition = "drawn"
[images]
table = "images.csv"
folder = "images"
pattern = "{{image_id}}.png"
spacing_mm = {spacing}
[[structures]]
id = "object"
name = "object"
[[objects]]
id = "object"
name = "object"
structures = ["object"]
[[observers]]
id = "reference"
name = "reference"
folder = "masks"
pattern = "{{structure}}/{{image_id}}.png"
[folds]
column = "fold"
protocol = "two-fold"
[terms]
licence = "CC0"
redistribution = "allowed"
"""


def write_benchmark(folder, pairs, spacing):
    """Writes a benchmark with pairs of masks as images; spacing is None or mm [x, y]."""
    folder = pathlib.Path(folder)
    table = ["image_id,fold"]
    for kind in ("masks", "pred"):
        (folder / kind / "object").mkdir(parents=True)
    for index, (reference, prediction) in enumerate(pairs):
        table.append(f"i{index:05},{index % 2 + 1}")
        for kind, mask in (("masks", reference), ("pred", prediction)):
            path = folder / kind / "object" / f"i{index:05}.png"
            Image.fromarray(mask.astype(np.uint8) * 255).save(path)
    (folder / "images.csv").write_text("\n".join(table) + "\n")
    written = "[{}, {}]".format(*spacing) if spacing else '"unknown"'
    (folder / "benchmark.toml").write_text(BENCHMARK.format(spacing=written))


def read_pairs(folder):
    """Masks of a folder, in the order of the names."""
    (structure,) = os.listdir(pathlib.Path(folder) / "masks")
    for path in sorted((pathlib.Path(folder) / "masks" / structure).iterdir()):
        other = pathlib.Path(folder) / "pred" / structure / path.name
        yield tuple(np.asarray(Image.open(each)) > 0 for each in (path, other))


def is_large(folder):
    return next(read_pairs(folder))[0].size > 500_000


def hard_cases():
    """Hard cases, where definitions differ: masks that are moved, shrunk, cut by the border
    or thin, have holes or islands, or touch at corners."""
    random = np.random.default_rng(20060101)
    rows, columns = np.mgrid[0:120, 0:150]

    def ellipse(x, y, a, b, turn):
        u = (columns - x) * np.cos(turn) + (rows - y) * np.sin(turn)
        v = (rows - y) * np.cos(turn) - (columns - x) * np.sin(turn)
        return (u / a) ** 2 + (v / b) ** 2 < 1

    for index in range(64):
        x, y = random.uniform(40, 110), random.uniform(35, 85)
        a, b, turn = random.uniform(8, 38), random.uniform(8, 38), random.uniform(0, 3)
        reference = ellipse(x, y, a, b, turn)
        moved = random.uniform(-6, 6, size=2)
        prediction = ellipse(x + moved[0], y + moved[1], a * random.uniform(0.6, 1.2), b, turn)
        for mask in (reference, prediction):
            if index % 8 in (1, 2):  # holes
                for _ in range(5):
                    hole = ellipse(*random.uniform(30, 110, size=2), *random.uniform(1, 5, size=2), 0)
                    mask &= ~hole
            if index % 8 in (3, 4):  # cut by the border
                shift = [(-45, 0), (45, 0), (0, -60), (0, 60)][index // 8 % 4]
                mask[:] = np.roll(mask, shift, axis=(0, 1))
                gone = [np.s_[75:], np.s_[:45], np.s_[:, 90:], np.s_[:, :60]][index // 8 % 4]
                mask[gone] = False
                mask[55:65, 70:80] = True
            if index % 8 == 5:  # islands
                mask |= ellipse(*random.uniform(2, 115, size=2), 3, 2, 0)
            if index % 8 == 6:  # ragged: many diagonal neighbours
                mask ^= random.random(mask.shape) < 0.03
            if index % 8 == 7:  # thin
                mask[:] = mask & (np.abs(rows - columns + random.integers(-3, 4)) < 3)
                mask[2, 3:20] = True
        yield reference, prediction


# -------------------------------------------------------------------------- scr


def scr_evaluate(scr, folder, keys, *more):
    folder = pathlib.Path(folder)
    command = [scr, "evaluate", folder / "pred", "--benchmark", folder, "--measures", keys, *more]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | ONE_THREAD)
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


def scr_values(scr, folder, keys):
    """Values of keys, image by image."""
    text = scr_evaluate(scr, folder, ",".join(keys), "--format", "json", "--per-image")
    found = {key: [] for key in keys}
    for image in json.loads(text)["images"]:
        ((_, values),) = image["objects"].items()
        for key, value in zip(keys, values.values(), strict=True):
            found[key].append(value)
    return found


# ------------------------------------------------------------------------ peers


def worker(name, folder, spacing, tolerance, is_timed, out):
    """Measures all masks with a peer, in the peer's Python. The time includes reading."""
    started = time.perf_counter()
    peer = peers.load(name)
    import_seconds = time.perf_counter() - started
    if peer is None:
        return
    wanted = peer.TIMED if is_timed else tuple(peer.KEYS)
    found = {output: [] for output in wanted}
    # The hard cases are small, so no limit applies to them.
    most = peer.most_pairs if is_large(folder) else None
    started, cpu_started = time.perf_counter(), time.process_time()
    for reference, prediction in itertools.islice(read_pairs(folder), most):
        numbers = peer.measure(reference, prediction, spacing, tolerance, wanted)
        for output in wanted:
            found[output].append(peers.finite(numbers[output]))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    answer = {
        "version": peer.version(),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "import_seconds": import_seconds,
        "found": found,
        "n_pairs": len(found[wanted[0]]),
    }
    pathlib.Path(out).write_text(json.dumps(answer))


def run_peer(pythons, name, folder, spacing, tolerance, is_timed=False):
    """Numbers of a peer, from the first Python that has it; None without one."""
    rows_then_columns = list(reversed(spacing)) if spacing else None
    for python in pythons:
        with tempfile.TemporaryDirectory() as room:
            out = pathlib.Path(room) / "out.json"
            ask = json.dumps([name, str(folder), rows_then_columns, tolerance, is_timed, str(out)])
            run = subprocess.run(
                [python, "-W", "ignore", __file__, "--worker", ask],
                env=os.environ | ONE_THREAD,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            if run.returncode:
                sys.exit(f"{name}: {run.stderr}")
            if out.exists():
                return json.loads(out.read_text())
    return None


# ------------------------------------------------------------------- the tables


def differences_from_registry(scr):
    """Peers for which the claims of peers.py and `scr measures` differ."""
    run = subprocess.run([scr, "measures", "--format", "json"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    written = {peer["name"]: peer for peer in json.loads(run.stdout)["peers"]}
    for name, peer_class in peers.PEERS.items():
        theirs = {number["name"]: number["key"] for number in written[name]["numbers"]}
        theirs |= {number["name"]: None for number in written[name]["without_key"]}
        ours = {output: key and key.replace("@T", "@2px") for output, key in peer_class.KEYS.items()}
        if ours != theirs:
            yield name


def keys_at(tolerance):
    keys = [key for key in independent.all_keys() if "@" not in key]
    rules = ["", ".i8", ".i4o", ".i8o", ".corners"]
    keys += [f"nsd{rule}@{tolerance}" for rule in rules]
    return keys + [f"boundary_iou{rule}@{tolerance}" for rule in rules[:-1]]


def largest_difference(ours, theirs):
    """Largest absolute difference over the pairs that the peer measured."""
    ours = ours[: len(theirs)]
    if any((a is None) != (b is None) for a, b in zip(ours, theirs, strict=True)):
        return float("inf")
    return max((abs(a - b) for a, b in zip(ours, theirs) if a is not None), default=0.0)


def compare_values(options, sets):
    """Prints one line for each number of a peer. Returns True if all claims hold."""
    tolerances = {label: (0.7, "0.7mm") if spacing else (2.0, "2px") for label, _, spacing in sets}
    ours = {}
    for label, folder, _ in sets:
        ours[label] = scr_values(options.scr, folder, keys_at(tolerances[label][1]))
    holds = True
    print("| peer | what it calls it | key | largest difference | masks | equal |")
    print("|---|---|---|---|---|---|")
    for name, peer_class in peers.PEERS.items():
        answers = {
            label: run_peer(options.python, name, folder, spacing, tolerances[label][0])
            for label, folder, spacing in sets
        }
        if not all(answers.values()):
            print(f"| {name} | not installed | | | | |")
            continue
        version = next(iter(answers.values()))["version"]
        for output, claim in peer_class.KEYS.items():
            n_masks = sum(len(answer["found"][output]) for answer in answers.values())
            differences = {}
            for key in keys_at("T"):
                differences[key] = max(
                    largest_difference(
                        ours[label][key.replace("@T", "@" + tolerances[label][1])],
                        answers[label]["found"][output],
                    )
                    for label in answers
                )
            bound, why = peer_class.LOOSER.get(output, (peer_class.within, ""))
            equal = [key for key, value in differences.items() if value <= bound]
            if equal != ([claim] if claim else []):
                holds = False
                verdict = f"**claimed {claim}, is {equal}**"
            elif claim is None:
                verdict = "no key"
            elif differences[claim] <= peer_class.within:
                verdict = f"yes, to {peer_class.within}"
            else:
                verdict = f"to {bound}, **not to {peer_class.within}**: {why}"
            nearest = claim or min(differences, key=differences.get)
            shown = nearest if claim else f"nearest: {nearest}"
            print(
                f"| {name} {version} | {output} | {shown} | {differences[nearest]:.1e} "
                f"| {n_masks} | {verdict} |"
            )
    return holds


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def compare_times(options):
    """Prints the times of the ten measures on the benchmark's masks, on one core."""
    n_masks = len(list(read_pairs(options.benchmark)))
    runs = []
    for _ in range(5):
        started, cpu_started = time.perf_counter(), cpu_of_children()
        scr_evaluate(options.scr, options.benchmark, TEN)
        runs.append((cpu_of_children() - cpu_started, time.perf_counter() - started))
    own_cpu, own_seconds = sorted(runs)[2]
    print(f"\n{n_masks} pairs, one core, reading included, imports not:\n")
    print("| tool | of the ten | seconds | of CPU | CPU a pair, ms | times scr | imports, s |")
    print("|---|---|---|---|---|---|---|")

    def line(name, n_measures, seconds, cpu, imports):
        print(
            f"| {name} | {n_measures} | {seconds:.2f} | {cpu:.2f} | {1000 * cpu / n_masks:.1f} "
            f"| {cpu / own_cpu:.0f} | {imports} |"
        )

    every = ", ".join(f"{cpu:.2f}" for cpu, _ in runs)
    line(f"scr, whole process (median of {every})", 10, own_seconds, own_cpu, "")
    for name, peer_class in peers.PEERS.items():
        answer = run_peer(options.python, name, options.benchmark, None, 2.0, is_timed=True)
        if answer:
            n_pairs, label = answer["n_pairs"], f"{name} {answer['version']}"
            if n_pairs < n_masks:
                label += f" (from {n_pairs} pairs)"
            seconds, cpu = (
                answer[which] * n_masks / n_pairs for which in ("seconds", "cpu_seconds")
            )
            line(label, len(peer_class.TIMED), seconds, cpu, f"{answer['import_seconds']:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scr", help="the scr binary, built for release")
    parser.add_argument("--benchmark", help="a benchmark with one structure, and masks in its pred")
    parser.add_argument("--python", action="append", help="a Python with peers, beside this one")
    parser.add_argument("--only", choices=["values", "times"], help="half of it")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(*json.loads(options.worker))
        return
    options.python = [sys.executable, *(options.python or [])]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    holds = True
    if options.only != "times":
        with tempfile.TemporaryDirectory() as room:
            hard = pathlib.Path(room)
            sets = [("benchmark", options.benchmark, None)]
            for label, spacing in (("hard", None), ("hard, mm", [0.23, 0.31])):
                write_benchmark(hard / label, hard_cases(), spacing)
                sets.append((label, hard / label, spacing))
            holds = compare_values(options, sets)
            for name in differences_from_registry(options.scr):
                print(f"\n{name}: `scr measures` does not say what peers.py claims")
                holds = False
    if options.only != "values":
        compare_times(options)
    if not holds:
        sys.exit("a claim of peers.py does not hold")


if __name__ == "__main__":
    main()
