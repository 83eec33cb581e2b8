-- Results that an entry had before it was scored again: for good, and in no place
-- that a page reads. Without a foreign key, so that `entries` can be made anew.

CREATE TABLE entry_results (
    entry_id TEXT NOT NULL,
    evaluator_version TEXT NOT NULL,
    scored_at TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    summary TEXT NOT NULL,
    images TEXT NOT NULL,
    PRIMARY KEY (entry_id, replaced_at)
);

-- Who works, and when it was heard of last.
CREATE TABLE workers (
    name TEXT NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    heard_at TEXT NOT NULL
);
