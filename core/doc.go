// Package core holds what Muqu is about: the kinds of record, the rules that
// their fields obey, and the commands by which people change them.
//
// # Words
//
//   - A [Kind] is a sort of record, such as household or demand. Each is
//     declared once, in the file of its name, field by field: type, merge rule,
//     limits, whether it is searched, shown in lists or sensitive. Validation,
//     storage, merging, search, lists and export all read that declaration.
//   - A [Record] is one record as a person sees it now, with the values that
//     stand against each other where it is in conflict.
//   - A [Book] is where records are kept: a tablet or the server. Commands read
//     it and hand it [Edit] values to commit.
//   - A [Refusal] says in plain words what is wrong with what somebody entered.
//
// # Promise
//
// Nothing in this package reads a clock, a disk or a network. What it refuses
// it refuses before anything is written, and it never changes a value silently.
package core
