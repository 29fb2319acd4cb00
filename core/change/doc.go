// Package change holds one immutable edit: who made it, on which tablet, what
// the author had seen and what was written.
//
// # Words
//
//   - A device is a tablet, a hub or the server itself. Its history is one or
//     more logs, one for each incarnation; a log is entries numbered 1, 2, 3 …
//     without gaps.
//   - An [Entry] is one edit of one record. Its [Key] (device, incarnation,
//     sequence number) and its [Hash] identify it for ever.
//   - A [Value] is what a field holds, kept as canonical CBOR, so that two
//     values are equal exactly when their bytes are.
//   - [Seen] says of which state the author's screen was filled. It, and never
//     a clock, decides which edits an edit replaces.
//   - A [Sequenced] entry has been given its place in the server's order.
//
// # Promise
//
// Nothing here is changed after it was made, nothing reads a clock or a random
// source, and decoding what was encoded gives the same bytes again.
package change
