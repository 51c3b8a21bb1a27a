-- Jobs, their runs, the runs' traces, and the events that tell of changes.

-- One row per submission. `spec` is the job spec with defaults filled in, as JSON.
CREATE TABLE job (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    tags     TEXT    NOT NULL, -- JSON list of strings
    dataset  TEXT    NOT NULL,
    spec     TEXT    NOT NULL,
    cells    INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    created  INTEGER NOT NULL, -- milliseconds since 1970, like every time here
    started  INTEGER,          -- of its first run
    finished INTEGER           -- of its last run; NULL while one is to come
) STRICT;

-- One row per training. The spec of a run is job.spec with `params` set in it.
CREATE TABLE run (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    job      INTEGER NOT NULL REFERENCES job (id),
    cell     INTEGER NOT NULL,
    seed     INTEGER NOT NULL,
    params   TEXT    NOT NULL, -- JSON: pointer -> value
    priority INTEGER NOT NULL, -- that of the job, for the queue's index
    state    TEXT    NOT NULL,
    outcome  TEXT,
    reason   TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    created  INTEGER NOT NULL,
    started  INTEGER,
    finished INTEGER,
    seconds  REAL    NOT NULL DEFAULT 0, -- of computing, in this attempt
    -- set when an attempt starts
    stop_samples INTEGER, -- the run ends after so many samples at the latest
    columns      TEXT,    -- names of the numbers in trace.value, separated by spaces
    spec_sha256  TEXT,
    data_sha256  TEXT,    -- of the four files, separated by spaces
    build        TEXT,
    cpu          TEXT,
    host         TEXT,
    -- the newest trace row
    last          INTEGER, -- its seq
    samples       INTEGER,
    epochs        REAL,
    test_accuracy REAL,
    m0            REAL,
    m1            REAL,
    m0_direct     REAL,
    m1_direct     REAL,
    maintenance   REAL
) STRICT;

-- The runs of a job in order: GET /v1/runs?job=, and its summary.
CREATE INDEX run_by_job ON run (job, id);
-- The next run to claim; the runs in one state.
CREATE INDEX run_by_state ON run (state, priority DESC, id);

-- A page of the runs in one state.
CREATE INDEX run_by_state_and_id ON run (state, id);

-- How many runs of a job are in which state: the state of every job in a list.
CREATE TABLE job_count (
    job   INTEGER NOT NULL REFERENCES job (id),
    state TEXT    NOT NULL,
    runs  INTEGER NOT NULL,
    PRIMARY KEY (job, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER run_counted AFTER INSERT ON run BEGIN
    INSERT INTO job_count VALUES (new.job, new.state, 1)
        ON CONFLICT DO UPDATE SET runs = runs + 1;
END;

CREATE TRIGGER run_recounted AFTER UPDATE OF state ON run WHEN old.state <> new.state BEGIN
    UPDATE job_count SET runs = runs - 1 WHERE job = old.job AND state = old.state;
    INSERT INTO job_count VALUES (new.job, new.state, 1)
        ON CONFLICT DO UPDATE SET runs = runs + 1;
    UPDATE job SET
        started = coalesce(started, new.started),
        finished = CASE WHEN EXISTS (SELECT 1 FROM job_count WHERE job = new.job AND
                runs > 0 AND state IN ('queued', 'running')) THEN NULL
            ELSE new.finished END
        WHERE id = new.job;
END;

-- One row per evaluation. `value` holds IEEE 754 doubles, little endian, in the order of
-- run.columns: a blob keeps every bit, also those of NaN and of minus zero.
CREATE TABLE trace (
    run   INTEGER NOT NULL REFERENCES run (id),
    seq   INTEGER NOT NULL, -- 0: the untrained network
    value BLOB    NOT NULL,
    seconds REAL  NOT NULL, -- of computing until then; not part of the trace's identity
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- What has changed, in order: GET /v1/events. Old rows are deleted.
CREATE TABLE event (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind  TEXT    NOT NULL, -- job, run, trace
    job   INTEGER NOT NULL,
    run   INTEGER,
    state TEXT,             -- job, run: the new state
    last  INTEGER           -- trace: seq of the newest row
) STRICT;
