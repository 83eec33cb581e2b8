// Bundles the viewer's modules into static/viewer/: node bundle.mjs [--check]
//
// The bundles are kept in the repository, so that a build needs neither Node.js nor esbuild. The first
// line of each holds the digest of all sources, which a Rust test compares. `--check` writes nothing
// and fails if a bundle differs from a fresh one.
//
// Properties of our own objects get short names, the same in all bundles, since workers and pages send
// each other objects. A name stays as it is if the browser knows it, if the sources have it as a text, or
// if it is one of `data-` attributes or of JSON.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "terser";

/** Modules that pages or workers load; each becomes a bundle of its name. */
const ENTRIES = ["main.js", "decode_worker.js"];
const MAX_BYTES = 60_000;
/** Names in answers of the site; those with an underscore are taken as such anyway. */
const JSON_NAMES = ["attributes", "columns", "decimals", "entries", "fold", "images", "measure", "object", "pictures", "reference", "scores"];
/** Names that the browser or a text has too, but that we use for our own objects only. */
const OWN_NAMES = [
  "changed", "frame", "greys", "layers", "levels", "linked", "maxValue", "neighbour", "outlines", "overlays", "pane", "panes",
  "picture", "pointer", "redraw", "setWindow", "shapes", "shown", "structures",
];

const here = new URL("./", import.meta.url);
const out = new URL("../static/viewer/", here);
const sources = readdirSync(here).filter((name) => name.endsWith(".js")).sort();
const digest = createHash("sha256");
for (const name of sources) digest.update(`${name}\0`).update(readFileSync(new URL(name, here))).update("\0");
const banner = `/* Bundled from crates/scr-web/viewer by \`just viewer\`; sources sha256:${digest.digest("hex")} */`;

const text = sources.map((name) => readFileSync(new URL(name, here), "utf8")).join("\n");
const texts = [/["'`]([\w$]+)["'`]/g, /dataset\??\.(\w+)/g, /\b(\w+_\w+)\b/g].flatMap((pattern) => [...text.matchAll(pattern)].map((found) => found[1]));
/** Names that objects get from `dataset` by their parts. */
const parts = [...text.matchAll(/\{([^{}]*)\} = [\w.]+\.dataset\b/g)].flatMap((found) => found[1].match(/\w+/g) ?? []);
/** Names that the browser knows, from the declarations of TypeScript. */
const packages = new URL("node_modules/@typescript/", here);
const libraries = new URL(`${readdirSync(packages).find((name) => name.startsWith("typescript-"))}/lib/`, packages);
const known = ["lib.dom.d.ts", "lib.es5.d.ts"].flatMap((name) => [...readFileSync(new URL(name, libraries), "utf8").matchAll(/^ +(?:readonly )?(\w+)\??[:(<]/gm)].map((found) => found[1]));
const [nameCache, ownCache] = [{}, {}];

/** @type {Map<string, string>} code by bundle, own properties short */
const short = new Map();
for (const name of ENTRIES) {
  const { outputFiles } = await build({
    entryPoints: [new URL(name, here).pathname],
    bundle: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", write: false,
  });
  const { code } = await minify(outputFiles[0].text, {
    module: true, ecma: 2020, nameCache,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
    mangle: { properties: { reserved: [...known, ...texts, ...parts, ...JSON_NAMES] } },
  });
  short.set(name, code);
}

let total = 0;
let failed = false;
for (const [name, shortened] of short) {
  const { code } = await minify(shortened, {
    module: true, ecma: 2020, nameCache: ownCache, compress: false,
    // No name of the first round twice.
    mangle: { properties: { builtins: true, regex: new RegExp(`^(${OWN_NAMES.join("|")})$`), reserved: Object.values(nameCache.props.props) } },
    format: { preamble: banner },
  });
  const contents = Buffer.from(`${code}\n`);
  total += contents.length;
  const path = new URL(name, out);
  if (!process.argv.includes("--check")) writeFileSync(path, contents);
  else if (!readFileSync(path).equals(contents)) {
    console.error(`${name} differs from its sources: run just viewer`);
    failed = true;
  }
}
console.error(`${total} bytes of at most ${MAX_BYTES}`);
process.exitCode = failed || total > MAX_BYTES ? 1 : 0;
