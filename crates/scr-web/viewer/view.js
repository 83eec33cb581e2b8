// Viewport: zoom and centre of the visible part of the image.
//
// Arithmetic only, without canvas or events. Image coordinates are pixels of the masks, from
// the upper left corner; screen coordinates are CSS pixels of the stage. Zoom 1 is the whole
// image on any screen, so a linked view shows the same region everywhere.

import { abs, max, min, round } from "./math.js";

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{zoom: number, x: number, y: number}} ViewState  x and y: the image point in the middle */

/** CSS pixels a mask pixel at the strongest zoom. */
const MAX_SCALE = 64;

export class View {
  /**
   * @param {Size} frame       the masks' size in pixels
   * @param {number} sharpness image pixels a mask pixel
   */
  constructor(frame, sharpness = 1) {
    this.frame = frame;
    this.sharpness = sharpness;
    /** @type {Size} */
    this.stage = { width: 1, height: 1 };
    this.pixelRatio = 1;
    this.zoom = 1;
    this.x = frame.width / 2;
    this.y = frame.height / 2;
  }

  /**
   * @param {Size} stage        in CSS pixels
   * @param {number} pixelRatio screen pixels a CSS pixel
   */
  resize(stage, pixelRatio) {
    this.stage = { width: max(1, stage.width), height: max(1, stage.height) };
    this.pixelRatio = pixelRatio;
    this.#settle();
  }

  /** Turns to another image, at the same place of the chest. */
  turnTo(/** @type {Size} */ frame, /** @type {number} */ sharpness) {
    this.x *= frame.width / this.frame.width;
    this.y *= frame.height / this.frame.height;
    [this.frame, this.sharpness] = [frame, sharpness];
    this.#settle();
  }

  /** CSS pixels a mask pixel when the whole image is visible. */
  get fitScale() {
    return min(this.stage.width / this.frame.width, this.stage.height / this.frame.height);
  }

  /** CSS pixels a mask pixel. */
  get scale() {
    return this.fitScale * this.zoom;
  }

  /** Zoom at which an image pixel is a screen pixel. */
  get oneToOneZoom() {
    return this.sharpness / (this.pixelRatio * this.fitScale);
  }

  /** Screen pixels an image pixel, in per cent. */
  get percent() {
    return (100 * this.zoom) / this.oneToOneZoom;
  }

  get percentText() {
    return `${this.percent < 10 ? this.percent.toFixed(1) : round(this.percent)} %`;
  }

  /** True if the whole image is visible as large as possible. */
  get isFit() {
    return abs(this.zoom - 1) < 1e-6;
  }

  /** @returns {ViewState} */
  get state() {
    return { zoom: this.zoom, x: this.x, y: this.y };
  }

  /** @param {ViewState} state */
  set state({ zoom, x, y }) {
    [this.zoom, this.x, this.y] = [zoom, x, y];
    this.#settle();
  }

  /** Shows the whole image. */
  fit() {
    this.state = { zoom: 1, x: this.frame.width / 2, y: this.frame.height / 2 };
  }

  /** Shows one image pixel on one screen pixel. */
  oneToOne() {
    this.zoomBy(this.oneToOneZoom / this.zoom);
  }

  /**
   * Zooms so that the image point under a screen point stays there.
   *
   * @param {number} factor
   * @param {number} [screenX]  the stage's middle by default
   * @param {number} [screenY]
   */
  zoomBy(factor, screenX = this.stage.width / 2, screenY = this.stage.height / 2) {
    const before = this.toImage(screenX, screenY);
    this.zoom = this.#allowed(this.zoom * factor);
    this.x = before.x - (screenX - this.stage.width / 2) / this.scale;
    this.y = before.y - (screenY - this.stage.height / 2) / this.scale;
    this.#settle();
  }

  /**
   * Moves the image on the screen.
   *
   * @param {number} right  CSS pixels
   * @param {number} down   CSS pixels
   */
  panBy(right, down) {
    this.x -= right / this.scale;
    this.y -= down / this.scale;
    this.#settle();
  }

  /**
   * Image point at a screen point.
   *
   * @returns {{x: number, y: number}}
   */
  toImage(/** @type {number} */ screenX, /** @type {number} */ screenY) {
    return {
      x: this.x + (screenX - this.stage.width / 2) / this.scale,
      y: this.y + (screenY - this.stage.height / 2) / this.scale,
    };
  }

  /** Screen point of an image point. */
  toScreen(/** @type {number} */ x, /** @type {number} */ y) {
    return {
      x: (x - this.x) * this.scale + this.stage.width / 2,
      y: (y - this.y) * this.scale + this.stage.height / 2,
    };
  }

  #allowed(/** @type {number} */ zoom) {
    const least = min(1, this.oneToOneZoom);
    const most = max(1, MAX_SCALE / this.fitScale, this.oneToOneZoom);
    return min(max(zoom, least), most);
  }

  /** Limits the zoom, and fills the stage with the image as far as possible. */
  #settle() {
    this.zoom = this.#allowed(this.zoom);
    this.x = centred(this.x, this.frame.width, this.stage.width / this.scale);
    this.y = centred(this.y, this.frame.height, this.stage.height / this.scale);
  }
}

/**
 * @param {number} centre
 * @param {number} length   of the image
 * @param {number} visible  length that fits on the stage
 */
function centred(centre, length, visible) {
  if (visible >= length) return length / 2;
  return min(max(centre, visible / 2), length - visible / 2);
}
