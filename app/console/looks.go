package console

import "net/http"

type lookPage struct {
	Frame
	Looks []lookRow
}

type lookRow struct{ At, Who, What, On string }

// looks lists who saw or took out personal data.
func (v *visit) looks() error {
	list, err := v.desk.Looks(v.ctx, 500)
	if err != nil {
		return err
	}
	p := &lookPage{Frame: v.frame("console.looks")}
	for _, l := range list {
		p.Looks = append(p.Looks, lookRow{moment(l.At), l.Who, v.words.T("look." + l.What), l.On})
	}
	v.render(http.StatusOK, "looks", p)
	return nil
}
