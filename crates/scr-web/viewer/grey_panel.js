// Grey value panel: two sliders over a histogram, presets, invert.
//
// picture.js holds the grey window.

import { binned } from "./window.js";

/** @typedef {import("./picture.js").Picture} Picture */

/**
 * @typedef {Object} GreyHandlers
 * @property {(low: number, high: number) => void} window
 * @property {(name: string) => void} preset
 * @property {(on: boolean) => void} invert
 */

export class GreyPanel {
  /**
   * @param {HTMLFormElement} form
   * @param {Picture} picture
   * @param {GreyHandlers} handlers
   */
  constructor(form, picture, handlers) {
    const part = (/** @type {string} */ id) => /** @type {any} */ (form.querySelector(`#${id}`));
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
    this.picture = picture;

    for (const slider of [this.low, this.high]) {
      slider.max = String(picture.maxValue);
      slider.addEventListener("input", () => {
        const [low, high] = [Number(this.low.value), Number(this.high.value)];
        // A slider pushes the other along instead of stopping at it.
        handlers.window(slider === this.high ? Math.min(low, high - 1) : low, slider === this.low ? Math.max(high, low + 1) : high);
      });
    }
    this.presets.addEventListener("click", (event) => {
      const name = event.target instanceof HTMLElement ? event.target.dataset.preset : undefined;
      if (name) handlers.preset(name);
    });
    this.invert.addEventListener("change", () => handlers.invert(this.invert.checked));
    // The histogram takes the colour of text when it is drawn.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#drawHistogram());
  }

  /** @param {string | null} preset  chosen preset, if any */
  show(preset) {
    const { window, invert } = this.picture;
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
    const ratio = globalThis.devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (width === 0 || height === 0) return;
    [canvas.width, canvas.height] = [width, height];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const style = getComputedStyle(canvas);
    const bins = Math.min(128, this.picture.maxValue + 1);
    const counts = binned(this.picture.counts, bins);
    // The second highest bar has full height: a black border would flatten all others.
    const tallest = [...counts].sort((a, b) => b - a)[1] || 1;
    const { window, maxValue } = this.picture;
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
