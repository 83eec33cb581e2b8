// Grey value panel: two sliders over a histogram, presets, invert.
//
// picture.js holds the grey window.

import { binned } from "./window.js";

/** @typedef {import("./app.js").App} App */

export class GreyPanel {
  /** @param {App} app */
  constructor(app) {
    const part = (/** @type {string} */ id) => /** @type {any} */ (app.form.querySelector(`#${id}`));
    this.app = app;
    /** @type {HTMLInputElement} */
    this.low = part("window-low");
    /** @type {HTMLInputElement} */
    this.high = part("window-high");
    /** @type {HTMLInputElement} */
    this.invert = part("window-invert");
    /** @type {HTMLCanvasElement} */
    this.histogram = part("histogram");
    /** @type {HTMLElement} */
    this.presets = part("window-presets");
    this.shown = { low: part("window-low-shown"), high: part("window-high-shown") };
  }

  install() {
    const { app } = this;
    // The terms may forbid the radiograph.
    if (!this.low) return;
    for (const slider of [this.low, this.high]) {
      slider.addEventListener("input", () => {
        const [low, high] = [Number(this.low.value), Number(this.high.value)];
        // A slider pushes the other along instead of stopping at it.
        app.setWindow([slider === this.high ? Math.min(low, high - 1) : low, slider === this.low ? Math.max(high, low + 1) : high]);
      });
    }
    this.presets.addEventListener("click", (event) => {
      const name = event.target instanceof HTMLElement ? event.target.dataset.preset : undefined;
      if (name) app.setWindow(name);
    });
    for (const button of this.presets.querySelectorAll("[data-preset=lungs]")) button.toggleAttribute("hidden", app.lungIds.length === 0);
    this.invert.addEventListener("change", () => app.setInvert(this.invert.checked));
    // The histogram takes the colour of text when it is drawn.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#drawHistogram());
    app.on("window", () => this.show());
    app.on("pane", () => this.show());
    const { keys } = app;
    keys.add({ keys: ["a"], does: "grey window: auto", run: () => app.setWindow("auto") });
    keys.add({ keys: ["f"], does: "full range", run: () => app.setWindow("full") });
    keys.add({ keys: ["l"], does: "lungs", run: () => app.lungIds.length && app.setWindow("lungs") });
    keys.add({ keys: ["b"], does: "dense parts", run: () => app.setWindow("dense") });
    keys.add({ keys: ["i"], does: "invert black and white", run: () => app.setInvert(!app.pane.greys.invert) });
  }

  show() {
    const { picture, pane: { greys } } = this.app;
    this.low.closest("fieldset")?.toggleAttribute("hidden", !picture);
    const { window, invert, preset } = greys;
    for (const slider of [this.low, this.high]) slider.max = String(picture?.maxValue ?? 255);
    [this.low.value, this.high.value] = window.map(String);
    [this.shown.low.value, this.shown.high.value] = window.map(String);
    this.invert.checked = invert;
    for (const button of this.presets.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.preset === preset));
    }
    this.#drawHistogram();
  }

  #drawHistogram() {
    const canvas = this.histogram;
    const { picture, pane } = this.app;
    if (!picture) return;
    const ratio = globalThis.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (width === 0 || height === 0) return;
    [canvas.width, canvas.height] = [width, height];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const style = getComputedStyle(canvas);
    const bins = Math.min(128, picture.maxValue + 1);
    const counts = binned(picture.counts, bins);
    // The second highest bar has full height: a black border would flatten all others.
    const tallest = [...counts].sort((a, b) => b - a)[1] || 1;
    const { maxValue } = picture;
    const { window } = pane.greys;
    context.fillStyle = style.color;
    counts.forEach((count, bin) => {
      const value = ((bin + 0.5) * (maxValue + 1)) / bins;
      context.globalAlpha = value < window[0] || value > window[1] ? 0.3 : 0.85;
      const bar = Math.min(1, Math.sqrt(count / tallest)) * height;
      context.fillRect((bin * width) / bins, height - bar, Math.ceil(width / bins), bar);
    });
    // From black to white.
    context.globalAlpha = 1;
    context.strokeStyle = style.color;
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    context.moveTo((window[0] / maxValue) * width, height);
    context.lineTo((window[1] / maxValue) * width, 0);
    context.stroke();
  }
}
