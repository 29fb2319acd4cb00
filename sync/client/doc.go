// Package client is the tablet's half of Muqu: a [Tablet] is a [core.Book] on
// one folder of files, and it reconciles with a server when there is one.
//
// # Words
//
//   - Own entries are this tablet's log. Those that the state does not include
//     yet are replayed on top of it, so that a worker always sees the own
//     work.
//   - Acknowledged is what the server signed a receipt for; included is what a
//     page of the server's order has brought back.
//
// # Promise
//
// Commit returns only when the edit would survive a power cut. Sync may be
// interrupted at any moment and repeated at any time: nothing is lost and
// nothing enters twice. No clock decides whether any of this works.
package client
