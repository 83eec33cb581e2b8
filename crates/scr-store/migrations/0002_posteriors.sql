-- Which structures an entry has posteriors of, as a list in JSON; what was
-- published before has none. The table is made anew, so that `images` stays last.

CREATE TABLE entries_with_posteriors (
    id TEXT NOT NULL PRIMARY KEY,
    benchmark_id TEXT NOT NULL REFERENCES benchmarks (id),
    published_at TEXT NOT NULL,
    role TEXT NOT NULL,
    card TEXT NOT NULL,
    -- The result without its images, which tables of many entries do without.
    summary TEXT NOT NULL,
    posteriors TEXT NOT NULL,
    -- By far the largest, hence last: SQLite reads past it to get at what follows.
    images TEXT NOT NULL
);

INSERT INTO entries_with_posteriors
    (id, benchmark_id, published_at, role, card, summary, posteriors, images)
    SELECT id, benchmark_id, published_at, role, card, summary, '[]', images FROM entries;

DROP TABLE entries;

ALTER TABLE entries_with_posteriors RENAME TO entries;

CREATE INDEX entries_by_benchmark ON entries (benchmark_id, published_at, id);
