-- Expiry of tokens. Tokens from before this column do not expire.
ALTER TABLE tokens ADD COLUMN expires_at TEXT;
