// Strip of cases: thumbnails with one score each, in an order and after filters that the address
// names. Only the visible part of the list is in the page.
//
// order.js orders, strip_list.js has the arithmetic, strip_form.js the controls. Without the data
// of the cases the page's own links stay.

import { writeOptions } from "./address.js";
import { byId } from "./document.js";
import { chosen, labelOf, OPTIONS, readChoice, scoresOf } from "./order.js";
import { wireForm } from "./strip_form.js";
import { scrollTo, visibleRange } from "./strip_list.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./order.js").Cases} Cases */
/** @typedef {import("./order.js").Score} Score */

/** Cases beyond either edge that are in the page. */
const AROUND = 4;

export function install(/** @type {App} */ app) {
  // A single image has no strip.
  const strip = byId("viewer-strip");
  if (strip) fillStrip(app, strip);
}

/**
 * @param {App} app
 * @param {HTMLElement} nav
 */
function fillStrip(app, nav) {
  const address = new URL(nav.dataset.casesHref ?? "", location.href);
  const box = /** @type {HTMLElement} */ (nav.querySelector(".strip-box"));
  const list = /** @type {HTMLElement} */ (box.firstElementChild);
  /** Values of the options. @type {Record<string, string>} */
  const raw = {};
  /** Answers by address. @type {Map<string, Promise<any>>} */
  const answers = new Map();
  /** Items in the page by position. @type {Map<number, HTMLElement>} */
  const items = new Map();
  /** Places of the shown cases. @type {number[]} */
  let places = [];
  /** @type {Score[] | null} */
  let scores = null;
  let choice = readChoice({});
  let latest = 0;
  /** Position of the shown image; -1 if the filters leave it out. */
  let current = -1;
  /** Position that the tab key reaches. */
  let active = 0;
  let isDrawAwaited = false;
  /** @type {Cases} */
  let cases;
  /** @type {ReturnType<typeof wireForm>} */
  let showForm;

  const json = (/** @type {URL} */ { href }) => {
    const found = answers.get(href) ?? fetch(href).then((response) => (response.ok ? response.json() : null));
    answers.set(href, found);
    return found;
  };

  // Without cases the page's own links stay.
  const ready = json(address).then((found) => {
    cases = found;
    showForm = wireForm(/** @type {HTMLFormElement} */ (nav.querySelector("form")), cases, (changed) => {
      Object.assign(raw, changed);
      show();
      app.changed();
    });
    app.neighbour = (by) => hrefOf(current + by);
    box.addEventListener("scroll", drawSoon, { passive: true });
    new ResizeObserver(drawSoon).observe(box);
    list.addEventListener("keydown", step);
  });
  ready.catch(console.error);

  OPTIONS.forEach((name, i) =>
    app.options.push({
      name,
      write: () => raw[name] ?? "",
      read: (value) => {
        raw[name] = value ?? "";
        // The others were read before.
        if (i === OPTIONS.length - 1) ready.then(show);
      },
    }),
  );
  app.on("image", () => ready.then(turn));

  /** Orders and filters anew. */
  async function show() {
    const ticket = ++latest;
    const wanted = readChoice(raw);
    const { kind, column, entry, last } = wanted;
    const columns = [column && entry, kind === "gap" && last].map((id) => {
      if (!id) return [];
      // Only an entry of the list has an address.
      const path = [id, "scores", ...column.split("/")].map(encodeURIComponent).join("/").replace("%40", "@");
      return [cases.entries.some((entry) => entry.id === id) ? json(new URL(`../../entries/${path}.json`, address)) : null];
    });
    const found = await Promise.all(columns.flat());
    if (ticket !== latest) return;
    const isLacking = found.includes(null);
    choice = isLacking ? { ...wanted, kind: "table", range: null } : wanted;
    scores = isLacking || !column ? null : scoresOf(found);
    places = chosen(cases, choice, scores);
    showForm(choice, scores, isLacking ? "No such score" : "");
    for (const item of items.values()) item.remove();
    items.clear();
    turn();
  }

  /** Address of a case in the same view; pages of a copy are folders with an index. */
  function hrefOf(/** @type {number} */ position) {
    const id = cases.images[places[position]];
    return id ? location.pathname.replace(/[^/]+(\/index\.html)?$/, `${encodeURIComponent(id)}$1`) + app.queryForOthers : "";
  }

  /** After another image or another order: marks the image, and gives its neighbours. */
  function turn() {
    const { images } = cases;
    current = places.findIndex((place) => images[place] === app.image.id);
    active = Math.max(0, current);
    for (const [id, href] of [["previous-image", hrefOf(current - 1)], ["next-image", hrefOf(current + 1)]]) {
      if (href) byId(id).href = href;
      else byId(id).removeAttribute("href");
    }
    const { length } = places;
    const all = images.length;
    for (const [where, text] of [
      [".viewer-place", `${current < 0 ? "–" : current + 1} of ${length}`],
      [".strip-count", `${length === all ? "" : `${length} of `}${all} images`],
    ]) /** @type {Element} */ (document.querySelector(where)).textContent = text;
    const link = /** @type {HTMLAnchorElement} */ (nav.querySelector(".strip-all"));
    if (link) link.search = writeOptions(app.options.filter(({ name }) => OPTIONS.includes(name)));
    list.style.setProperty("--count", String(length));
    reveal();
    items.forEach(mark);
    drawSoon();
  }

  /** Size of a case, and the axis of the list. */
  function layout() {
    const style = getComputedStyle(box);
    const size = Number.parseFloat(style.getPropertyValue("--case-size"));
    const isRow = style.overflowX === "auto";
    return { size, isRow, scrolled: isRow ? box.scrollLeft : box.scrollTop, shown: isRow ? box.clientWidth : box.clientHeight };
  }

  function reveal() {
    const { size, isRow, scrolled, shown } = layout();
    box[isRow ? "scrollLeft" : "scrollTop"] = scrollTo(scrolled, shown, size, active);
  }

  function drawSoon() {
    if (!isDrawAwaited) requestAnimationFrame(draw);
    isDrawAwaited = true;
  }

  function draw() {
    isDrawAwaited = false;
    const { size, scrolled, shown } = layout();
    const { first, end } = visibleRange(scrolled, shown, size, places.length, AROUND);
    for (const [position, item] of items) {
      // The focus stays where it is.
      if ((position >= first && position < end) || item.contains(document.activeElement)) continue;
      item.remove();
      items.delete(position);
    }
    // From the end, so that each stands before the next in the page.
    for (let position = end - 1; position >= first; position--) {
      if (items.has(position)) continue;
      const item = makeItem(position);
      items.set(position, item);
      list.insertBefore(item, items.get(position + 1) ?? null);
    }
  }

  function makeItem(/** @type {number} */ position) {
    const place = places[position];
    const id = cases.images[place];
    const add = (/** @type {Element} */ to, /** @type {string} */ tag, /** @type {object} */ properties) => {
      const part = Object.assign(document.createElement(tag), properties);
      to.append(part);
      return part;
    };
    const item = document.createElement("li");
    const link = add(item, "a", {});
    link.dataset.opensImage = "";
    const picture = add(link, "span", { className: "strip-picture" });
    for (const path of picturesOf(id)) add(picture, "img", { src: new URL(path, address).href, alt: "", loading: "lazy" });
    add(link, "span", { className: "strip-name", textContent: id });
    add(link, "span", { className: "strip-score", textContent: labelOf(cases, choice, scores, place) });
    item.style.setProperty("--position", String(position));
    item.setAttribute("aria-posinset", String(position + 1));
    item.setAttribute("aria-setsize", String(places.length));
    mark(item, position);
    return item;
  }

  /** Addresses of the pictures of a case: radiograph, outlines of the reference and of the entry. */
  function picturesOf(/** @type {string} */ id) {
    const name = encodeURIComponent(id);
    const { pictures, entries, reference } = cases;
    const entry = entries.find((entry) => entry.id === choice.entry && (reference || entry.role !== "observer"));
    const paths = pictures.map((path) => path.replace("*", name));
    // A copy of a site has no small outlines of entries; it has no account either.
    if (entry && document.querySelector("[data-live]")) paths.push(`../../entries/${encodeURIComponent(entry.id)}/thumbnails/${name}.svg`);
    return paths;
  }

  function mark(/** @type {HTMLElement} */ item, /** @type {number} */ position) {
    const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
    link.href = hrefOf(position);
    link.tabIndex = position === active ? 0 : -1;
    link.ariaCurrent = position === current ? "true" : null;
  }

  /** Arrow keys, Home and End move the focus within the list; quoted names stay in bundles. */
  function step(/** @type {KeyboardEvent} */ event) {
    const by = { "ArrowDown": 1, "ArrowRight": 1, "ArrowUp": -1, "ArrowLeft": -1, "Home": -Infinity, "End": Infinity }[event.key];
    if (!by) return;
    event.preventDefault();
    active = Math.max(0, Math.min(places.length - 1, active + by));
    reveal();
    draw();
    items.forEach(mark);
    /** @type {HTMLElement} */ (items.get(active)?.firstElementChild)?.focus({ preventScroll: true });
  }
}
