package screen

import (
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/sync/client"
)

// Who wrote something that a supervisor turned down hears of it.
func TestSyncShowsWhatWasTurnedDown(t *testing.T) {
	w := open(t, &Sync{})
	ref := core.Ref{Kind: "household", ID: w.tablet.NewID()}
	edit := core.Edit{Ref: ref, Region: "632524100201", Set: map[string]change.Value{"head_name": change.Text("测试户主乙")}}
	if _, err := w.tablet.Commit(t.Context(), []core.Edit{edit}); err != nil {
		t.Fatal(err)
	}
	sync := func() {
		t.Helper()
		if _, err := w.tablet.SyncWith(t.Context(), client.Options{}); err != nil {
			t.Fatal(err)
		}
		w.shell.Start(&Sync{})
	}
	sync()
	w.see("待主管审核 1条", "不在您负责的区域")
	desk := w.centre.As(core.Person{Name: "州里", Role: core.Admin, Scope: core.Scope{"63"}})
	list, err := desk.Quarantine(t.Context(), 9)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d wait, %v", len(list), err)
	}
	if err := desk.Decide(t.Context(), list[0].Position, false); err != nil {
		t.Fatal(err)
	}
	sync()
	w.see("主管未同意 1条", "未同意", "不在您负责的区域")
	w.notSee("待主管审核")
	w.fits()
}
