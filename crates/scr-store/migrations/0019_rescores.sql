-- Re-scores of published entries that workers do: a job for each shard of an entry's images, and
-- one that merges them. The rows of an entry go when its new result is there.
CREATE TABLE rescore_jobs (
    -- `ENTRY.IofN`, or `ENTRY.merge`.
    id TEXT NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL REFERENCES entries (id),
    -- From 1; 0 for the merge.
    shard BIGINT NOT NULL,
    -- Number of shards.
    shards BIGINT NOT NULL,
    -- Version of the evaluator that the workers must have.
    evaluator_version TEXT NOT NULL,
    -- Scores of the shard, JSON; NULL before.
    part TEXT,
    -- As in `jobs`.
    attempts BIGINT NOT NULL,
    worker TEXT NOT NULL,
    leased_until TEXT NOT NULL,
    created_at TEXT NOT NULL,
    images_done BIGINT NOT NULL DEFAULT 0,
    images_total BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX rescore_jobs_by_entry ON rescore_jobs (entry_id, shard);
CREATE INDEX rescore_jobs_by_turn ON rescore_jobs (created_at, entry_id, shard);
