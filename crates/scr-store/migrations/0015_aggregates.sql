-- Aggregates of the entries that tables list, as the site may show them: derived from
-- `entries` and `results` by the filter of hidden values, and made again when a result or a
-- setting changes. Tables of results order, rank and page by them.

-- Entries that are not withdrawn.
CREATE TABLE listed_entries (
    -- In the order in which entries were listed first.
    number BIGINT NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL UNIQUE,
    benchmark_id TEXT NOT NULL,
    role TEXT NOT NULL,
    published_at TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Name, authors and identifier in lower case, for the search.
    words TEXT NOT NULL,
    -- Entry that it corrects.
    corrects TEXT,
    -- Version of the result, and digest of the filter, behind the aggregates.
    version BIGINT NOT NULL,
    filter TEXT NOT NULL,
    -- The result without summaries and images, JSON.
    head TEXT NOT NULL
);
CREATE INDEX listed_by_publication ON listed_entries (benchmark_id, published_at, entry_id);
CREATE INDEX listed_by_role ON listed_entries (benchmark_id, role, published_at, entry_id);
CREATE INDEX listed_by_correction
    ON listed_entries (corrects, benchmark_id, published_at, entry_id);

-- Number of listed entries by role.
CREATE TABLE listed_counts (
    benchmark_id TEXT NOT NULL,
    role TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (benchmark_id, role)
);

-- Columns of tables: a measure of an object in a fold, under one filter.
CREATE TABLE aggregate_columns (
    -- In the order in which measures appeared first.
    number BIGINT NOT NULL PRIMARY KEY,
    benchmark_id TEXT NOT NULL,
    filter TEXT NOT NULL,
    -- An empty text for all images.
    fold TEXT NOT NULL,
    -- An empty text for whole images.
    object TEXT NOT NULL,
    -- An empty text for the column that has every entry with any measure of the object.
    measure TEXT NOT NULL,
    -- Number of entries in the column; of submissions among them; of those with counts of
    -- images; of those with undefined values.
    n_listed BIGINT NOT NULL,
    n_submissions BIGINT NOT NULL,
    n_with_counts BIGINT NOT NULL,
    n_with_undefined BIGINT NOT NULL,
    UNIQUE (benchmark_id, filter, fold, object, measure)
);

-- One row an entry and column, on the precision that the site may show.
CREATE TABLE aggregates (
    entry_number BIGINT NOT NULL,
    column_number BIGINT NOT NULL,
    -- 1 for observers and baselines, 0 for submissions.
    is_reference BIGINT NOT NULL,
    -- Undefined values that count in the order; the largest number without a mean.
    n_behind BIGINT NOT NULL,
    -- The mean with the sign by which smaller is better; 0 without a mean.
    badness DOUBLE PRECISION NOT NULL,
    -- Name in lower case.
    sort_name TEXT NOT NULL,
    mean DOUBLE PRECISION,
    sd DOUBLE PRECISION,
    minimum DOUBLE PRECISION,
    q1 DOUBLE PRECISION,
    median DOUBLE PRECISION,
    q3 DOUBLE PRECISION,
    maximum DOUBLE PRECISION,
    ci95_low DOUBLE PRECISION,
    ci95_high DOUBLE PRECISION,
    n BIGINT,
    n_undefined BIGINT,
    PRIMARY KEY (entry_number, column_number)
);
-- All that orders and ranks need, so that they read no row of the table.
CREATE INDEX aggregates_by_standing
    ON aggregates (column_number, n_behind, badness, sort_name, entry_number, is_reference);
CREATE INDEX aggregates_of_references
    ON aggregates (column_number, n_behind, badness, sort_name, entry_number)
    WHERE is_reference = 1;

CREATE INDEX submissions_by_entry ON submissions (entry_id);
