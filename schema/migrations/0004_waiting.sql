-- What waits, counted: the place of a run in the queue and the quota of an owner, without
-- reading every job that waits.

ALTER TABLE queue ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE queue SET held = coalesce((SELECT runs FROM job_count WHERE job_count.job = queue.job AND
    state = 'held'), 0);

-- Jobs are counted in blocks of 512, each named by the first number in it.
ALTER TABLE queue ADD COLUMN block INTEGER GENERATED ALWAYS AS (job - job % 512) VIRTUAL;

-- The runs that wait, of an owner, a priority and a block of jobs; no row without any. What
-- is before a run, and how many of an owner there are.
CREATE TABLE waiting (
    owner    TEXT    NOT NULL,
    priority INTEGER NOT NULL,
    block    INTEGER NOT NULL,
    queued   INTEGER NOT NULL,
    held     INTEGER NOT NULL,
    PRIMARY KEY (owner, priority, block)
) STRICT, WITHOUT ROWID;

INSERT INTO waiting (owner, priority, block, queued, held)
    SELECT owner, priority, block, sum(queued), sum(held) FROM queue
    WHERE queued > 0 OR held > 0 GROUP BY owner, priority, block;

CREATE TRIGGER queue_counted AFTER UPDATE OF queued, held ON queue
WHEN old.queued <> new.queued OR old.held <> new.held BEGIN
    INSERT INTO waiting (owner, priority, block, queued, held)
        VALUES (new.owner, new.priority, new.block, new.queued - old.queued,
            new.held - old.held)
        ON CONFLICT DO UPDATE SET queued = queued + excluded.queued,
            held = held + excluded.held;
    DELETE FROM waiting WHERE new.queued = 0 AND new.held = 0 AND owner = new.owner AND
        priority = new.priority AND block = new.block AND queued = 0 AND held = 0;
END;

CREATE TRIGGER queue_moved AFTER UPDATE OF priority ON queue
WHEN old.priority <> new.priority AND (new.queued > 0 OR new.held > 0) BEGIN
    INSERT INTO waiting (owner, priority, block, queued, held)
        VALUES (new.owner, new.priority, new.block, new.queued, new.held)
        ON CONFLICT DO UPDATE SET queued = queued + excluded.queued,
            held = held + excluded.held;
    UPDATE waiting SET queued = queued - new.queued, held = held - new.held
        WHERE owner = new.owner AND priority = old.priority AND block = new.block;
    DELETE FROM waiting WHERE owner = new.owner AND priority = old.priority AND
        block = new.block AND queued = 0 AND held = 0;
END;

-- As before, but that a run begins as queued or held.
DROP TRIGGER run_counted;
CREATE TRIGGER run_counted AFTER INSERT ON run BEGIN
    INSERT INTO job_count VALUES (new.job, new.state, 1)
        ON CONFLICT DO UPDATE SET runs = runs + 1;
    UPDATE queue SET queued = queued + (new.state = 'queued'),
        held = held + (new.state = 'held') WHERE job = new.job;
    UPDATE job SET finished = NULL WHERE id = new.job AND finished IS NOT NULL;
END;

CREATE TRIGGER run_held AFTER UPDATE OF state ON run
WHEN (old.state = 'held') <> (new.state = 'held') BEGIN
    UPDATE queue SET held = held - (old.state = 'held') + (new.state = 'held')
        WHERE job = new.job;
END;
