-- Runs and verifications that are at work outside of the server: each is leased to one worker,
-- which has to be heard of now and then. Closed in the transaction that ends or gives back the
-- run, so that what comes later of an old lease finds none.

CREATE TABLE lease (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- shown with all that the worker sends, and never
                                                -- given again
    run      INTEGER NOT NULL,
    job      INTEGER NOT NULL,
    verifies INTEGER NOT NULL, -- 1: a verification of the run
    worker   TEXT    NOT NULL, -- the name that it has given itself
    host     TEXT    NOT NULL,
    slurm    TEXT              -- its job in Slurm; NULL: none
);

-- Which runs at work are not of this process, when it starts.
CREATE UNIQUE INDEX lease_of_run ON lease (run, verifies);
-- A worker that has not got the reply to its claim asks again, and gets the same run.
CREATE UNIQUE INDEX lease_of_worker ON lease (worker);
