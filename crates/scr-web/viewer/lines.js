// Lines: draws outlines with halo and dashes into opaque pixels.
//
// Many times as fast as strokes of a canvas in software: the cost grows with the length of the lines only.
// Anti-aliased by the distance of each pixel's centre from the line.

/** Opacity of the halo. */
const HALO = 0.5;
/** Screen pixels that the halo reaches beyond the line, on each side. */
const HALO_PX = 0.9;

/**
 * @typedef {Object} LineStyle
 * @property {number[]} colour  red, green, blue, 0 to 255
 * @property {number} opacity   0 to 1
 * @property {number} width     screen pixels
 * @property {number[]} dash    lengths in screen pixels; empty for a solid line
 * @property {number} halo      screen pixels a CSS pixel, for the halo
 */

/** Pixels on which lines are drawn. */
export class Lines {
  /** @param {ImageData} pixels  opaque */
  constructor({ data, width, height }) {
    this.data = data;
    this.width = width;
    this.height = height;
    // Coverage of the line under way, 0 to 255: of the halo and of the line.
    this.#near = new Uint8Array(width * height);
    this.#core = new Uint8Array(width * height);
    this.#touched = new Int32Array(width * height);
  }

  #near;
  #core;
  #touched;
  #n = 0;

  /**
   * Draws closed polygons.
   *
   * @param {ArrayLike<number>[]} rings  `[x0, y0, ...]`
   * @param {number} scale               screen pixels a unit of the rings
   * @param {number} left                screen pixels to the left edge of the pixels
   * @param {number} top
   * @param {LineStyle} style
   */
  draw(rings, scale, left, top, style) {
    const { dash } = style;
    const period = dash.reduce((sum, length) => sum + length, 0);
    for (const ring of rings) {
      const n = ring.length;
      let along = 0;
      let x = ring[n - 2] * scale - left;
      let y = ring[n - 1] * scale - top;
      for (let i = 0; i < n; i += 2) {
        const nextX = ring[i] * scale - left;
        const nextY = ring[i + 1] * scale - top;
        const length = Math.hypot(nextX - x, nextY - y);
        if (length > 0) this.#segment(x, y, nextX, nextY, length, style, along, period);
        along += length;
        x = nextX;
        y = nextY;
      }
    }
    this.#blend(style);
  }

  /**
   * Notes the coverage of pixels by a segment.
   *
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   * @param {number} length
   * @param {LineStyle} style
   * @param {number} along   length of the line before
   * @param {number} period  of the dashes; 0 for a solid line
   */
  #segment(x0, y0, x1, y1, length, { width: line, dash, halo }, along, period) {
    const { width, height } = this;
    const near = this.#near;
    const core = this.#core;
    const inner = line / 2 + 0.5;
    const outer = inner + HALO_PX * halo;
    const top = Math.max(0, Math.ceil(Math.min(y0, y1) - outer - 0.5));
    const bottom = Math.min(height - 1, Math.floor(Math.max(y0, y1) + outer - 0.5));
    const leftEdge = Math.min(x0, x1) - outer - 0.5;
    const rightEdge = Math.max(x0, x1) + outer - 0.5;
    if (top > bottom || rightEdge < 0 || leftEdge > width) return;
    const ux = (x1 - x0) / length;
    const uy = (y1 - y0) / length;
    // Half the width of the band in a row.
    const reach = Math.abs(uy) > 1e-3 ? outer / Math.abs(uy) : Number.POSITIVE_INFINITY;
    for (let row = top; row <= bottom; row++) {
      const dy = row + 0.5 - y0;
      const middle = Math.abs(uy) > 1e-3 ? x0 + (dy * ux) / uy - 0.5 : 0;
      const from = Math.max(0, Math.ceil(Math.max(leftEdge, middle - reach)));
      const to = Math.min(width - 1, Math.floor(Math.min(rightEdge, middle + reach)));
      for (let column = from, at = row * width + from; column <= to; column++, at++) {
        const dx = column + 0.5 - x0;
        let share = dx * ux + dy * uy;
        let distance = Math.abs(dx * uy - dy * ux);
        if (share < 0) {
          distance = Math.sqrt(dx * dx + dy * dy);
          share = 0;
        } else if (share > length) {
          distance = Math.sqrt((column + 0.5 - x1) ** 2 + (row + 0.5 - y1) ** 2);
          share = length;
        }
        if (distance >= outer) continue;
        const wide = 255 * Math.min(1, outer - distance);
        if (near[at] === 0) this.#touched[this.#n++] = at;
        // At least 1, so that the pixel is touched once.
        if (wide > near[at]) near[at] = wide < 1 ? 1 : wide;
        else if (near[at] === 0) near[at] = 1;
        if (distance < inner && (period === 0 || isOn((along + share) % period, dash))) {
          const thin = 255 * Math.min(1, inner - distance);
          if (thin > core[at]) core[at] = thin;
        }
      }
    }
  }

  /** Blends halo and line over the pixels, and forgets the coverage. */
  #blend(/** @type {LineStyle} */ { colour: [red, green, blue], opacity }) {
    const { data } = this;
    const near = this.#near;
    const core = this.#core;
    for (let i = 0; i < this.#n; i++) {
      const at = this.#touched[i];
      const line = (core[at] / 255) * opacity;
      const under = (1 - (near[at] / 255) * HALO * opacity) * (1 - line);
      const to = 4 * at;
      data[to] = data[to] * under + red * line;
      data[to + 1] = data[to + 1] * under + green * line;
      data[to + 2] = data[to + 2] * under + blue * line;
      near[at] = core[at] = 0;
    }
    this.#n = 0;
  }
}

/** True on a dash: dashes and gaps come in turn. */
function isOn(/** @type {number} */ at, /** @type {number[]} */ dash) {
  for (let i = 0; i < dash.length; i++) {
    if (at < dash[i]) return i % 2 === 0;
    at -= dash[i];
  }
  return false;
}
