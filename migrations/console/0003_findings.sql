-- Findings: what does not add up in the engine's tables, as the rules of domain::finding tell it. They are
-- derived and can be made again at any time; what people write about them is append-only.

CREATE TABLE audit_console.finding (
    -- Made from rule and subject, so that a finding that is found again is the same one.
    id uuid PRIMARY KEY,
    rule text NOT NULL,
    severity text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    "timestamp" timestamptz NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    asset text,
    algorithm_id text,
    algorithm_name text,
    summary text NOT NULL,
    gone_at timestamptz
);
COMMENT ON COLUMN audit_console.finding."timestamp" IS 'of the subject, in the engine''s table';
COMMENT ON COLUMN audit_console.finding.gone_at IS
    'since when it does not hold any more; NULL while it does';
CREATE INDEX finding_time ON audit_console.finding ("timestamp", id) WHERE gone_at IS NULL;
CREATE INDEX finding_rule ON audit_console.finding (rule, "timestamp", id) WHERE gone_at IS NULL;
CREATE INDEX finding_subject ON audit_console.finding (subject_id);

-- How far each rule has got.
CREATE TABLE audit_console.finding_progress (
    rule text PRIMARY KEY,
    checked_to timestamptz NOT NULL,
    checked_at timestamptz NOT NULL
);
COMMENT ON COLUMN audit_console.finding_progress.checked_to IS
    'rows of the engine''s tables up to this time were looked at';

-- Executed decisions whose orders were still open when they were looked at.
CREATE TABLE audit_console.finding_waiting (
    decision_id uuid PRIMARY KEY
);

-- The re-run that is under way, if one is: it goes on where it was interrupted.
CREATE TABLE audit_console.finding_rebuild (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    until timestamptz NOT NULL,
    checked_to timestamptz NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    looked_at bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN audit_console.finding_rebuild.looked_at IS 'rows, so far';

-- What people write about findings.
CREATE TABLE audit_console.finding_note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finding_id uuid NOT NULL,
    number integer NOT NULL CHECK (number >= 1),
    key uuid NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    author_kind text NOT NULL CHECK (author_kind IN ('engine', 'console')),
    author_id uuid NOT NULL,
    author_email text NOT NULL,
    answer text NOT NULL CHECK (answer IN ('acknowledged', 'explained')),
    note text NOT NULL CHECK (char_length(note) BETWEEN 10 AND 5000),
    about text NOT NULL,
    CONSTRAINT finding_note_number UNIQUE (finding_id, number),
    CONSTRAINT finding_note_key UNIQUE (key)
);
COMMENT ON COLUMN audit_console.finding_note.key IS
    'made with the form: the same form sent twice is written once';
COMMENT ON COLUMN audit_console.finding_note.about IS
    'the finding''s summary as its author saw it: a finding that says something else is open again';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_console.finding_note
    FOR EACH ROW EXECUTE FUNCTION audit_console.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_console.finding_note
    FOR EACH STATEMENT EXECUTE FUNCTION audit_console.refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_console.finding_note FROM PUBLIC, CURRENT_USER;
