-- Who may use the console: its own accounts, roles, sessions, and the record of log-in attempts.
-- Everything lives in schema audit_console; the engine's tables are never touched.

CREATE FUNCTION audit_console.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Accounts of the console's own, beside the engine's.
CREATE TABLE audit_console.account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL CHECK (email LIKE '%_@_%'),
    password_hash text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_email ON audit_console.account (lower(email));

-- Grants and revocations; the latest row of a subject is in force. Engine subjects are public."user".id,
-- not e-mails: an engine user can change their e-mail, and must not take over somebody's role by it.
CREATE TABLE audit_console.role_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT now(),
    subject_kind text NOT NULL CHECK (subject_kind IN ('engine', 'console')),
    subject_id uuid NOT NULL,
    role text CHECK (role IN ('auditor', 'admin')),
    changed_by text NOT NULL
);
COMMENT ON COLUMN audit_console.role_change.role IS 'NULL: the role was revoked';
CREATE INDEX role_change_subject ON audit_console.role_change (subject_kind, subject_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_console.role_change
    FOR EACH ROW EXECUTE FUNCTION audit_console.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_console.role_change
    FOR EACH STATEMENT EXECUTE FUNCTION audit_console.refuse_change();

-- Sessions. The token itself is only in the person's cookie; here is its SHA-256.
CREATE TABLE audit_console.session (
    token_hash bytea PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('engine', 'console')),
    subject_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_seen_at ON audit_console.session (seen_at);

-- Every attempt to log in, for throttling and for the record.
CREATE TABLE audit_console.login_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    attempted_at timestamptz NOT NULL DEFAULT now(),
    email text NOT NULL,
    address text NOT NULL,
    succeeded boolean NOT NULL
);
CREATE INDEX login_attempt_email ON audit_console.login_attempt (lower(email), attempted_at DESC);
CREATE INDEX login_attempt_address ON audit_console.login_attempt (address, attempted_at DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_console.login_attempt
    FOR EACH ROW EXECUTE FUNCTION audit_console.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_console.login_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION audit_console.refuse_change();
