-- Who is signed in with a browser.

CREATE TABLE sessions (
    -- SHA-256 of the secret in the cookie; the secret itself is kept nowhere.
    digest TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- What the browser calls itself, for its owner to tell sessions apart.
    agent TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id, seen_at, digest);
