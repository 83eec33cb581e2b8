-- The record: a hash-chained log of all that changes what is public. Results become rows
-- of their own, one a version; what is published is only ever added to, and triggers
-- refuse everything else.

CREATE TABLE record (
    number BIGINT NOT NULL PRIMARY KEY,
    -- JSON, whose `previous` is the digest of the line before.
    line TEXT NOT NULL,
    -- `sha256:` and the SHA-256 of the line's bytes.
    digest TEXT NOT NULL
);

-- Lists of files with their SHA-256, by the digest of the list.
CREATE TABLE manifests (
    digest TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
);

-- Files of an entry as the record commits to them.
CREATE TABLE entry_files (
    entry_id TEXT NOT NULL PRIMARY KEY,
    -- Digest of a manifest.
    files_digest TEXT NOT NULL,
    -- Digest of the masks' pixels, the same for every file format.
    pixels_digest TEXT NOT NULL
);

CREATE INDEX entry_files_by_pixels ON entry_files (pixels_digest);

CREATE TABLE results (
    entry_id TEXT NOT NULL,
    -- Counted from 1; the last is the present one.
    version BIGINT NOT NULL,
    scored_at TEXT NOT NULL,
    -- Random; the commitment in the record tells nothing of the scores without it.
    nonce TEXT NOT NULL,
    -- The result without its images, which tables of many entries do without.
    summary TEXT NOT NULL,
    -- By far the largest, hence last: SQLite reads past it to get at what follows.
    images TEXT NOT NULL,
    PRIMARY KEY (entry_id, version)
);

INSERT INTO results (entry_id, version, scored_at, nonce, summary, images)
    SELECT entry_id, ROW_NUMBER() OVER (PARTITION BY entry_id ORDER BY replaced_at), scored_at,
        lower(hex(randomblob(16))), summary, images
    FROM entry_results;

INSERT INTO results (entry_id, version, scored_at, nonce, summary, images)
    SELECT id,
        1 + (SELECT COUNT(*) FROM entry_results WHERE entry_id = id),
        COALESCE((SELECT MAX(replaced_at) FROM entry_results WHERE entry_id = id), published_at),
        lower(hex(randomblob(16))), summary, images
    FROM entries;

DROP TABLE entry_results;

-- `entries` without results; withdrawals refer to it and are made anew with it.
CREATE TABLE entries_without_results (
    id TEXT NOT NULL PRIMARY KEY,
    benchmark_id TEXT NOT NULL REFERENCES benchmarks (id),
    published_at TEXT NOT NULL,
    role TEXT NOT NULL,
    card TEXT NOT NULL,
    -- Structures with a posterior in every image, a list in JSON.
    posteriors TEXT NOT NULL
);

INSERT INTO entries_without_results (id, benchmark_id, published_at, role, card, posteriors)
    SELECT id, benchmark_id, published_at, role, card, posteriors FROM entries;

CREATE TABLE withdrawals_before (entry_id TEXT, at TEXT, who TEXT, reason TEXT);
INSERT INTO withdrawals_before SELECT entry_id, at, who, reason FROM withdrawals;
DROP TABLE withdrawals;
DROP TABLE entries;
ALTER TABLE entries_without_results RENAME TO entries;
CREATE INDEX entries_by_benchmark ON entries (benchmark_id, published_at, id);

CREATE TABLE withdrawals (
    entry_id TEXT NOT NULL PRIMARY KEY REFERENCES entries (id),
    at TEXT NOT NULL,
    -- Who withdrew it, in words that readers may see.
    who TEXT NOT NULL,
    reason TEXT NOT NULL
);

INSERT INTO withdrawals (entry_id, at, who, reason)
    SELECT entry_id, at, who, reason FROM withdrawals_before;
DROP TABLE withdrawals_before;

-- A row that is there cannot be replaced, changed or deleted. `REPLACE` deletes without
-- firing triggers on deletion, hence the triggers on insertion.

CREATE TRIGGER entries_only_grow BEFORE INSERT ON entries
    WHEN EXISTS (SELECT 1 FROM entries WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'an entry has this identifier'); END;
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'a published entry never changes'); END;
CREATE TRIGGER entries_are_kept BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'a published entry is never deleted'); END;

CREATE TRIGGER entry_files_only_grow BEFORE INSERT ON entry_files
    WHEN EXISTS (SELECT 1 FROM entry_files WHERE entry_id = NEW.entry_id)
    BEGIN SELECT RAISE(ABORT, 'the files of the entry are known'); END;
CREATE TRIGGER entry_files_never_change BEFORE UPDATE ON entry_files
    BEGIN SELECT RAISE(ABORT, 'the files of an entry never change'); END;
CREATE TRIGGER entry_files_are_kept BEFORE DELETE ON entry_files
    BEGIN SELECT RAISE(ABORT, 'the files of an entry are never deleted'); END;

CREATE TRIGGER results_only_grow BEFORE INSERT ON results
    WHEN NEW.version <> (SELECT COUNT(*) + 1 FROM results WHERE entry_id = NEW.entry_id)
    BEGIN SELECT RAISE(ABORT, 'a result is a new version, the next one'); END;
CREATE TRIGGER results_never_change BEFORE UPDATE ON results
    BEGIN SELECT RAISE(ABORT, 'a published result never changes'); END;
CREATE TRIGGER results_are_kept BEFORE DELETE ON results
    BEGIN SELECT RAISE(ABORT, 'a published result is never deleted'); END;

CREATE TRIGGER withdrawals_only_grow BEFORE INSERT ON withdrawals
    WHEN EXISTS (SELECT 1 FROM withdrawals WHERE entry_id = NEW.entry_id)
    BEGIN SELECT RAISE(ABORT, 'the entry is withdrawn already'); END;
CREATE TRIGGER withdrawals_never_change BEFORE UPDATE ON withdrawals
    BEGIN SELECT RAISE(ABORT, 'a withdrawal never changes'); END;
CREATE TRIGGER withdrawals_are_kept BEFORE DELETE ON withdrawals
    BEGIN SELECT RAISE(ABORT, 'a withdrawal is never deleted'); END;

CREATE TRIGGER record_only_grows BEFORE INSERT ON record
    WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM record)
    BEGIN SELECT RAISE(ABORT, 'the record grows at its end only'); END;
CREATE TRIGGER record_never_changes BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'the record never changes'); END;
CREATE TRIGGER record_is_kept BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'the record is never deleted'); END;

CREATE TRIGGER manifests_only_grow BEFORE INSERT ON manifests
    WHEN EXISTS (SELECT 1 FROM manifests WHERE digest = NEW.digest)
    BEGIN SELECT RAISE(ABORT, 'the manifest is there already'); END;
CREATE TRIGGER manifests_never_change BEFORE UPDATE ON manifests
    BEGIN SELECT RAISE(ABORT, 'a manifest never changes'); END;
CREATE TRIGGER manifests_are_kept BEFORE DELETE ON manifests
    BEGIN SELECT RAISE(ABORT, 'a manifest is never deleted'); END;

CREATE TRIGGER submission_log_only_grows BEFORE INSERT ON submission_log
    WHEN NEW.number <> (SELECT COUNT(*) + 1 FROM submission_log
        WHERE submission_id = NEW.submission_id)
    BEGIN SELECT RAISE(ABORT, 'a log grows at its end only'); END;
CREATE TRIGGER submission_log_never_changes BEFORE UPDATE ON submission_log
    BEGIN SELECT RAISE(ABORT, 'a log never changes'); END;
CREATE TRIGGER submission_log_is_kept BEFORE DELETE ON submission_log
    BEGIN SELECT RAISE(ABORT, 'a log is never deleted'); END;

-- What a benchmark is scored against never changes; how it is described may.
CREATE TRIGGER benchmarks_keep_their_digest BEFORE UPDATE ON benchmarks
    WHEN NEW.id <> OLD.id OR NEW.digest <> OLD.digest OR NEW.published_at <> OLD.published_at
    BEGIN SELECT RAISE(ABORT, 'a published benchmark keeps its digest'); END;
CREATE TRIGGER benchmarks_are_kept BEFORE DELETE ON benchmarks
    BEGIN SELECT RAISE(ABORT, 'a published benchmark is never deleted'); END;
