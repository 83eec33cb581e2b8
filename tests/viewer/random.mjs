// Masks for tests: from text, and pseudo-random ones, equal in each run.

/** Mask of rows of `#` and `.`, as `Mask::from_text` of scr-image reads them. */
export function fromText(text) {
  const rows = text.trim().split(/\s+/);
  const size = { width: rows[0].length, height: rows.length };
  return { size, mask: Uint8Array.from(rows.join(""), (letter) => Number(letter === "#")) };
}

/** Pseudo-random whole numbers below `end`. */
export function randomNumbers(seed) {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % end;
  };
}

/** Masks of discs and noise: with holes, several parts, cut by the border. */
export function randomMask(next, { width, height }) {
  const [x, y, r] = [next(width), next(height), 1 + next(Math.max(width, height))];
  const isNoisy = next(3) === 0;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const isIn = Math.hypot((i % width) - x, Math.floor(i / width) - y) < r;
    return Number(isNoisy ? next(3) === 0 : isIn !== (next(20) === 0));
  });
}
