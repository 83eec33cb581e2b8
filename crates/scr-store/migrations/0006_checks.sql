-- What is known of a submission before it is scored, and before a curator looks.

-- Whether scoring follows on a good check without a question: 1, or 0.
ALTER TABLE submissions ADD COLUMN confirmed BIGINT NOT NULL DEFAULT 0;
-- The file as its submitter has it, to be known again; NULL where nobody said.
ALTER TABLE submissions ADD COLUMN file TEXT;
-- What a good check found odd; NULL before it.
ALTER TABLE submissions ADD COLUMN suspicions TEXT;
-- What scoring found beside the scores; NULL before it.
ALTER TABLE submissions ADD COLUMN findings TEXT;
-- The entry that it corrects; NULL for most.
ALTER TABLE submissions ADD COLUMN supersedes TEXT;

-- How far a worker is, in images.
ALTER TABLE jobs ADD COLUMN images_done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN images_total BIGINT NOT NULL DEFAULT 0;
