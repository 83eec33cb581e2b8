// Panes: one, two or four pictures of the image, or two with a divider to swipe.
//
// Zoom, position, grey window and crosshair are linked or free. Each pane has its own layers; the
// panel shows those of the active one.

import { byId, make, press } from "./document.js";
import { max, min } from "./math.js";
import { Pane } from "./pane.js";

/** @typedef {import("./app.js").App} App */

const LAYOUTS = ["1", "2", "4", "swipe"];
/** Time of each of two entries while the key blinks them: 2 a second are safe and seen. */
const BLINK_MS = 500;

export function install(/** @type {App} */ app) {
  const box = make("div", "viewer-panes");
  const divider = makeDivider(box);
  let layout = "";
  /** @type {HTMLSelectElement} */
  const select = byId("viewer-layout");
  const links = /** @type {const} */ (["view", "window", "crosshair"]).map((what) => ({ what, button: byId(`link-${what}`) }));

  const arrange = (/** @type {string} */ wanted) => {
    if (wanted === layout) return;
    layout = LAYOUTS.includes(wanted) ? wanted : "1";
    select.value = layout;
    box.dataset.layout = layout;
    const n = layout === "swipe" ? 2 : Number(layout);
    const active = app.panes.indexOf(app.pane);
    while (app.panes.length < n) app.panes.push(new Pane(app, app.panes.length + 1));
    app.panes.length = n;
    const [first] = app.panes;
    for (const pane of app.panes.slice(1)) {
      if (pane.element.isConnected) continue;
      // A new pane shows the next entry beside the reference.
      pane.shown = nextLayers(app, pane);
      pane.greys = app.linked.window ? first.greys : first.greys.copy();
      pane.view.turnTo(app.frame, first.view.sharpness);
      pane.view.resize(first.view.stage, first.view.pixelRatio);
      pane.view.state = first.view.state;
    }
    box.replaceChildren(...app.panes.map((pane) => pane.element), ...(layout === "swipe" ? [divider] : []));
    for (const { button } of links) button.hidden = n === 1;
    app.pane = app.panes[min(max(active, 0), n - 1)];
    for (const pane of app.panes) pane.resize();
    app.loadShown().then(() => app.redraw());
    app.tell("pane");
    app.changed();
  };
  select.addEventListener("change", () => arrange(select.value));
  app.keys.add({ keys: ["v"], does: "1, 2 or 4 panes, or a divider to swipe", run: () => arrange(LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length]) });
  app.keys.add({
    keys: ["w"],
    does: "next pane",
    run: () => {
      app.pane = app.panes[(app.panes.indexOf(app.pane) + 1) % app.panes.length];
      app.pane.canvas.focus();
      app.status.sayLater(`pane ${app.pane.number}: ${app.pane.shown.map(({ name }) => name).join(", ")}`);
    },
  });

  const link = (/** @type {"view" | "window" | "crosshair"} */ what, /** @type {boolean} */ on) => {
    app.linked[what] = on;
    press(byId(`link-${what}`), on);
    if (what === "view" && on) app.moved(app.pane);
    if (what === "window") {
      const { greys } = app.pane;
      for (const pane of app.panes) if (pane !== app.pane) pane.greys = on ? greys : greys.copy();
      app.tell("window");
    }
    app.changed();
  };
  for (const { what, button } of links) button.addEventListener("click", () => link(what, !app.linked[what]));
  app.keys.add({ keys: ["k"], does: "link or free zoom and position of the panes", run: () => link("view", !app.linked.view) });

  app.options.push({ name: "panes", read: (value) => arrange(value ?? "1"), write: () => (layout === "1" ? "" : layout) });
  for (const number of [2, 3, 4]) {
    app.options.push({
      name: `pane${number}`,
      read: (value) => {
        const pane = app.panes[number - 1];
        if (!pane || value === null) return;
        const keys = value.split(",");
        pane.shown = app.layers.all.filter(({ key }) => keys.includes(key));
        return app.loadShown();
      },
      write: () => app.panes[number - 1]?.shown.map(({ key }) => key).join() ?? "",
    });
  }
  app.options.push({
    name: "free",
    read: (value) => {
      for (const { what } of links) if (app.linked[what] === Boolean(value?.split(",").includes(what))) link(what, !app.linked[what]);
    },
    write: () => links.filter(({ what }) => !app.linked[what]).map(({ what }) => what).join(),
  });
  installBlink(app);
  return { box, arrange };
}

/** Layers of a new pane: the reference, and the next entry of those that the first pane shows, if any. */
function nextLayers(/** @type {App} */ { layers, panes: [first] }, /** @type {Pane} */ { number }) {
  const others = layers.all.filter((layer) => layer !== layers.reference);
  const shown = first.shown.filter((layer) => layer !== layers.reference);
  const start = shown.length > 0 ? others.indexOf(shown[0]) : -1;
  const next = shown[number - 1] ?? others[(start + number - 1) % max(others.length, 1)];
  return layers.all.filter((layer) => layer === next || (layer === layers.reference && first.shown.includes(layer)));
}

/** Divider between the two pictures of the layout `swipe`, for pointers and arrow keys. */
function makeDivider(/** @type {HTMLElement} */ box) {
  const divider = make("div", "viewer-swipe");
  divider.tabIndex = 0;
  divider.setAttribute("role", "slider");
  divider.setAttribute("aria-label", "Divider between the panes");
  let share = 50;
  const set = (/** @type {number} */ percent) => {
    share = min(max(percent, 0), 100);
    divider.setAttribute("aria-valuenow", share.toFixed(0));
    box.style.setProperty("--swipe", `${share}%`);
  };
  set(share);
  divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { left, width } = box.getBoundingClientRect();
    set((100 * (event.clientX - left)) / width);
  });
  divider.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -2, ArrowRight: 2, Home: -100, End: 100 }[event.key];
    if (!by) return;
    event.preventDefault();
    set(share + by);
  });
  return divider;
}

/** Blinks the two first entries of the active pane while the key is held. */
function installBlink(/** @type {App} */ app) {
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    for (const pane of app.panes) pane.instead = null;
    app.redraw();
  };
  const start = () => {
    const { pane, layers } = app;
    const others = pane.shown.filter((layer) => layer !== layers.reference);
    // With one entry, it blinks against the reference alone.
    const two = others.length > 1 ? others.slice(0, 2) : pane.shown.slice(0, 2);
    if (two.length < 2) {
      app.status.sayLater("show two layers to blink them");
      return;
    }
    let turn = 0;
    const show = () => {
      const layer = two[turn++ % 2];
      pane.instead = [layer];
      app.status.sayLater(layer.name);
      app.redraw();
    };
    show();
    // Without motion the second one is shown on release only.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) timer = setInterval(show, BLINK_MS);
  };
  app.keys.add({ keys: [" "], shown: "hold Space", does: "blink the first two entries shown", run: start, release: stop });
}
