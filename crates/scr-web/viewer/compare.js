// Comparison of a layer with the reference or another layer: errors, distances along the outlines,
// worst point.
//
// Part of the viewer (app.js). Objects are those that are scored, so counts and lengths equal the
// scores. errors.js and distances.js compute, compare_drawing.js draws.

import { areaOf, drawErrors, drawLines, drawSegment, linesByColour } from "./compare_drawing.js";
import { addKey, addOption, addOverlay, addToggle, choose, say, write } from "./controls.js";
import { scaleEnd } from "./diverging.js";
import { signedDistances, worstPoint } from "./distances.js";
import { byId } from "./document.js";
import { FALSE_NEGATIVE, FALSE_POSITIVE, markedWith, markErrors, TRUE_POSITIVE } from "./errors.js";
import { bothTexts, lengthText } from "./lengths.js";
import { abs, max, min, round } from "./math.js";
import { maskOf, objectsOf } from "./object_masks.js";
import { installProfile } from "./profile.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./distances.js").Segment} Segment */

/** Share of a pane's smaller side that the segment of the worst point takes, at most. */
const WORST_SHARE = 0.25;
const KINDS = /** @type {const} */ (["fp", "fn", "tp"]);
const grouped = (/** @type {number} */ count) => count.toLocaleString("en-GB");

/** Installs the part. */
export function installComparison(/** @type {App} */ app) {
  const { layers } = app;
  /** @type {HTMLSelectElement[]} */
  const [of, against, object] = [byId("compare-of"), byId("compare-against"), byId("compare-object")];
  for (const { name, key } of layers.all) for (const select of [of, against]) select.add(new Option(name, key));
  const first = against.value;
  /** @type {Path2D[]} of each kind of error */
  let areas = [];
  /** @type {Path2D[]} by colour of the distance */
  let lines = [];
  /** @type {(Segment & {name: string}) | null} */
  let worst = null;
  let run = 0;
  const profile = installProfile(app);
  const errors = addToggle(app, "show-errors", "d", () => press());
  const distance = addToggle(app, "show-distance", "g", () => press());
  const hausdorff = addToggle(app, "show-worst", "W", () => press().then(goToWorst));
  const toggles = /** @type {const} */ ([["errors", errors], ["distance", distance], ["worst", hausdorff]]);
  const names = () => toggles.flatMap(([name, { isOn }]) => (isOn() ? name : []));

  /** After a press of a button: compares the first shown layer if none is chosen. */
  async function press() {
    if (!of.value) {
      const others = layers.all.filter(({ key }) => key !== against.value);
      of.value = (others.find((layer) => layers.shown.includes(layer)) ?? others[0])?.key ?? "";
    }
    await refresh();
    app.changed();
  }

  /** Computes again what is shown. */
  async function refresh() {
    const mine = ++run;
    const [layer, other] = [of, against].map(({ value }) => layers.withKey(value));
    const isOn = layer && other && names().length > 0;
    if (isOn) await Promise.all([layer.load(), other.load()]);
    // The choice may have changed while the outlines loaded.
    if (mine !== run) return;
    [areas, lines, worst] = [[], [], null];
    /** @type {import("./distances.js").Step[]} */
    let steps = [];
    let end = 1;
    let note = "";
    const rows = [];
    if (isOn) {
      const { frame } = app;
      const pairOf = (/** @type {string[]} */ structures) => {
        const [reference, prediction] = [other, layer].map(({ shapes }) => maskOf(shapes, structures, frame));
        return reference && prediction && { reference, prediction };
      };
      const pairs = objectsOf(object).flatMap(({ name, structures }) => {
        const pair = pairOf(structures);
        return pair ? [{ name, ...pair }] : [];
      });
      if (pairs.length === 0) note = "Not both have such an object here.";
      if (errors.isOn()) {
        const marks = new Uint8Array(frame.width * frame.height);
        for (const { name, reference, prediction } of pairs) rows.push({ name, found: markErrors(reference, prediction, marks) });
        if (!object.value) {
          // Structure by structure, as the pixel error counts.
          marks.fill(0);
          const all = layers.allStructures.map((id) => pairOf([id]));
          for (const pair of all) if (pair) markErrors(pair.reference, pair.prediction, marks);
          const wrong = markedWith(marks, FALSE_POSITIVE | FALSE_NEGATIVE).reduce((sum, bit) => sum + bit, 0);
          if (all.every(Boolean)) note += `Any structure wrong: ${grouped(wrong)} px, pixel error ${(wrong / marks.length).toFixed(4)}. `;
        }
        areas = [FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_POSITIVE].map((bit) => areaOf(markedWith(marks, bit), frame));
      }
      if (distance.isOn()) {
        steps = pairs.flatMap(({ reference, prediction }) => signedDistances(reference, prediction, frame)).flat();
        const mm = app.spacingMm ?? 1;
        end = scaleEnd(steps.reduce((most, { value }) => max(most, abs(value)), 0) * mm || 1) / mm;
        lines = linesByColour(steps, end);
      }
      if (hausdorff.isOn()) {
        for (const { name, reference, prediction } of pairs) {
          const found = worstPoint(reference, prediction, frame);
          if (found && found.length >= (worst?.length ?? 0)) worst = { ...found, name };
        }
      }
    }
    profile.take(steps, end);
    write("distance-legend", steps.length > 0 ? `Distance from ${other?.name}: blue inside, red outside, to ${lengthText(app, end)}` : "");
    write("compare-note", note);
    byId("simplified-note").hidden = !(isOn && ("displayCopy" in app.figure.dataset || layer.blockPx + other.blockPx > 2));
    write("worst-length", worstText());
    showCounts(rows);
    app.redraw();
  }

  function showCounts(/** @type {{name: string, found: import("./errors.js").Counts}[]} */ rows) {
    const table = byId("error-counts");
    table.hidden = rows.length === 0;
    const body = /** @type {HTMLTableSectionElement} */ (table.tBodies[0]);
    body.replaceChildren();
    const mm = app.spacingMm;
    for (const { name, found } of rows) {
      const row = body.insertRow();
      row.insertCell().textContent = name;
      for (const kind of KINDS) row.insertCell().textContent = `${grouped(found[kind])} px${mm ? `\n${grouped(round(found[kind] * mm * mm))} mm²` : ""}`;
    }
  }

  const worstText = () => (worst ? `Hausdorff distance ${bothTexts(app, worst.length)}, ${worst.name}` : hausdorff.isOn() ? "No Hausdorff distance here." : "");

  function goToWorst() {
    if (!hausdorff.isOn()) return;
    say(app, worstText());
    if (!worst) return;
    const { from, to } = worst;
    const { pane } = app;
    const { stage, fitScale, oneToOneZoom } = pane.view;
    const zoom = min((WORST_SHARE * min(stage.width, stage.height)) / (worst.length + 1) / fitScale, 8 * oneToOneZoom);
    pane.view.state = { zoom: max(zoom, 1), x: (from[0] + to[0]) / 2, y: (from[1] + to[1]) / 2 };
    app.moved(pane);
  }

  for (const select of [of, against, object]) {
    select.addEventListener("change", () => {
      if (select === of && of.value && names().length === 0) errors.set(true);
      refresh().then(() => app.changed());
    });
  }
  addKey(app, "e", "compare the next object", () => {
    object.selectedIndex = (object.selectedIndex + 1) % object.length;
    say(app, object.selectedOptions[0].label);
    object.dispatchEvent(new Event("change"));
  });
  app.on("image", refresh);
  app.hovers.push(({ key }) => (key === of.value ? profile.words() : ""));
  addOption(
    app,
    "compare",
    (value) => {
      const [key, other = first] = value?.split(",") ?? [""];
      choose(of, key);
      choose(against, other);
    },
    () => (names().length > 0 ? of.value + (against.value === first ? "" : `,${against.value}`) : ""),
  );
  addOption(app, "object", (value) => choose(object, value), () => object.value);
  addOption(
    app,
    "show",
    (value) => {
      for (const [name, { set }] of toggles) set(value?.split(",").includes(name) ?? false);
      return refresh();
    },
    () => names().join(),
  );
  addOverlay(app, "sheet", (context, { view }) => drawErrors(context, view, areas));
  addOverlay(app, "mark", (context, { view }) => drawLines(context, view, lines));
  addOverlay(app, "screen", (context, { view }) => {
    if (worst) drawSegment(context, view.toScreen(...worst.from), view.toScreen(...worst.to), worstText());
    profile.drawPlace(context, view);
  });
}
