// Package console is the web pages of the server, for supervisors, county and
// provincial offices and social organizations.
//
// Every page is one Go file and one template of the same name, embeds the
// common [Frame], works without JavaScript and prints well. A page reads its
// input, asks the person's [Desk] and writes its output: what a person may see
// and do is decided there, not here. Changes are plain forms, answered with a
// redirect.
package console
