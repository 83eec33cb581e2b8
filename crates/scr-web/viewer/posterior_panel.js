// Posterior: the entry and the structure whose posterior overlays the radiograph.
//
// Part of the viewer (app.js). heat.js has the colours. Without a structure, each pixel shows its most
// probable one.

import { addKey, addOption, addOverlay, choose, say } from "./controls.js";
import { byId } from "./document.js";
import { CERTAIN, heatSheet, mostProbable } from "./heat.js";
import { floor } from "./math.js";
import { drawSheet } from "./painter.js";
import { fetchGrey } from "./radiograph.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./png.js").GreyImage} GreyImage */

/**
 * Installs the part; the page has it if an entry has posteriors.
 *
 * @param {App} app
 * @returns {(point: import("./app.js").Point) => string} the probability at a point in words, "" without an overlay
 */
export function installPosterior(app) {
  /** @type {HTMLSelectElement} */
  const entry = byId("posterior-of");
  /** @type {HTMLSelectElement} */
  const structure = byId("posterior-structure");
  if (!entry) return () => "";
  /** @type {{id: string, map: GreyImage}[]} */
  let shown = [];
  /** @type {OffscreenCanvas | null} */
  let sheet = null;
  let last = "";
  const label = (/** @type {HTMLSelectElement} */ select) => select.selectedOptions[0].label;
  const value = () => (entry.value && structure.value ? `${entry.value}:${structure.value}` : entry.value);

  async function refresh() {
    /** @type {Record<string, string>} by structure */
    const addresses = JSON.parse(entry.selectedOptions[0].dataset.posteriors ?? "{}");
    structure.disabled = !entry.value;
    for (const option of structure.options) option.disabled = option.value !== "" && !Object.hasOwn(addresses, option.value);
    if (entry.value) {
      last = entry.value;
      if (structure.selectedOptions[0]?.disabled !== false) structure.value = "";
    }
    const wanted = value();
    byId("posterior-legend").hidden = !wanted;
    const chosen = Object.entries(addresses).filter(([id]) => !structure.value || id === structure.value);
    const maps = await Promise.all(chosen.map(async ([id, address]) => ({ id, map: (await fetchGrey(address))?.levels[0] })));
    // The choice may have changed while the files loaded.
    if (value() !== wanted) return;
    shown = maps.flatMap(({ id, map }) => (map ? [{ id, map }] : []));
    sheet = shown.length > 0 ? heatSheet(shown[0].map, mostProbable(shown.map(({ map }) => map.pixels))) : null;
    app.redraw();
  }

  const turn = async () => {
    await refresh();
    app.changed();
    say(app, !entry.value ? "no posterior" : sheet ? `posterior of ${label(entry)}: ${label(structure)}` : `${label(entry)} has no posterior in this image`);
  };
  entry.onchange = structure.onchange = turn;
  addKey(app, "h", "posterior", () => {
    const ids = [...entry.options].map((option) => option.value).filter(Boolean);
    const layers = app.layers.idsShown("entries");
    entry.value = entry.value ? "" : last || (ids.find((id) => layers.includes(id)) ?? ids[0]);
    turn();
  });
  addKey(app, "s", "posterior of the next structure", () => {
    // After the last structure comes the most probable one.
    const ids = [...structure.options].flatMap((option) => (option.disabled ? [] : option.value));
    structure.value = ids[(ids.indexOf(structure.value) + 1) % ids.length];
    turn();
  });
  addOption(
    app,
    "posterior",
    (asked) => {
      const [id, part = ""] = (asked ?? "").split(":");
      choose(entry, id);
      structure.value = part;
      return refresh();
    },
    value,
  );
  app.on("image", () => {
    // The page of another image has other addresses.
    for (const option of entry.options) {
      const other = /** @type {HTMLOptionElement | null} */ (app.image.page.querySelector(`#posterior-of option[value="${CSS.escape(option.value)}"]`));
      if (option.value) option.dataset.posteriors = other?.dataset.posteriors ?? "{}";
    }
    return refresh();
  });
  addOverlay(app, "sheet", (context, scene) => sheet && drawSheet(context, sheet, scene, scene.view.scale));
  return ({ x, y }) => {
    let [best, highest] = ["", -1];
    for (const { id, map } of shown) {
      const at = map.pixels[floor((y / app.frame.height) * map.height) * map.width + floor((x / app.frame.width) * map.width)];
      if (at > highest) [best, highest] = [id, at];
    }
    return best && `${label(entry)}: ${(highest / CERTAIN).toFixed(2)} ${app.layers.structureName(best)}`;
  };
}
