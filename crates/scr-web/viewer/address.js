// Query string: converts viewer state to a query and back.
//
// Does not change the address; main.js does. Lists are ids joined by commas; an empty list
// shows none.

/** @typedef {import("./view.js").ViewState} ViewState */

/**
 * @typedef {Object} Shown
 * @property {string[]} entries              ids
 * @property {string[]} observers            ids
 * @property {string[] | null} structures    ids; null: all
 * @property {string | [number, number] | null} window  a preset's name, values, or null: auto
 * @property {boolean} invert
 * @property {ViewState | null} view         null: the whole image
 * @property {string} posterior              `ENTRY` (the most probable structure), `ENTRY:STRUCTURE` or ""
 * @property {string} submission             id of an unpublished submission among the layers, or ""
 * @property {string} differences            `entries:ID` or `observers:ID`, the layer compared with the reference, or ""
 */

/**
 * @param {string} query  with or without the question mark
 * @returns {Partial<Shown>} the properties that the query sets
 */
export function readAddress(query) {
  const parameters = new URLSearchParams(query);
  /** @type {Partial<Shown>} */
  const shown = {};
  for (const name of /** @type {const} */ (["entries", "observers", "structures"])) {
    if (parameters.has(name)) shown[name] = parameters.getAll(name).flatMap((list) => list.split(",")).filter(Boolean);
  }
  const window = readWindow(parameters.get("window") ?? "");
  if (window) shown.window = window;
  if (parameters.has("invert")) shown.invert = parameters.get("invert") === "1";
  for (const name of /** @type {const} */ (["submission", "differences", "posterior"])) {
    if (parameters.has(name)) shown[name] = parameters.get(name) ?? "";
  }
  const [zoom, x, y] = ["zoom", "x", "y"].map((name) => Number.parseFloat(parameters.get(name) ?? ""));
  if ([zoom, x, y].every(Number.isFinite) && zoom > 0) shown.view = { zoom, x, y };
  return shown;
}

/** @param {string} text  `LOW-HIGH` or a preset's name */
function readWindow(text) {
  const values = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  if (values) {
    const [low, high] = [Number(values[1]), Number(values[2])];
    return low < high ? /** @type {[number, number]} */ ([low, high]) : null;
  }
  return /^[a-z]{1,16}$/.test(text) ? text : null;
}

/**
 * Shortest query for a viewer state.
 *
 * @param {Shown} shown
 * @param {string[]} defaultObservers  ids shown when the query names no observer
 * @returns {string} "" or a query with its question mark
 */
export function writeAddress(shown, defaultObservers) {
  /** @type {string[]} */
  const parts = [];
  const list = (/** @type {string[]} */ ids) => ids.map(encodeURIComponent).join(",");
  if (shown.entries.length > 0) parts.push(`entries=${list(shown.entries)}`);
  if (list(shown.observers) !== list(defaultObservers)) parts.push(`observers=${list(shown.observers)}`);
  if (shown.structures) parts.push(`structures=${list(shown.structures)}`);
  if (Array.isArray(shown.window)) parts.push(`window=${shown.window.join("-")}`);
  else if (shown.window) parts.push(`window=${encodeURIComponent(shown.window)}`);
  if (shown.invert) parts.push("invert=1");
  for (const name of /** @type {const} */ (["submission", "differences", "posterior"])) {
    if (shown[name]) parts.push(`${name}=${encodeURIComponent(shown[name]).replace("%3A", ":")}`);
  }
  if (shown.view) {
    const { zoom, x, y } = shown.view;
    parts.push(`zoom=${Number(zoom.toPrecision(4))}&x=${x.toFixed(1)}&y=${y.toFixed(1)}`);
  }
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}
