// Bundles the viewer's modules into static/viewer/: node bundle.mjs [--check]
//
// The bundles are kept in the repository, so that a build needs neither Node.js nor esbuild. The first
// line of each holds the digest of all sources, which a Rust test compares. `--check` writes nothing
// and fails if a bundle differs from a fresh one.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/** Modules that pages or workers load; each becomes a bundle of its name. */
const ENTRIES = ["main.js", "decode_worker.js"];
const MAX_BYTES = 60_000;

const here = new URL("./", import.meta.url);
const out = new URL("../static/viewer/", here);
const sources = readdirSync(here).filter((name) => name.endsWith(".js")).sort();
const digest = createHash("sha256");
for (const name of sources) digest.update(`${name}\0`).update(readFileSync(new URL(name, here))).update("\0");
const banner = `/* Bundled from crates/scr-web/viewer by \`just viewer\`; sources sha256:${digest.digest("hex")} */`;

let total = 0;
let failed = false;
for (const name of ENTRIES) {
  const { outputFiles } = await build({
    entryPoints: [new URL(name, here).pathname],
    bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none",
    banner: { js: banner }, write: false,
  });
  const [{ contents }] = outputFiles;
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
