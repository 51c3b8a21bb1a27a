-- Lists of runs and jobs by a filter, sorted by any column; traces at a glance.

-- What the specs of runs say, value by value, under paths like network.hidden.0: GET
-- /v1/runs?filter=spec... The values of the first cell of a job have cell -1 and stand for all
-- cells that have no row of their own. A field that has no row at all has its default.
CREATE TABLE spec_value (
    job   INTEGER NOT NULL REFERENCES job (id),
    path  TEXT    NOT NULL,
    cell  INTEGER NOT NULL,
    value ANY     NOT NULL, -- a number or a text; an empty blob: not set, or not used
    PRIMARY KEY (job, path, cell)
) STRICT, WITHOUT ROWID;

-- The cells whose spec has a value: a filter that few of them fulfil.
CREATE INDEX spec_value_by_value ON spec_value (path, value);

-- 0: the values are still to be written, at the next start. A migration after which there are
-- more or other values sets it to 0.
ALTER TABLE job ADD COLUMN valued INTEGER NOT NULL DEFAULT 0;
-- The next job to write them for.
CREATE INDEX job_unvalued ON job (id) WHERE valued = 0;

-- job.tags, one by one: a filter by tag.
CREATE TABLE job_tag (
    job INTEGER NOT NULL REFERENCES job (id),
    tag TEXT    NOT NULL,
    PRIMARY KEY (job, tag)
) STRICT, WITHOUT ROWID;

-- The jobs that have a tag.
CREATE INDEX job_tag_by_tag ON job_tag (tag);

INSERT OR IGNORE INTO job_tag (job, tag)
    SELECT job.id, json_each.value FROM job JOIN json_each(job.tags);

CREATE TRIGGER job_tagged AFTER INSERT ON job BEGIN
    INSERT OR IGNORE INTO job_tag (job, tag) SELECT new.id, value FROM json_each(new.tags);
END;

CREATE TRIGGER job_retagged AFTER UPDATE OF tags ON job BEGIN
    DELETE FROM job_tag WHERE job = new.id;
    INSERT OR IGNORE INTO job_tag (job, tag) SELECT new.id, value FROM json_each(new.tags);
END;

-- A filter by name or by owner; jobs sorted by name.
CREATE INDEX job_by_name ON job (name);
CREATE INDEX job_by_owner ON job (owner);
-- Jobs sorted by time, and those of a time.
CREATE INDEX job_by_created ON job (created);
CREATE INDEX job_by_started ON job (started);
CREATE INDEX job_by_finished ON job (finished);

-- Runs sorted by one of these, and those with values in a range. The results move with every
-- row of a trace, which costs about a microsecond for each of these indexes.
CREATE INDEX run_by_created ON run (created);
CREATE INDEX run_by_started ON run (started);
CREATE INDEX run_by_finished ON run (finished);
CREATE INDEX run_by_samples ON run (samples);
CREATE INDEX run_by_test_accuracy ON run (test_accuracy);
CREATE INDEX run_by_m0 ON run (m0);
CREATE INDEX run_by_m1 ON run (m1);
CREATE INDEX run_by_inefficiency_m0 ON run (m0 / m0_direct);
CREATE INDEX run_by_inefficiency_m1 ON run (m1 / m1_direct);
CREATE INDEX run_by_seconds ON run (iif(last IS NULL, NULL, seconds));

-- Results of runs that begin anew were left behind.
UPDATE run SET epochs = NULL, test_accuracy = NULL, m0 = NULL, m1 = NULL, m0_direct = NULL,
    m1_direct = NULL, maintenance = NULL WHERE last IS NULL;

-- The least and the greatest value of each column over 16 rows of a trace, and over 256 (size):
-- a long trace reduced to the points of a chart. `part` counts from 0; the last rows of a trace,
-- and traces from before this table, do without.
CREATE TABLE trace_part (
    run   INTEGER NOT NULL REFERENCES run (id),
    size  INTEGER NOT NULL,
    part  INTEGER NOT NULL,
    least    BLOB NOT NULL, -- as trace.value; NaN where no row has a number
    greatest BLOB NOT NULL,
    hash INTEGER  NOT NULL, -- of part, least and greatest, as that of a row of a trace
    PRIMARY KEY (run, size, part)
) STRICT, WITHOUT ROWID;
