package screen

import "testing"

func TestUnnumbered(t *testing.T) {
	for title, want := range map[string]string{
		"三、家庭成员": "家庭成员", "C. Household members": "Household members", "物资明细": "物资明细", "牧户姓名、电话": "牧户姓名、电话",
	} {
		if got := unnumbered(title); got != want {
			t.Errorf("unnumbered(%q) = %q, want %q", title, got, want)
		}
	}
}
