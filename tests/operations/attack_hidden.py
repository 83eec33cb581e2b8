"""Measures attacks on a hidden reference through published scores.

    python3 tests/operations/attack_hidden.py [--images 24] [--sets 60] [--step 0.05] [--short]

On phantoms, with a reference known to the script and not to the attacker. Three sites: means
with nine decimals (no default, to show that the attacks work), rounded means of a hidden
reference, and rounded means with the Ladder. Three attacks on each:

- probes: sets with masks in one image only; the site must refuse to score them.
- scores: the attacker submits half of the images blank, then adds one image at a time; the
  rise of the mean is the score of that image. A second account does the other half.
- labels: the better of two masks, image by image, from random choices for all images at once,
  weighted with their published scores (Blum and Hardt, ICML 2015, section 4).

Needs Python alone. `SCR_BIN` names the binary. Exit code 1 when a probe is scored, or when a
guess with the Ladder is better than chance.
"""

import argparse
import io
import json
import math
import pathlib
import random
import struct
import sys
import tempfile
import time
import zipfile
import zlib

from served import BENCHMARK, Refused, Site, scr

OBJECT, MEASURE = "heart", "overlap"
SIDE_PX = 64
PATIENCE_S = 300
# Ellipses, the attacker's two guesses of a heart: shares of width and height.
IDEAS = [(0.50, 0.62, 0.13, 0.13), (0.60, 0.66, 0.13, 0.13)]


def png(inside):
    """Returns an 8-bit mask as a PNG."""
    rows = b"".join(
        b"\0" + bytes(255 if inside(x, y) else 0 for x in range(SIDE_PX)) for y in range(SIDE_PX)
    )

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def ellipse(across, down, half_width, half_height):
    def inside(x, y):
        x, y = (x + 0.5) / SIDE_PX - across, (y + 0.5) / SIDE_PX - down
        return (x / half_width) ** 2 + (y / half_height) ** 2 <= 1

    return png(inside)


BLANK = png(lambda x, y: False)
HEARTS = [ellipse(*idea) for idea in IDEAS]


class Attacker:
    """Accounts of one attacker at one site."""

    def __init__(self, site, name):
        self.site, self.name, self.n_accounts = site, name, 0
        masks = site.folder / "masks"
        self.others = {name: (masks / name).read_bytes() for name in site.masks}
        self.hearts = [name for name in site.masks if name.startswith(f"{OBJECT}/")]
        self.n_images = len(self.hearts)

    def account(self):
        self.n_accounts += 1
        return self.site.add_user(f"{self.name}-{self.n_accounts}@example.org", "participant")

    def zipped(self, hearts, only=None):
        """Returns a set of masks with these hearts; with `only` all other images are blank."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, other in self.others.items():
                image = name.split("/")[1]
                is_blank = only is not None and image != only
                data = hearts[self.hearts.index(name)] if name in self.hearts else other
                archive.writestr(name, BLANK if is_blank else data)
        return packed.getvalue()

    def begin(self, token, name):
        """Begins a submission as soon as the quota of the account allows it."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.site.begin(token, name)
            except Refused as refused:
                if refused.status != 409 or time.monotonic() > until:
                    raise
            time.sleep(0.2)

    def answers(self, token, files):
        """Submits all files in order; returns their published means, or none."""
        ids = []
        for number, file in enumerate(files):
            self.site.file = file
            ids.append(self.begin(token, f"{self.name} {number}"))
            self.site.send(token, ids[-1], 0, len(file))
            self.site.api("POST", f"submissions/{ids[-1]}/complete", token)
        until = time.monotonic() + PATIENCE_S
        found = []
        for one in ids:
            while True:
                answer = self.site.api("GET", f"submissions/{one}", token)
                if answer["state"] in ("awaiting_review", "rejected"):
                    break
                if time.monotonic() > until:
                    raise AssertionError(f"{one} is {answer['state']} after {PATIENCE_S} s")
                time.sleep(0.1)
            results = answer["results"]
            found.append(results and results["objects"][OBJECT][MEASURE]["mean"])
        return found

    def probes(self, n):
        """Submits `n` sets with one image; returns the number scored."""
        images = [name.split("/")[1] for name in self.hearts][:n]
        files = [self.zipped([HEARTS[0]] * self.n_images, only=image) for image in images]
        return sum(mean is not None for mean in self.answers(self.account(), files))

    def scores(self):
        """Guesses the score of every image with the first heart, adding one image at a time."""
        guesses = [None] * self.n_images
        half = self.n_images // 2
        for added in (range(half, self.n_images), range(half)):
            hearts = [BLANK if k in added else HEARTS[0] for k in range(self.n_images)]
            files = [self.zipped(hearts)]
            for k in added:
                hearts[k] = HEARTS[0]
                files.append(self.zipped(hearts))
            shown = self.answers(self.account(), files)
            # Images between two changes share the rise of the mean.
            block = []
            for k, before, after in zip(added, shown, shown[1:]):
                block.append(k)
                if after != before:
                    for image in block:
                        guesses[image] = min(max((after - before) * self.n_images / len(block), 0), 1)
                    block = []
        known = [guess for guess in guesses if guess is not None]
        rest = sum(known) / len(known) if known else 0.5
        return [rest if guess is None else guess for guess in guesses]

    def labels(self, n_sets, dice, has_ladder):
        """Guesses the better heart of every image from random choices."""
        choices = [[dice.randrange(2) for _ in range(self.n_images)] for _ in range(n_sets)]
        files = [self.zipped([HEARTS[label] for label in choice]) for choice in choices]
        shown = self.answers(self.account(), files)
        if has_ladder:
            # The Ladder hides sets without a rise; the first mean alone carries no information.
            weights = [0.0] + [after - before for before, after in zip(shown, shown[1:])]
        else:
            mean = sum(shown) / len(shown)
            weights = [value - mean for value in shown]
        guesses = []
        for k in range(self.n_images):
            vote = sum(weight * (2 * choice[k] - 1) for weight, choice in zip(weights, choices))
            guesses.append(dice.randrange(2) if vote == 0 else int(vote > 0))
        return guesses


def truth(site, folder, heart):
    """Returns the true score of every image with one heart."""
    masks = folder / "truth"
    for name in site.masks:
        path = masks / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(heart if name.startswith(f"{OBJECT}/") else (site.folder / "masks" / name).read_bytes())
    out = scr("evaluate", masks, "--benchmark", site.folder / "bench", "--format", "json",
              "--per-image", "--measures", MEASURE)
    images = {image["image"]: image["objects"][OBJECT][MEASURE] for image in json.loads(out)["images"]}
    order = [pathlib.PurePosixPath(name).stem for name in site.masks if name.startswith(f"{OBJECT}/")]
    return [images[image] for image in order]


def rmse(guesses, values):
    return math.sqrt(sum((guess - value) ** 2 for guess, value in zip(guesses, values)) / len(values))


def agreement(guesses, values):
    """Correlation of guesses with values; 0 for constant guesses."""
    n = len(values)
    mean_g, mean_v = sum(guesses) / n, sum(values) / n
    both = sum((g - mean_g) * (v - mean_v) for g, v in zip(guesses, values))
    spread = sum((g - mean_g) ** 2 for g in guesses) * sum((v - mean_v) ** 2 for v in values)
    return both / math.sqrt(spread) if spread > 1e-18 else 0.0


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--images", type=int, default=24, help="images of the benchmark")
    options.add_argument("--sets", type=int, default=60, help="random sets of the attack on labels")
    options.add_argument("--step", type=float, default=0.05, help="step of the Ladder")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--short", action="store_true", help="10 images, 16 sets, for CI")
    given = options.parse_args()
    if given.short:
        given.images, given.sets, given.step = 10, 16, 0.1
    dice = random.Random(given.seed)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="scr-attack-") as folder:
        folder = pathlib.Path(folder)
        site = Site.make(folder, given.images, SIDE_PX)
        first, second = (truth(site, folder, heart) for heart in HEARTS)
        labels = [int(b > a) for a, b in zip(first, second)]
        site.start()
        try:
            constant = sum(first) / len(first)
            chance = max(sum(labels), len(labels) - sum(labels)) / len(labels)
            print(f"{given.images} images, {given.sets} sets, step {given.step}", flush=True)
            print(f"{'site':24} {'probes scored':>14} {'score rmse':>11} {'correlation':>12} {'labels':>8}")
            print(f"{'no site':24} {'-':>14} {rmse([constant] * len(first), first):11.3f} {0:12.2f} {0.5:8.0%}"
                  f"   (always the commoner label: {chance:.0%})", flush=True)
            hidden = ["--reference", "hidden"]
            sites = [("nine decimals", [*hidden, "--images-results", "9"]),
                     ("rounded", [*hidden, "--images-results", "3"]),
                     ("rounded, Ladder", [*hidden, "--ladder", str(given.step)])]
            for name, settings in sites:
                scr("admin", "benchmark", "set", BENCHMARK, *settings, "--dir", site.data)
                attacker = Attacker(site, name.split(",")[-1].strip().replace(" ", "-").lower())
                scored = attacker.probes(min(given.images, 5))
                guessed = attacker.scores()
                voted = attacker.labels(given.sets, dice, "Ladder" in name)
                right = sum(a == b for a, b in zip(voted, labels)) / len(labels)
                fits = agreement(guessed, first)
                print(f"{name:24} {scored:14} {rmse(guessed, first):11.3f} {fits:12.2f} {right:8.0%}", flush=True)
                if scored:
                    wrong.append(f"{name}: {scored} sets with masks in one image were scored")
                if name == "nine decimals" and rmse(guessed, first) > 1e-6:
                    wrong.append("the attack does not work where nothing keeps it from it")
                # Independent guesses agree this well in one run of a thousand.
                if "Ladder" in name and given.images >= 20 and fits > 3.3 / math.sqrt(given.images):
                    wrong.append(f"{name}: guessed scores correlate with the true ones, {fits:.2f}")
        finally:
            site.stop()
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
