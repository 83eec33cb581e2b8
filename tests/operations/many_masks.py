"""Time and peak memory of `scr evaluate` by number of masks.

    python3 tests/operations/many_masks.py --images 10000,100000 [--side 64] [--json] [--kill-at 0.5]
        [--keep FOLDER]

Draws a benchmark of one structure and a set of masks of it: 64 different pairs, linked under as many
names as wanted. Scores the default measures into a file of JSON with the values of every image, and prints seconds and
the peak of resident memory. With --kill-at it then scores again, kills the command after that share of the time, resumes
it, and fails unless the file has the same bytes. Needs Python alone. `SCR_BIN` names the binary; else it is the one in
target/release.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCR = os.environ.get("SCR_BIN", str(ROOT / "target" / "release" / "scr"))
# Side of the masks whose disks are drawn; others are multiples of it.
SIDE = 64
N_DISTINCT = 64

BENCHMARK = """id = "many"
title = "Many small masks"
definition = "disks"

[images]
table = "images.csv"
folder = "images"
pattern = "{image_id}.png"
spacing_mm = 1.0

[[structures]]
id = "disk"
name = "Disk"

[[objects]]
id = "disk"
name = "Disk"
structures = ["disk"]

[[observers]]
id = "reference"
name = "Reference"
folder = "masks/reference"
pattern = "{structure}/{image_id}.png"

[folds]
protocol = "evaluation-only"

[terms]
licence = "none"
redistribution = "allowed"
"""


def png(centre, radius, times):
    """A mask of a disk as a grey PNG of 8 bits, each pixel several times in both directions."""
    rows = bytearray()
    for y in range(SIDE):
        row = b"".join(bytes([255 * ((x - centre) ** 2 + (y - 32) ** 2 < radius ** 2)]) * times for x in range(SIDE))
        rows += (b"\0" + row) * times

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", SIDE * times, SIDE * times, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")


def draw(folder, n_images, times):
    """Writes the benchmark and the set of masks."""
    reference, prediction = folder / "masks" / "reference" / "disk", folder / "prediction" / "disk"
    for made in (reference, prediction, folder / "distinct"):
        made.mkdir(parents=True)
    for index in range(N_DISTINCT):
        (folder / "distinct" / f"r{index}").write_bytes(png(28 + index % 8, 10 + index // 8, times))
        (folder / "distinct" / f"p{index}").write_bytes(png(30 + index % 5, 9 + index // 7, times))
    names = [f"image{index:06}" for index in range(n_images)]
    for index, name in enumerate(names):
        os.link(folder / "distinct" / f"r{index % N_DISTINCT}", reference / f"{name}.png")
        os.link(folder / "distinct" / f"p{index % N_DISTINCT}", prediction / f"{name}.png")
    (folder / "images.csv").write_text("image_id\n" + "".join(f"{name}\n" for name in names))
    (folder / "benchmark.toml").write_text(BENCHMARK)


def command(folder, out):
    return [SCR, "evaluate", folder / "prediction", "--benchmark", folder, "--format", "json", "--per-image", "--out", out]


def scored(folder, out):
    """Scores into a file; returns seconds and peak memory in MB."""
    begin = time.perf_counter()
    process = subprocess.Popen(command(folder, out))
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise AssertionError(f"scr evaluate ended with {status}")
    return time.perf_counter() - begin, usage.ru_maxrss * 1024 / 1e6


def resumed(folder, out, expected, kill_after_s):
    """Seconds of a run that resumes one that was killed."""
    killed = subprocess.Popen(command(folder, out))
    time.sleep(kill_after_s)
    killed.kill()
    killed.wait()
    if out.exists():
        raise AssertionError("the killed run has written its result: --kill-at is too large")
    seconds, _ = scored(folder, out)
    if out.read_bytes() != expected.read_bytes():
        raise AssertionError("a resumed run has other bytes")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", default="10000", help="several numbers of images, with commas")
    parser.add_argument("--side", type=int, default=SIDE, help="width and height in pixels, a multiple of 64")
    parser.add_argument("--kill-at", type=float, help="share of the time after which a second run is killed")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the files, which stay [default: a temporary one]")
    parser.add_argument("--json", action="store_true", help="prints JSON")
    given = parser.parse_args()
    found = []
    for n_images in map(int, given.images.split(",")):
        with tempfile.TemporaryDirectory() as temporary:
            folder = (given.keep or pathlib.Path(temporary)) / str(n_images)
            draw(folder, n_images, given.side // SIDE)
            seconds, peak_mb = scored(folder, folder / "first.json")
            figures = {"images": n_images, "seconds": round(seconds, 2), "peak_mb": round(peak_mb, 1)}
            if given.kill_at:
                after_s = seconds * given.kill_at
                again_s = resumed(folder, folder / "second.json", folder / "first.json", after_s)
                figures |= {"killed_after_s": round(after_s, 2), "resumed_in_s": round(again_s, 2)}
            found.append(figures)
    for figures in found:
        print(json.dumps(figures) if given.json else ", ".join(f"{name} {value:g}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
