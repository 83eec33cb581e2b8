-- Entries that were taken back. Their rows and files stay.
CREATE TABLE withdrawals (
    entry_id TEXT NOT NULL PRIMARY KEY REFERENCES entries (id),
    at TEXT NOT NULL,
    -- Who took it back, in words that readers may see.
    who TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- Publications that use a benchmark, as readers report them.
CREATE TABLE publications (
    id TEXT NOT NULL PRIMARY KEY,
    benchmark_id TEXT NOT NULL REFERENCES benchmarks (id),
    -- In lower case, from `10.` on.
    doi TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Lists in JSON.
    authors TEXT NOT NULL,
    entry_ids TEXT NOT NULL,
    year BIGINT NOT NULL,
    venue TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    UNIQUE (benchmark_id, doi)
);

-- What readers want the operator to know.
CREATE TABLE feedback (
    id TEXT NOT NULL PRIMARY KEY,
    -- The benchmark that it is about; an empty text where it is about the site.
    benchmark_id TEXT NOT NULL,
    -- Where an answer may go; an empty text where none is wanted.
    reply_to TEXT NOT NULL,
    message TEXT NOT NULL,
    sent_at TEXT NOT NULL
);
