-- What the console keeps: seasons under work, and who is signed in. The same on SQLite and PostgreSQL.

CREATE TABLE drafts (
    draft_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    -- In clear, so that it can be listed.
    display_name TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    change_time BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    expire_time BIGINT,
    -- Grows with each save; a save names the one that it began from.
    revision BIGINT NOT NULL
);

CREATE INDEX drafts_by_change ON drafts (owner, change_time, draft_id);
CREATE INDEX drafts_by_expiry ON drafts (expire_time);

-- The key of each draft, as those of runs are.
CREATE TABLE draft_keys (
    draft_id TEXT NOT NULL PRIMARY KEY REFERENCES drafts (draft_id) ON DELETE CASCADE,
    sealed_by TEXT NOT NULL,
    bytes BYTEA NOT NULL
);

-- Files and decisions: students' data, and sealed.
CREATE TABLE draft_parts (
    draft_id TEXT NOT NULL REFERENCES drafts (draft_id) ON DELETE CASCADE,
    part TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (draft_id, part)
);

-- Who has a draft before them.
CREATE TABLE draft_visits (
    draft_id TEXT NOT NULL REFERENCES drafts (draft_id) ON DELETE CASCADE,
    -- Stands for a session, and tells nothing of it.
    visitor TEXT NOT NULL,
    caller TEXT NOT NULL,
    visit_time BIGINT NOT NULL,
    PRIMARY KEY (draft_id, visitor)
);

-- Browsers that are signed in: digests, of which neither a cookie nor a token can be made.
CREATE TABLE sessions (
    session_hash TEXT NOT NULL PRIMARY KEY,
    -- Sealed by the store's keys, where there are any, so that who writes to the database signs nobody in.
    token_hash BYTEA NOT NULL,
    create_time BIGINT NOT NULL,
    seen_time BIGINT NOT NULL
);

CREATE INDEX sessions_by_age ON sessions (seen_time);
