-- Models in submissions, and the verified runs of their entries.

-- `public` or `private`: the submission has a model, whose file is so; NULL for masks.
ALTER TABLE submissions ADD COLUMN model_access TEXT;
-- Run of the model, JSON: the verified run, and the zip file of its masks beside the upload. NULL
-- before the run, and for masks.
ALTER TABLE submissions ADD COLUMN model_run TEXT;
-- Verified run, JSON; NULL for masks that were submitted.
ALTER TABLE entries ADD COLUMN verified_run TEXT;
CREATE INDEX verified_entries ON entries (id) WHERE verified_run IS NOT NULL;
