-- Runs that wait for a data set which the server does not have: they are queued, but nobody's
-- turn until it is there.

ALTER TABLE run ADD COLUMN absent TEXT; -- the data set that it waits for; NULL: none. A queued
                                        -- run that has one is not under suspicion.

-- The data sets that are waited for.
CREATE INDEX run_absent ON run (absent) WHERE absent IS NOT NULL AND state = 'queued';
-- The next run of a job that is not under suspicion; what is before one in its job.
DROP INDEX run_waiting;
CREATE INDEX run_waiting ON run (job, suspect, id) WHERE state = 'queued' AND absent IS NULL;

-- queue.queued counts what a worker could take.
DROP TRIGGER run_requeued;
CREATE TRIGGER run_requeued AFTER UPDATE OF state, suspect, absent ON run
    WHEN (old.state = 'queued' AND NOT old.suspect AND old.absent IS NULL) <>
        (new.state = 'queued' AND NOT new.suspect AND new.absent IS NULL)
BEGIN
    UPDATE queue SET queued = queued
        - (old.state = 'queued' AND NOT old.suspect AND old.absent IS NULL)
        + (new.state = 'queued' AND NOT new.suspect AND new.absent IS NULL)
        WHERE job = new.job;
END;

-- queue.held counts what is before nobody, but part of the quota of its owner.
DROP TRIGGER run_held;
CREATE TRIGGER run_held AFTER UPDATE OF state, absent ON run
    WHEN (old.state = 'held' OR (old.state = 'queued' AND old.absent IS NOT NULL)) <>
        (new.state = 'held' OR (new.state = 'queued' AND new.absent IS NOT NULL))
BEGIN
    UPDATE queue SET held = held
        - (old.state = 'held' OR (old.state = 'queued' AND old.absent IS NOT NULL))
        + (new.state = 'held' OR (new.state = 'queued' AND new.absent IS NOT NULL))
        WHERE job = new.job;
END;
