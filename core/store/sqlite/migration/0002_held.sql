-- Segments that came before what precedes them in their log. They are
-- sequenced when the gap is filled, or when an administrator closes it.
CREATE TABLE held (
  device      BLOB NOT NULL,
  incarnation INTEGER NOT NULL,
  first       INTEGER NOT NULL,
  hash        BLOB NOT NULL,
  last        INTEGER NOT NULL,
  offset_ms   INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  bytes       BLOB NOT NULL,
  PRIMARY KEY (device, incarnation, first, hash)
) STRICT, WITHOUT ROWID;
