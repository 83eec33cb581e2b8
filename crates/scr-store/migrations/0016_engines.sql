-- A site on engines: a database server and a bucket in place of a data folder. On a data
-- folder these tables stay empty.

-- The site to which database and bucket belong; the bucket has the same identifier.
CREATE TABLE engines (
    -- One row.
    number BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
    site TEXT NOT NULL,
    -- `new` until the bucket has the identifier, `whole`, or `moving` while another site is
    -- being copied here.
    state TEXT NOT NULL
);

-- Upload chunks, each an object that never changes.
CREATE TABLE upload_chunks (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    -- Key of the object; random, so that a chunk that breaks off is in nobody's way.
    object TEXT NOT NULL,
    -- SHA-256 in hexadecimal digits.
    sha256 TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (submission_id, begins_at)
);

-- Folders of benchmarks that were added for scoring: a list of files by the digest of the list.
-- The files are objects by their SHA-256.
CREATE TABLE sources (
    benchmark_id TEXT NOT NULL PRIMARY KEY REFERENCES benchmarks (id),
    -- Digest of a manifest.
    files_digest TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
