package form

// surveyColumns and the tables below name the columns of each sheet and their other names, as the XLSForm standard
// and its older versions have them.
func surveySpec() sheetSpec {
	return sheetSpec{squeeze: true, required: []string{"type"}, columns: set("type", "name", "label", "hint", "guidance_hint",
		"default", "choice_filter", "parameters", "trigger", "intent", "media", "bind", "control", "instance", "disabled",
		"list_name", "query", "itemset", "choices", "children", "columns", "sms_field", "sms_option"),
		aliases: map[string][]string{
			"command": {"type"}, "tag": {"name"}, "value": {"name"}, "caption": {"label"},
			"read_only": {"bind", "readonly"}, "readonly": {"bind", "readonly"},
			"relevant": {"bind", "relevant"}, "relevance": {"bind", "relevant"},
			"required": {"bind", "required"}, "constraint": {"bind", "constraint"},
			"constraining_message": {"bind", "jr:constraintMsg"}, "constraint_message": {"bind", "jr:constraintMsg"},
			"calculation": {"bind", "calculate"}, "calculate": {"bind", "calculate"},
			"requiredmsg": {"bind", "jr:requiredMsg"}, "required_message": {"bind", "jr:requiredMsg"},
			"noapperrorstring": {"bind", "jr:noAppErrorString"}, "no_app_error_string": {"bind", "jr:noAppErrorString"},
			"appearance": {"control", "appearance"}, "autoplay": {"control", "autoplay"}, "rows": {"control", "rows"},
			"count": {"control", "jr:count"}, "repeat_count": {"control", "jr:count"}, "jr:count": {"control", "jr:count"},
			"body": {"control"}, "image": {"media", "image"}, "big-image": {"media", "big-image"},
			"audio": {"media", "audio"}, "video": {"media", "video"}, "compact_tag": {"instance", "odk:tag"},
			"save_to": {"bind", "entities:saveto"},
		}}
}

func choicesSpec() sheetSpec {
	return sheetSpec{required: []string{"name"}, columns: set("name", "label", "media"),
		aliases: map[string][]string{
			"caption": {"label"}, "list_name": {"list name"}, "value": {"name"}, "image": {"media", "image"},
			"big-image": {"media", "big-image"}, "audio": {"media", "audio"}, "video": {"media", "video"},
		}}
}

func settingsSpec() sheetSpec {
	return sheetSpec{columns: set("name", "title", "id_string", "version", "default_language", "instance_name", "style",
		"public_key", "submission_url", "auto_send", "auto_delete", "allow_choice_duplicates", "namespaces", "attribute",
		"instance_id", "clean_text_values", "client_editable", "omit_instanceid", "sms_keyword", "flat", "prefix"),
		aliases: map[string][]string{
			"form_title": {"title"}, "set_form_title": {"title"}, "form_id": {"id_string"}, "set_form_id": {"id_string"},
			"omit_instanceid": {"omit_instanceID"}, "delimiter": {"delimiter"},
		}}
}

func entitiesSpec() sheetSpec {
	return sheetSpec{columns: set("dataset", "entity_id", "create_if", "update_if", "label", "repeat"),
		aliases: map[string][]string{"list_name": {"dataset"}}}
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
