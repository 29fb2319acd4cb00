package form

// addMeta adds the group of the form's own data: audit, the id and the name of the answers.
func (r *reader) addMeta() {
	f := r.form
	meta := &Item{Name: "meta", Type: "group", kind: "group", hidden: true}
	r.placeEntities(meta)
	meta.Children = append(meta.Children, r.meta...)
	if !yesNo[f.Settings["omit_instanceID"]] {
		preload := f.Settings["instance_id"]
		if preload == "" {
			preload = "uid"
		}
		meta.Children = append(meta.Children, metaItem("instanceID", attributes{{"readonly", "true()"}, {"jr:preload", preload}}))
	}
	if name := f.Settings["instance_name"]; name != "" {
		meta.Children = append(meta.Children, metaItem("instanceName", attributes{{"calculate", name}}))
	}
	if len(meta.Children) > 0 {
		f.Root.Children = append(f.Root.Children, meta)
	}
}

func metaItem(name string, bind attributes) *Item {
	return &Item{Name: name, Type: "calculate", kind: "calculate", info: knownTypes["calculate"], bind: bind}
}

// checkControls reports what can't be shown: questions without a text, pictures without their small form.
func (r *reader) checkControls() {
	for _, it := range r.form.items {
		if it.Parent == nil || it.IsSection() || it.info.tag == "" || it.info.tag == "action" || !it.visible() {
			continue
		}
		if len(it.Label) == 0 && len(it.Media) == 0 && len(it.hintText()) == 0 && !it.pictured {
			r.bad("survey", it.Row, "label", "form.question.nolabel", "name", it.Name)
		}
		if it.Media["big-image"] != nil && it.Media["image"] == nil {
			r.bad("survey", it.Row, "big-image", "form.image.big", "name", it.Name)
		}
		for kind := range it.Media {
			switch kind {
			case "image", "big-image", "audio", "video":
			default:
				r.bad("survey", it.Row, "media", "form.media.kind", "kind", kind)
			}
		}
	}
	r.checkTriggers()
}

// hintText is the row's hint, or the one that the type brings.
func (it *Item) hintText() Text {
	if len(it.Hint) == 0 && it.info.hint != "" {
		return Text{{"", it.info.hint}}
	}
	return it.Hint
}

// visible says whether an item has a place on the screen: calculations have one only if they have a text.
func (it *Item) visible() bool {
	if it.Type == "calculate" || it.info.tag == "" {
		return false
	}
	if it.bind.has("calculate") || len(it.Triggers) > 0 {
		return len(it.Label) > 0 || len(it.hintText()) > 0
	}
	return true
}

// checkTriggers reports triggers that nobody can set off.
func (r *reader) checkTriggers() {
	for _, it := range r.form.items {
		for _, name := range it.Triggers {
			found := r.form.byName[name]
			if len(found) == 0 {
				continue
			}
			t := found[0]
			silent := len(t.Label) == 0 && len(t.hintText()) == 0 && (t.bind.has("calculate") || len(t.Triggers) > 0)
			if t.Type == "calculate" || silent && t.info.tag != "action" {
				r.bad("survey", it.Row, "trigger", "form.trigger.hidden", "name", name)
			}
		}
	}
}

// checkGeo looks up the lists, files and repeats that places are chosen from.
func (r *reader) checkGeo() {
	for _, it := range r.geoRefs {
		name, ref := wholeReference(it.List)
		switch {
		case ref && r.isRepeat(name), r.form.Lists[it.List] != nil, r.isEntityList(it.List), r.isFileInstance(it.List):
		default:
			r.bad("survey", it.Row, "parameters", "form.geo.reference", "name", it.List)
		}
	}
}

func (r *reader) isRepeat(name string) bool {
	found := false
	r.form.Root.each(func(it *Item) { found = found || it.Name == name && it.IsRepeat() })
	return found
}

func (r *reader) isEntityList(name string) bool {
	for _, e := range r.form.Entities {
		if e.List == name {
			return true
		}
	}
	return false
}

func (r *reader) isFileInstance(name string) bool {
	found := false
	r.form.Root.each(func(it *Item) {
		found = found || it.fromFile && fileBase(it.List) == name || it.Name == name && it.external()
	})
	return found
}

// each visits an item and all below it.
func (it *Item) each(visit func(*Item)) {
	visit(it)
	for _, k := range it.Children {
		k.each(visit)
	}
}
