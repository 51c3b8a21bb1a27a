-- What a run leaves at its end, beside its trace.

-- Bytes of its weights file, weights/ID.npz in the data directory; NULL: it has none.
ALTER TABLE run ADD COLUMN weights INTEGER;

-- How often synapses changed: GET /v1/runs/{id}.
CREATE TABLE changes (
    run       INTEGER NOT NULL REFERENCES run (id),
    layer     INTEGER NOT NULL, -- counted from 1, from the input on; 0: all together
    simpson   REAL,             -- NULL: nothing changed
    histogram TEXT    NOT NULL, -- how many synapses changed 0, 1, 2, 3 to 4, 5 to 8 ... times,
                                -- separated by spaces, up to the last that is not 0
    PRIMARY KEY (run, layer)
) STRICT, WITHOUT ROWID;
