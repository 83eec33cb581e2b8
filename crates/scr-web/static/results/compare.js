// Brush on the plot of a comparison: filters the strip of images below it.
//
// The plot is an SVG with a link for each image, from the server. The script adds the brush and
// builds strip items of the chosen links; without it the strip has the largest differences.

/** Most images in the strip. */
const MAX_SHOWN = 120;
/** Pixels of the drawing that a key moves the brush by. */
const STEP = 12;

/** @typedef {{ x: number, y: number, width: number, height: number }} Rectangle */

const plot = /** @type {SVGSVGElement | null} */ (document.querySelector(".scatter-plot"));
const strip = document.getElementById("strip");
const said = document.getElementById("brush-status");
if (plot && strip && said) start(plot, strip, said);

export {};

/** @param {SVGSVGElement} svg @param {HTMLElement} list @param {HTMLElement} said */
function start(svg, list, said) {
  const points = /** @type {NodeListOf<SVGAElement>} */ (svg.querySelectorAll("a.point"));
  const drawn = new Map([...list.children].map((item) => [item.getAttribute("data-image") ?? "", item]));
  const [before, words] = [[...list.children], said.textContent];
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  shape.classList.add("brush");
  shape.setAttribute("visibility", "hidden");
  svg.append(shape);
  document.getElementById("brush-help")?.removeAttribute("hidden");
  svg.tabIndex = 0;
  svg.setAttribute("aria-describedby", "brush-help");
  const [, , width, height] = (svg.getAttribute("viewBox") ?? "0 0 1 1").split(" ").map(Number);

  /** @type {Rectangle | null} */
  let brush = null;
  /** Corner where a drag began. @type {{ x: number, y: number } | null} */
  let corner = null;
  /** True after a drag, whose click opens no image. */
  let wasDragged = false;

  /** @param {Rectangle | null} next */
  function set(next) {
    brush = next;
    shape.setAttribute("visibility", next ? "visible" : "hidden");
    if (next) for (const [name, value] of Object.entries(next)) shape.setAttribute(name, value.toFixed(1));
    /** @type {SVGAElement[]} */
    const chosen = [];
    for (const point of points) {
      const isIn = next !== null && holds(next, Number(point.dataset.x), Number(point.dataset.y));
      point.classList.toggle("outside", next !== null && !isIn);
      // The largest differences are drawn last, on top.
      if (isIn) chosen.unshift(point);
    }
    list.replaceChildren(...(next ? chosen.slice(0, MAX_SHOWN).map((point) => drawn.get(point.dataset.image ?? "") ?? item(point, list)) : before));
    const more = chosen.length > MAX_SHOWN ? `, the ${MAX_SHOWN} with the largest differences shown` : "";
    said.textContent = next ? `${chosen.length} of ${points.length} images chosen${more}.` : words;
  }

  /** @param {PointerEvent} event */
  function place(event) {
    const matrix = svg.getScreenCTM();
    if (!matrix) return { x: 0, y: 0 };
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return { x: clamp(x, width), y: clamp(y, height) };
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    corner = place(event);
    wasDragged = false;
  });
  svg.addEventListener("pointermove", (event) => {
    if (!corner) return;
    const { x, y } = place(event);
    if (!wasDragged && Math.hypot(x - corner.x, y - corner.y) < 4) return;
    if (!wasDragged) svg.setPointerCapture(event.pointerId);
    wasDragged = true;
    set({ x: Math.min(x, corner.x), y: Math.min(y, corner.y), width: Math.abs(x - corner.x), height: Math.abs(y - corner.y) });
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (corner = null));
  svg.addEventListener("click", (event) => {
    if (wasDragged) event.preventDefault();
    else if (brush && !(/** @type {Element} */ (event.target).closest("a"))) set(null);
    wasDragged = false;
  }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && brush) return set(null);
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = step;
    if (!brush) set({ x: width / 2 - 60, y: height / 2 - 60, width: 120, height: 120 });
    else if (event.shiftKey) set({ ...brush, width: Math.max(STEP, brush.width + x * STEP), height: Math.max(STEP, brush.height + y * STEP) });
    else set({ ...brush, x: clamp(brush.x + x * STEP, width - brush.width), y: clamp(brush.y + y * STEP, height - brush.height) });
  });
}

/** A strip item of an image without outlines. @param {SVGAElement} point @param {HTMLElement} list */
function item(point, list) {
  const image = point.dataset.image ?? "";
  const link = document.createElement("a");
  link.href = point.href.baseVal;
  link.className = "thumbnail";
  if (list.dataset.before !== undefined) {
    const picture = document.createElement("img");
    picture.src = `${list.dataset.before}${encodeURIComponent(image)}${list.dataset.after}`;
    picture.alt = "";
    picture.loading = "lazy";
    link.append(picture);
  }
  const name = document.createElement("span");
  name.className = "thumbnail-name";
  name.textContent = image;
  const values = document.createElement("small");
  values.textContent = point.dataset.words ?? "";
  link.append(name, " ", values);
  const entry = document.createElement("li");
  entry.append(link);
  return entry;
}

/** @param {Rectangle} brush @param {number} x @param {number} y */
function holds(brush, x, y) {
  return x >= brush.x && x <= brush.x + brush.width && y >= brush.y && y <= brush.y + brush.height;
}

/** @param {number} value @param {number} largest */
function clamp(value, largest) {
  return Math.min(Math.max(value, 0), largest);
}
