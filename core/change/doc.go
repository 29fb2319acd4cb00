// Package change holds one immutable edit: who made it, on which tablet, what the author had seen and what was written.
package change
