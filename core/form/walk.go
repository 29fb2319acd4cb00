package form

import "strings"

// Step is the step being shown. When the one shown before is gone, because an answer made it irrelevant, it is the
// one before it.
func (v *Interview) Step() Step {
	plan := v.plan()
	if len(plan) == 0 {
		return Step{}
	}
	return v.draw(&plan[v.StepIndex()])
}

// StepIndex is the place of the current step in Steps.
func (v *Interview) StepIndex() int {
	steps := v.plan()
	for i, s := range steps {
		if s.path == v.at {
			return i
		}
	}
	return v.nearest(steps)
}

// nearest finds the last step that comes before a step that is gone, by the order of the form.
func (v *Interview) nearest(steps []outline) int {
	gone := v.find(trimPart(v.at))
	if gone == nil {
		return 0
	}
	best := 0
	for i, s := range steps {
		if n := v.find(trimPart(s.path)); n != nil && n.item.index <= gone.item.index {
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
	if steps := v.plan(); len(steps) > 0 {
		v.at = steps[0].path
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
	steps := v.plan()
	to := v.StepIndex() + by
	if to < 0 || to >= len(steps) {
		return false
	}
	v.at = steps[to].path
	return true
}

// Jump goes to a step by its path, or to the step that holds a question or the first of a repeat's instance.
func (v *Interview) Jump(path string) bool {
	inside := ""
	target := v.find(path)
	for _, s := range v.plan() {
		if s.path == path {
			v.at = s.path
			return true
		}
		for _, n := range s.nodes {
			if n == target {
				v.at = s.path
				return true
			}
		}
		if inside == "" && strings.HasPrefix(s.path, path+"/") {
			inside = s.path
		}
	}
	if inside == "" {
		return false
	}
	v.at = inside
	return true
}

// StepCount is how many steps there are now.
func (v *Interview) StepCount() int { return len(v.plan()) }
