-- Reviews of kill-switch episodes. Entries are only ever added: a correction is a further entry.

CREATE TABLE audit_console.kill_switch_review (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The id of the activating event in the engine's audit_log, which may be in another database.
    episode_id uuid NOT NULL,
    number integer NOT NULL CHECK (number >= 1),
    key uuid NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    reviewer_kind text NOT NULL CHECK (reviewer_kind IN ('engine', 'console')),
    reviewer_id uuid NOT NULL,
    reviewer_email text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('justified', 'false_alarm', 'failed_to_stop', 'drill')),
    cause text NOT NULL CHECK (char_length(cause) <= 500),
    action text NOT NULL CHECK (char_length(action) <= 500),
    note text NOT NULL CHECK (char_length(note) BETWEEN 10 AND 5000),
    known_rejections bigint NOT NULL,
    known_approvals bigint NOT NULL,
    known_orders bigint NOT NULL,
    CONSTRAINT kill_switch_review_number UNIQUE (episode_id, number),
    CONSTRAINT kill_switch_review_key UNIQUE (key)
);
COMMENT ON COLUMN audit_console.kill_switch_review.number IS
    'place among the episode''s entries: who writes number n has seen all before it';
COMMENT ON COLUMN audit_console.kill_switch_review.key IS
    'made with the form: the same form sent twice is written once';
COMMENT ON COLUMN audit_console.kill_switch_review.known_rejections IS
    'what was known to have happened inside the episode when this was signed; so the next two';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_console.kill_switch_review
    FOR EACH ROW EXECUTE FUNCTION audit_console.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_console.kill_switch_review
    FOR EACH STATEMENT EXECUTE FUNCTION audit_console.refuse_change();

-- The console's role owns its tables, and an owner has every right until it is taken away.
REVOKE UPDATE, DELETE, TRUNCATE
    ON audit_console.kill_switch_review, audit_console.role_change, audit_console.login_attempt
    FROM PUBLIC, CURRENT_USER;
