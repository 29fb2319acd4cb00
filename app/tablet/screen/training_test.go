package screen

import (
	"fmt"
	"testing"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// class writes a class with so many trainees on its roster and one session.
func (w *world) class(trainees int) (class, session core.Record) {
	w.Helper()
	class = w.put("class", map[string]any{"class_name": "唐卡绘制初级班", "class_no": "ZK-07", "trade": "craft"})
	session = w.put("session", map[string]any{"class": class.ID.String(), "s_date": "2026-11-22", "s_half": "am", "s_topic": "颜料调配", "s_hours": 4})
	for i := range trainees {
		person := w.put("person", map[string]any{"name": fmt.Sprintf("学员%02d", i), "id_no": "632323198001010013"})
		ref := core.EnrollmentOf(class.Ref, person.Ref)
		w.write(core.Record{Ref: ref}, map[string]any{"class": class.ID.String(), "person": person.ID.String(), "t_name": person.Text("name")})
	}
	return class, session
}

// mark taps a mark in the row of a trainee.
func (w *world) mark(name, status string) {
	w.Helper()
	for _, o := range w.shown() {
		if row, ok := o.(*widget.Marks); ok && row.Name() == name {
			row.Mark(status)
			return
		}
	}
	w.Fatalf("no row of %q", name)
}

func (w *world) attendance(name string) core.Record {
	w.Helper()
	for _, r := range w.list("attendance") {
		if r.Text("t_name") == name {
			return r
		}
	}
	return core.Record{}
}

func TestAttendanceIsMarkedByTapping(t *testing.T) {
	w := open(t, &Home{})
	class, session := w.class(3)
	w.shell.Go(&Session{Ref: session.Ref, Class: class.Ref})
	w.see("2026-11-22 上午 颜料调配", "到课 0", "未到 0", "未点名 3")
	w.fits()
	w.mark("学员00", "late")
	w.mark("学员01", "absent")
	w.see("到课 1", "未到 1", "未点名 1")
	late := w.attendance("学员00")
	w.want("status", late.Text("t_status"), "late")
	w.want("came", late.Text("t_in"), "09:30")
	w.want("hours", late.Text("t_hours"), "4")
	w.want("absent hours", w.attendance("学员01").Text("t_hours"), "")

	w.mark("学员01", "present") // came after all
	w.see("到课 2", "未到 0")
	w.want("hours", w.attendance("学员01").Text("t_hours"), "4")
	w.want("open conflicts", len(w.attendance("学员01").Conflicts), 0)

	w.tap("其余全部出勤")
	w.see("到课 3", "未点名 0")
	w.want("the late one stays late", w.attendance("学员00").Text("t_status"), "late")
	w.want("id", w.attendance("学员02").ID, core.Derive("attendance", session.ID.String(), w.attendance("学员02").Text("person")))
}

func TestWalkInWhoIsKnown(t *testing.T) {
	w := open(t, &Home{})
	class, session := w.class(1)
	w.put("person", map[string]any{"name": "路过的牧民"})
	w.shell.Go(&Session{Ref: session.Ref, Class: class.Ref})
	w.tap("现场报名")
	w.tap("从本机人员中查找")
	w.pickFirst("路过")
	w.see("到课 1", "未点名 1")
	w.want("status", w.attendance("路过的牧民").Text("t_status"), "present")
	w.shell.Go(&Class{Ref: class.Ref})
	w.see("学员 2人", "路过的牧民", "现场报名")
}

func TestWalkInWhoIsNew(t *testing.T) {
	w := open(t, &Home{})
	class, session := w.class(0)
	w.shell.Go(&Session{Ref: session.Ref, Class: class.Ref})
	w.see("名单上还没有学员")
	w.tap("现场报名")
	w.tap("登记新人员")
	w.typeIn("姓名", "新来的牧民")
	w.pick("所在地", "幸福")
	w.tap("保存")
	w.see("点名", "到课 1")
	w.want("status", w.attendance("新来的牧民").Text("t_status"), "present")
	w.want("people", len(w.list("person")), 1)
}

func TestClassAndSessionAreMade(t *testing.T) {
	w := open(t, &Classes{})
	w.see("还没有培训班")
	w.tap("新建培训班")
	w.typeIn("培训班名称", "牦牛养殖班")
	w.pick("所在地", "泽曲镇")
	w.typeIn("培训机构统一社会信用代码", "52632323MJ1234561X")
	w.tap("保存")
	w.want("code", w.problem("培训机构统一社会信用代码"), "统一社会信用代码不正确，请核对18位")
	w.typeIn("培训机构统一社会信用代码", "52632323MJ1234561L")
	w.tap("保存")
	w.see("牦牛养殖班", "课次 0次", "学员 0人")
	w.tap("新建课次（点名）")
	w.want("today", inside[*widget.Date](t, w.field("上课日期")).Value(), "2026-11-22")
	w.choose("时段", "下午")
	w.typeIn("授课内容", "接羔保育")
	w.tap("保存")
	w.see("2026-11-22 下午 接羔保育", "牦牛养殖班")
	session := w.list("session")[0]
	w.want("class", session.Text("class"), w.list("class")[0].ID.String())
	w.shell.Back()
	w.see("课次 1次")
}

func TestTraineeIsEnrolled(t *testing.T) {
	w := open(t, &Home{})
	class, _ := w.class(0)
	w.put("person", map[string]any{"name": "报名的牧民"})
	w.shell.Go(&Class{Ref: class.Ref})
	w.tap("添加学员")
	w.pickFirst("bmdmm")
	w.see("学员 1人", "报名的牧民")
	w.fits()
}

// A roll of many people is as quick as one of few: rows are made for the
// screen only.
func TestLongRollMakesFewRows(t *testing.T) {
	w := open(t, &Home{})
	class, session := w.class(60)
	w.shell.Go(&Session{Ref: session.Ref, Class: class.Ref})
	rows := 0
	for _, o := range w.shown() {
		if _, ok := o.(*widget.Marks); ok {
			rows++
		}
	}
	if rows > 15 {
		t.Errorf("%d rows were made", rows)
	}
	w.tap("其余全部出勤")
	w.see("到课 60", "未点名 0")
}

// Marks of several people in quick succession are written one after another,
// each from what the one before left.
func TestMarksAreQueued(t *testing.T) {
	w := open(t, &Home{})
	class, session := w.class(1)
	w.shell.Go(&Session{Ref: session.Ref, Class: class.Ref})
	w.loop.settle()
	var later []func()
	w.shell.Run = func(work func() func()) { later = append(later, func() { work()() }) }
	w.mark("学员00", "present")
	w.mark("学员00", "absent")
	w.want("under way", len(later), 1)
	for len(later) > 0 {
		next := later[0]
		later = later[1:]
		next()
	}
	mark := w.attendance("学员00")
	w.want("status", mark.Text("t_status"), "absent")
	w.want("open conflicts", len(mark.Conflicts), 0)
}
