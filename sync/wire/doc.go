// Package wire holds what tablets, hubs and servers say to each other: the
// signed segment, the messages of a sync, their versions and their limits.
// FORMATS.md beside it describes the bytes, for those who write another client.
//
// # Words
//
//   - A [Segment] is a run of entries of one log under one signature. It is
//     signed over its uncompressed bytes, so that it may be recompressed.
//   - A message is canonical CBOR with numbered keys. What a newer program adds
//     under a new number, an older one skips.
//   - A [Page] is what a tablet is given of the server's order, signed by the
//     server.
//   - A [Receipt] is the server's signed word that it sequenced a run of
//     entries; a [Certificate] its word on who a tablet is.
//
// # How these types evolve
//
// Numbers are never reused. A message that can't be understood by an older
// program gets a new version; every released version is read for ever.
package wire
