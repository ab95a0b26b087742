-- The same on SQLite and PostgreSQL. Times are milliseconds since 1970, by the store's own clock.

CREATE TABLE runs (
    run_id TEXT NOT NULL PRIMARY KEY,
    -- What never changes.
    owner TEXT NOT NULL,
    request_id TEXT,
    payload_digest TEXT NOT NULL,
    term TEXT NOT NULL,
    base_run_id TEXT,
    digest TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    solver_version TEXT NOT NULL,
    lottery_seed BIGINT NOT NULL,
    student_count BIGINT NOT NULL,
    project_count BIGINT NOT NULL,
    create_time BIGINT NOT NULL,
    expire_time BIGINT,
    -- How far it has come.
    state TEXT NOT NULL,
    start_time BIGINT,
    end_time BIGINT,
    attempts BIGINT NOT NULL,
    cancelled_by TEXT,
    failure TEXT,
    outcome_status BIGINT,
    placed_count BIGINT,
    progress BYTEA,
    -- Grows with everything that changes.
    revision BIGINT NOT NULL,
    -- Who works on it: each claim has a greater fence, and no write of an older one does anything.
    fence BIGINT NOT NULL,
    worker TEXT,
    lease_until BIGINT,
    -- 1 where the latest claim took the run from a worker whose lease was over.
    taken_over BIGINT NOT NULL,
    -- When it may be taken again after a failed attempt.
    ready_time BIGINT NOT NULL
);

CREATE UNIQUE INDEX runs_by_request ON runs (owner, request_id);
CREATE INDEX runs_by_age ON runs (owner, create_time, run_id);
CREATE INDEX runs_by_state ON runs (state, create_time);
CREATE INDEX runs_by_owner_turn ON runs (owner, start_time);
CREATE INDEX runs_by_term_turn ON runs (owner, term, start_time);
CREATE INDEX runs_by_expiry ON runs (expire_time);

-- The key of each run, which seals its parts, and goes with it.
CREATE TABLE keys (
    run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
    -- The print of the store's key that sealed it; empty where none did.
    sealed_by TEXT NOT NULL,
    bytes BYTEA NOT NULL
);

-- What was asked, what was changed, and the outcome: the only place with students' data, and sealed.
CREATE TABLE parts (
    run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    part TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (run_id, part)
);

-- Who decided something before rules and goals, and when. Rows are only ever added; whom it was about is a part of the run.
CREATE TABLE overrides (
    run_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    owner TEXT NOT NULL,
    make_time BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    PRIMARY KEY (run_id, place)
);

CREATE INDEX overrides_by_age ON overrides (owner, make_time, run_id, place);

-- Who did or read what. Rows are only ever added, and outlive the run.
CREATE TABLE audit (
    audit_id TEXT NOT NULL PRIMARY KEY,
    audit_time BIGINT NOT NULL,
    caller TEXT NOT NULL,
    deed TEXT NOT NULL,
    run_id TEXT NOT NULL
);

CREATE INDEX audit_by_run ON audit (run_id, audit_time);
