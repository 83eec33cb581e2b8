// Page of an image: its elements and the facts on the image in them.
//
// The page of another image has the same elements; its addresses are relative to its own.

/** Element of the page by its id. */
export const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/**
 * New element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [className]
 * @param {string} [textContent]
 */
export function make(tag, className = "", textContent = "") {
  return Object.assign(document.createElement(tag), { className, textContent });
}

/** Shows a button as pressed or not. */
export function press(/** @type {HTMLElement} */ button, /** @type {boolean} */ is) {
  button.setAttribute("aria-pressed", String(is));
}

/**
 * @typedef {Object} ImageFacts
 * @property {string} id
 * @property {{width: number, height: number}} frame  the masks' size in pixels
 * @property {number | null} spacingMm                mm a mask pixel
 * @property {string} href                            of the radiograph; "" if it is not shown
 * @property {Map<string, string>} outlines           address of the outlines by key of the layer
 * @property {Document} page
 */

/** Attributes with addresses. */
const ADDRESSES = ["href", "src", "data-image-href", "data-outlines-href"];

/**
 * Facts of the image of a page.
 *
 * @param {Document} page
 * @param {string} address  of the page
 * @returns {ImageFacts}
 */
export function imageOf(page, address) {
  const figure = page.getElementById("viewer");
  if (!figure) throw new Error(`there is no image at ${address}`);
  if (page !== document) makeAbsolute(page, address);
  const { image = "", width, height, spacingMm, imageHref = "" } = figure.dataset;
  const boxes = [...page.querySelectorAll("[data-outlines-href]")].map((box) => /** @type {HTMLInputElement} */ (box));
  return {
    id: image,
    frame: { width: Number(width), height: Number(height) },
    spacingMm: Number(spacingMm) || null,
    href: imageHref,
    outlines: new Map(boxes.map((box) => [`${box.name}:${box.value}`, box.dataset.outlinesHref ?? ""])),
    page,
  };
}

function makeAbsolute(/** @type {Document} */ page, /** @type {string} */ address) {
  for (const name of ADDRESSES) {
    for (const part of page.querySelectorAll(`[${name}]`)) {
      const link = part.getAttribute(name) ?? "";
      if (!link.startsWith("#")) part.setAttribute(name, new URL(link, address).href);
    }
  }
}

/** Puts the parts of another image's page into this one. The focus stays: a link keeps its element. */
export function adoptParts(/** @type {Document} */ page) {
  document.title = page.title;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-part]"))) {
    const other = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (part.tagName === "A") {
      const href = other?.getAttribute("href");
      if (href) part.setAttribute("href", href);
      else part.removeAttribute("href");
    } else part.replaceChildren(...(other?.childNodes ?? []));
  }
}
