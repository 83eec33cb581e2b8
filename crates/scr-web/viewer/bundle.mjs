// Bundles the viewer's modules into static/: node bundle.mjs [--check]
//
// The bundles are kept in the repository, so that a build needs neither Node.js nor esbuild. The first
// line of each holds the digest of all sources, which a Rust test compares. `--check` writes nothing
// and fails if a bundle differs from a fresh one.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/** Modules that pages, workers or other bundles load, and the bundle of each below `static/`. */
const BUNDLES = {
  "main.js": "viewer/main.js",
  "decode_worker.js": "viewer/decode_worker.js",
  "analysis.js": "analysis/main.js",
};
/** Largest sum in a folder: what a picture waits for, and what follows it. */
const MAX_BYTES = { viewer: 60_000, analysis: 32_000 };

const here = new URL("./", import.meta.url);
const out = new URL("../static/", here);
const sources = readdirSync(here).filter((name) => name.endsWith(".js")).sort();
const digest = createHash("sha256");
for (const name of sources) digest.update(`${name}\0`).update(readFileSync(new URL(name, here))).update("\0");
const banner = `/* Bundled from crates/scr-web/viewer by \`just viewer\`; sources sha256:${digest.digest("hex")} */`;

const totals = { viewer: 0, analysis: 0 };
let failed = false;
for (const [source, bundle] of Object.entries(BUNDLES)) {
  const { outputFiles } = await build({
    entryPoints: [new URL(source, here).pathname],
    bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none",
    banner: { js: banner }, write: false,
  });
  const [{ contents }] = outputFiles;
  const path = new URL(bundle, out);
  totals[bundle.split("/")[0]] += contents.length;
  if (!process.argv.includes("--check")) {
    mkdirSync(new URL("./", path), { recursive: true });
    writeFileSync(path, contents);
  } else if (!readFileSync(path).equals(contents)) {
    console.error(`static/${bundle} differs from its sources: run just viewer`);
    failed = true;
  }
}
for (const [folder, bytes] of Object.entries(totals)) {
  console.error(`${folder}: ${bytes} bytes of at most ${MAX_BYTES[folder]}`);
  failed ||= bytes > MAX_BYTES[folder];
}
process.exitCode = failed ? 1 : 0;
