"""Speed of the viewer in real Chromium, relative to the browser's own decoding of the same PNG.

Draws phantoms of 1024 and 2048 pixels, shows them with ten layers by `scr view`, and measures in
software raster: the time to the picture with its outlines (from the start of the navigation,
empty cache, until the frame after it is drawn), the same for the bare PNG from the same server, frames a second while the image
moves and zooms, and the time to the next image once it is fetched ahead. Prints goals beside medians,
or with `--json` one object. Needs chromium, chromedriver and Python alone; `SCR_BIN` names the binary.
"""

import argparse
import json
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "operations"))
from driver import Browser, NoBrowser
from served import SCR, scr

N_LAYERS = 10
N_IMAGES = 3
N_RUNS = 5
FRAMES_S = 3
GOALS = {
    "picture_ratio_1024": ("at most", 2.5),
    "picture_ratio_2048": ("at most", 3.0),
    "frames_per_s_2048_10": ("at least", 30.0),
    "frames_per_s_2048_1": ("at least", 60.0),
    "next_image_ms": ("at most", 100.0),
}

# Notes when the picture, or the bare PNG, is on the screen: the second frame after it is drawn.
WATCH = """
(() => {
  const note = () => requestAnimationFrame(() => requestAnimationFrame(() => { globalThis.shownAt = performance.now(); }));
  const look = () => {
    const viewer = document.getElementById("viewer");
    if (viewer?.hasAttribute("data-drawn")) return note();
    const image = document.contentType === "image/png" ? document.images[0] : null;
    if (image?.complete && image.naturalWidth > 0) return void image.decode().then(note);
    setTimeout(look);
  };
  look();
})();
"""
SHOWN = "while (!globalThis.shownAt) await new Promise((resolve) => setTimeout(resolve, 2)); return globalThis.shownAt;"
# Moves and zooms as fast as frames come, a step a frame.
MOVE = """
const canvas = document.querySelector("#viewer canvas");
const { width, height } = canvas.getBoundingClientRect();
canvas.focus();
const zoom = (by) => canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: by, clientX: width / 2, clientY: height / 2, bubbles: true, cancelable: true }));
const move = (key) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: true, bubbles: true, cancelable: true }));
for (let i = 0; i < 3; i++) zoom(-100);
const seconds = arguments[0];
const keys = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"];
const start = performance.now();
let frames = 0;
while (performance.now() < start + 1000 * seconds) {
  await new Promise(requestAnimationFrame);
  const turn = Math.floor(frames / 20);
  if (turn % 2) move(keys[(turn >> 1) % 4]);
  else zoom((turn >> 1) % 2 ? 20 : -20);
  frames++;
}
return frames / ((performance.now() - start) / 1000);
"""
NEXT = """
const viewer = document.getElementById("viewer");
await new Promise((resolve) => setTimeout(resolve, 3000));
const start = performance.now();
const shown = new Promise((resolve) => new MutationObserver(resolve).observe(viewer, { attributeFilter: ["data-image"] }));
document.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }));
await shown;
await new Promise(requestAnimationFrame);
await new Promise(requestAnimationFrame);
return performance.now() - start;
"""


def draw(folder, side_px):
    """Phantoms, and masks of other phantoms as layers; returns the benchmark and the sets of masks."""
    sets = []
    for seed in range(1, N_LAYERS + 1):
        out = folder / f"{side_px}-{seed}"
        scr("phantom", "--out", out, "--images", N_IMAGES, "--seed", seed, "--size", side_px)
        if seed > 1:
            sets.append(next(path for path in sorted((out / "masks").iterdir()) if path.is_dir()).rename(folder / f"{side_px}-set-{seed}"))
    return folder / f"{side_px}-1", sets


class View:
    """`scr view` of a benchmark and sets of masks."""

    def __init__(self, benchmark, sets):
        command = [SCR, "view", benchmark, *sets, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://[0-9.:]+", line)
        if not found:
            raise AssertionError(f"scr view did not start: {line!r}: {self.process.stderr.read()}")
        self.address = found[0]
        self.wait()

    def get(self, path):
        """Text of a page, and its address after redirects."""
        with urllib.request.urlopen(self.address + path, timeout=120) as answer:
            return answer.read().decode(), answer.geturl()

    def wait(self):
        """Waits until all sets are scored: pages load again while that goes on."""
        last, since = None, time.monotonic()
        while time.monotonic() - since < 4:
            state = self.get("/view/state")[0]
            if state != last:
                last, since = state, time.monotonic()
            time.sleep(0.3)

    def addresses(self):
        """Addresses of an image with one layer and with all, and of its radiograph."""
        images = self.get("/")[1]
        page = re.search(r'href="(/benchmarks/[^"?]+/browse/[^"?/]+)', self.get(images.removeprefix(self.address))[0])[1]
        text = self.get(page + "?entries=")[0]
        entries = re.findall(r'name="entries" value="([^"]+)"', text)
        radiograph = re.search(r'data-image-href="([^"]+)"', text)[1]
        if len(entries) != N_LAYERS - 1:
            raise AssertionError(f"{len(entries)} sets of masks are listed, expected {N_LAYERS - 1}")
        return page + "?entries=", page + "?entries=" + ",".join(entries), radiograph.replace("&#38;", "&")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def shown_ms(browser, address):
    """Time from the start of the navigation to the picture, with an empty cache."""
    browser.devtools("Network.clearBrowserCache")
    browser.go(address)
    return browser.script(SHOWN)


def pictures(view):
    """Times to the picture with ten layers and to the bare PNG, in turn; medians."""
    _, ten, radiograph = view.addresses()
    with Browser() as browser:
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        times = {"viewer": [], "png": []}
        for run in range(N_RUNS + 1):
            for name, address in (("viewer", ten), ("png", radiograph)):
                taken = shown_ms(browser, view.address + address)
                # The first run starts the browser's processes.
                if run > 0:
                    times[name].append(taken)
    return {name: statistics.median(found) for name, found in times.items()}


def frames(view, which):
    """Frames a second while the image moves and zooms; the rate is not limited."""
    address = view.addresses()[which]
    with Browser(1440, 900, "--disable-frame-rate-limit", "--disable-gpu-vsync") as browser:
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        found = []
        for _ in range(3):
            browser.go(view.address + address)
            browser.script(SHOWN)
            found.append(browser.script(MOVE, FRAMES_S))
    return statistics.median(found)


def next_image(view):
    """Time from the key press to the next image with ten layers, which is fetched ahead."""
    address = view.addresses()[1]
    with Browser() as browser:
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        found = []
        for _ in range(5):
            browser.go(view.address + address)
            browser.script(SHOWN)
            found.append(browser.script(NEXT))
    return statistics.median(found)


def measure(folder):
    """All figures."""
    figures = {}
    for side_px in (1024, 2048):
        view = View(*draw(folder, side_px))
        try:
            times = pictures(view)
            figures[f"picture_ratio_{side_px}"] = times["viewer"] / times["png"]
            figures[f"picture_ms_{side_px}"] = times["viewer"]
            figures[f"png_ms_{side_px}"] = times["png"]
            if side_px == 2048:
                figures["frames_per_s_2048_10"] = frames(view, 1)
                figures["frames_per_s_2048_1"] = frames(view, 0)
            else:
                figures["next_image_ms"] = next_image(view)
        finally:
            view.stop()
    return {name: round(value, 2) for name, value in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(pathlib.Path(folder))
    except NoBrowser as reason:
        sys.exit(f"speed.py: {reason}")
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            goal = " ".join(map(str, GOALS[name])) if name in GOALS else ""
            print(f"{name:24}{value:10.2f}  {goal}")


if __name__ == "__main__":
    main()
