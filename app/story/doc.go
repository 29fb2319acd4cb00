// Package story holds the promises to people as stories: the real programs, in
// processes of their own, over real HTTPS. Each file in testdata can be read by
// a supervisor.
package story
