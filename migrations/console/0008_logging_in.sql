-- What logging in needs besides the record of its attempts, and what is kept for those whose session ended while they
-- typed.

-- IPv6 addresses are throttled by their /64, which is what one customer of a provider has; the record keeps the whole.
ALTER TABLE audit_console.login_attempt ADD COLUMN address_block text;
COMMENT ON COLUMN audit_console.login_attempt.address_block IS
    'what failures are counted by: an IPv4 address, or the /64 of an IPv6 one; NULL before it was kept';
DROP INDEX audit_console.login_attempt_address;
CREATE INDEX login_attempt_block
    ON audit_console.login_attempt (coalesce(address_block, address), attempted_at DESC);
-- Who has logged in from where, read every few seconds while people log in.
CREATE INDEX login_attempt_succeeded ON audit_console.login_attempt (attempted_at DESC) WHERE succeeded;

-- Attempts that have begun and not ended, of every copy of the console: they count as failures until they have ended.
-- No part of the record; what a copy that died left here does not count for long.
CREATE UNLOGGED TABLE audit_console.login_under_way (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    begun_at timestamptz NOT NULL DEFAULT now(),
    email text NOT NULL,
    address_block text NOT NULL
);

-- What forms are sealed with; every copy of the console reads the same. The generator behind gen_random_uuid() is
-- PostgreSQL's strong one: 244 random bits.
CREATE TABLE audit_console.seal_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);
INSERT INTO audit_console.seal_key (key)
    SELECT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');

-- Forms that were typed before a session ended, for the session that came after it. Encrypted with the cookie's value,
-- which is not in the database.
CREATE TABLE audit_console.form_draft (
    token_hash bytea NOT NULL REFERENCES audit_console.session ON DELETE CASCADE,
    form text NOT NULL,
    sealed bytea NOT NULL CHECK (octet_length(sealed) <= 131072),
    kept_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token_hash, form)
);
CREATE INDEX form_draft_kept_at ON audit_console.form_draft (kept_at);
