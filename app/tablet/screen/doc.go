// Package screen has what a field worker sees and taps. A [Screen] is one thing
// to look at or to fill in; the [Shell] shows one at a time between a bar with
// its title and a bar with the parts of the app, remembers the way back, and
// builds the screen again when its data or the language have changed.
//
// Screens read and change records through core alone: they build widgets, call
// a command, draw a view. Whatever waits for the disk or the network is done by
// [Load] and [Do], away from the UI thread.
//
// What somebody has typed is kept in the screen's own fields, or saved as a
// draft the moment it is given, never only in a widget.
package screen
