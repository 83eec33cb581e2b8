-- Folders of files that are being written, before the row that refers to them: garbage
-- collection leaves them. One row a writer, which ends with the writer's last transaction.
CREATE TABLE file_claims (
    -- Random.
    id TEXT NOT NULL PRIMARY KEY,
    -- `benchmarks/ID`, `entries/ID` or `sources`.
    folder TEXT NOT NULL,
    renewed_at TEXT NOT NULL
);
CREATE INDEX file_claims_by_folder ON file_claims (folder);
