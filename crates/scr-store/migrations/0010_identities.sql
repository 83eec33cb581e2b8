-- Who people are at identity providers, such as ORCID.

CREATE TABLE identities (
    -- The provider's own address, and its identifier of the person.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    connected_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identities_by_user ON identities (user_id, connected_at);

-- Shown by a browser, and of no account yet: its owner is being asked.
CREATE TABLE shown_identities (
    -- SHA-256 of a secret that the browser keeps.
    digest TEXT NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    ends_at TEXT NOT NULL
);
