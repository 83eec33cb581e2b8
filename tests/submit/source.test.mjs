// Upload sources: folders as zip files, and upload fingerprints.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { crc32 } from "../../crates/scr-web/static/submit/crc32.js";
import { fingerprintOf, ofFolder, mismatch } from "../../crates/scr-web/static/submit/source.js";

const text = (words) => new Blob([words]);
const bytes = async (blob) => new Uint8Array(await blob.arrayBuffer());
const folder = [
  { path: "masks/heart/ü.png", file: text("b") },
  { path: "masks/heart/a.png", file: text("aaa") },
  { path: "masks/.DS_Store", file: text("x") },
  { path: "masks/empty.txt", file: text("") },
];

test("the checksum is the one of the standard, also piece by piece", () => {
  const check = new TextEncoder().encode("123456789");
  assert.equal(crc32(check), 0xcbf43926);
  assert.equal(crc32(check.slice(4), crc32(check.slice(0, 4))), 0xcbf43926);
});

test("a folder becomes a zip file that another program reads, without its own name and hidden files", async () => {
  const { name, blob } = await ofFolder(folder);
  assert.equal(name, "masks.zip");
  const place = mkdtempSync(join(tmpdir(), "zip-"));
  try {
    writeFileSync(join(place, "masks.zip"), await bytes(blob));
    const program = "import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; " +
      "print(json.dumps({i.filename: z.read(i).decode() for i in z.infolist()}))";
    const read = JSON.parse(execFileSync("python3", ["-c", program, join(place, "masks.zip")], { encoding: "utf8" }));
    assert.deepEqual(read, { "empty.txt": "", "heart/a.png": "aaa", "heart/ü.png": "b" });
  } finally {
    rmSync(place, { recursive: true });
  }
});

test("the same folder is the same file, in whatever order its files come", async () => {
  const [one, two] = await Promise.all([ofFolder(folder), ofFolder([...folder].reverse())]);
  assert.deepEqual(await bytes(one.blob), await bytes(two.blob));
});

test("a folder without a file is refused", async () => {
  await assert.rejects(ofFolder([]), /no file/);
  await assert.rejects(ofFolder([folder[2]]), /no file/);
});

test("a file is known again by its size and its beginning, and its name may differ", async () => {
  const source = { name: "a.zip", blob: text("0123") };
  const known = { ...(await fingerprintOf(source)), size: 4 };
  assert.match(known.beginning, /^crc32:[0-9a-f]{8}$/);
  assert.equal(await mismatch(known, { ...source, name: "b.zip" }), null);
  assert.match(await mismatch(known, { name: "a.zip", blob: text("01234") }), /4 bytes, found 5/);
  assert.match(await mismatch(known, { name: "a.zip", blob: text("0124") }), /different content/);
});
