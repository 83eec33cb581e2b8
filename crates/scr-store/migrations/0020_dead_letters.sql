-- Dead letters: jobs of submissions that used up their attempts, for the operator. A row goes with
-- the next change of its submission's state.
CREATE TABLE dead_letters (
    submission_id TEXT NOT NULL PRIMARY KEY REFERENCES submissions (id),
    kind TEXT NOT NULL,
    -- State of the submission before, to which a retry returns.
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Last error that a worker reported.
    error TEXT NOT NULL,
    failed_at TEXT NOT NULL
);

-- Last error that a worker reported; empty before.
ALTER TABLE jobs ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE rescore_jobs ADD COLUMN error TEXT NOT NULL DEFAULT '';
