// Layers: the outlines of an observer or an entry, one path a structure.
//
// The page's form lists layers and structures; a checked box is a shown layer. A layer
// fetches its outlines on first use. viewer.css has colours and dashes. Draws nothing.

/** Outlines of one observer or entry. */
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
    /** Dash pattern in CSS pixels; empty for a solid line. */
    this.dash = style.getPropertyValue("--layer-dash").split(/[\s,]+/).map(Number).filter((length) => length > 0);
    /** @type {Map<string, Path2D> | null} structure to path, once fetched */
    this.paths = null;
    /** Side of the blocks that the outlines follow; 1 for exact outlines. */
    this.blockPx = 1;
    this.#loading = null;
  }

  /** @type {Promise<void> | null} */
  #loading;

  get isShown() {
    return this.box.checked;
  }

  /** True for loaded outlines without any path. */
  get isEmpty() {
    return this.paths?.size === 0;
  }

  /** Fetches the outlines once; a failed fetch can be retried. */
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

/** Layers and structures of the form. */
export class Layers {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    /** @type {Layer[]} */
    this.all = boxes(form, "#viewer-layers").map((box) => new Layer(box));
    this.#structures = boxes(form, "#viewer-structures");
    /** Observer of the reference. */
    this.reference = this.all.find((layer) => layer.kind === "observers") ?? null;
    /** False to hide all outlines. */
    this.areVisible = true;
  }

  #structures;

  get shown() {
    return this.all.filter((layer) => layer.isShown);
  }

  /** Ids of the shown structures, in the form's order. */
  get structures() {
    return this.#structures.filter((box) => box.checked).map((box) => box.value);
  }

  /** Ids of all structures. */
  get allStructures() {
    return this.#structures.map((box) => box.value);
  }

  /** Checks the boxes that an address names. Kinds that it does not name stay unchanged. */
  choose(/** @type {Partial<import("./address.js").Shown>} */ asked) {
    for (const box of [...this.all.map((layer) => layer.box), ...this.#structures]) {
      const chosen = asked[/** @type {"entries" | "observers" | "structures"} */ (box.name)];
      if (chosen) box.checked = chosen.includes(box.value);
    }
  }

  get showsAllStructures() {
    return this.#structures.every((box) => box.checked);
  }

  /** Name of a structure. */
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
  // An exported site has no address for missing outlines.
  if (!href) return { paths: new Map(), blockPx: 1 };
  const response = await fetch(href);
  // An entry may cover one fold only, so missing outlines are no failure.
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
