// Consensus of entries: colours of the share that includes each pixel, the band from 10 to 90 %
// and the median shape, in place of their lines.
//
// Part of the viewer (app.js). consensus.js counts.

import { areaOf } from "./compare_drawing.js";
import { include, shapeAt } from "./consensus.js";
import { addKey, addOption, addOverlay, choose, say } from "./controls.js";
import { byId } from "./document.js";
import { CERTAIN, heatSheet } from "./heat.js";
import { max, round } from "./math.js";
import { maskOf, objectsOf } from "./object_masks.js";

/** @typedef {import("./app.js").App} App */

/** Entries of "all", at most. */
const MAX_ENTRIES = 60;
const LEVELS = [0.1, 0.5, 0.9];
/** Opacity: clear where all agree, so that the radiograph stays visible. */
const opacity = (/** @type {number} */ share) => (share === 0 ? 0 : share === 1 ? 0.12 : 0.6);

/** Installs the part. */
export function installConsensus(/** @type {App} */ app) {
  const { layers } = app;
  /** @type {HTMLSelectElement} */
  const select = byId("consensus-of");
  /** @type {HTMLSelectElement} */
  const object = byId("compare-object");
  /** @type {OffscreenCanvas | null} */
  let sheet = null;
  /** @type {Path2D[][]} shapes at the levels, by object */
  let shapes = [];
  let run = 0;

  const members = () =>
    select.value === "all" ? layers.all.filter(({ kind }) => kind === "entries").slice(0, MAX_ENTRIES) : layers.shown.filter((layer) => layer !== layers.reference);

  async function refresh() {
    const mine = ++run;
    const counted = select.value ? members() : [];
    await Promise.all(counted.map((layer) => layer.load()));
    // The choice may have changed while the outlines loaded.
    if (mine !== run) return;
    [sheet, shapes] = [null, []];
    if (counted.length > 0) {
      const { frame } = app;
      const shares = new Uint8Array(frame.width * frame.height);
      let most = 0;
      for (const { structures } of objectsOf(object)) {
        const counts = new Uint16Array(shares.length);
        let n = 0;
        for (const layer of counted) {
          const mask = maskOf(layer.shapes, structures, frame);
          if (!mask) continue;
          include(counts, mask);
          n++;
        }
        if (n === 0) continue;
        most = max(most, n);
        for (let i = 0; i < shares.length; i++) shares[i] = max(shares[i], round((CERTAIN * counts[i]) / n));
        shapes.push(LEVELS.map((level) => areaOf(shapeAt(counts, n, level), frame)));
      }
      sheet = heatSheet(frame, shares, opacity);
      byId("consensus-count").textContent = String(most);
    }
    for (const id of ["consensus-legend", "consensus-note"]) byId(id).hidden = !sheet;
    app.redraw();
  }

  select.onchange = () => refresh().then(() => app.changed());
  object.addEventListener("change", refresh);
  app.on("image", refresh);
  app.on("layers", () => select.value === "shown" && refresh());
  addKey(app, "U", select.title, () => {
    select.value = select.value ? "" : "all";
    say(app, `consensus: ${select.selectedOptions[0].label}`);
    select.dispatchEvent(new Event("change"));
  });
  addOption(
    app,
    "consensus",
    (value) => {
      choose(select, value);
      return refresh();
    },
    () => select.value,
  );
  addOverlay(app, "sheet", (context) => sheet && context.drawImage(sheet, 0, 0));
  addOverlay(app, "mark", (context, { view }) => {
    const pixel = 1 / view.scale;
    for (const paths of shapes) {
      paths.forEach((path, i) => {
        for (const width of i === 1 ? [5, 2.5] : [3, 1.25]) {
          context.setLineDash(i === 1 || width === 3 ? [] : [5 * pixel, 4 * pixel]);
          context.strokeStyle = width < 3 ? "#fff" : "#000";
          context.lineWidth = width * pixel;
          context.stroke(path);
        }
      });
    }
  });
  // Lines of the counted layers give way to their consensus.
  const look = layers.look.bind(layers);
  layers.look = (layer, id) => ({ ...look(layer, id), ...(sheet && members().includes(layer) ? { opacity: 0 } : {}) });
}
