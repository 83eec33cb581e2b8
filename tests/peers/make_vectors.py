"""Makes the test vectors crates/scr-measures/vectors.json: small masks and all their values.

The values come from independent.py. crates/scr-measures/tests/vectors.rs tests the Rust
measures against the file, and other projects can test theirs. Some values are also worked
out by hand: their formulas are next to the masks, and the script writes nothing when one of
them differs.

    python make_vectors.py            writes the file
    python make_vectors.py --check    fails when the file differs
    python make_vectors.py --random 300 --scr SCR    tests SCR on random masks

Needs numpy; --random needs pillow as well.
"""

import argparse
import json
import math
import pathlib
import sys
import tempfile

import numpy as np

from independent import all_keys, cardiothoracic_ratio, from_text, pixel_error, to_text, value

FILE = pathlib.Path(__file__).resolve().parents[2] / "crates/scr-measures/vectors.json"


def drawn(size, is_set):
    width, height = size
    return np.array([[bool(is_set(c, r)) for c in range(width)] for r in range(height)])


def ellipse(size, centre, radii):
    return drawn(
        size,
        lambda c, r: ((c + 0.5 - centre[0]) / radii[0]) ** 2
        + ((r + 0.5 - centre[1]) / radii[1]) ** 2
        < 1,
    )


def noise(size, seed, density):
    """Random mask of a linear congruential generator, equal for every version of Python."""
    state = seed

    def draw(*_):
        nonlocal state
        state = (1103515245 * state + 12345) % 2**31
        return (state >> 16) % 100 < density

    return drawn(size, draw)


def vectors():
    """Vectors: name, note, spacing, reference, prediction, and values worked out by hand."""

    def pair(name, note, reference, prediction, spacing=None, by_hand=None):
        if isinstance(reference, str):
            reference, prediction = from_text(reference.split()), from_text(prediction.split())
        assert reference.shape == prediction.shape, name
        return {
            "name": name,
            "note": note,
            "spacing_mm": spacing,
            "reference": reference,
            "prediction": prediction,
            "by_hand": by_hand or {},
        }

    yield pair(
        "rows that share one",
        "Four pixels are shared, four are the reference's alone, four the prediction's. Two rows of "
        "four are boundary throughout. The middle row lies on both boundaries, the outer rows at a "
        "distance of one.",
        "#### #### ....",
        ".... #### ####",
        by_hand={
            "overlap": "4 / 12",
            "dice": "8 / 16",
            "sensitivity": "4 / 8",
            "specificity": "0 / 4",
            "precision": "4 / 8",
            "masd": "(4 / 8 + 4 / 8) / 2",
            "assd": "8 / 16",
            "hausdorff": "1",
            "hausdorff_95": "1",
            "nsd@0px": "8 / 16",
            "nsd@1px": "16 / 16",
        },
    )
    yield pair(
        "one pixel in a line",
        "From the reference's pixel the distance is 0, from the prediction's 0, 1, 2 and 3: the mean "
        "of both directions' means, the mean of all five distances and the three customs of the 95th "
        "percentile all differ.",
        "#...",
        "####",
        by_hand={
            "overlap": "1 / 4",
            "dice": "2 / 5",
            "sensitivity": "1 / 1",
            "specificity": "0 / 3",
            "precision": "1 / 4",
            "masd": "(0 + 6 / 4) / 2",
            "assd": "6 / 5",
            "hausdorff": "3",
            "hausdorff_95": "2 + 0.85 * (3 - 2)",
            "hausdorff_95.pooled": "2 + 0.8 * (3 - 2)",
            "hausdorff_95.floor": "2",
            "nsd@0px": "2 / 5",
            "nsd@1px": "3 / 5",
            "nsd@2.5px": "4 / 5",
        },
    )
    yield pair(
        "one pixel missing in the middle",
        "Both have sixteen boundary pixels along the border of the image. The hole adds four, or eight "
        "where diagonal neighbours count, each one pixel away from the border's. Where the outside "
        "counts as set the reference, which fills the image, has no boundary: distances are undefined.",
        "##### ##### ##### ##### #####",
        "##### ##### ##.## ##### #####",
        by_hand={
            "overlap": "24 / 25",
            "dice": "48 / 49",
            "precision": "24 / 24",
            "masd": "(0 + 4 / 20) / 2",
            "assd": "4 / 36",
            "hausdorff": "1",
            "hausdorff_95": "1",
            "hausdorff_95.floor": "1",
            "masd.i8": "(0 + 8 / 24) / 2",
            "assd.i8": "8 / 40",
            "hausdorff.i8": "1",
            "boundary_iou@1px": "16 / 20",
            "boundary_iou.i8@1px": "16 / 24",
            "nsd@0px": "(16 + 16) / 36",
        },
    )
    yield pair(
        "two pixels, three columns and four rows apart",
        "The centres are 3 and 4 apart. A pixel has four corners, all of one length; the nearest corner of "
        "the other pixel is 2 and 3 away from the first, 3 and 3 from the second, 2 and 4 from the third, "
        "3 and 4 from the last.",
        "#... .... .... .... ....",
        ".... .... .... .... ...#",
        by_hand={
            "overlap": "0 / 2",
            "specificity": "18 / 19",
            "masd": "5",
            "hausdorff": "5",
            "hausdorff_95": "5",
            "nsd@2.5px": "0 / 2",
            "hausdorff.corners": "math.sqrt(3**2 + 4**2)",
            "masd.corners": "(math.sqrt(2**2 + 3**2) + math.sqrt(3**2 + 3**2)"
            " + math.sqrt(2**2 + 4**2) + math.sqrt(3**2 + 4**2)) / 4",
        },
    )
    yield pair(
        "a block and one column less, pixels not square",
        "Columns are 0.5 mm apart and rows 2 mm. The boundaries have twelve and ten pixels, and share "
        "nine. The three of the left column are one column away from the other boundary, and so is the "
        "one in the middle of the column beside it; the tolerance in pixels knows no mm.",
        "##### ##### ##### .....",
        ".#### .#### .#### .....",
        spacing=[0.5, 2.0],
        by_hand={
            "overlap": "12 / 15",
            "sensitivity": "12 / 15",
            "precision": "12 / 12",
            "hausdorff": "0.5",
            "masd": "(3 * 0.5 / 12 + 1 * 0.5 / 10) / 2",
            "assd": "(3 * 0.5 + 1 * 0.5) / 22",
            "nsd@0px": "(9 + 9) / 22",
            "nsd@1px": "22 / 22",
            "nsd@0.5mm": "22 / 22",
        },
    )
    yield pair(
        "both empty",
        "Nobody is there, and nobody was found.",
        "... ...",
        "... ...",
        by_hand={"overlap": "1", "dice": "1", "masd": "0", "specificity": "6 / 6", "nsd@1px": "1"},
    )
    yield pair(
        "the prediction is empty",
        "Shares are 0 and distances undefined, but for specificity, which counts the background.",
        "##. ##.",
        "... ...",
        spacing=0.175,
        by_hand={"overlap": "0", "sensitivity": "0", "precision": "0", "specificity": "2 / 2"},
    )
    yield pair("the reference is empty", "As before, but for specificity.", "... ...", "##. ##.")
    yield pair(
        "both fill the image",
        "Specificity has no background to count; where the outside counts as set nobody has a boundary.",
        "#### #### ####",
        "#### #### ####",
        spacing=1.0,
    )
    yield pair(
        "the reference fills the image",
        "Specificity is undefined.",
        "#### #### ####",
        "##.. ##.. ##..",
        spacing=1.0,
    )
    yield pair("the prediction fills the image", "Specificity is 0.", "##.. ##.. ....", "#### #### ####")
    yield pair(
        "the prediction fills an empty image",
        "One empty, and no boundary where the outside counts as set.",
        ".... ....",
        "#### ####",
    )
    yield pair("an image of one pixel", "Everything is the border.", "#", "#", spacing=0.2)
    yield pair(
        "identical",
        "Whatever the variant, the best value.",
        "....... .#####. .#####. .##.##. .#####. .#####. .......",
        "....... .#####. .#####. .##.##. .#####. .#####. .......",
    )
    yield pair("a line moved by two rows", "Parallel lines.", ".... #### .... ....", ".... .... .... ####")
    yield pair(
        "a diagonal and the other diagonal",
        "Pixels that touch at corners only.",
        "#...... .#..... ..#.... ...#... ....#.. .....#. ......#",
        "......# .....#. ....#.. ...#... ..#.... .#..... #......",
        spacing=[0.7, 0.4],
    )
    yield pair(
        "diagonal neighbours and their square",
        "Two pixels that touch at a corner, where two outlines cross.",
        "..... .#... ..#.. .....",
        "..... .##.. .##.. .....",
    )
    yield pair(
        "a ring and a disc",
        "A hole that only one of them has.",
        ellipse((15, 13), (7.5, 6.5), (6.2, 5.2)) & ~ellipse((15, 13), (7.5, 6.5), (3.2, 2.6)),
        ellipse((15, 13), (7.0, 6.5), (6.2, 5.2)),
    )
    yield pair(
        "a square in a square",
        "Far from each other all around.",
        drawn((21, 21), lambda c, r: True),
        drawn((21, 21), lambda c, r: 8 <= c < 13 and 8 <= r < 13),
        spacing=0.3,
    )
    yield pair(
        "cut by the border",
        "Whether the border of the image is a boundary decides.",
        drawn((12, 14), lambda c, r: c < 6 and r < 14),
        drawn((12, 14), lambda c, r: c < 8 and 1 <= r < 14),
    )
    yield pair(
        "cut by the border on all sides",
        "A cross from side to side, and a wider one.",
        drawn((13, 11), lambda c, r: 5 <= c < 8 or 4 <= r < 7),
        drawn((13, 11), lambda c, r: 4 <= c < 9 or 5 <= r < 7),
        spacing=[0.25, 0.4],
    )
    yield pair(
        "an island far away",
        "A percentile forgives it, the largest distance does not.",
        drawn((40, 12), lambda c, r: 3 <= c < 15 and 2 <= r < 10),
        drawn((40, 12), lambda c, r: (3 <= c < 15 and 2 <= r < 9) or (c == 38 and r == 10)),
    )
    yield pair(
        "a checkerboard and its inverse",
        "Every pixel is boundary, and shares its corners with the other.",
        drawn((10, 8), lambda c, r: (c + r) % 2 == 0),
        drawn((10, 8), lambda c, r: (c + r) % 2 == 1),
    )
    yield pair(
        "a checkerboard and everything",
        "Every pixel is boundary in one only.",
        drawn((9, 9), lambda c, r: (c + r) % 2 == 0),
        drawn((9, 9), lambda c, r: True),
        spacing=0.2,
    )
    yield pair(
        "noise",
        "No shape at all.",
        noise((23, 17), 1, 50),
        noise((23, 17), 2, 60),
        spacing=[0.23, 0.31],
    )
    yield pair(
        "two ellipses",
        "Two that look like anatomy.",
        ellipse((34, 44), (16.0, 21.0), (11.3, 17.2)),
        ellipse((34, 44), (17.2, 22.5), (11.9, 16.1)),
        spacing=0.175,
    )
    for width in (63, 64, 65, 127, 128, 130):
        yield pair(
            f"{width} columns",
            "Masks are kept 64 pixels to a word: nothing may happen where one ends.",
            drawn((width, 5), lambda c, r: c >= 2 and r >= 1 and (c * 7 + r * 3) % 11 != 0),
            drawn((width, 5), lambda c, r: c >= 1 and r < 4 and (c * 5 + r * 2) % 13 != 0),
            spacing=[0.5, 2.0] if width == 65 else None,
        )
    yield pair(
        "far apart in 130 columns",
        "Left end and right end.",
        drawn((130, 4), lambda c, r: c < 3 and r == 1),
        drawn((130, 4), lambda c, r: c >= 126 and r >= 2),
        spacing=0.175,
    )


def pixel_error_vectors():
    def of(note, by_hand, *structures):
        pairs = [tuple(from_text(text.split()) for text in pair) for pair in structures]
        return {
            "note": note,
            "structures": [
                {"reference": to_text(r), "prediction": to_text(p)} for r, p in pairs
            ],
            "by_hand": by_hand,
            "value": pixel_error(pairs),
        }

    yield of(
        "Both labels of the second pixel are wrong: it counts once.",
        "1 / 4",
        ("##..", "#..."),
        ("..##", ".###"),
    )
    yield of("One structure.", "3 / 6", ("##. #..", ".#. .#."))
    yield of("Nothing is wrong.", "0 / 6", ("##. #..", "##. #.."), ("... ...", "... ..."))
    yield of(
        "Structures that overlap: wrong where either is.",
        "4 / 9",
        ("### ##. ...", "##. ##. #.."),
        (".## .## ...", ".## .## .##"),
        ("... ... ###", "... ... #.."),
    )
    wide = [
        drawn((130, 3), lambda c, r: c % 3 == r),
        drawn((130, 3), lambda c, r: c % 4 == r),
    ]
    yield {
        "note": "130 columns.",
        "structures": [{"reference": to_text(wide[0]), "prediction": to_text(wide[1])}],
        "by_hand": None,
        "value": pixel_error([tuple(wide)]),
    }


def ctr_vectors():
    def of(note, by_hand, heart, lungs):
        heart, lungs = from_text(heart.split()), from_text(lungs.split())
        return {
            "note": note,
            "heart": to_text(heart),
            "lungs": to_text(lungs),
            "by_hand": by_hand,
            "value": cardiothoracic_ratio(heart, lungs),
        }

    yield of(
        "The widths are greatest in different rows.",
        "4 / 8",
        "........ ..##.... ..####..",
        "##....## ##....## ##....##",
    )
    yield of(
        "A width runs from the leftmost to the rightmost column of any row.",
        "4 / 7",
        ".##..... ....#... ...##...",
        "#....... ......#. ........",
    )
    yield of("Without a heart there is no ratio.", None, "... ...", "#.# #.#")
    yield of("Without lungs neither.", None, "... .#.", "... ...")
    heart = "." * 60 + "#" * 10 + "." * 60
    lungs = "#" + "." * 128 + "#"
    yield of("130 columns.", "10 / 130", heart, lungs)


def document():
    keys = all_keys()
    found = []
    for vector in vectors():
        reference, prediction = vector["reference"], vector["prediction"]
        spacing = vector["spacing_mm"]
        both = spacing if isinstance(spacing, list) or spacing is None else [spacing, spacing]
        values = {key: value(key, reference, prediction, both) for key in keys}
        for key, formula in vector["by_hand"].items():
            expected = eval(formula, {"math": math})  # our own text, above
            assert abs(expected - values[key]) < 1e-12, (vector["name"], key, formula, values[key])
        found.append(
            {
                **vector,
                "reference": to_text(reference),
                "prediction": to_text(prediction),
                "values": values,
            }
        )
    whole = {"pixel_error": list(pixel_error_vectors()), "ctr": list(ctr_vectors())}
    for vector in whole["pixel_error"] + whole["ctr"]:
        if vector["by_hand"]:
            assert abs(eval(vector["by_hand"]) - vector["value"]) < 1e-12, vector["note"]
    return {
        "about": "Small masks and the value of every measure, from tests/peers/independent.py. "
        "'#' is set and '.' is not. Keys are those of `scr measures`; distances are in mm where "
        "spacing_mm is a number or [x, y], else in pixels; null is undefined. by_hand: worked out "
        "on paper as well.",
        "vectors": found,
        **whole,
    }


def to_json(found):
    """JSON text with one line a value, so that diffs show each change."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def try_at_random(scr, n_pairs):
    """Compares `scr` with independent.py on random masks, key by key."""
    import compare  # needs pillow

    keys = all_keys()
    worst = 0.0
    for spacing in (None, [0.23, 0.23], [0.23, 0.31]):
        pairs = []
        for index in range(n_pairs):
            size = (1 + index * 7 % 131, 1 + index * 5 % 9)
            density = (3, 30, 60, 97)[index % 4]
            pairs.append((noise(size, 2 * index + 1, density), noise(size, 2 * index + 2, density)))
        with tempfile.TemporaryDirectory() as folder:
            compare.write_benchmark(folder, pairs, spacing)
            used = [key for key in keys if spacing or not key.endswith("mm")]
            values = compare.scr_values(scr, folder, used)
        for index, (reference, prediction) in enumerate(pairs):
            for key in used:
                mine, its = value(key, reference, prediction, spacing), values[key][index]
                assert (mine is None) == (its is None), (key, index, mine, its)
                if mine is not None:
                    difference = abs(mine - its) / max(1.0, abs(mine))
                    assert difference < 1e-9, (key, index, spacing, mine, its)
                    worst = max(worst, difference)
    print(f"{3 * n_pairs} pairs, {len(keys)} keys: largest relative difference {worst:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when the file differs")
    parser.add_argument("--random", type=int, metavar="N", help="try N pairs at random")
    parser.add_argument("--scr", help="the scr binary, for --random")
    options = parser.parse_args()
    if options.random:
        try_at_random(options.scr, options.random)
        return
    text = to_json(document())
    if not options.check:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit(f"{FILE} is not what independent.py makes")


if __name__ == "__main__":
    main()
