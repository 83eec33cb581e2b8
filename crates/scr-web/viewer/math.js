// Functions of Math by their own names, which the bundler can shorten.

export const { abs, ceil, floor, hypot, max, min, round, sqrt } = Math;
