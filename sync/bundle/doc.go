// Package bundle writes and reads the file that goes by USB stick where there
// is no network: work of tablets for the centre, or what the centre has for a
// tablet.
//
// # Words
//
//   - A bundle is encrypted to those who may read it (age, to the Ed25519 keys
//     that devices and servers have anyway) and signed by who made it.
//   - Its header says from whom and for whom it is; its messages are those of a
//     sync, without the line between question and answer.
//   - A part is one file of a bundle that was split: a piece of its bytes, named
//     NAME-1-of-3.muqu and so on. All of them are read together.
//
// # Promise
//
// A file that is cut off, changed, or meant for somebody else is told apart
// from a good one, and nothing of it is believed. Reading one twice is for the
// receiver to make harmless, and the messages of a sync are.
package bundle
