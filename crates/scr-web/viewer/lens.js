// Magnifier, full screen and the dark reading mode, in which only the picture is left.
//
// Part of the viewer (app.js).

import { addToggle } from "./controls.js";
import { byId } from "./document.js";
import { max, min } from "./math.js";
import { Painter } from "./painter.js";
import { View } from "./view.js";

const SIDE_PX = 200;
const ENLARGEMENT = 3;

/** Installs the magnifier: the picture under the pointer, three times as large, in a round window. */
export function installLens(/** @type {import("./app.js").App} */ app) {
  const canvas = byId("viewer-lens");
  const painter = new Painter(canvas);
  const show = () => {
    const { pointer } = app;
    canvas.hidden = !isOn() || !pointer;
    if (canvas.hidden || !pointer) return;
    const { pane } = pointer;
    if (canvas.parentElement !== pane.element) pane.element.append(canvas);
    const { stage, scale, sharpness, pixelRatio } = pane.view;
    const view = new View(app.frame, sharpness);
    view.resize({ width: SIDE_PX, height: SIDE_PX }, pixelRatio);
    view.state = { zoom: (ENLARGEMENT * scale) / view.fitScale, x: pointer.x, y: pointer.y };
    const { x, y } = pane.view.toScreen(pointer.x, pointer.y);
    // Above the pointer, or below it near the upper edge.
    canvas.style.translate = `${min(max(x - SIDE_PX / 2, 0), stage.width - SIDE_PX)}px ${y > SIDE_PX + 24 ? y - SIDE_PX - 16 : y + 24}px`;
    painter.isStale = true;
    painter.draw({ ...pane.scene, view, spacingMm: null, crosshair: pointer });
  };
  const { isOn } = addToggle(app, "show-lens", "m", show);
  app.on("point", show);
}

/** Installs full screen and reading mode. */
export function installScreen(/** @type {import("./app.js").App} */ app) {
  const { classList } = document.documentElement;
  const reading = addToggle(app, "tool-reading", "K", () => classList.toggle("viewer-reading", reading.isOn()));
  const { button, isOn, set } = addToggle(app, "tool-full", "F", () => {
    // main.js reports a refusal.
    if (isOn()) button.closest(".viewer-page")?.requestFullscreen();
    else document.exitFullscreen();
  });
  button.hidden = !document.fullscreenEnabled;
  document.onfullscreenchange = () => set(document.fullscreenElement !== null);
}
