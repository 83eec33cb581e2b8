CREATE TABLE submissions (
    id TEXT NOT NULL PRIMARY KEY,
    benchmark_id TEXT NOT NULL REFERENCES benchmarks (id),
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    card TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- What the check found wrong, a list; NULL before it.
    problems TEXT,
    -- The result with its images; NULL before scoring.
    result TEXT,
    -- The curator's words when it was returned; NULL else.
    message TEXT,
    -- The entry that came of it; NULL before it is published.
    entry_id TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE INDEX submissions_by_user ON submissions (user_id, created_at, id);
CREATE INDEX submissions_by_state ON submissions (state, updated_at, id);

-- Every change of state, only ever added to.
CREATE TABLE submission_log (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    number BIGINT NOT NULL,
    at TEXT NOT NULL,
    -- A user's id, or the name of the worker.
    actor TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (submission_id, number)
);

-- Work to be done on a submission, at most one piece at a time.
CREATE TABLE jobs (
    submission_id TEXT NOT NULL PRIMARY KEY REFERENCES submissions (id),
    kind TEXT NOT NULL,
    -- How often it was begun, also where that killed the process.
    attempts BIGINT NOT NULL,
    worker TEXT NOT NULL,
    -- Until when it is the worker's; an empty text where it is nobody's.
    leased_until TEXT NOT NULL,
    created_at TEXT NOT NULL
);
