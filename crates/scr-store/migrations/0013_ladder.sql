-- What the Ladder shows of an account's scores against a hidden reference, one row a
-- scored submission; for good, so that a later setting never shows an earlier score anew.
CREATE TABLE ladders (
    submission_id TEXT NOT NULL PRIMARY KEY REFERENCES submissions (id),
    benchmark_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- Place among the account's scored submissions on the benchmark, from 1.
    number BIGINT NOT NULL,
    -- The values shown from then on, as JSON.
    shown TEXT NOT NULL,
    UNIQUE (benchmark_id, user_id, number)
);
