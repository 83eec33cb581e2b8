// Pane: a canvas with its view, its layers and its grey window.
//
// panes.js arranges several; painter.js draws.

import { make } from "./document.js";
import { listenToPointers } from "./gestures.js";
import { max } from "./math.js";
import { Painter } from "./painter.js";
import { Greys } from "./picture.js";
import { View } from "./view.js";
import { draggedWindow } from "./window.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Place} Place */
/** @typedef {import("./layers.js").Layer} Layer */

/** Steps of an arrow key in CSS pixels, and with the shift key. */
const [STEP_PX, FINE_STEP_PX] = [48, 4];
/** Zoom of a double click on the whole image. */
const JUMP = 2.5;

export class Pane {
  /**
   * @param {App} app
   * @param {number} number  1 to 4
   */
  constructor(app, number) {
    this.app = app;
    this.number = number;
    this.element = make("div", "viewer-pane");
    this.canvas = makeCanvas(number);
    /** Names of its layers, where there are several panes. */
    this.label = make("p", "viewer-pane-name");
    this.element.append(this.canvas, this.label);
    this.painter = new Painter(this.canvas);
    this.view = new View(app.frame);
    this.greys = new Greys();
    /** Layers that are drawn, in the form's order. @type {Layer[]} */
    this.shown = [];
    /** Layers in place of those for a moment, while a key is held. @type {Layer[] | null} */
    this.instead = null;
    /** True if the last move came from the keyboard: the probe then reads the middle. */
    this.isKeyboardDriven = false;
    this.#listen();
  }

  draw() {
    const { app, view } = this;
    // A whole image does not move, so a finger scrolls the page.
    const names = (this.instead ?? this.shown).map(({ name }) => name).join(" · ");
    const label = app.panes.length > 1 || this.instead ? names : "";
    if (this.label.textContent !== label) this.label.textContent = label;
    this.canvas.style.touchAction = view.isFit && !app.tool ? "pan-y" : "none";
    this.painter.draw(this.scene);
  }

  /** What is drawn. */
  get scene() {
    const { app, view, greys } = this;
    return {
      pane: this,
      view,
      frame: app.frame,
      spacingMm: app.spacingMm,
      picture: app.picture && greys.bitmap(app.picture, (view.scale * view.pixelRatio) / view.sharpness),
      outlines: app.layers.areVisible ? this.#outlines() : [],
      overlays: app.overlays,
      crosshair: this.#crosshair(),
    };
  }

  #outlines() {
    const { layers } = this.app;
    return (this.instead ?? this.shown).flatMap((layer) =>
      layers.structures.flatMap((id) => {
        const shape = layer.shapes?.get(id);
        return shape ? [{ shape, ...layers.look(layer, id) }] : [];
      }),
    );
  }

  /** Point of the crosshair: the middle for the keyboard, the pointer's in the other panes. */
  #crosshair() {
    const { app, view } = this;
    if (this.isKeyboardDriven) return { x: view.x, y: view.y };
    return app.linked.crosshair && app.pointer && app.pointer.pane !== this ? app.pointer : null;
  }

  /** Takes the size that the page gives; true after a change. */
  resize() {
    const { view, element } = this;
    const before = [view.stage.width, view.stage.height, view.pixelRatio].join();
    view.resize({ width: element.clientWidth, height: element.clientHeight }, globalThis.devicePixelRatio || 1);
    return before !== [view.stage.width, view.stage.height, view.pixelRatio].join();
  }

  /** Moves by the keyboard, in CSS pixels. */
  step(/** @type {number} */ right, /** @type {number} */ down) {
    const { app, view } = this;
    this.isKeyboardDriven = true;
    view.panBy(right, down);
    app.point(this, view);
    app.status.sayLater(document.getElementById("viewer-probe")?.textContent ?? "");
    app.moved(this);
  }

  #listen() {
    const { app, canvas, view } = this;
    /** @type {[number, number]} */
    let windowBefore = [0, 1];
    const place = (/** @type {number} */ x, /** @type {number} */ y, /** @type {PointerEvent} */ event) => ({ pane: this, ...view.toImage(x, y), screen: { x, y }, event });
    const forTool = (/** @type {"down" | "drag" | "up" | "hover"} */ step) => (/** @type {number} */ x, /** @type {number} */ y, /** @type {PointerEvent} */ event) => {
      if (!app.tool) return false;
      app.tool[step]?.(place(x, y, event));
      return true;
    };
    listenToPointers(canvas, {
      tool: { down: forTool("down"), drag: forTool("drag"), up: forTool("up") },
      zoom: (factor, x, y) => app.zoom(factor, x, y, this),
      pan: (right, down) => {
        view.panBy(right, down);
        app.moved(this);
      },
      beginWindow: () => {
        windowBefore = this.greys.window;
      },
      dragWindow: (right, up) => {
        app.pane = this;
        if (app.picture) app.setWindow(draggedWindow(windowBefore, right, up, app.picture.maxValue));
      },
      point: (x, y, event) => {
        this.#drive(false);
        app.point(this, view.toImage(x, y));
        forTool("hover")(x, y, event);
      },
      leave: () => app.point(this, null),
      jump: (x, y) => (view.isFit ? app.zoom(max(JUMP, view.oneToOneZoom), x, y, this) : app.fit(this)),
    });
    canvas.addEventListener("pointerdown", () => (app.pane = this));
    canvas.addEventListener("focus", () => {
      app.pane = this;
      this.#drive(canvas.matches(":focus-visible"));
    });
    canvas.addEventListener("blur", () => this.#drive(false));
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !event.key.startsWith("Arrow")) return;
      const by = event.shiftKey ? FINE_STEP_PX : STEP_PX;
      // An arrow moves the view, so the image moves the other way.
      const along = (/** @type {string} */ less, /** @type {string} */ more) => by * (Number(event.key === less) - Number(event.key === more));
      event.preventDefault();
      this.step(along("ArrowLeft", "ArrowRight"), along("ArrowUp", "ArrowDown"));
    });
  }

  #drive(/** @type {boolean} */ byKeyboard) {
    if (byKeyboard === this.isKeyboardDriven) return;
    this.isKeyboardDriven = byKeyboard;
    this.app.drawSoon();
  }
}

function makeCanvas(/** @type {number} */ number) {
  const canvas = make("canvas", "viewer-canvas");
  canvas.tabIndex = 0;
  const attributes = {
    // Makes screen readers pass the arrow keys on.
    role: "application",
    "aria-roledescription": "radiograph viewer",
    "aria-label": `${number > 1 ? `Pane ${number}` : "Radiograph"}: arrow keys move, plus and minus zoom`,
    "aria-describedby": "viewer-probe",
  };
  for (const [name, value] of Object.entries(attributes)) canvas.setAttribute(name, value);
  return canvas;
}
