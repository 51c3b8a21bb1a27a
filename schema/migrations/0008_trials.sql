-- Verifications take their turn in the queue; runs that were at work when the server was
-- killed go on one at a time.

ALTER TABLE run ADD COLUMN suspect  INTEGER NOT NULL DEFAULT 0; -- it was at work in a crash without
                                                                -- blame, and is no further yet
ALTER TABLE run ADD COLUMN doubts   INTEGER NOT NULL DEFAULT 0; -- such crashes in a row
ALTER TABLE run ADD COLUMN furthest INTEGER NOT NULL DEFAULT -1; -- the newest trace row it ever had
ALTER TABLE run ADD COLUMN seen     INTEGER; -- the last sign of its newest attempt: start, row or
                                             -- checkpoint

UPDATE run SET furthest = last WHERE last IS NOT NULL AND state IN ('queued', 'held', 'running');
UPDATE run SET seen = started WHERE state = 'running';

-- The runs under suspicion that wait, or are at work.
CREATE INDEX run_suspect ON run (state, job, id) WHERE suspect = 1;
DROP INDEX run_waiting;
-- The next run of a job that is not under suspicion; what is before one in its job.
CREATE INDEX run_waiting ON run (job, suspect, id) WHERE state = 'queued';

-- From now on, queue.queued counts no runs under suspicion, and queue.running counts
-- verifications, too.
DROP TRIGGER run_recounted;
CREATE TRIGGER run_recounted AFTER UPDATE OF state ON run WHEN old.state <> new.state BEGIN
    UPDATE job_count SET runs = runs - 1 WHERE job = old.job AND state = old.state;
    INSERT INTO job_count VALUES (new.job, new.state, 1)
        ON CONFLICT DO UPDATE SET runs = runs + 1;
    UPDATE queue SET running = running - (old.state = 'running') + (new.state = 'running')
        WHERE job = new.job;
    UPDATE job SET
        started = coalesce(started, new.started),
        finished = CASE WHEN EXISTS (SELECT 1 FROM job_count WHERE job = new.job AND
                runs > 0 AND state IN ('queued', 'held', 'running')) THEN NULL
            ELSE new.finished END
        WHERE id = new.job;
END;

CREATE TRIGGER run_requeued AFTER UPDATE OF state, suspect ON run
    WHEN (old.state = 'queued' AND NOT old.suspect) <> (new.state = 'queued' AND NOT new.suspect)
BEGIN
    UPDATE queue SET queued = queued - (old.state = 'queued' AND NOT old.suspect)
        + (new.state = 'queued' AND NOT new.suspect) WHERE job = new.job;
END;

CREATE TABLE verification_of_run (
    run       INTEGER PRIMARY KEY REFERENCES run (id),
    job       INTEGER NOT NULL,
    owner     TEXT    NOT NULL, -- of the job, and
    priority  INTEGER NOT NULL, -- its priority: for the queue's index
    behind    INTEGER NOT NULL, -- the newest job when it was requested: how old it is
    state     TEXT    NOT NULL, -- queued, running, same, different, failed
    requested INTEGER NOT NULL,
    started   INTEGER,
    finished  INTEGER,
    crashes   INTEGER NOT NULL DEFAULT 0, -- while it was at work
    seq       INTEGER, -- different: the first row that differs
    reason    TEXT,
    build     TEXT,    -- that computed it, and
    core      TEXT     -- its core
) STRICT;

INSERT INTO verification_of_run (run, job, owner, priority, behind, state, requested, started,
        finished, seq, reason, build, core)
    SELECT verification.run, run.job, queue.owner, queue.priority, (SELECT max(id) FROM job),
        verification.state, requested, requested, verification.finished, seq,
        verification.reason, verification.build, verification.core
    FROM verification JOIN run ON run.id = verification.run JOIN queue ON queue.job = run.job;
DROP TABLE verification;
ALTER TABLE verification_of_run RENAME TO verification;

-- The first verification of each owner that waits.
CREATE INDEX verification_waiting ON verification (owner, priority DESC, behind, requested, run)
    WHERE state = 'queued';
-- Those at work: what an owner has at work.
CREATE INDEX verification_at_work ON verification (run) WHERE state = 'running';

UPDATE queue SET running = running + (SELECT count(*) FROM verification
    WHERE verification.job = queue.job AND verification.state = 'running')
    WHERE job IN (SELECT job FROM verification WHERE state = 'running');

CREATE TRIGGER verification_recounted AFTER UPDATE OF state ON verification
    WHEN (old.state = 'running') <> (new.state = 'running')
BEGIN
    UPDATE queue SET running = running - (old.state = 'running') + (new.state = 'running')
        WHERE job = new.job;
END;

CREATE TRIGGER verification_gone AFTER DELETE ON verification WHEN old.state = 'running' BEGIN
    UPDATE queue SET running = running - 1 WHERE job = old.job;
END;

-- A run that is computed again has no verification: it was one of the attempt before.
CREATE TRIGGER run_retried AFTER UPDATE OF state ON run
    WHEN new.state = 'queued' AND old.state NOT IN ('queued', 'held', 'running')
BEGIN
    DELETE FROM verification WHERE run = new.id;
END;

DROP TRIGGER job_requeued;
CREATE TRIGGER job_requeued AFTER UPDATE OF priority, parallel ON job BEGIN
    UPDATE queue SET priority = new.priority, parallel = new.parallel WHERE job = new.id;
    UPDATE verification SET priority = new.priority
        WHERE state = 'queued' AND owner = new.owner AND job = new.id;
    UPDATE verification SET priority = new.priority WHERE state = 'running' AND job = new.id;
END;
