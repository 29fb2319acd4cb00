-- Entries that a hub has and the centre hasn't: on a hub what its tablets
-- brought, on a tablet what a hub told it. They are shown on top of the
-- records and are gone when the centre's order includes them.
CREATE TABLE ahead (
  id           INTEGER PRIMARY KEY AUTOINCREMENT, -- the hub's order
  device       BLOB NOT NULL,
  incarnation  INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  hash         BLOB NOT NULL,
  kind         TEXT NOT NULL,
  uuid         BLOB NOT NULL,
  effective_ms INTEGER NOT NULL,
  bytes        BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX ahead_key ON ahead (device, incarnation, seq, hash);
CREATE INDEX ahead_record ON ahead (kind, uuid);

-- How far the centre has sequenced other devices' logs, as of this device's
-- cursor.
CREATE TABLE mark (
  device      BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation)
) STRICT, WITHOUT ROWID;

-- Segments that a hub carries, as they came.
CREATE TABLE carried (
  id          INTEGER PRIMARY KEY,
  device      BLOB NOT NULL,
  came        BLOB NOT NULL,           -- device that brought it: the tablet, or a hub below
  hash        BLOB NOT NULL,           -- SHA-256 of the bytes
  received_ms INTEGER NOT NULL,
  sent        INTEGER NOT NULL,        -- 1: the centre has it
  position    INTEGER NOT NULL,        -- the highest that it was given there, if it is known
  stamps      BLOB NOT NULL,           -- CBOR list
  bytes       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX carried_hash ON carried (hash);
CREATE INDEX carried_unsent ON carried (id) WHERE sent = 0;

-- What the centre said of carried segments, until it is handed over.
CREATE TABLE mail (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  whose BLOB NOT NULL,                 -- device to hand it to
  at_ms INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX mail_whose ON mail (whose, id);

-- Records that left a hub's scope, and up to where in the order that is so.
CREATE TABLE gone (
  kind     TEXT NOT NULL,
  uuid     BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (kind, uuid)
) STRICT, WITHOUT ROWID;

-- 1: the entry came by a carrier whose journey nobody measured.
ALTER TABLE entry ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE held ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
