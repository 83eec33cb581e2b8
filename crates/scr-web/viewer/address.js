// Query string: the options of the viewer's parts, and the forms of their values.
//
// Does not change the address; app.js does. Lists are ids joined by commas; an empty list
// shows none.

/** @typedef {import("./app.js").Option} Option */
/** @typedef {import("./view.js").ViewState} ViewState */

/**
 * Shortest query for the options.
 *
 * @param {Pick<Option, "name" | "write">[]} options
 * @returns {string} "" or a query with its question mark
 */
export function writeOptions(options) {
  const parts = options.map(({ name, write }) => ({ name, value: write() })).filter(({ value }) => value);
  const text = (/** @type {string} */ value) => encodeURIComponent(value).replace(/%(3A|2C)/g, (code) => decodeURIComponent(code));
  return parts.length > 0 ? `?${parts.map(({ name, value }) => `${name}=${value === NONE ? "" : text(value)}`).join("&")}` : "";
}

/** Value of an empty list that is not the default. */
const NONE = ",";

/**
 * Value of a list.
 *
 * @param {string[]} ids
 * @param {string[] | null} defaults  shown without the option
 */
export function writeList(ids, defaults) {
  return ids.join() === defaults?.join() ? "" : ids.join() || NONE;
}

/** Ids of a list; null without the option. */
export function readList(/** @type {string | null} */ value) {
  return value?.split(",").filter(Boolean) ?? null;
}

/**
 * Gives every option its value. A key that occurs several times is one list, as a form sends it.
 *
 * @param {Option[]} options
 * @param {string} query  with or without the question mark
 */
export async function readOptions(options, query) {
  const parameters = new URLSearchParams(query);
  for (const { name, read } of options) await read(parameters.has(name) ? parameters.getAll(name).join() : null);
}

/**
 * Grey window of an address.
 *
 * @param {string | null} text  `LOW-HIGH` or a preset's name
 * @returns {string | [number, number] | null}
 */
export function readWindow(text) {
  const values = /^(\d{1,5})-(\d{1,5})$/.exec(text ?? "");
  if (values) {
    const [low, high] = [Number(values[1]), Number(values[2])];
    return low < high ? [low, high] : null;
  }
  return /^[a-z]{1,16}$/.test(text ?? "") ? text : null;
}

/**
 * View of an address.
 *
 * @param {(string | null)[]} values  zoom, x and y
 * @returns {ViewState | null}
 */
export function readView(values) {
  const [zoom, x, y] = values.map((value) => Number.parseFloat(value ?? ""));
  return [zoom, x, y].every(Number.isFinite) && zoom > 0 ? { zoom, x, y } : null;
}

/** Values of zoom, x and y. */
export function writeView(/** @type {ViewState} */ { zoom, x, y }) {
  return [String(Number(zoom.toPrecision(4))), x.toFixed(1), y.toFixed(1)];
}
