// Pointer gestures on the stage (mouse, pen, touch), translated into commands.
//
// Coordinates are CSS pixels of the stage. Keys are keys.js's.

/**
 * @typedef {Object} Wishes
 * @property {(factor: number, x: number, y: number) => void} zoom
 * @property {(right: number, down: number) => void} pan
 * @property {(right: number, up: number) => void} dragWindow  shares of the stage's size, since the drag began
 * @property {() => void} beginWindow
 * @property {(x: number, y: number) => void} point  the pointer is over here
 * @property {() => void} leave                      and now it is gone
 * @property {(x: number, y: number) => void} jump   a double click
 */

/** A wheel's notch sends about 100; a notch then zooms by a quarter. */
const ZOOM_A_WHEEL_PIXEL = Math.log(1.25) / 100;
const PIXELS_A_LINE = 33;

/**
 * @param {HTMLElement} stage
 * @param {Wishes} wishes
 */
export function listenToPointers(stage, wishes) {
  /** @type {Map<number, {x: number, y: number}>} pointers that are down */
  const down = new Map();
  /** @type {{x: number, y: number} | null} where a window drag began */
  let windowFrom = null;

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
      wishes.beginWindow();
    }
  });

  stage.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = down.get(event.pointerId);
    if (event.pointerType === "mouse" || before) wishes.point(at.x, at.y);
    if (!before) return;
    down.set(event.pointerId, at);
    if (windowFrom) {
      wishes.dragWindow((at.x - windowFrom.x) / stage.clientWidth, (windowFrom.y - at.y) / stage.clientHeight);
    } else if (down.size === 1) {
      wishes.pan(at.x - before.x, at.y - before.y);
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
    const spread = (/** @type {{x: number, y: number}} */ point) => Math.hypot(point.x - other.x, point.y - other.y);
    wishes.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    wishes.zoom(spread(at) / Math.max(spread(before), 1), (at.x + other.x) / 2, (at.y + other.y) / 2);
  }

  const lift = (/** @type {PointerEvent} */ event) => {
    down.delete(event.pointerId);
    if (down.size === 0) windowFrom = null;
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("pointerleave", () => wishes.leave());
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener("dblclick", (event) => {
    const { x, y } = place(event);
    wishes.jump(x, y);
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_A_LINE : 1);
      // A touchpad's pinch comes as a wheel with ctrl and small steps.
      const { x, y } = place(event);
      wishes.zoom(Math.exp(-pixels * ZOOM_A_WHEEL_PIXEL * (event.ctrlKey ? 4 : 1)), x, y);
    },
    { passive: false },
  );
}
