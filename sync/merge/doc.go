// Package merge folds entries into records: the one piece of code by which
// tablet, hub and server agree. It is pure: the same entries at the same
// positions give the same bytes everywhere.
//
// # Words
//
//   - A [State] is one record: its registers, and the writes they come from.
//   - A [Register] is one field, or one group of fields that only make sense
//     together, or the record's region, or whether it is deleted.
//   - Siblings are the values of a register that were written without seeing
//     each other. A write supersedes exactly the siblings in its past.
//   - A register is in conflict while its rule is contested and two siblings
//     differ.
//
// # The past
//
// An earlier write is in the past of an entry if the author's screen showed
// it: it is earlier in the same log and not later than [change.Seen].Own, or
// its position is not above Seen.Position, or Seen.Ahead names it. What is named
// may be sequenced later than who had seen it, and then arrives superseded. The
// past is transitive, register by register: who replaces a value replaces also what
// its author had seen ahead and replaced by it. Nothing else of that was on the
// screen, and nothing else is handed on: not by another field, and not by the
// deletion of a record.
//
// A name has a hash, and stands for one entry: of a copied tablet two share a key,
// and a hub has not all that came before what it shows.
//
// An entry whose Was is not among the values that it claims to have seen was
// not made from that state, and supersedes nothing.
package merge
