-- Written documents are JSON in TEXT; times are RFC 3339 in UTC, with three
-- decimals, so that they sort as text.

CREATE TABLE benchmarks (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    published_at TEXT NOT NULL
);

CREATE TABLE entries (
    id TEXT NOT NULL PRIMARY KEY,
    benchmark_id TEXT NOT NULL REFERENCES benchmarks (id),
    published_at TEXT NOT NULL,
    role TEXT NOT NULL,
    card TEXT NOT NULL,
    -- The result without its images, which tables of many entries do without.
    summary TEXT NOT NULL,
    -- By far the largest, hence last: SQLite reads past it to get at what follows.
    images TEXT NOT NULL
);

CREATE INDEX entries_by_benchmark ON entries (benchmark_id, published_at, id);

-- Who is writing a benchmark's files at the moment: one digest at a time.
CREATE TABLE publishing (
    benchmark_id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    renewed_at TEXT NOT NULL
);
