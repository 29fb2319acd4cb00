// Package ingest is the server's half of Muqu: it verifies what tablets send,
// gives it its place in the order, folds it, and serves to each tablet what
// concerns it.
//
// # Words
//
//   - The sequencer is the one writer. It takes what many requests bring, puts
//     it into the order in one transaction and only then answers them.
//   - A verdict says what became of an entry. Everything that was signed and
//     numbered rightly is sequenced, whatever else is wrong with it; what may
//     not stand is quarantined with its reason.
//   - A branch is the second history under the numbers of a forked log.
//
// # Promise
//
// Positions are consecutive, and nobody ever reads one before all those below
// it. What was acknowledged is on disk. Refolding the log gives the same bytes.
package ingest
