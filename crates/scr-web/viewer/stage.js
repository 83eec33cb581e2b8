// Canvases off the screen.

/**
 * Canvas off the screen with its context.
 *
 * @param {{width: number, height: number}} size  pixels
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @throws {Error} if the browser has no memory for it
 */
export function offscreen({ width, height }, settings) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error(`the browser gives no canvas of ${width} × ${height} pixels`);
  return { canvas, context };
}
