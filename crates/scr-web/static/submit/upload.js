// Sends a file piece by piece, from where the server has it to its end.
//
// Knows no page. A broken connection is taken up again; the server says from where.

/** Bytes of a piece; the server takes 8 MiB at most. */
export const PIECE_BYTES = 4 << 20;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Whom the server refuses; `fields` says what is wrong with which. */
export class Refused extends Error {
  /** @param {string} message @param {{ field: string, message: string }[]} fields */
  constructor(message, fields = []) {
    super(message);
    this.fields = fields;
  }
}

/** Lets an upload through, or holds it. */
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

  /** Done when the gate is open. */
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
    // What a proxy says while the server is away passes, as a broken connection does.
    if (answer.status >= 500) throw new TypeError(message);
    throw new Refused(message, fields);
  };
  const json = (/** @type {unknown} */ body) => ({
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return {
    begin: (/** @type {string} */ benchmark, /** @type {unknown} */ beginning) =>
      call(`benchmarks/${encodeURIComponent(benchmark)}/submissions`, json(beginning)),
    status: (/** @type {string} */ id) => call(`submissions/${id}`),
    piece: (/** @type {string} */ id, /** @type {number} */ offset, /** @type {Blob} */ body) =>
      call(`submissions/${id}/file?offset=${offset}`, {
        method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body,
      }),
    complete: (/** @type {string} */ id) => call(`submissions/${id}/complete`, { method: "POST" }),
  };
}

/**
 * Sends all that the server lacks, and says that the file is whole.
 *
 * @param {Object} upload
 * @param {ReturnType<typeof api>} upload.server
 * @param {string} upload.id           the submission
 * @param {Blob} upload.blob
 * @param {Gate} upload.gate
 * @param {(received: number) => void} upload.onReceived
 * @param {(message: string) => void} upload.onBroken    the connection broke, and is tried again
 * @param {(ms: number) => Promise<unknown>} [upload.wait]
 */
export async function send({ server, id, blob, gate, onReceived, onBroken, wait = pause }) {
  /** @template T @param {() => Promise<T>} step @returns {Promise<T>} */
  const again = async (step) => {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LONGEST_PAUSE_MS)) {
      try {
        return await step();
      } catch (error) {
        // `fetch` throws a TypeError when there is no connection.
        if (!(error instanceof TypeError)) throw error;
        onBroken(error.message);
        await wait(ms);
      }
    }
  };
  let { received_bytes: received } = await again(() => server.status(id));
  onReceived(received);
  while (received < blob.size) {
    await gate.passed();
    // Asked for anew after a failure: the piece may have arrived, and only its answer not.
    let isFirstTry = true;
    received = await again(async () => {
      if (!isFirstTry) received = (await server.status(id)).received_bytes;
      isFirstTry = false;
      if (received >= blob.size) return received;
      const answer = await server.piece(id, received, blob.slice(received, received + PIECE_BYTES));
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
