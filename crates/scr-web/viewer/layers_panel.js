// Layers panel: shown layers on top with this image's score, the others below by search; look of the lines.

import { readList, writeList } from "./address.js";
import { byId, make, press } from "./document.js";
import { remember } from "./memory.js";
import { Painter } from "./painter.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./layers.js").Layer} Layer */

/** Number of layers from which a search helps. */
const MANY = 8;

export function install(/** @type {App} */ app) {
  const { layers, keys, form } = app;
  const chosen = byId("viewer-chosen");
  const list = byId("viewer-layers");
  /** Layers that solo hid. @type {Layer[] | null} */
  let before = null;
  /** @type {Layer | null} */
  let last = null;

  const toggle = async (/** @type {Layer} */ layer, /** @type {boolean} */ on) => {
    last = layer;
    before = null;
    app.status.sayLater(`${layer.name} ${on ? "shown" : "hidden"}`);
    await app.show(layers.all.filter((other) => (other === layer ? on : app.pane.shown.includes(other))));
    if (on && layer.isEmpty) app.status.sayLater(`${layer.name} has no outlines in this image`);
    if (on && layer.blockPx > 1) app.status.sayLater(`${layer.name} is too ragged to be drawn exactly: shown in blocks of ${layer.blockPx} pixels`);
  };
  const solo = async (/** @type {Layer | null} */ layer) => {
    if (!layer && !before) return;
    const isBack = before !== null && (layer === null || app.pane.shown.includes(layer));
    const wanted = isBack && before ? before : layer ? [layer] : [];
    const kept = isBack ? null : (before ?? app.pane.shown);
    app.status.sayLater(isBack ? "all chosen layers" : `${layer?.name} alone`);
    await app.show(wanted);
    before = kept;
  };

  form.addEventListener("change", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const layer = layers.all.find((layer) => layer.box === box);
    if (layer) toggle(layer, box.checked);
    else if (box.name === "structures") app.tell("layers").then(() => app.changed());
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    if (!event.altKey || !(event.target instanceof Element)) return;
    const box = event.target.closest("li")?.querySelector("input");
    const layer = layers.all.find((layer) => layer.box === box);
    if (!layer) return;
    event.preventDefault();
    // After the box has gone back to its state.
    setTimeout(() => solo(layer));
  });
  keys.add({ keys: [..."123456789"], shown: "1…9", does: "show or hide a layer", run: (key) => layers.all[Number(key) - 1]?.box.click() });
  keys.add({
    keys: ["u"],
    shown: "u, Alt click",
    does: "solo: the layer with the focus alone, and back",
    run: () => solo(layers.all.find(({ box }) => box === document.activeElement) ?? last ?? app.pane.shown.at(-1) ?? null),
  });
  const hide = () => {
    layers.areVisible = !layers.areVisible;
    press(byId("tool-outlines"), layers.areVisible);
    app.status.sayLater(layers.areVisible ? "outlines shown" : "outlines hidden");
    app.redraw();
  };
  byId("tool-outlines").addEventListener("click", hide);
  keys.add({ keys: ["c"], does: "show or hide all outlines", run: hide });

  layers.all.slice(0, 9).forEach(({ item }, i) => {
    item.children[0].after(Object.assign(make("span", "viewer-key", String(i + 1)), { ariaHidden: "true" }));
  });
  for (const { item } of layers.all) item.children[0].after(make("output", "viewer-score"));

  /** @type {HTMLInputElement} */
  const search = byId("layer-search");
  const arrange = () => {
    const focused = document.activeElement;
    const words = search.value.toLowerCase().split(/\s+/);
    let found = 0;
    for (const { item, box } of layers.all) {
      (box.checked ? chosen : list).append(item);
      const text = item.textContent?.toLowerCase() ?? "";
      item.hidden = !box.checked && !words.every((word) => text.includes(word));
      if (!box.checked && !item.hidden) found++;
    }
    byId("layers-found").value = search.value ? `${found} found` : "";
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
  };
  search.addEventListener("input", arrange);
  /** @type {HTMLElement} */ (search.parentElement).classList.toggle("viewer-few", layers.all.length <= MANY);
  const writeScores = () => {
    for (const { key, item } of layers.all) {
      const row = byId("viewer-scores").querySelector(`[data-layer="${CSS.escape(key)}"][data-score]`);
      const output = /** @type {HTMLOutputElement} */ (item.querySelector("output"));
      output.value = row?.getAttribute("data-score") ?? "";
      output.title = row ? `${row.closest("table")?.querySelector(".number")?.firstChild?.textContent}(mean of the objects)` : "";
    }
  };
  for (const event of /** @type {const} */ (["layers", "pane", "image"])) app.on(event, arrange);
  app.on("scores", writeScores);
  arrange();
  writeScores();
  installOptions(app);
  installLook(app);
}

function installOptions(/** @type {App} */ app) {
  const { layers } = app;
  const reference = layers.reference ? [layers.reference.id] : [];
  let isStarted = false;
  /** @type {["entries" | "observers", string[]][]} */
  const kinds = [["entries", []], ["observers", reference]];
  for (const [kind, defaults] of kinds) {
    app.options.push({
      name: kind,
      read: (value) => {
        const ids = readList(value);
        // The server checks the boxes that the address names; an exported site cannot.
        if (!ids && !isStarted) return;
        const wanted = ids ?? defaults;
        const [pane] = app.panes;
        pane.shown = layers.all.filter((layer) => (layer.kind === kind ? wanted.includes(layer.id) : pane.shown.includes(layer)));
        if (app.pane === pane) layers.shown = pane.shown;
        if (isStarted) return app.loadShown();
      },
      write: () => writeList(app.panes[0].shown.filter((layer) => layer.kind === kind).map(({ id }) => id), defaults),
    });
  }
  app.options.push({
    name: "structures",
    read: (value) => {
      layers.structures = readList(value) ?? layers.allStructures;
      const tell = isStarted;
      isStarted = true;
      if (tell) return app.tell("layers");
    },
    write: () => writeList(layers.structures, layers.allStructures),
  });
}

/** Width, opacity, fill and colour, of all layers or of one. */
function installLook(/** @type {App} */ app) {
  const { layers } = app;
  /** @type {HTMLSelectElement} */
  const of = byId("look-of");
  /** @type {Record<"width" | "opacity" | "fill" | "colour", HTMLInputElement>} */
  const inputs = { width: byId("outline-width"), opacity: byId("outline-opacity"), fill: byId("outline-fill"), colour: byId("outline-colour") };
  remember(inputs.width);
  remember(inputs.opacity);
  const one = () => layers.withKey(of.value);
  const show = () => {
    const layer = one();
    inputs.width.value = String(layer?.width ?? Painter.lineWidth);
    inputs.opacity.value = String(layer?.opacity ?? Painter.opacity);
    inputs.fill.value = String(layer?.fill ?? 0);
    inputs.colour.value = layer?.colour ?? "#ffffff";
    for (const part of [inputs.colour, ...(inputs.colour.labels ?? [])]) part.hidden = !layer;
  };
  const set = () => {
    const layer = one();
    const [width, opacity, fill] = [inputs.width, inputs.opacity, inputs.fill].map(({ value }) => Number(value));
    if (layer) Object.assign(layer, { width, opacity, fill, colour: inputs.colour.value });
    else {
      Object.assign(Painter, { lineWidth: width, opacity });
      for (const other of layers.all) Object.assign(other, { width: null, opacity: 1, fill });
    }
    layer?.item.style.setProperty("--layer-colour", layer.colour);
    app.redraw();
  };
  const list = () => {
    const { value } = of;
    of.length = 1;
    for (const { name, key } of app.pane.shown) of.add(new Option(name, key));
    of.value = value;
    if (of.selectedIndex < 0) of.value = "";
    show();
  };
  set();
  for (const input of Object.values(inputs)) input.addEventListener("input", set);
  of.addEventListener("change", show);
  app.on("layers", list);
  app.on("pane", list);
  list();

  /** @type {HTMLSelectElement} */
  const by = byId("colour-by");
  const colour = () => {
    // The colours of structures are those of thumbnails, in style.css.
    const sample = make("i");
    app.stage.append(sample);
    const colours = layers.allStructures.map((id, i) => {
      sample.className = `structure-${i % 5}`;
      return /** @type {[string, string]} */ ([id, getComputedStyle(sample).getPropertyValue("--structure").trim()]);
    });
    sample.remove();
    layers.structureColours = by.value ? new Map(colours) : null;
    app.changed();
  };
  by.addEventListener("change", colour);
  app.options.push({
    name: "colour",
    read: (value) => {
      by.value = value === "structure" ? value : "";
      colour();
    },
    write: () => by.value,
  });
}
