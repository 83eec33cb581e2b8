// Viewer: connects the parts of the result browser, and passes commands of mouse, keys and
// panels to them.
//
// Draws, decodes and computes nothing. The page's SVG stays until the radiograph is decoded,
// and for good if a script fails.

import { readAddress, writeAddress } from "./address.js";
import { DifferencePanel } from "./difference_panel.js";
import { listenToPointers } from "./gestures.js";
import { GreyChoice } from "./grey_choice.js";
import { GreyPanel } from "./grey_panel.js";
import { listenToKeys } from "./keys.js";
import { Layers } from "./layers.js";
import { remember } from "./memory.js";
import { Painter } from "./painter.js";
import { Picture } from "./picture.js";
import { PosteriorPanel } from "./posterior_panel.js";
import { describePoint } from "./probe.js";
import { fetchRadiograph } from "./radiograph.js";
import { Scores } from "./scores.js";
import { addNote, makeCanvas } from "./stage.js";
import { Status } from "./status.js";
import { View } from "./view.js";
import { draggedWindow } from "./window.js";

const ZOOM_STEP = 1.25;
/** Delay of an address update, so that a drag writes it once. */
const ADDRESS_DELAY_MS = 200;

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @type {HTMLElement} */
const figure = byId("viewer");
/** @type {HTMLElement} */
const stage = byId("viewer-stage");
/** @type {HTMLFormElement} */
const form = byId("viewer-panel");
const frame = { width: Number(figure.dataset.width), height: Number(figure.dataset.height) };
const spacingMm = Number(figure.dataset.spacingMm) || null;
const asked = readAddress(location.search);

const status = new Status(byId("viewer-status"));
const layers = new Layers(form);
const scores = new Scores(byId("viewer-scores"));
const view = new View(frame);
const canvas = makeCanvas(figure.dataset.image ?? "");
const painter = new Painter(canvas);
const differences = new DifferencePanel(form, layers, frame, () => changed());
/** Null if no entry has posteriors. */
const posteriors = byId("posterior-of") ? new PosteriorPanel(form, layers, () => changed()) : null;
const lines = { width: byId("outline-width"), opacity: byId("outline-opacity") };
/** @type {Picture | null} */
let picture = null;
/** @type {GreyPanel | null} */
let greys = null;
/** @type {GreyChoice | null} */
let greyChoice = null;
/** True if the last move came from the keyboard: the probe then reads the middle. */
let isKeyboardDriven = false;
let isDrawAwaited = false;
let addressTimer = 0;

// Reports later failures of event handlers.
globalThis.addEventListener("unhandledrejection", (event) => status.fail(event.reason));
start().catch((error) => status.fail(error));

async function start() {
  scores.startWith(layers.shown);
  // The server checks the boxes that the address names; an exported site cannot.
  layers.choose(asked);
  scores.show(layers.shown).catch((error) => status.fail(error));
  const outlines = Promise.all(layers.shown.map((layer) => layer.load().catch((/** @type {unknown} */ error) => status.fail(error))));
  if (figure.dataset.imageHref) await loadPicture(figure.dataset.imageHref);
  await outlines;
  stage.querySelector("svg")?.remove();
  stage.prepend(canvas);
  for (const part of document.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
  for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("hidden", "");
  wire();
  resize();
  if (asked.view) view.state = asked.view;
  if (picture) {
    picture.invert = asked.invert ?? false;
    await setWindow(asked.window ?? null);
  }
  if (asked.differences) await differences.choose(asked.differences);
  if (asked.posterior) await posteriors?.choose(asked.posterior);
  redraw();
}

async function loadPicture(/** @type {string} */ href) {
  try {
    const { image, notice } = await fetchRadiograph(href);
    if (notice) addNote(stage, notice);
    picture = new Picture(image);
    greyChoice = new GreyChoice(picture, layers, frame);
    view.sharpness = image.width / frame.width;
  } catch (error) {
    addNote(stage, "The radiograph could not be shown: outlines only.");
    status.fail(error);
  }
}

function wire() {
  new ResizeObserver(resize).observe(stage);
  if (picture) {
    greys = new GreyPanel(form, picture, {
      window: (low, high) => setWindow([low, high]),
      preset: (name) => setWindow(name),
      invert: setInvert,
    });
    for (const button of form.querySelectorAll("[data-preset=lungs]")) button.toggleAttribute("hidden", greyChoice?.lungIds.length === 0);
  } else {
    byId("window-low")?.closest("fieldset").setAttribute("hidden", "");
  }
  for (const line of Object.values(lines)) {
    remember(line);
    line.addEventListener("input", redraw);
  }
  remember(byId("single-keys"));
  form.addEventListener("change", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (["observers", "entries", "structures"].includes(box.name)) showLayers(box);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("tool-smaller").addEventListener("click", () => zoom(1 / ZOOM_STEP));
  byId("tool-larger").addEventListener("click", () => zoom(ZOOM_STEP));
  byId("tool-fit").addEventListener("click", fit);
  byId("tool-one").addEventListener("click", oneToOne);
  byId("tool-outlines").addEventListener("click", toggleOutlines);
  wireStage();
  wireKeys();
}

function wireStage() {
  /** @type {[number, number]} */
  let windowBefore = [0, 1];
  listenToPointers(canvas, {
    zoom: (factor, x, y) => zoom(factor, x, y),
    pan: (right, down) => {
      view.panBy(right, down);
      changed();
    },
    beginWindow: () => {
      if (picture) windowBefore = picture.window;
    },
    dragWindow: (right, up) => {
      if (picture) setWindow(draggedWindow(windowBefore, right, up, picture.maxValue));
    },
    point: (x, y) => {
      if (isKeyboardDriven) redraw();
      isKeyboardDriven = false;
      probe(view.toImage(x, y));
    },
    leave: () => probe(null),
    jump: (x, y) => (view.isFit ? zoom(Math.max(2.5, view.oneToOneZoom), x, y) : fit()),
  });
  canvas.addEventListener("focus", () => {
    isKeyboardDriven = canvas.matches(":focus-visible");
    redraw();
  });
  canvas.addEventListener("blur", () => {
    isKeyboardDriven = false;
    redraw();
  });
}

function wireKeys() {
  /** @type {Record<string, () => void>} */
  const anywhere = {
    "+": () => zoom(ZOOM_STEP),
    "=": () => zoom(ZOOM_STEP),
    "-": () => zoom(1 / ZOOM_STEP),
    0: fit,
    o: oneToOne,
    c: toggleOutlines,
    n: () => byId("next-image")?.click(),
    "]": () => byId("next-image")?.click(),
    p: () => byId("previous-image")?.click(),
    "[": () => byId("previous-image")?.click(),
    d: () => differences.toggle(),
  };
  if (posteriors) {
    const say = () => status.sayLater(posteriors.summary);
    Object.assign(anywhere, {
      h: () => posteriors.toggle().then(say),
      s: () => posteriors.nextStructure().then(say),
    });
  }
  if (picture) {
    Object.assign(anywhere, {
      a: () => setWindow("auto"),
      f: () => setWindow("full"),
      l: () => greyChoice?.lungIds.length && setWindow("lungs"),
      b: () => setWindow("dense"),
      i: () => setInvert(!picture?.invert),
    });
  }
  layers.all.slice(0, 9).forEach((layer, index) => {
    anywhere[index + 1] = () => layer.box.click();
  });
  const move = (/** @type {number} */ right, /** @type {number} */ down) => {
    isKeyboardDriven = true;
    view.panBy(right, down);
    probe({ x: view.x, y: view.y });
    status.sayLater(byId("viewer-probe").textContent);
    changed();
  };
  listenToKeys({ stage: canvas, singleKeys: byId("single-keys"), anywhere, move });
}

/**
 * @param {number} factor
 * @param {number} [x]  of the point that stays, the middle unless told
 * @param {number} [y]
 */
function zoom(factor, x, y) {
  view.zoomBy(factor, x, y);
  status.sayLater(`zoom ${zoomText()}`);
  changed();
}

function fit() {
  view.fit();
  status.sayLater("whole image");
  changed();
}

function oneToOne() {
  view.oneToOne();
  status.sayLater("one image pixel on one screen pixel");
  changed();
}

function toggleOutlines() {
  layers.areVisible = !layers.areVisible;
  byId("tool-outlines").setAttribute("aria-pressed", String(layers.areVisible));
  status.sayLater(layers.areVisible ? "outlines shown" : "outlines hidden");
  redraw();
}

function setInvert(/** @type {boolean} */ on) {
  if (!picture) return;
  picture.invert = on;
  greys?.show(greyChoice?.preset ?? null);
  status.sayLater(on ? "inverted" : "not inverted");
  changed();
}

async function setWindow(/** @type {import("./grey_choice.js").Choice} */ choice) {
  if (!picture || !greyChoice) return;
  await greyChoice.set(choice);
  greys?.show(greyChoice.preset);
  if (choice) status.sayLater(`black at ${picture.window[0]}, white at ${picture.window[1]}`);
  changed();
}

async function showLayers(/** @type {HTMLInputElement} */ box) {
  status.sayLater(`${box.dataset.name} ${box.checked ? "shown" : "hidden"}`);
  changed();
  try {
    await Promise.all([...layers.shown.map((layer) => layer.load()), scores.show(layers.shown), differences.refresh()]);
    const layer = layers.all.find((layer) => layer.box === box);
    if (layer?.isShown && layer.isEmpty) status.sayLater(`${layer.name} has no outlines in this image`);
    if (layer?.isShown && layer.blockPx > 1)
      status.sayLater(`${layer.name} is too ragged to be drawn exactly: shown in blocks of ${layer.blockPx} pixels`);
  } catch (error) {
    status.fail(error);
  }
  redraw();
}

/** Draws the stage, and schedules an update of the address. */
function changed() {
  redraw();
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeDown, ADDRESS_DELAY_MS);
}

function writeDown() {
  const shown = {
    submission: asked.submission ?? "",
    entries: layers.idsShown("entries"),
    observers: layers.idsShown("observers"),
    structures: layers.showsAllStructures ? null : layers.structures,
    window: greyChoice?.choice ?? null,
    invert: picture?.invert ?? false,
    view: view.isFit ? null : view.state,
    posterior: posteriors?.value ?? "",
    differences: differences.value,
  };
  const defaults = layers.reference ? [layers.reference.id] : [];
  history.replaceState(null, "", location.pathname + writeAddress(shown, defaults));
  // Neighbours open as a whole: another patient's chest has another position.
  const query = writeAddress({ ...shown, view: null }, defaults);
  for (const link of [byId("previous-image"), byId("next-image")]) if (link) link.search = query;
}

function redraw() {
  if (isDrawAwaited) return;
  isDrawAwaited = true;
  requestAnimationFrame(draw);
}

function draw() {
  isDrawAwaited = false;
  const structures = layers.structures;
  const outlines = layers.shown.flatMap(({ paths, colour, dash }) =>
    structures.flatMap((id) => {
      const path = paths?.get(id);
      return path ? [{ path, colour, dash }] : [];
    }),
  );
  painter.draw({
    view,
    picture: picture?.canvas ?? null,
    posterior: posteriors?.sheet ?? null,
    differences: differences.sheet,
    outlines: layers.areVisible ? outlines : [],
    lineWidth: Number(lines.width.value),
    opacity: Number(lines.opacity.value),
    crosshair: isKeyboardDriven,
    spacingMm,
  });
  byId("zoom-shown").value = zoomText();
  // A whole image does not move, so a finger scrolls the page.
  canvas.style.touchAction = view.isFit ? "pan-y" : "none";
}

function zoomText() {
  return `${view.percent < 10 ? view.percent.toFixed(1) : Math.round(view.percent)} %`;
}

function probe(/** @type {{x: number, y: number} | null} */ point) {
  const text = point ? describePoint({ point, frame, image: picture?.image ?? null, spacingMm, layers, posteriors }) : "";
  byId("viewer-probe").textContent = text || "\u00a0";
}

function resize() {
  view.resize({ width: stage.clientWidth, height: stage.clientHeight }, globalThis.devicePixelRatio || 1);
  greys?.show(greyChoice?.preset ?? null);
  redraw();
}
