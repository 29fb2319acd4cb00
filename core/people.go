package core

// Person is who stands behind a command in the console: an account with its
// role and regions.
type Person struct {
	Name  string
	Role  Role
	Scope Scope
}
