-- A queue by job and owner, states that wait, attempts, the trash, keys of submissions.

ALTER TABLE job ADD COLUMN owner    TEXT    NOT NULL DEFAULT 'anonymous';
ALTER TABLE job ADD COLUMN parallel INTEGER; -- runs at the same time; NULL: any number
ALTER TABLE job ADD COLUMN reuse    INTEGER NOT NULL DEFAULT 0; -- take over a finished trace
ALTER TABLE job ADD COLUMN key      TEXT;    -- Idempotency-Key of the submission, or NULL
ALTER TABLE job ADD COLUMN key_spec TEXT;    -- SHA-256 of the spec that came with it
ALTER TABLE job ADD COLUMN trashed  INTEGER; -- NULL: not in the trash
ALTER TABLE job ADD COLUMN purging  INTEGER NOT NULL DEFAULT 0; -- being deleted, piece by piece

-- Whether a submission is the repetition of another one.
CREATE UNIQUE INDEX job_by_key ON job (owner, key) WHERE key IS NOT NULL;
-- What is in the trash, and what is left of a purge.
CREATE INDEX job_trashed ON job (trashed) WHERE trashed IS NOT NULL;

ALTER TABLE run ADD COLUMN cancelling INTEGER NOT NULL DEFAULT 0; -- asked for while it runs
ALTER TABLE run ADD COLUMN crashes    INTEGER NOT NULL DEFAULT 0; -- of the process, by this run
ALTER TABLE run ADD COLUMN reused     INTEGER; -- the run whose trace it took over

DROP INDEX run_by_state; -- the queue has an order of its own now
ALTER TABLE run DROP COLUMN priority;

-- The next run of a job.
CREATE INDEX run_waiting ON run (job, id) WHERE state = 'queued';
-- The summary of a job, cell by cell; and an extension runs only what is missing.
CREATE UNIQUE INDEX run_by_cell ON run (job, cell, seed);
-- A finished run that is the same as one to come.
CREATE INDEX run_finished ON run (spec_sha256) WHERE state = 'succeeded';

-- One row per attempt at a run. `state` is 'running', one that ends a run, or 'interrupted'.
CREATE TABLE attempt (
    run      INTEGER NOT NULL REFERENCES run (id),
    number   INTEGER NOT NULL, -- from 1
    state    TEXT    NOT NULL,
    outcome  TEXT,
    reason   TEXT,
    started  INTEGER NOT NULL,
    finished INTEGER,
    seconds  REAL    NOT NULL DEFAULT 0, -- of computing
    build    TEXT,
    host     TEXT,
    resumed  INTEGER, -- the newest row of the checkpoint it went on from; -1: before any row;
                      -- NULL: it began at the beginning
    earlier  REAL,    -- seconds of computing until that checkpoint
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

INSERT INTO attempt (run, number, state, outcome, reason, started, finished, seconds, build, host)
    SELECT id, attempts, CASE state WHEN 'queued' THEN 'interrupted' ELSE state END, outcome,
        reason, started, finished, seconds, build, host
    FROM run WHERE attempts > 0 AND started IS NOT NULL;

-- A job as the scheduler sees it.
CREATE TABLE queue (
    job      INTEGER PRIMARY KEY REFERENCES job (id),
    owner    TEXT    NOT NULL,
    priority INTEGER NOT NULL,
    parallel INTEGER,
    queued   INTEGER NOT NULL DEFAULT 0,
    running  INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO queue (job, owner, priority, queued, running)
    SELECT id, owner, priority,
        (SELECT count(*) FROM run WHERE run.job = job.id AND state = 'queued'),
        (SELECT count(*) FROM run WHERE run.job = job.id AND state = 'running')
    FROM job;

-- The first job of each owner that waits.
CREATE INDEX queue_waiting ON queue (owner, priority DESC, job) WHERE queued > 0;

CREATE TRIGGER job_queued AFTER INSERT ON job BEGIN
    INSERT INTO queue (job, owner, priority, parallel)
        VALUES (new.id, new.owner, new.priority, new.parallel);
END;

CREATE TRIGGER job_requeued AFTER UPDATE OF priority, parallel ON job BEGIN
    UPDATE queue SET priority = new.priority, parallel = new.parallel WHERE job = new.id;
END;

DROP TRIGGER run_counted;
CREATE TRIGGER run_counted AFTER INSERT ON run BEGIN
    INSERT INTO job_count VALUES (new.job, new.state, 1)
        ON CONFLICT DO UPDATE SET runs = runs + 1;
    UPDATE queue SET queued = queued + 1 WHERE job = new.job; -- a run begins as queued
    UPDATE job SET finished = NULL WHERE id = new.job AND finished IS NOT NULL;
END;

DROP TRIGGER run_recounted;
CREATE TRIGGER run_recounted AFTER UPDATE OF state ON run WHEN old.state <> new.state BEGIN
    UPDATE job_count SET runs = runs - 1 WHERE job = old.job AND state = old.state;
    INSERT INTO job_count VALUES (new.job, new.state, 1)
        ON CONFLICT DO UPDATE SET runs = runs + 1;
    UPDATE queue SET queued = queued - (old.state = 'queued') + (new.state = 'queued'),
        running = running - (old.state = 'running') + (new.state = 'running')
        WHERE job = new.job;
    UPDATE job SET
        started = coalesce(started, new.started),
        finished = CASE WHEN EXISTS (SELECT 1 FROM job_count WHERE job = new.job AND
                runs > 0 AND state IN ('queued', 'held', 'running')) THEN NULL
            ELSE new.finished END
        WHERE id = new.job;
END;

-- What an owner has computed lately, halved with every day: whose turn it is.
CREATE TABLE owner (
    name    TEXT    NOT NULL PRIMARY KEY,
    used    REAL    NOT NULL, -- seconds, as of used_at
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a run needs to go on where it was, behind row `seq` of its trace; gone when it ends,
-- or when another build, data set or spec computes it anew.
CREATE TABLE checkpoint (
    run     INTEGER PRIMARY KEY REFERENCES run (id),
    seq     INTEGER NOT NULL, -- the newest row before it; -1: none
    state   BLOB    NOT NULL, -- of the core
    seconds REAL    NOT NULL  -- of computing until then
) STRICT;

-- The newest verification of each run: its trace is computed again and compared.
CREATE TABLE verification (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    state     TEXT    NOT NULL, -- queued, running, same, different, failed
    requested INTEGER NOT NULL,
    finished  INTEGER,
    seq       INTEGER, -- different: the first row that differs
    reason    TEXT,
    build     TEXT     -- that computed it
) STRICT;

-- The next verification to do.
CREATE INDEX verification_waiting ON verification (requested, run) WHERE state = 'queued';
