// Controls of the strip: order, measure and entries, filters, and a histogram of the scores whose
// range two sliders choose.

import { columnOf, writeOrder } from "./order.js";
import { histogram, writeRange } from "./strip_list.js";

/** @typedef {import("./order.js").Cases} Cases */
/** @typedef {import("./order.js").Choice} Choice */
/** @typedef {import("./order.js").Score} Score */

/** Part of a form by its name. @typedef {HTMLSelectElement & HTMLInputElement} Field */

/**
 * Fills the form, and listens to it.
 *
 * @param {HTMLFormElement} form
 * @param {Cases} cases
 * @param {(raw: Record<string, string>) => void} change  gets the values of options that changed
 * @returns {(choice: Choice, scores: Score[] | null, problem: string) => void}  shows a choice
 */
export function wireForm(form, cases, change) {
  const { columns, entries } = cases;
  const field = (/** @type {string} */ name) => /** @type {Field} */ (form.elements.namedItem(name));
  const [by, of, entry, and, low, high] = ["by", "of", "entry", "and", "low", "high"].map(field);
  const bars = /** @type {HTMLCanvasElement} */ (form.querySelector("canvas"));
  const parts = (/** @type {string} */ of) => /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(`[data-of="${of}"]`));
  const steps = Number(high.max);
  let all = histogram([], 1);
  let decimals = 3;

  for (const { object, object_name, measure, measure_name } of columns) of.append(new Option(`${object_name}: ${measure_name}`, `${object}/${measure}`));
  for (const list of [entry, and]) for (const { id, name } of entries) list.append(new Option(name, id));
  and.selectedIndex = Math.min(1, entries.length - 1);
  const observer = entries.find(({ role }) => role === "observer");
  for (const option of [...by.options]) {
    const needed = { worst: 1, best: 1, gap: 2, observers: observer ? 1 : Infinity }[option.value] ?? 0;
    if (entries.length < needed) option.remove();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    const { name, value } = /** @type {Field} */ (target);
    if (target === low || target === high) {
      const ends = [low, high].map(({ value }) => Number(value) / steps);
      change({ score: writeRange(all, ends[0], ends[1], decimals) });
    } else if ([by, of, entry, and].includes(/** @type {Field} */ (target))) {
      let [kind, ...last] = by.value.split(":");
      // The observers' gap is the order of the observer's own scores.
      if (kind === "observers" && observer) {
        kind = "worst";
        entry.value = observer.id;
      }
      const column = (kind === "table" || kind === "name") && target === by ? "" : of.value;
      // Another score has another range.
      change({ order: writeOrder({ kind, column, entry: entry.value, last: kind === "gap" ? and.value : last.join(":") }), score: "" });
    } else change({ [name]: value });
  });

  return ({ kind, column, entry: id, last, folds, find, attribute, range }, scores, problem) => {
    const set = (/** @type {string} */ name, /** @type {string} */ value) => {
      if (field(name) && document.activeElement !== field(name)) field(name).value = value;
    };
    set("find", find);
    set("by", kind !== "gap" && last ? `${kind}:${last}` : kind);
    if (column) {
      of.value = column;
      entry.value = id;
    }
    if (kind === "gap") and.value = last;
    set("fold", folds[0] ?? "");
    set("with", attribute?.join(":") ?? "");
    const hide = (/** @type {string} */ of, /** @type {boolean} */ isHidden) => parts(of).forEach((part) => (part.hidden = isHidden));
    hide("score", !column);
    hide("gap", kind !== "gap");
    parts("problem")[0].textContent = problem;
    all = histogram(scores ?? [], bars.width);
    const width = all.high - all.low;
    hide("range", !width);
    if (!width) return;
    decimals = columnOf(cases, column)?.decimals ?? decimals;
    const [from, to] = [range?.[0] ?? all.low, range?.[1] ?? all.high].map((value) => Math.max(all.low, Math.min(all.high, value)));
    const place = (/** @type {number} */ value) => (value - all.low) / width;
    low.value = String(Math.round(place(from) * steps));
    high.value = String(Math.round(place(to) * steps));
    parts("shown")[0].textContent = `${from.toFixed(decimals)} to ${to.toFixed(decimals)}`;
    const context = /** @type {CanvasRenderingContext2D} */ (bars.getContext("2d"));
    context.clearRect(0, 0, bars.width, bars.height);
    context.fillStyle = getComputedStyle(bars).color;
    all.counts.forEach((count, bin) => {
      const middle = (bin + 0.5) / bars.width;
      context.globalAlpha = middle >= place(from) && middle <= place(to) ? 1 : 0.3;
      const tall = (count / Math.max(...all.counts)) * bars.height;
      context.fillRect(bin, bars.height - tall, 0.85, tall);
    });
  };
}
