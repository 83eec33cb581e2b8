// Calipers: a ruler between two points, and the cardiothoracic ratio of each layer.
//
// Part of the viewer (app.js). The ratio is that of scr-measures: greatest width of the heart over that
// of the lungs, from the first to the last column of each.

import { drawSegment } from "./compare_drawing.js";
import { addOption, addOverlay, addToggle, say } from "./controls.js";
import { byId, make } from "./document.js";
import { bothTexts } from "./lengths.js";
import { extent } from "./masks.js";
import { hypot, max, min } from "./math.js";
import { maskOf, objectsOf } from "./object_masks.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Point} Point */

/** Installs the ruler. */
export function installRuler(/** @type {App} */ app) {
  /** @type {Point[]} no or both ends */
  let ends = [];
  const words = () => (ends.length > 0 ? `Ruler: ${bothTexts(app, hypot(ends[0].x - ends[1].x, ends[0].y - ends[1].y))}` : "");
  const put = (/** @type {number} */ index, /** @type {Point} */ { x, y }) => {
    const { width, height } = app.frame;
    const end = { x: min(max(x, 0), width), y: min(max(y, 0), height) };
    if (ends.length === 0) ends = [end, end];
    ends[index] = end;
    say(app, words());
    app.changed();
  };
  /** Buttons on the ends, for keys, fingers and mouse. @type {HTMLButtonElement[]} */
  const handles = [byId("ruler-start"), byId("ruler-end")];
  handles.forEach((handle, index) => {
    handle.onkeydown = (event) => {
      const { key } = event;
      if (!key.startsWith("Arrow")) return;
      const by = event.shiftKey ? 10 : 1;
      const towards = (/** @type {string} */ more, /** @type {string} */ less) => by * (Number(key === `Arrow${more}`) - Number(key === `Arrow${less}`));
      event.preventDefault();
      put(index, { x: ends[index].x + towards("Right", "Left"), y: ends[index].y + towards("Down", "Up") });
    };
    handle.onpointerdown = ({ pointerId }) => handle.setPointerCapture(pointerId);
    handle.onpointermove = ({ pointerId, clientX, clientY }) => {
      if (!handle.hasPointerCapture(pointerId)) return;
      const { left, top } = app.pane.canvas.getBoundingClientRect();
      put(index, app.pane.view.toImage(clientX - left, clientY - top));
    };
  });
  /** @type {import("./app.js").Tool} */
  const tool = {
    id: "ruler",
    name: "Ruler",
    key: "r",
    does: "ruler: drag, or move its ends by arrow keys",
    start: () => {
      if (ends.length > 0) return;
      const { x, y, stage, scale } = app.pane.view;
      for (const i of [0, 1]) put(i, { x: x + ((i - 0.5) * stage.width) / scale / 4, y });
    },
    stop: () => {
      ends = [];
      for (const handle of handles) handle.hidden = true;
      app.changed();
    },
    down: (at) => [0, 1].forEach((i) => put(i, at)),
    drag: (at) => put(1, at),
  };
  app.addTool(tool);
  addOption(
    app,
    "ruler",
    (value) => {
      const [ax, ay, bx, by] = (value ?? "").split(",").map(Number.parseFloat);
      if (Number.isFinite(ax + ay + bx + by)) {
        put(0, { x: ax, y: ay });
        put(1, { x: bx, y: by });
        app.use(tool);
      } else if (app.tool === tool) app.use(null);
    },
    () => ends.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(),
    true,
  );
  addOverlay(app, "screen", (context, { view, pane }) => {
    if (ends.length === 0) return;
    const places = ends.map(({ x, y }) => view.toScreen(x, y));
    drawSegment(context, places[0], places[1], words());
    // Not in the magnifier, nor in another pane.
    if (view !== app.pane.view) return;
    handles.forEach((handle, i) => {
      if (handle.parentElement !== pane.element) pane.element.append(handle);
      handle.hidden = false;
      handle.style.translate = `${places[i].x}px ${places[i].y}px`;
    });
  });
}

/** Installs the caliper of the cardiothoracic ratio. */
export function installRatio(/** @type {App} */ app) {
  const select = byId("compare-object");
  const parts = ["heart", "lungs"].flatMap((id) => objectsOf(select, id));
  /** @type {{layer: import("./layers.js").Layer, words: string, widths: NonNullable<ReturnType<typeof extent>>[]}[]} */
  let found = [];
  const { button, isOn, set } = addToggle(app, "show-ctr", "t", () => {
    refresh();
    app.changed();
  });
  button.hidden = parts.length < 2;

  function refresh() {
    const shown = isOn() ? app.layers.shown : [];
    found = shown.flatMap((layer) => {
      const widths = parts.flatMap(({ structures }) => {
        const mask = maskOf(layer.shapes, structures, app.frame);
        return (mask && extent(mask, app.frame)) ?? [];
      });
      return widths.length === 2 ? [{ layer, widths, words: `${layer.name} ${(widths[0].width / widths[1].width).toFixed(3)}` }] : [];
    });
    byId("ctr-list").replaceChildren(
      ...found.map(({ words, widths }) => make("li", "", `Cardiothoracic ratio ${words}: ${widths.map(({ width }) => bothTexts(app, width)).join(" / ")}`)),
    );
    app.redraw();
  }

  app.on("layers", refresh);
  app.on("image", refresh);
  addOption(
    app,
    "ctr",
    (value) => {
      set(value === "1");
      refresh();
    },
    () => (isOn() ? "1" : ""),
  );
  addOverlay(app, "screen", (context, { view }) => {
    const rows = found[0]?.widths.map(({ leftRow, rightRow }) => view.toScreen(0, (leftRow + rightRow) / 2).y) ?? [];
    found.forEach(({ layer, words, widths }, i) =>
      widths.forEach(({ left, right }, part) => {
        const [from, to] = [left, right].map((x) => view.toScreen(x, 0));
        // A line for each: hearts upwards, lungs downwards.
        from.y = to.y = part === 0 ? min(...rows) - 9 - 18 * i : max(...rows) + 9 + 18 * i;
        drawSegment(context, from, to, part === 0 ? words : "", layer.colour);
      }),
    );
  });
}
