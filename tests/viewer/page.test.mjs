// Tests that the viewer's scripts, its style sheet and the page's template agree:
// node --test tests/viewer/*.test.mjs

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const web = new URL("../../crates/scr-web/", import.meta.url);
const read = (path) => readFileSync(new URL(path, web), "utf8");
const template = read("templates/browse.html") + read("templates/strip.html");
const style = read("static/viewer/viewer.css");
const scripts = readdirSync(new URL("viewer/", web))
  .filter((name) => name.endsWith(".js"))
  .map((name) => ({ name, text: read(`viewer/${name}`) }));
const found = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

test("every element that a script looks up by its id is in the template", () => {
  const ids = new Set(found(template, /\bid="([^"]+)"/g));
  for (const { name, text } of scripts) {
    for (const id of found(text, /\b(?:byId|part)\("([^"]+)"\)/g)) assert.ok(ids.has(id), `${name} looks for #${id}`);
  }
});

test("every id in the template is there once", () => {
  const ids = found(template, /\bid="([^"]+)"/g);
  assert.deepEqual(ids, [...new Set(ids)]);
});

test("every module that is imported is there, and none is left over", () => {
  const names = new Set(scripts.map(({ name }) => name));
  const imported = new Set(scripts.flatMap(({ text }) => found(text, /from "\.\/([^"]+)"/g)));
  for (const name of imported) assert.ok(names.has(name), name);
  assert.deepEqual([...names].filter((name) => !imported.has(name)), ["analysis.js", "decode_worker.js", "main.js"]);
});

test("the style sheet has as many colours and dashes as the template counts to", () => {
  const numbered = (text, pattern) => new Set(found(text, pattern).map(Number));
  const counts = (name) => numbered(template, new RegExp(`${name}-\\{\\{ \\w+\\.index % (\\d+) \\}\\}`, "g"));
  const rules = (name) => numbered(style, new RegExp(`^\\.${name}-(\\d+) \\{`, "gm")).size;
  for (const name of ["colour", "dash"]) assert.deepEqual([...counts(name)], [rules(name)], name);
});

test("the page needs no inline style or script and no other site", () => {
  assert.doesNotMatch(template, /\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc="\/static\/)/);
  for (const { name, text } of [...scripts, { name: "template", text: template }, { name: "style", text: style }]) {
    assert.doesNotMatch(text, /https?:\/\/|eval\(|innerHTML/, name);
  }
});
