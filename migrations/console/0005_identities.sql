-- Who was who: accounts of kill-switch actors as they were when their events were first seen, and accounts
-- that belong to one person. Both are only ever added to.

CREATE TABLE audit_console.episode_identity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    -- The ids of the activating event and of the actor's event in the engine's audit_log.
    episode_id uuid NOT NULL,
    event_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('engine', 'console')),
    subject_id uuid NOT NULL,
    email text,
    CONSTRAINT episode_identity_subject UNIQUE (event_id, subject_kind, subject_id)
);
COMMENT ON TABLE audit_console.episode_identity IS
    'the actor''s own account, and every account that had the same e-mail when the event was first seen';
COMMENT ON COLUMN audit_console.episode_identity.email IS
    'of the account at that time; NULL: the engine''s table of users did not hold it';
CREATE INDEX episode_identity_episode ON audit_console.episode_identity (episode_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_console.episode_identity
    FOR EACH ROW EXECUTE FUNCTION audit_console.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_console.episode_identity
    FOR EACH STATEMENT EXECUTE FUNCTION audit_console.refuse_change();

-- Links between accounts of one person; the latest row of a pair is in force. The lesser of the two, by
-- kind and id, stands first, so that a pair has one spelling.
CREATE TABLE audit_console.account_link (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT now(),
    one_kind text NOT NULL CHECK (one_kind IN ('engine', 'console')),
    one_id uuid NOT NULL,
    one_email text NOT NULL,
    other_kind text NOT NULL CHECK (other_kind IN ('engine', 'console')),
    other_id uuid NOT NULL,
    other_email text NOT NULL,
    linked boolean NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT account_link_order CHECK ((one_kind, one_id) < (other_kind, other_id))
);
COMMENT ON COLUMN audit_console.account_link.linked IS 'false: the link was ended';
CREATE INDEX account_link_pair ON audit_console.account_link (one_kind, one_id, other_kind, other_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_console.account_link
    FOR EACH ROW EXECUTE FUNCTION audit_console.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_console.account_link
    FOR EACH STATEMENT EXECUTE FUNCTION audit_console.refuse_change();

-- In a trial one role owns the tables, and an owner has every right until it is taken away.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_console.episode_identity, audit_console.account_link
    FROM PUBLIC, CURRENT_USER;
