-- Rows are in the index of a value only when they have one: a run that waits has none of them,
-- and a submission writes a page for each index that it touches. One index has the rows that
-- lack any, for the end of a list that is sorted by one.

DROP INDEX run_by_started;
DROP INDEX run_by_finished;
DROP INDEX run_by_samples;
DROP INDEX run_by_test_accuracy;
DROP INDEX run_by_m0;
DROP INDEX run_by_m1;
DROP INDEX run_by_inefficiency_m0;
DROP INDEX run_by_inefficiency_m1;
DROP INDEX run_by_seconds;
CREATE INDEX run_by_started ON run (started) WHERE started IS NOT NULL;
CREATE INDEX run_by_finished ON run (finished) WHERE finished IS NOT NULL;
CREATE INDEX run_by_samples ON run (samples) WHERE samples IS NOT NULL;
CREATE INDEX run_by_test_accuracy ON run (test_accuracy) WHERE test_accuracy IS NOT NULL;
CREATE INDEX run_by_m0 ON run (m0) WHERE m0 IS NOT NULL;
CREATE INDEX run_by_m1 ON run (m1) WHERE m1 IS NOT NULL;
CREATE INDEX run_by_inefficiency_m0 ON run (m0 / m0_direct) WHERE m0 / m0_direct IS NOT NULL;
CREATE INDEX run_by_inefficiency_m1 ON run (m1 / m1_direct) WHERE m1 / m1_direct IS NOT NULL;
CREATE INDEX run_by_seconds ON run (iif(last IS NULL, NULL, seconds))
    WHERE iif(last IS NULL, NULL, seconds) IS NOT NULL;
CREATE INDEX run_lacking ON run (id) WHERE started IS NULL OR finished IS NULL OR
    samples IS NULL OR test_accuracy IS NULL OR m0 IS NULL OR m1 IS NULL OR
    m0 / m0_direct IS NULL OR m1 / m1_direct IS NULL OR iif(last IS NULL, NULL, seconds) IS NULL;

DROP INDEX job_by_started;
DROP INDEX job_by_finished;
CREATE INDEX job_by_started ON job (started) WHERE started IS NOT NULL;
CREATE INDEX job_by_finished ON job (finished) WHERE finished IS NOT NULL;
CREATE INDEX job_lacking ON job (id) WHERE started IS NULL OR finished IS NULL;
