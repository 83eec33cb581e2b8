// Viewer: starts the result browser and installs its parts; app.js has the seam between them.
//
// Draws, decodes and computes nothing. The page's SVG stays until the radiograph is decoded,
// and for good if a script fails.

import { readOptions, readView, readWindow, writeView } from "./address.js";
import { App } from "./app.js";
import { byId } from "./document.js";
import * as images from "./images.js";
import * as hover from "./hover.js";
import * as layersPanel from "./layers_panel.js";
import { remember } from "./memory.js";
import { Pane } from "./pane.js";
import * as panes from "./panes.js";
import { fetchFirstGrey } from "./radiograph.js";
import { Scores } from "./scores.js";
import { install as installStrip } from "./strip.js";

/** @typedef {import("./app.js").Option} Option */

const ZOOM_STEP = 1.25;
/** Bundle of the parts that compare and measure, from this one. */
const ANALYSIS = "../analysis/main.js";

// The script runs as soon as it is there, and the radiograph is decoded while the page is parsed.
const radiograph = /** @type {HTMLLinkElement | null} */ (document.getElementById("radiograph"));
const picture = images.pictureOf(radiograph && fetchFirstGrey(radiograph.href));
if (document.readyState === "loading") await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
// Colours and sizes are those of the style sheets, for which this script did not wait.
const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => /** @type {HTMLLinkElement} */ (link));
const loaded = (/** @type {HTMLLinkElement} */ link) => new Promise((resolve) => ["load", "error"].forEach((event) => link.addEventListener(event, resolve, { once: true })));
await Promise.all(sheets.filter((link) => !link.sheet).map(loaded));

const app = new App(byId("viewer"), byId("viewer-stage"), byId("viewer-panel"));
// Reports later failures of event handlers.
globalThis.addEventListener("unhandledrejection", (event) => app.status.fail(event.reason));
start().catch((error) => app.status.fail(error));

async function start() {
  const first = new Pane(app, 1);
  first.shown = app.layers.shown;
  first.view.resize({ width: app.stage.clientWidth, height: app.stage.clientHeight }, devicePixelRatio);
  app.panes = [first];
  app.pane = first;
  installView();
  layersPanel.install(app);
  const { box } = panes.install(app);
  await app.loadShown();
  // Off the screen, while the radiograph is decoded: simplifies the outlines, and warms the code up.
  first.draw();
  images.show(app, await picture);
  await app.applyWindow();
  first.painter.isStale = true;
  app.stage.querySelector(".viewer-plain")?.remove();
  app.stage.prepend(box);
  first.resize();
  app.draw();
  app.figure.setAttribute("data-drawn", "");
  // The picture does not wait for the rest.
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  await installRest();
}

async function installRest() {
  /** @type {Promise<typeof import("./analysis.js")>} */
  const analysis = import(ANALYSIS);
  hover.install(app);
  installScores();
  installHelp();
  installStrip(app);
  const { fetchNeighbours } = images.install(app);
  for (const part of document.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
  for (const button of app.form.querySelectorAll("[type=submit]")) button.setAttribute("hidden", "");
  new ResizeObserver(resize).observe(app.stage);
  (await analysis).installAnalysis(app);
  await readOptions(app.options, location.search);
  app.isReady = true;
  app.figure.setAttribute("data-ready", "");
  app.redraw();
  fetchNeighbours();
}

function resize() {
  const changed = app.panes.map((pane) => pane.resize());
  if (!changed.includes(true)) return;
  app.tell("window");
  app.redraw();
}

function installView() {
  const { keys } = app;
  /** @type {(string | null)[]} */
  const values = [];
  const write = (/** @type {number} */ i) => () => (app.panes[0].view.isFit ? "" : writeView(app.panes[0].view.state)[i]);
  /** @type {Option[]} */
  const options = ["zoom", "x", "y"].map((name, i) => ({
    name,
    isOfImage: true,
    write: write(i),
    read: (value) => {
      values[i] = value;
      if (i < 2) return;
      const state = readView(values);
      if (state) app.pane.view.state = state;
      else app.pane.view.fit();
    },
  }));
  app.options.push(...options);
  const submission = new URLSearchParams(location.search).get("submission") ?? "";
  app.options.push({ name: "submission", read: () => {}, write: () => submission });
  app.options.push(
    {
      name: "window",
      read: (value) => app.setWindow(readWindow(value)),
      write: () => [app.panes[0].greys.choice ?? ""].flat().join("-"),
    },
    { name: "invert", read: (value) => {
        app.pane.greys.invert = value !== null && value !== "0";
        app.redraw();
        return app.tell("window");
      }, write: () => (app.panes[0].greys.invert ? "1" : "") },
  );
  const oneToOne = () => app.zoom(app.pane.view.oneToOneZoom / app.pane.view.zoom);
  byId("tool-smaller").addEventListener("click", () => app.zoom(1 / ZOOM_STEP));
  byId("tool-larger").addEventListener("click", () => app.zoom(ZOOM_STEP));
  byId("tool-fit").addEventListener("click", () => app.fit());
  byId("tool-one").addEventListener("click", oneToOne);
  keys.add({ keys: ["+", "="], shown: "+", does: "zoom in; also by wheel or pinch", run: () => app.zoom(ZOOM_STEP) });
  keys.add({ keys: ["-"], does: "zoom out", run: () => app.zoom(1 / ZOOM_STEP) });
  keys.add({ keys: ["0"], does: "whole image", run: () => app.fit() });
  keys.add({ keys: ["o"], does: "one image pixel on one screen pixel", run: oneToOne });
  keys.add({ keys: [], shown: "drag, arrows", does: "move (arrows while the image has the focus; with Shift finer)" });
  keys.add({ keys: [], shown: "right drag, Shift drag", does: "grey window: right is wider, up is brighter" });
}

function installHelp() {
  remember(byId("single-keys"));
  /** @type {HTMLDialogElement} */
  const box = byId("viewer-help-box");
  const show = () => {
    app.keys.write(byId("viewer-help"));
    box.showModal();
  };
  app.keys.add({ keys: ["?"], does: "all keys", run: show });
  byId("tool-help").addEventListener("click", show);
  byId("viewer-help-close").addEventListener("click", () => box.close());
}

function installScores() {
  const scores = new Scores(byId("viewer-scores"));
  scores.startWith(app.layers.shown);
  const show = () => scores.show([...new Set(app.panes.flatMap((pane) => pane.shown))]).then(() => app.tell("scores"));
  app.on("layers", show);
  app.on("pane", show);
  app.on("image", () => {
    scores.turnTo();
    return show();
  });
  show().catch((error) => app.status.fail(error));
}
