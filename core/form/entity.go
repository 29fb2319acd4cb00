package form

import "strings"

// Entity says that an interview creates or updates a record of a list.
type Entity struct {
	List     string
	ID       string // expression that gives the record's id; empty: a new record
	CreateIf string
	UpdateIf string
	Label    string
	Row      int

	refs  []entityRef
	item  *Item
	attrs []entityAttr
}

// entityAttr is an attribute of the entity element: fixed, or computed.
type entityAttr struct {
	name, value, calculate string
	fresh                  bool // a new uuid when the interview starts
}

// entityRef is a question that belongs to an entity, because it is saved to it or its declaration names it.
type entityRef struct {
	item     *Item // the section around the question
	row      int
	property string // save_to; empty for a name in the declaration
}

// Creates says whether the declaration may create records, Updates whether it may update them.
func (e *Entity) Creates() bool { return e.ID == "" || e.CreateIf != "" }

// Updates says whether the declaration may update records.
func (e *Entity) Updates() bool { return e.ID != "" }

// entitySheet reads the entities sheet.
func (r *reader) entitySheet() {
	t := r.book.Sheet("entities")
	if t == nil {
		r.similarSheet("entities", false)
		return
	}
	s := r.openSheet(t, entitiesSpec())
	for i, words := range s.columns {
		if len(words) > 0 && !entitiesSpec().columns[words[0]] {
			r.bad("entities", 1, s.heads[i], "form.entity.column", "column", s.heads[i])
		}
	}
	for i := range s.rows {
		if len(s.rows[i].cells) > 0 {
			r.checkRefsIn("entities", &s.rows[i])
			r.entityRow(&s.rows[i])
		}
	}
}

func (r *reader) entityRow(row *row) {
	e := &Entity{List: row.get("dataset"), ID: row.get("entity_id"), CreateIf: row.get("create_if"), UpdateIf: row.get("update_if"), Label: row.get("label"), Row: row.num}
	r.entityName("entities", row.num, "list_name", e.List)
	switch {
	case e.ID == "" && e.UpdateIf != "":
		r.bad("entities", row.num, "entity_id", "form.entity.id", "list", e.List)
	case e.ID != "" && e.CreateIf != "" && e.UpdateIf == "":
		r.bad("entities", row.num, "update_if", "form.entity.updateif", "list", e.List)
	case e.ID == "" && e.Label == "":
		r.bad("entities", row.num, "label", "form.entity.label", "list", e.List)
	}
	for _, other := range r.form.Entities {
		if other.List == e.List && e.List != "" {
			r.bad("entities", row.num, "list_name", "form.entity.twice", "list", e.List)
		}
	}
	r.form.Entities = append(r.form.Entities, e)
}

// entityName checks the name of a list of records.
func (r *reader) entityName(sheet string, row int, column, name string) {
	if name == "" || strings.HasPrefix(name, "__") || strings.Contains(name, ".") || !isXMLName(name) {
		r.bad(sheet, row, column, "form.entity.name", "name", name)
	}
}

// saveTo notes where a question is saved to.
func (s *surveyReader) saveToColumn(it *Item, row *row, section bool) {
	text := it.bind.get("entities:saveto")
	if text == "" {
		return
	}
	list, property, named := strings.Cut(text, "#")
	if !named {
		list, property = "", text
	}
	e := s.saveTarget(row, list, named, property)
	if e == nil {
		return
	}
	it.bind.set("entities:saveto", property)
	it.saveTo, it.savedBy = property, e
	low := strings.ToLower(property)
	switch {
	case section:
		s.bad("survey", row.num, row.head("bind::entities:saveto"), "form.saveto.section")
	case property == "" || strings.HasPrefix(property, "__") || low == "name" || low == "label" || !isXMLName(property):
		s.bad("survey", row.num, row.head("bind::entities:saveto"), "form.saveto.name", "name", property)
	}
	for _, ref := range e.refs {
		if ref.property == property && property != "" {
			s.bad("survey", row.num, row.head("bind::entities:saveto"), "form.saveto.twice", "name", property, "row", itoa(ref.row))
		}
	}
	e.refs = append(e.refs, entityRef{s.top().item, row.num, property})
}

// saveTarget finds the entity that a save_to cell means.
func (s *surveyReader) saveTarget(row *row, list string, named bool, property string) *Entity {
	column := row.head("bind::entities:saveto")
	switch {
	case len(s.form.Entities) == 0:
		s.bad("survey", row.num, column, "form.saveto.noentity")
		return nil
	case strings.Contains(property, "#"):
		s.bad("survey", row.num, column, "form.saveto.signs")
		return nil
	case !named && len(s.form.Entities) > 1:
		s.bad("survey", row.num, column, "form.saveto.which")
		return nil
	case !named:
		return s.form.Entities[0]
	}
	for _, e := range s.form.Entities {
		if e.List == list {
			return e
		}
	}
	s.bad("survey", row.num, column, "form.saveto.list", "list", list)
	return nil
}

// nameRefs notes that a question is named in the declarations of entities.
func (s *surveyReader) nameRefs(it *Item) {
	for _, e := range s.form.Entities {
		for _, text := range []string{e.ID, e.CreateIf, e.UpdateIf, e.Label} {
			for _, m := range references.FindAllStringSubmatch(text, -1) {
				if m[2] == it.Name {
					e.refs = append(e.refs, entityRef{item: s.top().item, row: it.Row})
				}
			}
		}
	}
}
