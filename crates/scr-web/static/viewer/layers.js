// Layers: the outlines of an observer or an entry, one path a structure.
//
// The list of layers and structures is the page's own form: a checked box is a
// shown layer. Outlines are fetched when a layer is first needed. Colours and
// dashes are viewer.css's. Draws nothing.

/** The outlines of one observer or entry. */
export class Layer {
  /** @param {HTMLInputElement} box  its check box */
  constructor(box) {
    this.box = box;
    this.id = box.value;
    /** `observers` or `entries` */
    this.kind = box.name;
    this.name = box.dataset.name ?? this.id;
    this.href = box.dataset.outlinesHref ?? "";
    const style = getComputedStyle(box.closest("li") ?? box);
    this.colour = style.getPropertyValue("--layer-colour").trim() || "white";
    /** In CSS pixels on the screen; empty for a solid line. */
    this.dash = style.getPropertyValue("--layer-dash").split(/[\s,]+/).map(Number).filter((length) => length > 0);
    /** @type {Map<string, Path2D> | null} structure to path, once fetched */
    this.paths = null;
    /** Side of the blocks in which outlines are drawn; 1 where they are exact. */
    this.blockPx = 1;
    /** @type {Promise<void> | null} */
    this.#loading = null;
  }

  #loading;

  get isShown() {
    return this.box.checked;
  }

  /** Whether it is known to have drawn nothing, or not this image. */
  get isEmpty() {
    return this.paths?.size === 0;
  }

  /** Fetches the outlines unless they are there; a failed fetch may be tried again. */
  load() {
    this.#loading ??= fetchPaths(this.href)
      .then(({ paths, blockPx }) => void ((this.paths = paths), (this.blockPx = blockPx)))
      .catch((cause) => {
        this.#loading = null;
        throw new Error(`the outlines of ${this.name} could not be fetched`, { cause });
      });
    return this.#loading;
  }
}

/** All layers and structures that the form lists. */
export class Layers {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    /** @type {Layer[]} */
    this.all = boxes(form, "#viewer-layers").map((box) => new Layer(box));
    this.#structures = boxes(form, "#viewer-structures");
    /** The observer whose masks are scored against. */
    this.reference = this.all.find((layer) => layer.kind === "observers") ?? null;
    /** Whether outlines are drawn at all: off for a look at the bare image. */
    this.areVisible = true;
  }

  #structures;

  get shown() {
    return this.all.filter((layer) => layer.isShown);
  }

  /** Ids of the structures shown, in the form's order. */
  get structures() {
    return this.#structures.filter((box) => box.checked).map((box) => box.value);
  }

  /** Ids of all structures. */
  get allStructures() {
    return this.#structures.map((box) => box.value);
  }

  /** Checks the boxes that an address names; of a kind that it does not name, none is changed. */
  choose(/** @type {Partial<import("./address.js").Shown>} */ asked) {
    for (const box of [...this.all.map((layer) => layer.box), ...this.#structures]) {
      const chosen = asked[/** @type {"entries" | "observers" | "structures"} */ (box.name)];
      if (chosen) box.checked = chosen.includes(box.value);
    }
  }

  get showsAllStructures() {
    return this.#structures.every((box) => box.checked);
  }

  /** Name for people of a structure. */
  structureName(/** @type {string} */ id) {
    return this.#structures.find((box) => box.value === id)?.dataset.name ?? id;
  }

  /** @returns {string[]} ids of the shown layers of a kind */
  idsShown(/** @type {string} */ kind) {
    return this.shown.filter((layer) => layer.kind === kind).map((layer) => layer.id);
  }

}

/** @returns {HTMLInputElement[]} */
function boxes(/** @type {HTMLFormElement} */ form, /** @type {string} */ list) {
  return [...form.querySelectorAll(`${list} input[type=checkbox]`)].map((box) => /** @type {HTMLInputElement} */ (box));
}

/** @returns {Promise<{paths: Map<string, Path2D>, blockPx: number}>} */
async function fetchPaths(/** @type {string} */ href) {
  // A copy of the site as files gives no address where there are none.
  if (!href) return { paths: new Map(), blockPx: 1 };
  const response = await fetch(href);
  // An entry may cover one fold only: no outlines are no failure.
  if (response.status === 404) return { paths: new Map(), blockPx: 1 };
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { structures, blocks_px: blocks = {} } = await response.json();
  const paths = new Map(Object.entries(structures).map(([id, outlines]) => [id, pathOf(outlines)]));
  return { paths, blockPx: Math.max(1, ...Object.values(blocks)) };
}

/** @param {number[][]} outlines  closed polygons, `[x0, y0, x1, y1, ...]` each */
function pathOf(outlines) {
  const path = new Path2D();
  for (const corners of outlines) {
    for (let i = 0; i + 1 < corners.length; i += 2) {
      if (i === 0) path.moveTo(corners[0], corners[1]);
      else path.lineTo(corners[i], corners[i + 1]);
    }
    path.closePath();
  }
  return path;
}
