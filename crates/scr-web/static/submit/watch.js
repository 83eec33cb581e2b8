// Submission page while a job runs: shows its progress, and reloads when the state changes.

const part = /** @type {HTMLElement} */ (document.getElementById("watch"));
const bar = /** @type {HTMLProgressElement} */ (document.getElementById("watch-progress"));
const words = /** @type {HTMLElement} */ (document.getElementById("watch-status"));
const { id, state: shown } = part.dataset;

const events = new EventSource(`/api/v1/submissions/${id}/events`);
events.addEventListener("message", (event) => {
  const { state, done, total } = JSON.parse(event.data);
  if (state !== shown) {
    events.close();
    location.reload();
  } else if (total > 0) {
    bar.value = done / total;
    words.textContent = `${done} of ${total} images`;
  }
});
