-- Rate limits of a site on engines, which all of its servers share. Without a row, nothing is
-- used up.
CREATE TABLE rate_limits (
    -- Limit and number of the counter.
    counter TEXT NOT NULL PRIMARY KEY,
    -- Time at which all is refilled (theoretical arrival time of GCRA), in ms since 1970.
    full_at BIGINT NOT NULL
);
CREATE INDEX rate_limits_full_at ON rate_limits (full_at);

-- The oldest program that works with the tables after a migration, by the last version that it
-- knows. None: only programs that know the migration.
ALTER TABLE schema_migrations ADD COLUMN oldest_beside BIGINT;
