-- When this database was last put back from a backup, in seconds since 1970; 0 when it never was.
CREATE TABLE hall (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO hall (one, epoch) VALUES (1, 0);

-- Serials that the lost database may have given out on the day on which an older one took its place.
CREATE TABLE serial_floors (
    day   TEXT PRIMARY KEY,
    floor INTEGER NOT NULL                  -- the last serial that may be taken
) STRICT;

-- Which chunks a case needs; what none needs is collected.
CREATE TABLE case_chunks (
    "case" TEXT NOT NULL REFERENCES cases (id),
    sha256 TEXT NOT NULL,
    PRIMARY KEY ("case", sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_chunks_by_sha256 ON case_chunks (sha256);

INSERT INTO case_chunks SELECT DISTINCT cases.id, chunk.value FROM cases, json_each(cases.envelope, '$.chunks') AS chunk;

CREATE TABLE heartbeats (
    kid       TEXT PRIMARY KEY REFERENCES devices (kid),
    at        INTEGER NOT NULL,             -- by the hall's clock
    heartbeat TEXT NOT NULL                 -- JSON of api::Heartbeat
) STRICT;
