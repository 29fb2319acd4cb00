// Package store is the contract of Muqu's storage: what a tablet and a server
// keep, and what they may rely on. The engines are in the folders below; one
// conformance suite runs against each of them.
//
// # Words
//
//   - A [Row] is a record as stored: its folded state as opaque bytes, and what
//     lists, filters and search need of it.
//   - An [Own] entry is one of this device's log; a [Logged] entry is one that
//     the server sequenced.
//   - Update runs a function in the one write transaction; View in a read
//     transaction that sees one moment.
//
// # Promise
//
// When Update returns nil, everything it wrote survives a power cut; when it
// returns an error, nothing was written. Readers never wait for the writer.
package store
