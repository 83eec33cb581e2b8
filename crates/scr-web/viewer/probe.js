// Probe: grey value, and labels of all shown layers at a point of the image, in words.
//
// Part of the viewer (app.js).

import { byId } from "./document.js";
import { floor } from "./math.js";
import { offscreen } from "./stage.js";

/** Context for point-in-path tests; never drawn on. */
const { context: tester } = offscreen({ width: 1, height: 1 });

/**
 * Installs the part.
 *
 * @param {import("./app.js").App} app
 * @param {((point: import("./app.js").Point) => string)[]} more  further words, "" for none
 */
export function installProbe(app, more) {
  app.on("point", () => {
    byId("viewer-probe").textContent = describe() || "\u00a0";
  });

  function describe() {
    const { pointer, frame, picture, spacingMm, layers } = app;
    if (!pointer) return "";
    const { x, y } = pointer;
    const parts = [`x ${x.toFixed(1)}, y ${y.toFixed(1)} px`];
    if (spacingMm) parts.push(`${(x * spacingMm).toFixed(1)}, ${(y * spacingMm).toFixed(1)} mm`);
    if (picture) {
      const { pixels, width, height } = picture.image;
      parts.push(`value ${pixels[floor((y / frame.height) * height) * width + floor((x / frame.width) * width)]} of ${picture.range}`);
    }
    for (const words of more) parts.push(words(pointer));
    for (const { name, shapes } of layers.shown) {
      const names = layers.structures.filter((id) => {
        const shape = shapes?.get(id);
        return shape && tester.isPointInPath(shape.path, x, y, "evenodd");
      });
      if (names.length > 0) parts.push(`${name}: ${names.map((id) => layers.structureName(id)).join(", ")}`);
    }
    return parts.filter(Boolean).join(" · ");
  }
}
