// Package simtest puts tablets and servers together in one process, over real
// files and real HTTP, and makes things go wrong.
//
// A [World] is a server with its tablets; each has its own clock. The stories
// in the tests of this package are what Muqu promises: nothing confirmed is
// lost, nothing is overwritten unseen, and whoever heard the same is equal.
package simtest
