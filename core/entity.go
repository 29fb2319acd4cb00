package core

import (
	"strings"

	"muqu/core/change"
	xlsform "muqu/core/form"
)

// entitiesField is the field of a visit that says what its answers made and
// changed, so that the submission tells it to other tools: a row for each
// entity, in "entities/2" and so on where they are many.
const entitiesField = "entities"

// TellsEntities says of a field that it is what [VisitEntities] reads: pages show
// the records instead.
func TellsEntities(kind, field string) bool {
	return kind == visit.Name && (field == entitiesField || strings.HasPrefix(field, entitiesField+"/"))
}

// keepEntities puts what was made of answers into the fields of their visit.
func keepEntities(set map[string]change.Value, entities []xlsform.SavedEntity) error {
	if len(entities) == 0 {
		return nil
	}
	rows := make([]map[string]any, len(entities))
	for i := range entities {
		x := &entities[i]
		row := map[string]any{"list": x.List, "id": x.ID}
		for name, text := range map[string]string{"at": x.At, "label": x.Label, "base": x.BaseVersion} {
			if text != "" {
				row[name] = text
			}
		}
		for name, does := range map[string]bool{"create": x.Create, "update": x.Update} {
			if does {
				row[name] = true
			}
		}
		rows[i] = row
	}
	err := keepAnswer(set, entitiesField, rows, func(name string, _ change.Value) string { return name })
	if err != nil {
		return err
	}
	return mayHold(set)
}

// VisitEntities returns what the answers of a visit made and changed, without
// the properties, which are among the answers.
func VisitEntities(r *Record) []xlsform.SavedEntity {
	rows, _ := joinParts(r.Field(entitiesField), func(n int) change.Value { return r.Field(partName(entitiesField, n)) }).([]any)
	var out []xlsform.SavedEntity
	for _, x := range rows {
		row, _ := x.(map[string]any)
		text := func(name string) string { s, _ := row[name].(string); return s }
		does := func(name string) bool { b, _ := row[name].(bool); return b }
		out = append(out, xlsform.SavedEntity{At: text("at"), List: text("list"), ID: text("id"), Label: text("label"),
			Create: does("create"), Update: does("update"), BaseVersion: text("base")})
	}
	return out
}

// EntityRef is the record of an entity; false where its list is no kind of record.
func EntityRef(x *xlsform.SavedEntity) (Ref, bool) {
	id, err := entityID(x)
	return Ref{Kind: x.List, ID: id}, err == nil && KindOf(x.List).Known()
}
