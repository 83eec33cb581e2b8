// Arithmetic of the strip: a list of which only the visible part is in the page, and the
// histogram that filters it. Knows no page.

/**
 * Positions in the page: from `first` up to and without `end`.
 *
 * @param {number} scrolled  px
 * @param {number} shown     px
 * @param {number} size      px of one case
 * @param {number} count
 * @param {number} around    cases beyond either edge
 */
export function visibleRange(scrolled, shown, size, count, around) {
  const first = Math.max(0, Math.min(count, Math.floor(scrolled / size)) - around);
  return { first, end: Math.min(count, Math.ceil((scrolled + shown) / size) + around) };
}

/**
 * Scroll position at which a case is whole in sight: as it is if it is, in the middle if it is far.
 *
 * @param {number} scrolled  px
 * @param {number} shown     px
 * @param {number} size      px of one case
 * @param {number} position
 */
export function scrollTo(scrolled, shown, size, position) {
  const start = position * size;
  if (start >= scrolled && start + size <= scrolled + shown) return scrolled;
  const isNear = start > scrolled - 2 * size && start < scrolled + shown + size;
  if (!isNear) return Math.max(0, start - (shown - size) / 2);
  return start < scrolled ? start : start + size - shown;
}

/**
 * Histogram: counts of finite values in equal parts of their range.
 *
 * @param {Iterable<number | null | undefined>} values
 * @param {number} n
 */
export function histogram(values, n) {
  const finite = [...values].filter((value) => Number.isFinite(value)).map(Number);
  const counts = new Array(n).fill(0);
  if (finite.length === 0) return { low: 0, high: 0, counts };
  let [low, high] = [finite[0], finite[0]];
  for (const value of finite) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  for (const value of finite) counts[Math.min(n - 1, Math.floor(((value - low) / (high - low || 1)) * n))]++;
  return { low, high, counts };
}

/**
 * Value of the option `score`: rounded outwards, open where an end is not limited; "" for all.
 *
 * @param {{low: number, high: number}} all
 * @param {number} from      share of the range, 0 to 1
 * @param {number} to        the same
 * @param {number} decimals
 */
export function writeRange({ low, high }, from, to, decimals) {
  const [start, end] = from < to ? [from, to] : [to, from];
  const scale = 10 ** (decimals + 1);
  const at = (/** @type {number} */ share) => (low + share * (high - low)) * scale;
  const least = start > 0 ? String(Math.floor(at(start)) / scale) : "";
  const greatest = end < 1 ? String(Math.ceil(at(end)) / scale) : "";
  return least || greatest ? `${least}..${greatest}` : "";
}
