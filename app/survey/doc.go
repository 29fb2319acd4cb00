// Package survey is forms and their answers as an office works with them: it
// keeps versions of forms, finds the one that answers were given to, and
// exchanges answers with ODK and spreadsheets.
//
// Words: a [Form] is a form with all its versions, those that an office added
// and the one that comes with the program. [Answered] is one filling-in: a
// visit with the version that it was made with.
//
// Promises: everything is read and written through the [core.Book] given, so
// that a person sees and changes what that person may. A form with errors
// leaves nothing behind. Bringing the same thing in twice changes nothing.
package survey
