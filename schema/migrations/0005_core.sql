-- What has computed a run, apart from the name of its build: two builds with the same core give
-- the same numbers. Checkpoints, earlier rows and traces that are taken over count only where
-- it is the same; runs of before have none (NULL), which is the same as no other.
ALTER TABLE run          ADD COLUMN core TEXT; -- read with each run, and by id
ALTER TABLE attempt      ADD COLUMN core TEXT;
ALTER TABLE verification ADD COLUMN core TEXT;
