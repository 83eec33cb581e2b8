// Probe: grey value, structures and scores at a point of the image, in words.
//
// Makes the text only; main.js shows it.

/** @typedef {import("./layers.js").Layers} Layers */
/** @typedef {import("./png.js").GreyImage} GreyImage */

/** Context for point-in-path tests; never drawn on. */
const ruler = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext("2d"));

/**
 * @param {Object} where
 * @param {{x: number, y: number}} where.point   in mask pixels
 * @param {{width: number, height: number}} where.frame  the masks' size
 * @param {GreyImage | null} where.image
 * @param {number | null} where.spacingMm        mm a mask pixel
 * @param {Layers} where.layers
 * @param {{describe: (across: number, down: number) => string}} where.posteriors
 * @returns {string} "" outside the image
 */
export function describePoint({ point, frame, image, spacingMm, layers, posteriors }) {
  const { x, y } = point;
  if (x < 0 || y < 0 || x >= frame.width || y >= frame.height) return "";
  const parts = [`x ${x.toFixed(1)}, y ${y.toFixed(1)} px`];
  if (spacingMm) parts.push(`${(x * spacingMm).toFixed(1)}, ${(y * spacingMm).toFixed(1)} mm`);
  if (image) parts.push(`value ${valueAt(image, x / frame.width, y / frame.height)} of ${image.maxValue}`);
  const probability = posteriors.describe(x / frame.width, y / frame.height);
  if (probability) parts.push(probability);
  for (const layer of layers.shown) {
    const names = layers.structures
      .filter((id) => isInside(layer.shapes?.get(id), point))
      .map((id) => layers.structureName(id));
    if (names.length > 0) parts.push(`${layer.name}: ${names.join(", ")}`);
  }
  return parts.join(" · ");
}

function isInside(/** @type {import("./shape.js").Shape | undefined} */ shape, /** @type {{x: number, y: number}} */ { x, y }) {
  return shape ? ruler.isPointInPath(shape.path, x, y, "evenodd") : false;
}

/**
 * @param {GreyImage} image
 * @param {number} across  share of the width, below 1
 * @param {number} down    share of the height, below 1
 */
function valueAt(image, across, down) {
  return image.pixels[Math.floor(down * image.height) * image.width + Math.floor(across * image.width)];
}
