-- A published catalogue is a signed head and the parts that it names by their SHA-256. Nothing is ever taken away: a
-- submission is checked with the catalogue its device had.

-- 0: published before there were parts; `signed` holds the whole of it.
ALTER TABLE catalogues ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX catalogues_by_sequence ON catalogues (sequence) WHERE sequence > 0;

CREATE TABLE catalogue_parts (
    sha256 TEXT PRIMARY KEY,
    packed BLOB NOT NULL                    -- brotli
) STRICT;

-- Of the item's versions the one it was checked with.
ALTER TABLE cases ADD COLUMN item_version TEXT GENERATED ALWAYS AS (recheck ->> '$.version') VIRTUAL;
