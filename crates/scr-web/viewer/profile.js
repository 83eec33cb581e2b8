// Profile: signed distances along an outline as a small plot, and the place that is marked on both.

import { strokeTwice } from "./compare_drawing.js";
import { DIVERGING, divergingIndex } from "./diverging.js";
import { byId } from "./document.js";
import { lengthText } from "./lengths.js";
import { abs, floor, hypot, max, min } from "./math.js";

/** @typedef {import("./distances.js").Step} Step */

/** Reach of the pointer around the outline in CSS pixels. */
const REACH_PX = 14;

/** Installs the plot. */
export function installProfile(/** @type {import("./app.js").App} */ app) {
  /** @type {HTMLCanvasElement} */
  const plot = byId("profile-plot");
  /** @type {HTMLInputElement} */
  const slider = byId("profile-at");
  /** @type {Step[]} of all outlines */
  let steps = [];
  let end = 1;
  /** Number of the marked step; -1 for none. */
  let at = -1;
  let words = "";

  function mark(/** @type {number} */ index) {
    at = min(index, steps.length - 1);
    const step = steps[at];
    words = step ? lengthText(app, step.value, true) : "";
    if (step) slider.value = String(at);
    byId("profile-value").textContent = slider.ariaValueText = step ? `${words} at ${lengthText(app, step.along)}` : "no place is marked";
    draw();
    app.drawSoon();
  }

  function draw() {
    const width = (plot.width = plot.clientWidth);
    const { height } = plot;
    const context = /** @type {CanvasRenderingContext2D} */ (plot.getContext("2d"));
    const step = width / steps.length;
    steps.forEach(({ value }, i) => {
      const tall = ((height / 2) * value) / end;
      context.fillStyle = DIVERGING[divergingIndex(value, end)];
      context.fillRect(i * step, min(height / 2, height / 2 - tall), max(1, step), max(1, abs(tall)));
    });
    context.fillStyle = "#fff";
    if (at >= 0) context.fillRect((at + 0.5) * step - 1, 0, 2, height);
  }

  slider.oninput = () => mark(Number(slider.value));
  plot.onpointermove = ({ offsetX }) => mark(floor((offsetX / plot.clientWidth) * steps.length));
  new ResizeObserver(draw).observe(plot);
  app.on("point", () => {
    const { pointer } = app;
    if (!pointer) return;
    let [nearest, best] = [REACH_PX / pointer.pane.view.scale, -1];
    steps.forEach(({ x, y }, i) => {
      const away = hypot(x - pointer.x, y - pointer.y);
      if (away < nearest) [nearest, best] = [away, i];
    });
    if (best >= 0) mark(best);
    else words = "";
  });

  return {
    /**
     * @param {Step[]} taken
     * @param {number} scaleEnd
     */
    take(taken, scaleEnd) {
      [steps, end] = [taken, scaleEnd];
      byId("profile").hidden = steps.length === 0;
      slider.max = String(steps.length - 1);
      mark(-1);
    },
    /** Signed distance at the marked place; "" without one. */
    words: () => words,
    /** Marks the place on the outline. @param {import("./painter.js").Context} context @param {import("./view.js").View} view */
    drawPlace(context, view) {
      const step = steps[at];
      if (!step) return;
      const { x, y } = view.toScreen(step.x, step.y);
      const ring = new Path2D();
      ring.arc(x, y, 7, 0, 7);
      strokeTwice(context, ring);
    },
  };
}
