// Tests of static/submit/upload.js: node --test tests/submit/*.test.mjs

import assert from "node:assert/strict";
import test from "node:test";

import { api, Gate, CHUNK_BYTES, Refused, send } from "../../crates/scr-web/static/submit/upload.js";

const SIZE = 2 * CHUNK_BYTES + 5;
const blob = new Blob([Uint8Array.from({ length: SIZE }, (_, i) => i % 251)]);
const wait = async () => {};

/** Server that stores chunks; `fail` can refuse or break a request. */
function desk({ have = 0, fail = () => {} } = {}) {
  const kept = { bytes: new Uint8Array(SIZE), received: have, state: "receiving", requests: [] };
  kept.bytes.set(Uint8Array.from({ length: have }, (_, i) => i % 251));
  const ask = async (path, options = {}) => {
    kept.requests.push(`${options.method ?? "GET"} ${path}`);
    const refusal = fail(path, options, kept);
    if (refusal) return refusal;
    if (path.includes("/file?offset=")) {
      const offset = Number(path.split("=")[1]);
      const chunk = new Uint8Array(await options.body.arrayBuffer());
      assert.equal(offset, kept.received, "a chunk follows on what is here");
      assert.ok(chunk.length <= CHUNK_BYTES);
      kept.bytes.set(chunk, offset);
      kept.received += chunk.length;
    }
    if (path.endsWith("/complete")) kept.state = "received";
    return Response.json({ state: kept.state, received_bytes: kept.received });
  };
  return { kept, server: api(ask) };
}

async function sent(server, more = {}) {
  const seen = [];
  const broken = [];
  await send({
    server, id: "s", blob, gate: new Gate(), wait,
    onReceived: (bytes) => seen.push(bytes), onRetry: (message) => broken.push(message), ...more,
  });
  return { seen, broken };
}

test("all chunks arrive in order, and the file is said to be whole", async () => {
  const { kept, server } = desk();
  const { seen } = await sent(server);
  assert.deepEqual(seen, [0, CHUNK_BYTES, 2 * CHUNK_BYTES, SIZE]);
  assert.deepEqual(kept.bytes, new Uint8Array(await blob.arrayBuffer()));
  assert.equal(kept.state, "received");
});

test("an upload goes on where the server has it", async () => {
  const { kept, server } = desk({ have: CHUNK_BYTES + 3 });
  const { seen } = await sent(server);
  assert.equal(seen[0], CHUNK_BYTES + 3);
  assert.deepEqual(kept.bytes, new Uint8Array(await blob.arrayBuffer()));
});

test("a broken connection and a server that is away cost a chunk at most", async () => {
  let n = 0;
  const fail = (path) => {
    n += 1;
    if (n % 3 === 1) throw new TypeError("Failed to fetch");
    return n % 5 === 0 ? Response.json({ error: { message: "away" } }, { status: 502 }) : undefined;
  };
  const { kept, server } = desk({ fail });
  const { broken } = await sent(server);
  assert.ok(broken.length > 2, broken);
  assert.deepEqual(kept.bytes, new Uint8Array(await blob.arrayBuffer()));
  assert.equal(kept.state, "received");
});

test("a chunk that arrived though its answer did not is not sent again", async () => {
  let isFirst = true;
  const fail = (path, options, kept) => {
    if (!path.includes("/file") || !isFirst) return;
    isFirst = false;
    kept.bytes.set(Uint8Array.from({ length: CHUNK_BYTES }, (_, i) => i % 251));
    kept.received = CHUNK_BYTES;
    throw new TypeError("Failed to fetch");
  };
  const { kept, server } = desk({ fail });
  await sent(server);
  assert.deepEqual(kept.bytes, new Uint8Array(await blob.arrayBuffer()));
});

test("a refusal ends the upload with what is wrong", async () => {
  const fields = [{ field: "card.name", message: "needed" }];
  const fail = (path) => path.includes("/file") && Response.json({ error: { message: "no", fields } }, { status: 422 });
  const { server } = desk({ fail });
  await assert.rejects(sent(server), (error) => error instanceof Refused && error.fields[0].field === "card.name");
});

test("a closed gate holds the next chunk until it opens", async () => {
  const { kept, server } = desk();
  const gate = new Gate();
  gate.close();
  const done = sent(server, { gate });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(kept.received, 0);
  gate.open();
  await done;
  assert.equal(kept.received, SIZE);
});
