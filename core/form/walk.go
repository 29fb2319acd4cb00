package form

// Step is the step being shown. When the one shown before is gone, because an answer made it irrelevant, it is the
// one before it.
func (v *Interview) Step() Step {
	steps := v.Steps()
	if len(steps) == 0 {
		return Step{}
	}
	return steps[v.StepIndex()]
}

// StepIndex is the place of the current step in Steps.
func (v *Interview) StepIndex() int {
	steps := v.Steps()
	for i, s := range steps {
		if s.Path == v.at {
			return i
		}
	}
	return v.nearest(steps)
}

// nearest finds the last step that comes before a step that is gone, by the order of the form.
func (v *Interview) nearest(steps []Step) int {
	gone := v.find(trimPart(v.at))
	if gone == nil {
		return 0
	}
	best := 0
	for i, s := range steps {
		if n := v.find(trimPart(s.Path)); n != nil && n.item.index <= gone.item.index {
			best = i
		}
	}
	return best
}

func trimPart(path string) string {
	for i := len(path) - 1; i >= 0 && path[i] != '/'; i-- {
		if path[i] == '#' {
			return path[:i]
		}
	}
	return path
}

func (v *Interview) first() {
	if steps := v.Steps(); len(steps) > 0 {
		v.at = steps[0].Path
	}
}

// Next moves to the next step. With problems in the current one it stays and returns them; at the end it stays and
// returns false.
func (v *Interview) Next() (moved bool, problems []Finding) {
	s := v.Step()
	for _, q := range s.Questions {
		if q.Error != nil {
			problems = append(problems, Finding{Step: s.Path, Path: q.Path, Label: q.Label, Message: *q.Error})
		}
	}
	if len(problems) > 0 {
		return false, problems
	}
	return v.move(1), nil
}

// Prev moves to the step before; false at the start.
func (v *Interview) Prev() bool { return v.move(-1) }

func (v *Interview) move(by int) bool {
	steps := v.Steps()
	to := v.StepIndex() + by
	if to < 0 || to >= len(steps) {
		return false
	}
	v.at = steps[to].Path
	return true
}

// Jump goes to a step by its path, or to the step that holds a question or the first of a repeat's instance.
func (v *Interview) Jump(path string) bool {
	inside := ""
	for _, s := range v.Steps() {
		if s.Path == path {
			v.at = s.Path
			return true
		}
		for _, q := range s.Questions {
			if q.Path == path {
				v.at = s.Path
				return true
			}
		}
		if inside == "" && len(s.Path) > len(path) && s.Path[:len(path)] == path && s.Path[len(path)] == '/' {
			inside = s.Path
		}
	}
	if inside == "" {
		return false
	}
	v.at = inside
	return true
}
