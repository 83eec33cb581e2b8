// Submission form with script: creates the submission through the API and uploads the file
// in chunks. Validation errors appear next to their fields, and the input stays.

import { offerChoice } from "./choice.js";
import { byId, say, upload } from "./panel.js";
import { fingerprintOf } from "./source.js";
import { api, Refused } from "./upload.js";

/** @typedef {import("./source.js").Source} Source */

const form = /** @type {HTMLFormElement} */ (byId("submit"));
const fields = /** @type {HTMLFieldSetElement} */ (byId("fields"));
/** @type {Source | null} */
let source = null;

/** Request that creates the submission. @param {Source} chosen */
function creation(chosen) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
  return {
    card: {
      name: text("name"),
      authors: text("authors").split("\n").map((line) => line.trim()).filter(Boolean),
      description: text("description"),
      reference: text("reference"),
      code: text("code"),
      training: text("training"),
      two_fold_declaration: data.has("two_fold_declaration"),
    },
    corrects: text("corrects") || null,
    model: text("model") || null,
    accept_terms: data.has("accept_terms"),
    size_bytes: chosen.blob.size,
  };
}

/** @param {{ field: string, message: string }[]} errors */
function showErrors(errors) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-field-error]"))) {
    const error = errors.find(({ field }) => field === place.dataset.fieldError);
    place.textContent = error?.message ?? "";
    place.hidden = !error;
  }
  form.querySelector("[data-field-error]:not([hidden])")?.scrollIntoView({ block: "center" });
}

/** @param {unknown} error */
function showFailure(error) {
  fields.disabled = false;
  if (error instanceof Refused && error.fields.length > 0) {
    showErrors(error.fields);
    say("Nothing is submitted yet: correct the marked fields.");
  } else {
    say(`Nothing is submitted yet: ${error instanceof Error ? error.message : error}`);
  }
}

async function submit() {
  const chosen = source ?? { name: "", blob: new Blob() };
  // Read before the fields are disabled.
  const typed = creation(chosen);
  fields.disabled = true;
  const file = await fingerprintOf(chosen);
  const server = api((...request) => fetch(...request));
  const { submission } = await server.begin(form.dataset.benchmark ?? "", { ...typed, file });
  // A reload resumes this upload instead of starting another.
  history.replaceState(null, "", `/submissions/${submission}`);
  byId("upload").scrollIntoView({ block: "nearest" });
  await upload(submission, chosen.blob);
}

form.noValidate = true;
offerChoice((chosen) => {
  source = chosen;
}, showFailure);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  showErrors([]);
  submit().catch(showFailure);
});
