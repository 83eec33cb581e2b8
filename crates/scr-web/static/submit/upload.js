// Resumable upload: sends a file in chunks, from the offset that the server reports.
//
// Knows no page. After a broken connection it asks the server for the offset and retries.

/** Chunk size in bytes; the server takes at most 8 MiB. */
export const CHUNK_BYTES = 4 << 20;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;

/** Refusal by the server; `fields` lists invalid fields. */
export class Refused extends Error {
  /** @param {string} message @param {{ field: string, message: string }[]} fields */
  constructor(message, fields = []) {
    super(message);
    this.fields = fields;
  }
}

/** Pause switch of an upload. */
export class Gate {
  isClosed = false;
  /** @type {(() => void)[]} */
  #waiting = [];

  close() {
    this.isClosed = true;
  }

  open() {
    this.isClosed = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves once the gate is open. */
  async passed() {
    while (this.isClosed) await new Promise((go) => this.#waiting.push(() => go(undefined)));
  }
}

/**
 * The API of submissions.
 *
 * @param {typeof fetch} ask
 */
export function api(ask) {
  const call = async (/** @type {string} */ path, /** @type {RequestInit} */ options = {}) => {
    const answer = await ask(`/api/v1/${path}`, options);
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) return body;
    const { message = `status ${answer.status}`, fields = [] } = body.error ?? {};
    // A proxy reports an absent server so; retry as after a broken connection.
    if (answer.status >= 500) throw new TypeError(message);
    throw new Refused(message, fields);
  };
  const json = (/** @type {unknown} */ body) => ({
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return {
    begin: (/** @type {string} */ benchmark, /** @type {unknown} */ request) =>
      call(`benchmarks/${encodeURIComponent(benchmark)}/submissions`, json(request)),
    status: (/** @type {string} */ id) => call(`submissions/${id}`),
    chunk: (/** @type {string} */ id, /** @type {number} */ offset, /** @type {Blob} */ body) =>
      call(`submissions/${id}/file?offset=${offset}`, {
        method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body,
      }),
    complete: (/** @type {string} */ id) => call(`submissions/${id}/complete`, { method: "POST" }),
  };
}

/**
 * Uploads the rest of the file, and completes the upload.
 *
 * @param {Object} upload
 * @param {ReturnType<typeof api>} upload.server
 * @param {string} upload.id           the submission
 * @param {Blob} upload.blob
 * @param {Gate} upload.gate
 * @param {(received: number) => void} upload.onReceived
 * @param {(message: string) => void} upload.onRetry     before each retry
 * @param {(ms: number) => Promise<unknown>} [upload.wait]
 */
export async function send({ server, id, blob, gate, onReceived, onRetry, wait = pause }) {
  /** @template T @param {() => Promise<T>} step @returns {Promise<T>} */
  const again = async (step) => {
    for (let ms = FIRST_DELAY_MS; ; ms = Math.min(2 * ms, MAX_DELAY_MS)) {
      try {
        return await step();
      } catch (error) {
        // `fetch` throws a TypeError when there is no connection.
        if (!(error instanceof TypeError)) throw error;
        onRetry(error.message);
        await wait(ms);
      }
    }
  };
  let { received_bytes: received } = await again(() => server.status(id));
  onReceived(received);
  while (received < blob.size) {
    await gate.passed();
    // Asks for the offset after a failure: the chunk may have arrived although the answer was lost.
    let isFirstTry = true;
    received = await again(async () => {
      if (!isFirstTry) received = (await server.status(id)).received_bytes;
      isFirstTry = false;
      if (received >= blob.size) return received;
      const answer = await server.chunk(id, received, blob.slice(received, received + CHUNK_BYTES));
      return answer.received_bytes;
    });
    onReceived(received);
  }
  return again(async () => {
    const { state } = await server.status(id);
    return state === "receiving" ? server.complete(id) : undefined;
  });
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
