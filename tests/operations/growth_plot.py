"""Plot of the growth of server times with the number of entries, as SVG. Needs Python alone."""

import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 320, 56, 132, 16, 44
# Pages and their colours.
LINES = {"home": "#0b6e99", "entry": "#b3541e", "browse": "#3a7d44", "results": "#7a3e9d"}


def drawn(found):
    """The plot of several measurements: milliseconds by entries, both on logarithmic axes."""
    sizes = [figures["entries"] for figures in found]
    times = [figures[f"{name}_ms"] for figures in found for name in LINES]
    low, high = 10 ** math.floor(math.log10(min(times))), 10 ** math.ceil(math.log10(max(times)))

    def x(size):
        span = math.log(sizes[-1] / sizes[0]) or 1
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(size / sizes[0]) / span

    def y(ms):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * math.log(ms / low) / math.log(high / low)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
             'font-family="sans-serif" font-size="12"><title>Server time by number of entries</title>'
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    tick = low
    while tick <= high * 1.001:
        parts.append(f'<path d="M{LEFT} {y(tick):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
        tick *= 10
    for size in sizes:
        parts.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size:,}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle">entries</text>'
                 f'<text transform="translate(14 {HEIGHT / 2:.0f}) rotate(-90)" text-anchor="middle">ms</text>')
    for name, colour in LINES.items():
        points = [(x(figures["entries"]), y(figures[f"{name}_ms"])) for figures in found]
        line = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>' for across, down in points]
    last = sorted((y(found[-1][f"{name}_ms"]), name) for name in LINES)
    place = TOP
    for down, name in last:
        place = max(down, place + 15)
        text = f"{name}, {found[-1][f'{name}_ms']:.1f} ms"
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{place + 4:.1f}" fill="{LINES[name]}">{text}</text>')
    return "".join(parts) + "</svg>\n"
