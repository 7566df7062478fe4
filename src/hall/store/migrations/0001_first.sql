-- Times are milliseconds since 1970 (UTC). Nothing readable about an applicant is kept here: what came sealed stays sealed.

CREATE TABLE catalogues (
    version      TEXT PRIMARY KEY,
    published_at INTEGER NOT NULL,
    signed       TEXT NOT NULL              -- JSON of signing::Signed around the bundle
) STRICT;

CREATE TABLE hall_keys (
    public     TEXT PRIMARY KEY,
    not_before INTEGER NOT NULL,
    not_after  INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE devices (
    kid        TEXT PRIMARY KEY,
    public     TEXT NOT NULL UNIQUE,
    profile    TEXT NOT NULL,
    name       TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    not_after  INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE device_codes (
    hash       TEXT PRIMARY KEY,            -- SHA-256 of the code
    profile    TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by    TEXT REFERENCES devices (kid)
) STRICT;

CREATE TABLE trust_lists (
    sequence  INTEGER PRIMARY KEY,
    issued_at INTEGER NOT NULL,
    hall      TEXT NOT NULL,
    signed    TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
    user     TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    post     TEXT NOT NULL,
    "window" TEXT NOT NULL,
    phone    TEXT NOT NULL,
    role     TEXT NOT NULL,
    password TEXT NOT NULL                  -- argon2id, PHC string
) STRICT;

CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,            -- SHA-256 of the token
    user       TEXT NOT NULL REFERENCES staff (user) ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE cases (
    id           TEXT PRIMARY KEY,          -- the submission's: one submission, one case
    digest       TEXT NOT NULL,
    short_number TEXT NOT NULL UNIQUE,
    day          TEXT NOT NULL,
    serial       INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    item         TEXT NOT NULL,
    catalogue    TEXT,                      -- the bundle that holds the item it was checked with, if any does
    outcome      TEXT NOT NULL,
    state        TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    device       TEXT REFERENCES devices (kid),
    corrects     TEXT,
    receipt      TEXT NOT NULL,             -- the acknowledgement's QR text, word for word
    envelope     TEXT NOT NULL,             -- JSON of submission::Sealed, as it came
    recheck      TEXT NOT NULL,             -- JSON of check::Assessment: codes, no answers
    problems     TEXT NOT NULL,             -- JSON list of words::Text
    UNIQUE (day, serial)
) STRICT;

CREATE INDEX cases_by_time ON cases (received_at);
CREATE INDEX cases_by_state ON cases (state, received_at);
CREATE INDEX cases_by_corrected ON cases (corrects);

CREATE TABLE events (
    "case" TEXT NOT NULL REFERENCES cases (id),
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    "by"   TEXT,                            -- JSON of case::By, as it was at that moment
    act    TEXT NOT NULL,                   -- JSON of case::Act
    PRIMARY KEY ("case", seq)
) STRICT;

CREATE TABLE scans (
    id       TEXT PRIMARY KEY,
    receipt  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    verdict  TEXT NOT NULL,
    desk     TEXT NOT NULL,
    "by"     TEXT NOT NULL,
    "window" TEXT NOT NULL
) STRICT;

CREATE INDEX scans_by_receipt ON scans (receipt, at);
