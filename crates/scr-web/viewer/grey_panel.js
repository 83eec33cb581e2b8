// Grey value panel: two sliders over a histogram, presets, invert.
//
// Part of the viewer (app.js). picture.js holds the grey window.

import { addKey } from "./controls.js";
import { byId } from "./document.js";
import { ceil, max, min, round, sqrt } from "./math.js";
import { binned } from "./window.js";

/** Installs the part; the page has it if the terms allow the radiograph. */
export function installGreys(/** @type {import("./app.js").App} */ app) {
  /** @type {HTMLInputElement[]} */
  const [low, high, invert] = [byId("window-low"), byId("window-high"), byId("window-invert")];
  if (!low) return;
  const sliders = [low, high];
  /** @type {HTMLCanvasElement} */
  const histogram = byId("histogram");
  /** @type {HTMLButtonElement[]} */
  const presets = [...byId("window-presets").children];

  // A slider pushes the other along instead of stopping at it.
  low.oninput = () => app.setWindow([+low.value, max(+high.value, +low.value + 1)]);
  high.oninput = () => app.setWindow([min(+low.value, +high.value - 1), +high.value]);
  for (const button of presets) {
    const { preset: name = "", key = "" } = button.dataset;
    button.hidden = name === "lungs" && app.lungIds.length === 0;
    button.onclick = () => app.setWindow(name);
    addKey(app, key, `grey window: ${button.title}`, () => button.hidden || app.setWindow(name));
  }
  invert.onchange = () => app.setInvert(invert.checked);
  addKey(app, "i", "invert black and white", () => app.setInvert(!app.pane.greys.invert));
  app.on("window", show);
  app.on("pane", show);
  // The histogram takes the colour of text when it is drawn.
  matchMedia("(prefers-color-scheme: dark)").onchange = show;

  function show() {
    const { picture, pane: { greys } } = app;
    /** @type {HTMLFieldSetElement} */ (low.closest("fieldset")).hidden = !picture;
    if (!picture) return;
    sliders.forEach((slider, i) => {
      slider.max = String(picture.range);
      slider.value = byId(`${slider.id}-shown`).value = String(greys.window[i]);
    });
    invert.checked = greys.invert;
    for (const button of presets) button.ariaPressed = String(button.dataset.preset === greys.preset);
    draw(picture, greys.window);
  }

  function draw(/** @type {import("./picture.js").Picture} */ { counts, range }, /** @type {[number, number]} */ window) {
    const ratio = devicePixelRatio;
    const [width, height] = [histogram.clientWidth, histogram.clientHeight].map((side) => round(side * ratio));
    if (!width || !height) return;
    Object.assign(histogram, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (histogram.getContext("2d"));
    context.fillStyle = context.strokeStyle = getComputedStyle(histogram).color;
    const bins = min(128, range + 1);
    const bars = binned(counts.subarray(0, range + 1), bins);
    // The second highest bar has full height: a black border would flatten all others.
    const tallest = bars.toSorted((a, b) => b - a)[1] || 1;
    bars.forEach((count, bin) => {
      const value = ((bin + 0.5) * (range + 1)) / bins;
      context.globalAlpha = value < window[0] || value > window[1] ? 0.3 : 0.85;
      const bar = min(1, sqrt(count / tallest)) * height;
      context.fillRect((bin * width) / bins, height - bar, ceil(width / bins), bar);
    });
    // From black to white.
    context.globalAlpha = 1;
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    context.moveTo((window[0] / range) * width, height);
    context.lineTo((window[1] / range) * width, 0);
    context.stroke();
  }
}
