"""Fixtures: small benchmarks on disk, written without an image library."""

import os
import struct
import subprocess
import zlib
from pathlib import Path

import numpy
import pytest


def write_png(path, mask):
    """An 8-bit grey PNG: 255 where the mask is set."""
    rows, columns = mask.shape
    pixels = numpy.where(mask, 255, 0).astype("uint8")
    lines = numpy.hstack([numpy.zeros((rows, 1), "uint8"), pixels]).tobytes()

    def chunk(kind, content):
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines, 1))
        + chunk(b"IEND", b"")
    )


def ellipse(shape, row, column, height, width):
    rows, columns = numpy.ogrid[: shape[0], : shape[1]]
    return ((rows - row) / height) ** 2 + ((columns - column) / width) ** 2 <= 1


SHAPE = (60, 80)
STRUCTURES = ["right_lung", "left_lung", "heart"]
OBJECTS = {"lungs": ["right_lung", "left_lung"], "heart": ["heart"]}
IMAGES = {"a1": 1, "b2": 2, "c3": 1, "d4": 2}


def masks_of(shift):
    """Masks by image and structure, shifted right by a pixel an image."""
    masks = {}
    for index, image in enumerate(IMAGES):
        by = shift * (index + 1)
        masks[image] = {
            "right_lung": ellipse(SHAPE, 30, 20 + by, 20, 11),
            "left_lung": ellipse(SHAPE, 31, 58 - by, 19, 12),
            "heart": ellipse(SHAPE, 40, 44 + by, 12, 14),
        }
    return masks


class Benchmark:
    """Benchmark folder with a set of masks, and their arrays."""

    def __init__(self, root, spacing="[0.5, 0.7]"):
        self.root, self.masks = root / "benchmark", root / "masks"
        self.reference, self.prediction = masks_of(0), masks_of(1)
        # The heart of one image was not found.
        self.prediction["c3"]["heart"] = numpy.zeros(SHAPE, bool)
        self.root.mkdir(parents=True)
        lines = "".join(f"{image},{fold}\n" for image, fold in IMAGES.items())
        (self.root / "images.csv").write_text("image_id,fold\n" + lines)
        structures = "".join(f'[[structures]]\nid = "{s}"\nname = "{s}"\n' for s in STRUCTURES)
        objects = "".join(
            f'[[objects]]\nid = "{o}"\nname = "{o}"\nstructures = {parts}\n'.replace("'", '"')
            for o, parts in OBJECTS.items()
        )
        observers = "".join(
            f'[[observers]]\nid = "{o}"\nname = "{o}"\nfolder = "{o}"\n'
            'pattern = "{structure}/{image_id}.png"\n'
            for o in ["reference", "second"]
        )
        (self.root / "benchmark.toml").write_text(
            'id = "small"\ntitle = "small"\ndescription = "drawn"\ndefinition = "ellipses"\n'
            '[images]\ntable = "images.csv"\nfolder = "images"\npattern = "{image_id}.png"\n'
            f"spacing_mm = {spacing}\n{structures}{objects}{observers}"
            '[folds]\ncolumn = "fold"\nprotocol = "two-fold"\n'
            '[terms]\nlicence = "CC0"\nredistribution = "allowed"\n'
        )
        self.write(self.root / "reference", self.reference)
        self.write(self.root / "second", masks_of(-1))
        self.write(self.masks, self.prediction)

    @staticmethod
    def write(folder, masks):
        for image, structures in masks.items():
            for structure, mask in structures.items():
                write_png(folder / structure / f"{image}.png", mask)

    def arrays(self, image, name):
        """Reference and prediction of an object."""
        parts = OBJECTS[name]
        unions = [self.reference, self.prediction]
        return [numpy.logical_or.reduce([u[image][p] for p in parts]) for u in unions]


@pytest.fixture(scope="session")
def benchmark(tmp_path_factory):
    """Benchmark with 0.5 mm between columns and 0.7 mm between rows. Read only."""
    return Benchmark(tmp_path_factory.mktemp("small"))


@pytest.fixture
def own_benchmark(tmp_path):
    """Benchmark that a test may modify; its spacing is unknown."""
    return Benchmark(tmp_path, spacing='"unknown"')


@pytest.fixture
def scr():
    """Run the command and return its stdout."""
    path = os.environ.get("SCR_BIN")
    if not path:
        pytest.skip("SCR_BIN does not name the scr command")
    command = Path(path).resolve()

    def run(*arguments):
        done = subprocess.run([command, *map(str, arguments)], capture_output=True, check=True)
        return done.stdout

    return run
