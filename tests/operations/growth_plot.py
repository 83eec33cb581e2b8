"""Plot of server times and memory by number of entries, as SVG for screen and black-and-white print. Needs Python alone."""

import math

WIDTH, LEFT, RIGHT, TOP = 640, 56, 150, 16
# Heights of the panels of times and of memory, and the room below each.
TIMES_HEIGHT, MEMORY_HEIGHT, BELOW = 260, 90, 44
# Lines of the panels: key of the figures, name, colour and dashes.
TIMES = [("home_ms", "home", "#0b6e99", "none"), ("entry_ms", "entry", "#b3541e", "8 3"),
         ("browse_ms", "browse", "#3a7d44", "2 3"), ("results_ms", "results", "#7a3e9d", "10 3 2 3")]
MEMORY = [("memory_mb", "memory", "#333", "none")]
# Least distance between the names of two lines.
NAME_HEIGHT = 15


def drawn(found):
    """The plot of several measurements, ascending by entries; all axes are logarithmic."""
    height = TOP + TIMES_HEIGHT + BELOW + MEMORY_HEIGHT + BELOW
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'font-family="sans-serif" font-size="12"><title>Server time and memory by number of entries</title>'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
            + panel(found, TIMES, "ms", TOP, TIMES_HEIGHT)
            + panel(found, MEMORY, "MB", TOP + TIMES_HEIGHT + BELOW, MEMORY_HEIGHT) + "</svg>\n")


def panel(found, lines, unit, top, height):
    """A panel of lines over the numbers of entries."""
    sizes = [figures["entries"] for figures in found]
    values = [figures[key] for figures in found for key, *_ in lines]
    low = 10 ** math.floor(math.log10(min(values)))
    high = 10 ** max(math.ceil(math.log10(max(values))), math.log10(low) + 1)
    right, bottom = WIDTH - RIGHT, top + height

    def x(size):
        return LEFT + (right - LEFT) * math.log(size / sizes[0]) / (math.log(sizes[-1] / sizes[0]) or 1)

    def y(value):
        return bottom - height * math.log(value / low) / math.log(high / low)

    parts = []
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        parts.append(f'<path d="M{LEFT} {y(10 ** power):.1f}H{right}" stroke="#ccc"/>'
                     f'<text x="{LEFT - 6}" y="{y(10 ** power) + 4:.1f}" text-anchor="end">{10 ** power:g}</text>')
    parts += [f'<text x="{x(size):.1f}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>' for size in sizes]
    parts.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{bottom + 36}" text-anchor="middle">entries</text>'
                 f'<text transform="translate(14 {top + height / 2:.0f}) rotate(-90)" text-anchor="middle">{unit}</text>')
    for key, _, colour, dashes in lines:
        points = [(x(figures["entries"]), y(figures[key])) for figures in found]
        line = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>' for across, down in points]
    # Names at the ends of the lines, from top to bottom, with the dashes before them.
    place = top - NAME_HEIGHT
    for down, key, name, colour, dashes in sorted((y(found[-1][line[0]]), *line) for line in lines):
        place = max(down, place + NAME_HEIGHT)
        parts.append(f'<path d="M{right + 8} {place:.1f}h26" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
                     f'<text x="{right + 40}" y="{place + 4:.1f}">{name}, {found[-1][key]:.0f} {unit}</text>')
    return "".join(parts)
