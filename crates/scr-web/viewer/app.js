// App: the state of the viewer, and the seam at which its parts meet.
//
// A part is a module with a function `install(app)`, which main.js calls once before the first
// picture. It adds what it needs and knows no other part:
//
//   app.overlays.push({ level, draw })     a drawing over the radiograph of each pane, see Overlay
//   app.addTool({ id, name, ... })         a tool of the tool bar, which takes drags while it is active
//   app.keys.add({ keys, does, run })      keys; the help on keys has the same table
//   app.options.push({ name, read, write}) a key of the address
//   app.hovers.push((layer, id, point) => text)  words on an outline under the pointer
//   app.on(event, listener)                see Events
//   app.prefetch(href), app.open(href)     another image, without a load of the page
//
// State: `frame`, `spacingMm`, `layers`, `panes`, `pane` (the active one), `picture` (null if the
// terms forbid it). After a change of what is drawn: `redraw()`; if the address names it: `changed()`.
// Units are mask pixels from the upper left corner unless told otherwise. An element of the page
// with `data-part` is replaced when the image changes. Draws, decodes and computes nothing itself.

import { writeOptions } from "./address.js";
import { byId, imageOf, make, press } from "./document.js";
import { Keys } from "./keys.js";
import { Layers } from "./layers.js";
import { filled } from "./masks.js";
import { Status } from "./status.js";

/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {import("./layers.js").Layer} Layer */
/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {{x: number, y: number}} Point */

/**
 * Drawing over the radiograph. Its level gives place and unit: `sheet` lies below the outlines
 * and `mark` above them, both in mask pixels and kept until `redraw()`; `screen` is in CSS pixels
 * of the pane, on top, drawn in every frame.
 *
 * @typedef {Object} Overlay
 * @property {"sheet" | "mark" | "screen"} level
 * @property {(context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D, scene: Scene) => void} draw
 */

/**
 * Place of a pointer: image point `x`, `y`, and `screen` in CSS pixels of the pane.
 *
 * @typedef {{pane: Pane, x: number, y: number, screen: Point, event: PointerEvent}} Place
 */

/**
 * Tool: takes drags with the first button and a single finger while it is active. The other gestures
 * (wheel, pinch, right button) stay as they are. Without a tool a drag moves the image.
 *
 * @typedef {Object} Tool
 * @property {string} id
 * @property {string} name   on its button
 * @property {string} key    turns it on and off
 * @property {string} does   for the help on keys
 * @property {string} [cursor]
 * @property {() => void} [start]
 * @property {() => void} [stop]
 * @property {(at: Place) => void} [down]
 * @property {(at: Place) => void} [drag]
 * @property {(at: Place) => void} [up]
 * @property {(at: Place) => void} [hover]
 */

/**
 * Key of the address. `read` gets its value, or null without one, at the start and when the reader
 * goes back; `write` gives the value, or "" for the default.
 *
 * @typedef {Object} Option
 * @property {string} name
 * @property {(value: string | null) => void | Promise<void>} read
 * @property {() => string} write
 * @property {boolean} [isOfImage]  true: another image opens without it
 */

/**
 * Events. `image`: another image is in place; `layers`: shown layers, structures or their
 * look changed, and shown outlines are loaded; `pane`: another pane is active, or their number changed;
 * `window`: the grey window changed; `point`: `pointer` moved; `scores`: the table of scores changed.
 *
 * @typedef {"image" | "layers" | "pane" | "window" | "point" | "scores"} Event
 */

/** Delay of an address update, so that a drag writes it once. */
const ADDRESS_DELAY_MS = 200;

export class App {
  /**
   * @param {HTMLElement} figure
   * @param {HTMLElement} stage
   * @param {HTMLFormElement} form
   */
  constructor(figure, stage, form) {
    this.figure = figure;
    this.stage = stage;
    this.form = form;
    this.status = new Status(byId("viewer-status"));
    this.image = imageOf(document, location.href);
    this.layers = new Layers(form);
    this.keys = new Keys(byId("single-keys"));
    /** @type {Pane[]} */
    this.panes = [];
    /** @type {import("./picture.js").Picture | null} */
    this.picture = null;
    /** @type {Overlay[]} */
    this.overlays = [];
    /** @type {Tool[]} */
    this.tools = [];
    /** @type {Tool | null} active tool */
    this.tool = null;
    /** @type {Option[]} */
    this.options = [];
    /** @type {((layer: Layer, structure: string, point: Point) => string)[]} */
    this.hovers = [];
    /** Point under the pointer, or in the middle while the keyboard moves. @type {{pane: Pane, x: number, y: number} | null} */
    this.pointer = null;
    /** False until the parts have read the address. */
    this.isReady = false;
    /** What all panes share. */
    this.linked = { view: true, window: true, crosshair: true };
  }

  /** @type {Map<Event, (() => unknown)[]>} */
  #listeners = new Map();
  #isDrawAwaited = false;
  #addressTimer = 0;
  /** @type {Pane | null} */
  #pane = null;

  get frame() {
    return this.image.frame;
  }

  /** mm a mask pixel, if it is known. */
  get spacingMm() {
    return this.image.spacingMm;
  }

  /** Active pane: the panel and the keys act on it. */
  get pane() {
    return /** @type {Pane} */ (this.#pane ?? this.panes[0]);
  }

  set pane(pane) {
    if (pane === this.#pane) return;
    this.#pane = pane;
    for (const other of this.panes) other.element.toggleAttribute("data-active", other === pane);
    this.layers.shown = pane.shown;
    this.tell("pane");
  }

  on(/** @type {Event} */ event, /** @type {() => unknown} */ listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  /** Calls the listeners of an event, and waits for their work. */
  async tell(/** @type {Event} */ event) {
    const work = (this.#listeners.get(event) ?? []).map(async (listener) => listener());
    await Promise.all(work.map((done) => done.catch((error) => this.status.fail(error))));
  }

  /** Draws all panes anew in the next frame. */
  redraw() {
    for (const pane of this.panes) pane.painter.isStale = true;
    this.drawSoon();
  }

  /** Draws in the next frame what moved since the last one. */
  drawSoon() {
    if (this.#isDrawAwaited) return;
    this.#isDrawAwaited = true;
    requestAnimationFrame(() => this.draw());
  }

  /** Draws now what moved since the last time. */
  draw() {
    this.#isDrawAwaited = false;
    for (const pane of this.panes) pane.draw();
    byId("zoom-shown").value = this.pane.view.percentText;
  }

  /** After a change of something that the address names. */
  changed() {
    this.redraw();
    this.writeSoon();
  }

  /** Writes the address in a moment. */
  writeSoon() {
    this.keepAddress();
    this.#addressTimer = setTimeout(() => this.writeDown(), ADDRESS_DELAY_MS);
  }

  /** Drops an update of the address that waits. */
  keepAddress() {
    clearTimeout(this.#addressTimer);
  }

  /** Writes the address, and the addresses of neighbours. */
  writeDown() {
    this.keepAddress();
    if (!this.isReady) return;
    history.replaceState(null, "", location.pathname + writeOptions(this.options));
    for (const id of ["previous-image", "next-image"]) {
      const link = byId(id);
      if (link?.href) link.search = this.queryForOthers;
    }
  }

  /** Query string of the same view on another image. */
  get queryForOthers() {
    return writeOptions(this.options.filter((option) => !option.isOfImage));
  }

  /** After a pane's view changed: moves the linked panes along. */
  moved(/** @type {Pane} */ pane) {
    if (this.linked.view) for (const other of this.panes) if (other !== pane) other.view.state = pane.view.state;
    this.drawSoon();
    this.writeSoon();
  }

  /**
   * @param {number} factor
   * @param {number} [x]  of the point that stays, the middle unless told
   * @param {number} [y]
   */
  zoom(factor, x, y, pane = this.pane) {
    pane.view.zoomBy(factor, x, y);
    this.status.sayLater(`zoom ${pane.view.percentText}`);
    this.moved(pane);
  }

  fit(pane = this.pane) {
    pane.view.fit();
    this.status.sayLater("whole image");
    this.moved(pane);
  }

  /** Shows these layers in the active pane. */
  async show(/** @type {Layer[]} */ layers) {
    this.layers.shown = layers;
    this.pane.shown = this.layers.shown;
    this.changed();
    await this.loadShown();
    this.redraw();
    await this.tell("layers");
  }

  /** Fetches the outlines of the layers of all panes; failures are said. */
  async loadShown() {
    const shown = new Set(this.panes.flatMap((pane) => pane.shown));
    await Promise.all([...shown].map((layer) => layer.load().catch((error) => this.status.fail(error))));
  }

  /** Computes the chosen grey windows for this picture. */
  async applyWindow() {
    const { picture } = this;
    if (!picture) return;
    for (const greys of new Set(this.panes.map((pane) => pane.greys))) await greys.set(picture, greys.choice, () => this.inLungs());
    await this.tell("window");
  }

  /** Sets the grey window of the active pane, or of all. */
  async setWindow(/** @type {import("./picture.js").Choice} */ choice) {
    const { picture, pane } = this;
    if (!picture) {
      // applyWindow follows once there is one.
      pane.greys.choice = choice;
      return;
    }
    await pane.greys.set(picture, choice, () => this.inLungs());
    if (choice) this.status.sayLater(`black at ${pane.greys.window[0]}, white at ${pane.greys.window[1]}`);
    this.tell("window");
    this.changed();
  }

  setInvert(/** @type {boolean} */ on) {
    this.pane.greys.invert = on;
    this.status.sayLater(on ? "inverted" : "not inverted");
    this.tell("window");
    this.changed();
  }

  /** Structures of the grey window `lungs`; empty without a reference. */
  get lungIds() {
    return this.layers.reference ? this.layers.allStructures.filter((id) => id.includes("lung")) : [];
  }

  /** Pixels in the reference's lungs; null in an image without. */
  async inLungs() {
    const { reference } = this.layers;
    await reference?.load();
    const rings = this.lungIds.flatMap((id) => reference?.shapes?.get(id)?.rings ?? []);
    const image = this.picture?.image;
    if (!image || rings.length === 0) return null;
    return filled(rings.map((ring) => Array.from(ring, (at) => (at * image.width) / this.frame.width)), image);
  }

  /** Says where the pointer is, in mask pixels; null for nowhere. */
  point(/** @type {Pane} */ pane, /** @type {Point | null} */ at) {
    const { width, height } = this.frame;
    const isInside = at && at.x >= 0 && at.y >= 0 && at.x < width && at.y < height;
    this.pointer = isInside ? { pane, x: at.x, y: at.y } : null;
    this.tell("point");
    if (this.panes.length > 1) this.drawSoon();
  }

  /** Adds a tool with its button and key. */
  addTool(/** @type {Tool} */ tool) {
    this.tools.push(tool);
    const button = Object.assign(make("button", "", tool.name), { type: "button", id: `tool-${tool.id}`, title: `${tool.does} (${tool.key})` });
    press(button, false);
    const toggle = () => this.use(this.tool === tool ? null : tool);
    button.addEventListener("click", toggle);
    byId("tool-help").before(button);
    this.keys.add({ keys: [tool.key], does: tool.does, run: toggle });
  }

  /** Activates a tool, or none: then a drag moves the image. */
  use(/** @type {Tool | null} */ tool) {
    this.tool?.stop?.();
    this.tool = tool;
    for (const { id } of this.tools) press(byId(`tool-${id}`), id === tool?.id);
    for (const pane of this.panes) pane.canvas.style.cursor = tool?.cursor ?? "";
    tool?.start?.();
    this.status.sayLater(tool ? `${tool.name}: on` : "drag moves the image");
    this.redraw();
  }

  /** Address of the next (1) or the previous (-1) image; "" without one. @type {(step: number) => string} */
  neighbour = (step) => byId(step > 0 ? "next-image" : "previous-image")?.href ?? "";

  /** Opens another image; images.js provides it. @type {(href: string) => Promise<void>} */
  open = async (href) => location.assign(href);

  /** Fetches another image ahead; images.js provides it. @type {(href: string) => void} */
  prefetch = () => {};
}
