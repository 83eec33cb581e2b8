// Loads the page again when the files of `scr view` have changed, and says how the view is.

const own = document.querySelector('meta[name="view-version"]')?.getAttribute("content");
const line = document.getElementById("view-status");

/** @param {string} text  empty: nothing to say */
function say(text) {
  if (!line) return;
  line.hidden = text === "";
  if (line.textContent !== text) line.textContent = text;
}

async function look() {
  try {
    const answer = await fetch("/view/state");
    const { version, status } = await answer.json();
    if (String(version) !== own) {
      location.reload();
      return;
    }
    say(status);
  } catch {
    say("scr view has ended: this page no longer follows the files.");
  }
  setTimeout(look, 1000);
}

void look();
