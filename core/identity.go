package core

import "muqu/core/change"

// IdentityOf gives the id of a record that somebody writes: the one given, the
// one that follows from its references, or a new one.
func IdentityOf(kind, given string, fields map[string]change.Value, fresh func() change.RecordID) (change.RecordID, error) {
	k := KindOf(kind)
	if a, b := k.Identity[0], k.Identity[1]; a != "" {
		x, y := fields[a].Str(), fields[b].Str()
		if x != "" && y != "" {
			id := Derive(kind, x, y)
			if given != "" && given != id.String() {
				return id, Refuse(Invalid, "id", "refuse.identity", "a", a, "b", b)
			}
			return id, nil
		}
	}
	if given == "" {
		return fresh(), nil
	}
	id, err := change.ParseRecordID(given)
	if err != nil {
		return id, Refuse(Invalid, "id", "refuse.ref")
	}
	return id, nil
}

// ParentRegion gives the region of the record that a new one belongs to, ""
// where that is not known.
func ParentRegion(kind string, fields map[string]change.Value, get func(Ref) (Record, bool, error)) string {
	k := KindOf(kind)
	if k.Parent == "" {
		return ""
	}
	id, err := change.ParseRecordID(fields[k.Parent].Str())
	if err != nil {
		return ""
	}
	parent, found, err := get(Ref{k.Field(k.Parent).To, id})
	if err != nil || !found {
		return ""
	}
	return parent.Region
}
