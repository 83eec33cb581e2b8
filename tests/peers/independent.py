"""Independent implementation of every measure, by brute force.

Shares no code and no algorithm with the Rust measures: it visits pixels one by one, finds
distances over all pairs, and takes lengths along corners from the lines drawn. Too slow for
an image, fast enough for the small masks of make_vectors.py.

Needs numpy. Keys are those of `scr measures`. Reads and writes no file.
"""

import math

import numpy as np


def from_text(rows):
    return np.array([[letter == "#" for letter in row] for row in rows], dtype=bool)


def to_text(mask):
    return ["".join("#" if value else "." for value in row) for row in mask]


def pixels(mask):
    return [(int(column), int(row)) for row, column in zip(*np.nonzero(mask))]


def boundary(mask, rule):
    """Boundary pixels of a mask by a rule: i4, i8, i4o, i8o."""
    height, width = mask.shape
    steps = [(0, 1), (0, -1), (1, 0), (-1, 0)]
    if rule.startswith("i8"):
        steps += [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    beyond = rule.endswith("o")

    def is_set(column, row):
        inside = 0 <= column < width and 0 <= row < height
        return bool(mask[row, column]) if inside else beyond

    return [
        (column, row)
        for column, row in pixels(mask)
        if not all(is_set(column + across, row + down) for across, down in steps)
    ]


def corners(mask, spacing):
    """Boundary corners, at which some of four pixels are set and some are not, with their
    lengths: a line separates set from unset pixels in the square around the corner, through
    the middles of the sides whose ends differ."""
    x, y = spacing
    height, width = mask.shape
    padded = np.zeros((height + 2, width + 2), dtype=bool)
    padded[1:-1, 1:-1] = mask
    found = {}
    for row in range(height + 1):
        for column in range(width + 1):
            upper_left, upper_right = padded[row, column], padded[row, column + 1]
            lower_left, lower_right = padded[row + 1, column], padded[row + 1, column + 1]
            middles = []
            if upper_left != upper_right:
                middles.append((0.5 * x, 0.0))
            if lower_left != lower_right:
                middles.append((0.5 * x, y))
            if upper_left != lower_left:
                middles.append((0.0, 0.5 * y))
            if upper_right != lower_right:
                middles.append((x, 0.5 * y))
            if len(middles) == 2:
                found[column, row] = math.dist(*middles)
            elif len(middles) == 4:  # two opposite pixels: two lines, each around one
                found[column, row] = 2 * math.dist((0.5 * x, 0.0), (0.0, 0.5 * y))
    return found


def nearest(start, ends, spacing):
    """Distance of each point to the nearest of others, over all pairs."""
    x, y = spacing
    return [
        min(math.hypot((a - c) * x, (b - d) * y) for c, d in ends)
        for a, b in start
    ]


def percentile_95(distances):
    return float(np.percentile(np.array(distances), 95))


def floor_95(distances):
    return sorted(distances)[int((len(distances) - 1) * 0.95)]


def weighted_quantile(distances, lengths, share):
    """First distance at which the cumulative length reaches a share of the total."""
    whole, running = math.fsum(lengths), 0.0
    for distance, length in sorted(zip(distances, lengths)):
        running += length
        if running / whole >= share - 1e-12:
            return distance
    return max(distances)


def pixel_measure(kind, percentile, there, back):
    if kind == "masd":
        return (math.fsum(there) / len(there) + math.fsum(back) / len(back)) / 2
    if kind == "assd":
        return math.fsum(there + back) / len(there + back)
    if kind == "hausdorff":
        return max(there + back)
    if percentile == "pooled":
        return percentile_95(there + back)
    of = floor_95 if percentile == "floor" else percentile_95
    return max(of(there), of(back))


def corner_measure(kind, there, back, there_lengths, back_lengths):
    def weighted(distances, lengths):
        return math.fsum(d * l for d, l in zip(distances, lengths))

    if kind == "masd":
        first = weighted(there, there_lengths) / math.fsum(there_lengths)
        return (first + weighted(back, back_lengths) / math.fsum(back_lengths)) / 2
    if kind == "assd":
        both = weighted(there, there_lengths) + weighted(back, back_lengths)
        return both / math.fsum(there_lengths + back_lengths)
    share = 1.0 if kind == "hausdorff" else 0.95
    return max(
        weighted_quantile(there, there_lengths, share),
        weighted_quantile(back, back_lengths, share),
    )


def within(distance, tolerance):
    """True up to the tolerance. No distance of the vectors is within rounding of it."""
    assert distance == tolerance or abs(distance - tolerance) > 1e-9, (distance, tolerance)
    return distance <= tolerance


def nsd(distances, lengths, tolerance):
    shares = [l for d, l in zip(distances, lengths) if within(d, tolerance)]
    return math.fsum(shares) / math.fsum(lengths)


def band(mask, rule, width, spacing):
    edge = boundary(mask, rule)
    if not edge:
        return set()
    own = pixels(mask)
    distances = nearest(own, edge, spacing)
    for distance in distances:
        assert distance == width or abs(distance - width) > 1e-9, (distance, width)
    return {pixel for pixel, distance in zip(own, distances) if distance < width}


OVERLAP = ["overlap", "dice", "sensitivity", "specificity", "precision"]
BOUNDARIES = ["i4", "i8", "i4o", "i8o"]
LENGTHS = {
    "nsd": ["0px", "1px", "2.5px", "0.5mm"],
    "boundary_iou": ["1px", "2px", "1mm"],
}


def all_keys():
    keys = list(OVERLAP)
    for kind in ["masd", "assd", "hausdorff"]:
        keys += [kind] + [f"{kind}.{rule}" for rule in BOUNDARIES[1:] + ["corners"]]
    for percentile in ["", ".pooled", ".floor"]:
        keys += [f"hausdorff_95{percentile}"]
        keys += [f"hausdorff_95{percentile}.{rule}" for rule in BOUNDARIES[1:]]
    keys += ["hausdorff_95.corners"]
    for kind, lengths in LENGTHS.items():
        rules = BOUNDARIES[1:] + (["corners"] if kind == "nsd" else [])
        for length in lengths:
            keys += [f"{kind}@{length}"] + [f"{kind}.{rule}@{length}" for rule in rules]
    return keys


def value(key, reference, prediction, spacing):
    """Value of a key of `scr`; None if undefined. Distances are in mm with a spacing,
    otherwise in pixels."""
    before, _, length = key.partition("@")
    kind, *variants = before.split(".")
    rule = next((v for v in variants if v in BOUNDARIES + ["corners"]), "i4")
    percentile = next((v for v in variants if v in ["pooled", "floor"]), "directed")
    if length.endswith("mm") and spacing is None:
        return None
    if length.endswith("px") or spacing is None:
        spacing = (1.0, 1.0)
    length = float(length[:-2]) if length else None

    r, p = set(pixels(reference)), set(pixels(prediction))
    if kind == "specificity":
        background = reference.size - len(r)
        return (reference.size - len(r | p)) / background if background else None
    is_share = kind not in ("masd", "assd", "hausdorff", "hausdorff_95")
    if not r and not p:
        return 1.0 if is_share else 0.0
    if not r or not p:
        return 0.0 if is_share else None
    if kind == "overlap":
        return len(r & p) / len(r | p)
    if kind == "dice":
        return 2 * len(r & p) / (len(r) + len(p))
    if kind == "sensitivity":
        return len(r & p) / len(r)
    if kind == "precision":
        return len(r & p) / len(p)

    if kind == "boundary_iou":
        first = band(reference, rule, length, spacing)
        second = band(prediction, rule, length, spacing)
        if not first | second:
            return 1.0  # both fill the image, and the outside counts as set
        return len(first & second) / len(first | second)

    if rule == "corners":
        first, second = corners(reference, spacing), corners(prediction, spacing)
    else:
        first = dict.fromkeys(boundary(reference, rule), 1.0)
        second = dict.fromkeys(boundary(prediction, rule), 1.0)
    if not first or not second:  # a mask fills the image, and the outside counts as set
        if first or second:
            return 0.0 if is_share else None
        return 1.0 if is_share else 0.0
    there, back = nearest(first, second, spacing), nearest(second, first, spacing)
    there_lengths, back_lengths = list(first.values()), list(second.values())
    if kind == "nsd":
        return nsd(there + back, there_lengths + back_lengths, length)
    if rule == "corners":
        return corner_measure(kind, there, back, there_lengths, back_lengths)
    return pixel_measure(kind, percentile, there, back)


def pixel_error(structures):
    """Pixel error: share of pixels with a wrong label of any structure."""
    height, width = structures[0][0].shape
    wrong = sum(
        any(reference[row, column] != prediction[row, column] for reference, prediction in structures)
        for row in range(height)
        for column in range(width)
    )
    return wrong / (height * width)


def cardiothoracic_ratio(heart, lungs):
    """Cardiothoracic ratio: columns that the heart spans over columns that the lungs span."""
    columns = [[column for column, _ in pixels(mask)] for mask in (heart, lungs)]
    if not all(columns):
        return None
    heart_width, lungs_width = (max(c) - min(c) + 1 for c in columns)
    return heart_width / lungs_width
