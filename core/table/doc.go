// Package table reads and writes the tables people exchange: Excel workbooks, CSV files and the Markdown tables
// that form documentation uses.
//
// Words: a [Workbook] has sheets, a [Sheet] has rows of text cells. Rows and columns are counted from one when they
// are shown to a person, because that is what Excel shows. Everything is text on the way in: a number keeps the
// digits that the clerk typed, a date becomes 2006-01-02, a boolean TRUE or FALSE.
//
// Promises: a file from a stranger can't exhaust memory (see [Limits]); a file we write can't run a formula on the
// reader's machine, and reading it back gives what was written; a bad row is reported with its place and the rest of
// the file is still read.
package table
