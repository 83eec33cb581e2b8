// Hover: the name of the outline under the pointer, with words of other parts such as a distance.

import { make } from "./document.js";
import { max, min } from "./math.js";

/** @typedef {import("./app.js").App} App */

/** Reach around the pointer in CSS pixels. */
const REACH_PX = 5;
/** Most outlines that are named. */
const N_NAMED = 4;

/** Context for tests of points on paths; never drawn on. */
const ruler = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext("2d"));

export function install(/** @type {App} */ app) {
  const box = make("div", "viewer-hover");
  box.hidden = true;
  box.ariaHidden = "true";
  let isAwaited = false;

  const show = () => {
    isAwaited = false;
    const { pointer, layers } = app;
    const lines = pointer && !pointer.pane.isKeyboardDriven && layers.areVisible ? named(pointer) : [];
    box.hidden = lines.length === 0;
    if (!pointer || box.hidden) return;
    box.textContent = lines.join("\n");
    const { pane } = pointer;
    pane.element.append(box);
    const { x, y } = pane.view.toScreen(pointer.x, pointer.y);
    const { width, height } = pane.view.stage;
    // Beside the pointer, and within the pane.
    box.style.left = `${x + 14 + box.offsetWidth > width ? max(0, x - 14 - box.offsetWidth) : x + 14}px`;
    box.style.top = `${max(0, min(y + 14, height - box.offsetHeight))}px`;
  };

  const named = (/** @type {{pane: import("./pane.js").Pane, x: number, y: number}} */ { pane, x, y }) => {
    const { layers, hovers } = app;
    ruler.lineWidth = (2 * REACH_PX) / pane.view.scale;
    const scale = pane.view.scale * pane.view.pixelRatio;
    const found = pane.shown.flatMap((layer) =>
      layers.structures.flatMap((id) => {
        const shape = layer.shapes?.get(id);
        if (!shape || !ruler.isPointInStroke(shape.pathFor(scale), x, y)) return [];
        const more = hovers.map((hover) => hover(layer, id, { x, y })).filter(Boolean);
        return [[`${layers.structureName(id)}, ${layer.name}`, ...more].join(": ")];
      }),
    );
    return found.slice(0, N_NAMED);
  };

  app.on("point", () => {
    if (!isAwaited) requestAnimationFrame(show);
    isAwaited = true;
  });
}
