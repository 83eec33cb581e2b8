-- Whose submission a worker took last, so that accounts take turns.

CREATE TABLE turns (
    user_id TEXT NOT NULL PRIMARY KEY,
    taken_at TEXT NOT NULL
);
