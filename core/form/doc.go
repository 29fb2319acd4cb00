// Package form reads XLSForms, checks them, and runs interviews on them.
//
// A form is a workbook in the XLSForm standard, as offices write it in Excel for ODK, KoBo and others. [Read] turns
// it into a [Form] and reports everything that is wrong with it at once, in sentences that name sheet, row and
// column and how to mend it. A Form never changes; many interviews may use it at the same time.
//
// An [Interview] is one filling-in of a form, without a screen. It offers [Step] after [Step], each with the
// questions to be shown now in the language chosen; it takes answers, checks them, recalculates what depends on
// them, keeps what is no longer relevant without submitting it, and gives a draft after each answer from which it
// continues as if it had never stopped.
//
// A screen drives an Interview like this: draw [Interview.Step]; hand what is typed or chosen to [Interview.Set] with
// the question's Path and draw the step again, because answers show and hide questions; keep [Interview.Draft] after
// each answer; move with [Interview.Next], [Interview.Prev] and [Interview.Jump]; add and remove members of a repeat
// with [Interview.AddRepeat] and [Interview.RemoveRepeat]; at the end call [Interview.Finish], show what it lists, and
// take [Interview.Answers], [Interview.Submission] and [Interview.Entities].
//
// Words: an [Item] is a row of the survey sheet: a question, a group or a repeat. A node is an item's place in one
// interview: a question inside a repeat has one per instance. A step is what fits on one screen: the questions of a
// group. An answer is relevant when its own condition and those of all groups around it hold.
//
// Promises: the package touches no file, no clock and no network: time, data sets, checks and chance come in through
// [Config]. Nothing in a form or an answer makes it panic or run without end. Messages carry a stable key beside
// their English sentence; [MessageKeys] lists them with their Chinese.
//
// Beyond the standard, three columns: bind::hs:core marks the questions of the short mode, bind::hs:check names a
// check of [Config.Checks], bind::hs:sensitive names the class of personal data. AUTHORING.md tells authors of forms.
package form
