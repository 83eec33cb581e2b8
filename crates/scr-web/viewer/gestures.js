// Pointer gestures on the stage (mouse, pen, touch), translated into commands.
//
// Coordinates are CSS pixels of the stage. keys.js handles the keyboard.

import { hypot, max } from "./math.js";

/** @typedef {(x: number, y: number, event: PointerEvent) => boolean} ToolStep  true: the tool took it */

/**
 * @typedef {Object} GestureHandlers
 * @property {{down: ToolStep, drag: ToolStep, up: ToolStep}} tool  for drags with one pointer and the first button
 * @property {(factor: number, x: number, y: number) => void} zoom
 * @property {(right: number, down: number) => void} pan
 * @property {(right: number, up: number) => void} dragWindow  shares of the stage's size, since the drag began
 * @property {() => void} beginWindow
 * @property {(x: number, y: number, event: PointerEvent) => void} point  the pointer moves over the stage
 * @property {() => void} leave                      the pointer leaves the stage
 * @property {(x: number, y: number) => void} jump   a double click
 */

/** Zoom by wheel: a notch sends about 100 pixels and zooms by a quarter. */
const ZOOM_A_WHEEL_PIXEL = Math.log(1.25) / 100;
const PIXELS_A_LINE = 33;

/**
 * @param {HTMLElement} stage
 * @param {GestureHandlers} handlers
 */
export function listenToPointers(stage, handlers) {
  /** @type {Map<number, {x: number, y: number}>} pressed pointers */
  const down = new Map();
  /** @type {{x: number, y: number} | null} start of a window drag */
  let windowFrom = null;
  let isWithTool = false;

  const place = (/** @type {MouseEvent} */ event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 1) return;
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    if (event.button === 2 || event.shiftKey) {
      windowFrom = place(event);
      handlers.beginWindow();
    } else {
      const { x, y } = place(event);
      isWithTool = down.size === 1 && handlers.tool.down(x, y, event);
    }
  });

  stage.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = down.get(event.pointerId);
    if (event.pointerType === "mouse" || before) handlers.point(at.x, at.y, event);
    if (!before) return;
    down.set(event.pointerId, at);
    if (windowFrom) {
      handlers.dragWindow((at.x - windowFrom.x) / stage.clientWidth, (windowFrom.y - at.y) / stage.clientHeight);
    } else if (isWithTool && down.size === 1) {
      handlers.tool.drag(at.x, at.y, event);
    } else if (down.size === 1) {
      handlers.pan(at.x - before.x, at.y - before.y);
    } else if (down.size === 2) {
      pinch(event.pointerId, before, at);
    }
  });

  /**
   * @param {number} moved
   * @param {{x: number, y: number}} before
   * @param {{x: number, y: number}} at
   */
  function pinch(moved, before, at) {
    const other = [...down].find(([id]) => id !== moved)?.[1];
    if (!other) return;
    const spread = (/** @type {{x: number, y: number}} */ point) => hypot(point.x - other.x, point.y - other.y);
    handlers.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    handlers.zoom(spread(at) / max(spread(before), 1), (at.x + other.x) / 2, (at.y + other.y) / 2);
  }

  const lift = (/** @type {PointerEvent} */ event) => {
    const { x, y } = place(event);
    if (isWithTool && down.delete(event.pointerId)) handlers.tool.up(x, y, event);
    down.delete(event.pointerId);
    isWithTool = false;
    if (down.size === 0) windowFrom = null;
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("pointerleave", () => handlers.leave());
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener("dblclick", (event) => {
    const { x, y } = place(event);
    handlers.jump(x, y);
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_A_LINE : 1);
      // Browsers send a touchpad's pinch as a wheel event with ctrl and small steps.
      const { x, y } = place(event);
      handlers.zoom(Math.exp(-pixels * ZOOM_A_WHEEL_PIXEL * (event.ctrlKey ? 4 : 1)), x, y);
    },
    { passive: false },
  );
}
