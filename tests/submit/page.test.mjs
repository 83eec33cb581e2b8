// Tests that the submission scripts and the pages' templates agree.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const web = new URL("../../crates/scr-web/", import.meta.url);
const read = (path) => readFileSync(new URL(path, web), "utf8");
const scripts = readdirSync(new URL("static/submit/", web)).map((name) => ({ name, text: read(`static/submit/${name}`) }));
const parts = read("templates/submit/fields.html");
const pages = { form: read("templates/submit/form.html") + parts, submission: read("templates/submissions/submission.html") + parts };
const found = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
const script = (name) => scripts.find((one) => one.name === name).text;

/** Modules that a module loads, with itself. */
function loaded(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of found(script(name), /from "\.\/([^"]+)"/g)) loaded(next, seen);
  return seen;
}

const ROOTS = { "form.js": "form", "resume.js": "submission", "watch.js": "submission" };

test("every element that a script looks up by its id is on the page that loads it", () => {
  for (const [root, page] of Object.entries(ROOTS)) {
    assert.match(pages[page], new RegExp(`/static/submit/${root}`), root);
    const ids = new Set(found(pages[page], /\bid="([^"]+)"/g));
    for (const name of loaded(root)) {
      for (const id of found(script(name), /\b(?:byId|getElementById)\("([^"]+)"\)/g)) {
        assert.ok(ids.has(id), `${name} looks for #${id} on the page ${page}`);
      }
    }
  }
});

test("every module is loaded by a page", () => {
  const all = new Set(Object.keys(ROOTS).flatMap((root) => [...loaded(root)]));
  assert.deepEqual(scripts.map(({ name }) => name).filter((name) => !all.has(name)), []);
});

test("the form has every field that the script sends", () => {
  for (const name of found(script("form.js"), /\b(?:text|data\.has)\("([^"]+)"\)/g)) {
    assert.match(pages.form, new RegExp(`\\bname="${name}"`), name);
  }
});

test("the pages need no inline style or script and no other site", () => {
  for (const [name, text] of [...Object.entries(pages), ...scripts.map(({ name, text }) => [name, text])]) {
    assert.doesNotMatch(text, /\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc="\/static\/)|innerHTML|eval\(|https?:\/\//, name);
  }
});
