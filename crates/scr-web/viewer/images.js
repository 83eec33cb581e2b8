// Other images: opens one without a load of the page, and fetches neighbours ahead.
//
// The page of the other image brings its facts, its words and its scores; the view, the layers and the
// focus stay. Also works on an exported site, whose pages have no options.

import { readOptions } from "./address.js";
import { adoptParts, byId, imageOf, make } from "./document.js";
import { fetchShapes } from "./outlines.js";
import { Picture } from "./picture.js";
import { fetchGrey } from "./radiograph.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{facts: import("./document.js").ImageFacts, picture: Picture | null, notice: string}} Prepared */

/** Images that are kept decoded: this one, its neighbours and one more. */
const N_KEPT = 4;
/** Pause before neighbours are fetched, so that the shown image comes first. */
const REST_MS = 250;

/** Picture of a decoded radiograph; a notice says why there is none. */
export async function pictureOf(/** @type {Promise<import("./radiograph.js").Decoded | null> | null} */ decoded) {
  try {
    const found = await decoded;
    return { picture: found ? new Picture(found.levels, found.counts) : null, notice: "" };
  } catch (error) {
    console.error(error);
    return { picture: null, notice: "The radiograph could not be shown: outlines only." };
  }
}

/** Puts an image's picture in place. */
export function show(/** @type {App} */ app, /** @type {{picture: Picture | null, notice: string}} */ { picture, notice }) {
  app.picture = picture;
  if (notice) byId("viewer-notes").append(make("p", "viewer-note", notice));
  for (const pane of app.panes) pane.view.turnTo(app.frame, picture ? picture.image.width / app.frame.width : 1);
}

export function install(/** @type {App} */ app) {
  /** @type {Map<string, Promise<Prepared>>} by path */
  const prepared = new Map();
  let latest = 0;

  const prepare = (/** @type {string} */ href) => {
    const url = new URL(href, location.href);
    url.search = app.queryForOthers;
    const key = url.pathname;
    const ready = prepared.get(key) ?? fetchPage(url);
    prepared.delete(key);
    prepared.set(key, ready);
    ready.catch(() => prepared.delete(key));
    if (prepared.size > N_KEPT) prepared.delete(/** @type {string} */ (prepared.keys().next().value));
    return ready;
  };

  const fetchPage = async (/** @type {URL} */ url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the image could not be fetched (HTTP ${response.status})`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const facts = imageOf(page, url.href);
    const [shown] = await Promise.all([pictureOf(facts.href ? fetchGrey(facts.href) : null), shapesOf(facts)]);
    return { facts, ...shown };
  };

  const shapesOf = (/** @type {import("./document.js").ImageFacts} */ { outlines }) => {
    const shown = new Set(app.panes.flatMap((pane) => pane.shown));
    return Promise.all([...shown].map(({ key }) => fetchShapes(outlines.get(key) ?? "").catch(() => null)));
  };

  const open = async (/** @type {string} */ href, isBack = false) => {
    const ticket = ++latest;
    if (!isBack) app.writeDown();
    const query = app.queryForOthers;
    const { facts, ...shown } = await prepare(href);
    await shapesOf(facts);
    if (ticket !== latest) return;
    if (!isBack) history.pushState(null, "", new URL(href, location.href).pathname + query);
    app.image = facts;
    adoptParts(facts.page);
    for (const layer of app.layers.all) layer.turnTo(facts.outlines.get(layer.key) ?? "");
    show(app, shown);
    await Promise.all([app.loadShown(), app.applyWindow()]);
    for (const pane of app.panes) pane.painter.isStale = true;
    if (isBack) await readOptions(app.options, location.search);
    for (const pane of app.panes) pane.draw();
    app.figure.dataset.image = facts.id;
    await app.tell("image");
    app.changed();
    app.status.sayLater(`image ${facts.id}`);
    fetchNeighbours();
  };

  const fetchNeighbours = () => {
    const of = latest;
    setTimeout(async () => {
      for (const step of [1, -1]) if (of === latest && app.neighbour(step)) await prepare(app.neighbour(step)).catch(() => null);
    }, REST_MS);
  };

  app.prefetch = (href) => void prepare(href);
  app.open = (href) =>
    open(href).catch((error) => {
      console.error(error);
      location.assign(href);
    });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? /** @type {HTMLAnchorElement | null} */ (event.target.closest("a[data-opens-image]")) : null;
    if (!link?.href || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    app.open(link.href);
  });
  let path = location.pathname;
  app.on("image", () => void (path = location.pathname));
  globalThis.addEventListener("popstate", () => {
    app.keepAddress();
    if (location.pathname === path) readOptions(app.options, location.search).then(() => app.redraw());
    else open(location.href, true).catch(() => location.reload());
  });
  const step = (/** @type {number} */ by) => app.neighbour(by) && app.open(app.neighbour(by));
  app.keys.add({ keys: ["n", "]"], does: "next image", run: () => step(1) });
  app.keys.add({ keys: ["p", "["], does: "previous image", run: () => step(-1) });
  return { fetchNeighbours };
}
