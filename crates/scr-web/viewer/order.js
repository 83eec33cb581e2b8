// Order of cases: the options of an address, and the images that they choose.
//
// Arithmetic only. crates/scr-web/src/cases has the same rules for pages without script;
// src/cases/orders.json holds both to the same orders.

/**
 * @typedef {Object} Cases  answer of cases.json
 * @property {string[]} images
 * @property {(string | number)[]} fold
 * @property {Record<string, string[]>} attributes
 * @property {string[]} pictures  addresses of the pictures of a case, `*` for its image
 * @property {string | null} reference
 * @property {{id: string, name: string, role: string}[]} entries
 * @property {Column[]} columns
 */

/**
 * @typedef {Object} Column
 * @property {string} object
 * @property {string} object_name
 * @property {string} measure
 * @property {string} measure_name
 * @property {boolean | null} higher_is_better
 * @property {number} decimals
 */

/**
 * @typedef {Object} Choice
 * @property {string} kind    `table`, `name`, `worst`, `best`, `gap`, `up` or `down`
 * @property {string} column  `OBJECT/MEASURE`, or ""
 * @property {string} entry   id, or ""
 * @property {string} last    id of the other entry, name of the attribute, or ""
 * @property {string[]} folds
 * @property {string} find    in lower case
 * @property {[string, string] | null} attribute  name and value
 * @property {[number, number] | null} range      least and greatest score
 */

/** Score of one image: null where undefined, undefined where the entry lacks the image. @typedef {number | null | undefined} Score */

/** Names of the options. */
export const OPTIONS = ["order", "fold", "find", "with", "score"];

/**
 * Choice of an address; an option that cannot be read counts as absent.
 *
 * @param {Record<string, string | null | undefined>} raw  values of the options
 * @returns {Choice}
 */
export function readChoice(raw) {
  const [low, high = "x"] = (raw.score ?? "").split("..");
  const range = [low === "" ? -Infinity : Number(low), high === "" ? Infinity : Number(high)];
  const equals = raw.with?.indexOf(":") ?? -1;
  return {
    ...readOrder(raw.order ?? ""),
    folds: raw.fold?.split(",").filter(Boolean) ?? [],
    find: raw.find?.toLowerCase() ?? "",
    attribute: raw.with && equals > 0 ? [raw.with.slice(0, equals), raw.with.slice(equals + 1)] : null,
    range: range.some(Number.isNaN) ? null : /** @type {[number, number]} */ (range),
  };
}

/** @param {string} text */
function readOrder(text) {
  const [kind, ...rest] = text.split(":");
  const [column = "", entry = "", last = ""] = rest;
  const none = { kind: "table", column: "", entry: "", last: "" };
  if (isAttribute(kind)) return rest[0] ? { ...none, kind, last: rest.join(":") } : none;
  const parts = { "table": 2, "name": 2, "worst": 2, "best": 2, "gap": 3 }[kind];
  if (rest.length === 0 && kind === "name") return { ...none, kind };
  return rest.length === parts && rest.every(Boolean) && /^[^/]+\/[^/]+$/.test(column) ? { kind, column, entry, last } : none;
}

const isAttribute = (/** @type {string} */ kind) => kind === "up" || kind === "down";

/** Column of a choice. */
export const columnOf = (/** @type {Cases} */ { columns }, /** @type {string} */ key) => columns.find(({ object, measure }) => `${object}/${measure}` === key);

/**
 * Value of the option `order`; "" for the benchmark's order.
 *
 * @param {Pick<Choice, "kind" | "column" | "entry" | "last">} choice
 */
export function writeOrder({ kind, column, entry, last }) {
  const score = column && !isAttribute(kind) ? [column, entry] : [];
  const parts = [kind, ...score, ...(last ? [last] : [])];
  return parts.length === 1 && kind === "table" ? "" : parts.join(":");
}

/**
 * Scores of one entry, or absolute differences of two: infinite if one of them is undefined.
 *
 * @param {{values: (number | null)[], missing?: number[]}[]} columns  one or two
 * @returns {Score[]}
 */
export function scoresOf(columns) {
  const [one, other] = columns.map(({ values, missing = [] }) => {
    /** @type {Score[]} */
    const scores = [...values];
    for (const place of missing) scores[place] = undefined;
    return scores;
  });
  if (!other) return one;
  return one.map((a, place) => {
    const b = other[place];
    if (a === undefined || b === undefined) return undefined;
    if (a === null || b === null) return a === b ? null : Infinity;
    return Math.abs(a - b);
  });
}

/**
 * Places of the images that a choice takes, in its order.
 *
 * @param {Cases} cases
 * @param {Choice} choice
 * @param {Score[] | null} scores   of the choice's order
 * @returns {number[]}
 */
export function chosen(cases, choice, scores) {
  const { images, fold, attributes } = cases;
  const { kind, folds, find, attribute, range } = choice;
  const found = [...images.keys()].filter((place) => {
    const score = scores?.[place];
    return (
      (folds.length === 0 || folds.includes(String(fold[place]))) &&
      images[place].toLowerCase().includes(find) &&
      (!attribute || (attributes[attribute[0]]?.[place] ?? "").trim() === attribute[1].trim()) &&
      (!range || (typeof score === "number" && score >= range[0] && score <= range[1]))
    );
  });
  const keys = sortKeys(cases, choice, scores);
  if (kind === "table" || !keys) return found;
  return found.sort((a, b) => compare(keys[a], keys[b]) || compare(images[a], images[b]));
}

/**
 * Values by which cases ascend; null for those at the end. None for the benchmark's order.
 *
 * @param {Cases} cases
 * @param {Choice} choice
 * @param {Score[] | null} scores
 * @returns {(number | string | null)[] | null}
 */
function sortKeys(cases, { kind, column, last }, scores) {
  const { images, attributes } = cases;
  if (kind === "name") return images;
  if (isAttribute(kind)) {
    const texts = images.map((_, place) => (attributes[last]?.[place] ?? "").trim().replace(/^\?$/, ""));
    const sign = kind === "up" ? 1 : -1;
    if (texts.every((text) => text === "" || Number.isFinite(Number(text)))) return texts.map((text) => (text ? sign * Number(text) : null));
    // Words as their places in the order of words.
    const words = [...new Set(texts)].sort(compare);
    return texts.map((text) => (text ? sign * words.indexOf(text) : null));
  }
  if (!scores) return null;
  const isLowFirst = (columnOf(cases, column)?.higher_is_better ?? false) === (kind === "worst") && kind !== "gap";
  return scores.map((score) => {
    if (typeof score === "number") return isLowFirst ? score : -score;
    return score === null && kind === "worst" ? -Infinity : null;
  });
}

/**
 * @param {number | string | null} a
 * @param {number | string | null} b
 */
function compare(a, b) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/**
 * Text of a case.
 *
 * @param {Cases} cases
 * @param {Choice} choice
 * @param {Score[] | null} scores
 * @param {number} place
 */
export function labelOf(cases, { kind, column, last }, scores, place) {
  if (isAttribute(kind)) return cases.attributes[last]?.[place] ?? "";
  if (!scores) return "";
  const score = scores[place];
  if (score === undefined) return "–";
  if (score === null) return "undefined";
  if (score === Infinity) return "one undefined";
  return score.toFixed(columnOf(cases, column)?.decimals);
}
