// Package attach keeps photos, signatures, recordings and other files, and
// moves them between tablets, hubs and the centre.
//
// # Words
//
//   - A file is known by its [core.FileName]: the hash of its bytes. The same
//     bytes are kept and sent once, whoever attached them how often.
//   - A [Store] is a folder of files. On a tablet everything in it is
//     encrypted; the hash is of the plain bytes.
//   - A [Remote] is a server's files as a tablet or hub sees them: it uploads
//     by the tus 1.0 protocol, asks what is there, and fetches.
//   - A [Server] is the other end: it takes uploads, signs receipts, makes
//     thumbnails and hands out what a tablet may see.
//   - A [Policy] says what may be sent and fetched, and how pictures are made
//     smaller before.
//
// # Promise
//
// A file under its name is whole: it was on disk and had its hash before the
// name existed, and it is checked again whenever it is read. What was damaged
// since is moved aside, reported, and asked for again. An interrupted transfer
// goes on where it stopped. Records never wait for files.
package attach
