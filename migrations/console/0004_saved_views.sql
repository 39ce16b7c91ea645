-- Saved views: a person's own names for queries of a list. They are notes of their own and no part of the
-- record: their owner renames and deletes them.

CREATE TABLE audit_console.saved_view (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_kind text NOT NULL CHECK (owner_kind IN ('engine', 'console')),
    owner_id uuid NOT NULL,
    view text NOT NULL CHECK (view IN ('trades', 'signals', 'events', 'kill-switch', 'findings')),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    query text NOT NULL CHECK (octet_length(query) <= 16384),
    saved_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_view_name UNIQUE (owner_kind, owner_id, view, name)
);
COMMENT ON COLUMN audit_console.saved_view.query IS
    'the list''s query string as its filter prints it; who opens the view reads it by the same filter';
