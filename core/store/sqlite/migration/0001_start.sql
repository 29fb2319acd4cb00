-- Records, folded. kind+uuid is the identity; id only joins the indexes.
CREATE TABLE record (
  id        INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL,
  uuid      BLOB NOT NULL,
  region    TEXT NOT NULL,
  also      TEXT NOT NULL DEFAULT '',  -- further regions while in conflict, space separated
  sort      TEXT NOT NULL,
  deleted   INTEGER NOT NULL,
  pending   INTEGER NOT NULL,
  conflicts INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  terms     INTEGER NOT NULL,          -- hash of the search terms, to leave an unchanged index alone
  lookups   INTEGER NOT NULL,          -- hash of the lookups
  state     BLOB NOT NULL,
  view      BLOB
) STRICT;
CREATE UNIQUE INDEX record_identity ON record (kind, uuid);
CREATE INDEX record_list ON record (kind, deleted, sort, id);
CREATE INDEX record_region ON record (kind, region);
CREATE INDEX record_also ON record (also) WHERE also <> '';
CREATE INDEX record_pending ON record (kind, id) WHERE pending <> 0;

CREATE TABLE lookup (
  field  TEXT NOT NULL,                -- kind.field
  value  TEXT NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (field, value, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX lookup_record ON lookup (record);

CREATE TABLE conflict (
  record   INTEGER NOT NULL,
  register TEXT NOT NULL,
  PRIMARY KEY (record, register)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE term USING fts5 (
  words, content='', contentless_delete=1, columnsize=1, detail=none, prefix='1 2 3',
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);

-- This device's own log.
CREATE TABLE own (
  id          INTEGER PRIMARY KEY,
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  hash        BLOB NOT NULL,
  kind        TEXT NOT NULL,
  uuid        BLOB NOT NULL,
  at_ms       INTEGER NOT NULL,
  more        INTEGER NOT NULL,
  position    INTEGER NOT NULL DEFAULT 0,
  verdict     INTEGER NOT NULL DEFAULT 0,
  reason      TEXT NOT NULL DEFAULT '',
  bytes       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX own_key ON own (incarnation, seq);
CREATE INDEX own_judged ON own (verdict, id) WHERE verdict > 1;
CREATE INDEX own_pending ON own (kind, uuid) WHERE position = 0;

-- Pages of the server's order as received, to be offered again to a server
-- that was restored from an older backup.
CREATE TABLE page (
  id      INTEGER PRIMARY KEY,
  epoch   INTEGER NOT NULL,
  through INTEGER NOT NULL,
  at_ms   INTEGER NOT NULL,
  bytes   BLOB NOT NULL
) STRICT;

-- Records that a snapshot in progress has brought so far.
CREATE TABLE walked (
  kind TEXT NOT NULL,
  uuid BLOB NOT NULL,
  PRIMARY KEY (kind, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
  id    TEXT PRIMARY KEY,
  kind  TEXT NOT NULL,
  about TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- The server's order.
CREATE TABLE entry (
  position     INTEGER PRIMARY KEY,
  device       BLOB NOT NULL,
  incarnation  INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  hash         BLOB NOT NULL,
  kind         TEXT NOT NULL,
  uuid         BLOB NOT NULL,
  region       TEXT NOT NULL,          -- regions after the fold, space separated
  before       TEXT NOT NULL,          -- regions before the fold, '' where they are the same
  received_ms  INTEGER NOT NULL,
  effective_ms INTEGER NOT NULL,
  verdict      INTEGER NOT NULL,
  reason       TEXT NOT NULL,
  folds        INTEGER NOT NULL,       -- position at which it folds; 0: it doesn't
  branch       INTEGER NOT NULL,
  branch_at    INTEGER NOT NULL,
  old_epoch    INTEGER NOT NULL,
  old_position INTEGER NOT NULL,
  bytes        BLOB NOT NULL
) STRICT;
CREATE INDEX entry_key ON entry (device, incarnation, seq);
CREATE INDEX entry_record ON entry (kind, uuid);
CREATE INDEX entry_approved ON entry (folds) WHERE folds <> position AND folds <> 0;
CREATE INDEX entry_quarantine ON entry (position) WHERE verdict = 3;

-- Which entries concern a county: that of the record after the fold and that
-- before; '*' for what concerns everybody.
CREATE TABLE feed (
  area     TEXT NOT NULL,              -- first six digits of a region
  position INTEGER NOT NULL,
  PRIMARY KEY (area, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE head (
  one          INTEGER PRIMARY KEY CHECK (one = 1),
  epoch        INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  received_ms  INTEGER NOT NULL,
  effective_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE log (
  device       BLOB NOT NULL,
  incarnation  INTEGER NOT NULL,
  wire         INTEGER NOT NULL,       -- incarnation as the tablet names it
  branch_at    INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  hash         BLOB NOT NULL,
  segment      BLOB NOT NULL,
  effective_ms INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  PRIMARY KEY (device, incarnation)
) STRICT, WITHOUT ROWID;

CREATE TABLE segment (
  id          INTEGER PRIMARY KEY,
  device      BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  first       INTEGER NOT NULL,
  count       INTEGER NOT NULL,
  header      BLOB NOT NULL,
  signature   BLOB NOT NULL,
  hash        BLOB NOT NULL
) STRICT;
CREATE INDEX segment_log ON segment (device, incarnation, first);

CREATE TABLE device (
  id    BLOB PRIMARY KEY,
  bytes TEXT NOT NULL                  -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
  name  TEXT PRIMARY KEY,
  bytes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
  hash  BLOB PRIMARY KEY,
  bytes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  hash       BLOB PRIMARY KEY,
  who        TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  used_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_who ON session (who);

CREATE TABLE look (
  id    INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  who   TEXT NOT NULL,
  what  TEXT NOT NULL,
  about TEXT NOT NULL
) STRICT;

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
