package console_test

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"muqu/core"
)

// picture gives the server a JPEG; n tells them apart.
func (o *office) picture(n int) core.FileName {
	o.t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 400+n, 300)), nil); err != nil {
		o.t.Fatal(err)
	}
	return o.keep(b.Bytes(), "jpg")
}

func (o *office) keep(data []byte, sort string) core.FileName {
	o.t.Helper()
	name := core.NewFileName(sha256.Sum256(data), sort)
	if err := o.files.Take(name, bytes.NewReader(data)); err != nil {
		o.t.Fatal(err)
	}
	return name
}

// get asks for what is no page.
func (o *office) get(path string) (*http.Response, []byte) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, o.url+path, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	res, err := o.client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		o.t.Fatal(err)
	}
	return res, b.Bytes()
}

func filePath(ref core.Ref, name core.FileName, more string) string {
	return "/files/" + string(name) + "?kind=" + ref.Kind + "&record=" + ref.ID.String() + more
}

func TestARecordShowsItsPhotos(t *testing.T) {
	o := newOffice(t, core.County)
	a, words := o.picture(1), o.keep([]byte("sounds"), "m4a")
	missing := core.NewFileName(sha256.Sum256([]byte("on the way")), "jpg")
	ref := o.put("household", map[string]any{"head_name": "才让", "photos": []any{string(a), string(words), string(missing)}})
	for _, lang := range []string{"zh-CN", "en"} {
		o.lang = lang
		body := o.page(pathOf(ref))
		if n := strings.Count(body, `<img src="/files/`+string(a)); n != 1 || strings.Count(body, `href="/files/`) != 2 {
			t.Errorf("%s: %d thumbnails of the photo", lang, n)
		}
		if strings.Contains(body, string(missing)) || !strings.Contains(body, `class="note"`) {
			t.Errorf("%s: a file that has not arrived is not counted as such", lang)
		}
	}
	res, b := o.get(filePath(ref, a, "&size=thumb"))
	if size, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || size.Width != 320 || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("thumbnail: %d, %dx%d, %v", res.StatusCode, size.Width, size.Height, err)
	}
	res, b = o.get(filePath(ref, a, ""))
	if size, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || size.Width != 401 || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the photo: %d, %d wide, %v", res.StatusCode, size.Width, err)
	}
	if res, b = o.get(filePath(ref, words, "")); string(b) != "sounds" || res.Header.Get("Content-Disposition") != "attachment" {
		t.Errorf("the recording: %d, %q", res.StatusCode, b)
	}
	if looks, err := o.w.Server.Looks(t.Context(), 9); err != nil || len(looks) != 0 {
		t.Errorf("looks at a house are noted: %v, %v", looks, err)
	}
	other := o.put("household", map[string]any{"head_name": "卓玛"})
	for path, want := range map[string]int{
		filePath(ref, missing, ""):                http.StatusNotFound,
		filePath(other, a, ""):                    http.StatusNotFound, // a record that doesn't name it
		"/files/" + string(a):                     http.StatusNotFound,
		"/files/..%2Fmuqu.db?kind=household":      http.StatusNotFound,
		filePath(ref, words, "&size=thumb"):       http.StatusBadRequest,
		filePath(core.Ref{ID: ref.ID}, a, ""):     http.StatusNotFound,
		filePath(ref, core.FileName("x.jpg"), ""): http.StatusNotFound,
	} {
		if res, _ := o.get(path); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	o.fresh()
	if res, b := o.get(filePath(ref, a, "")); res.StatusCode != http.StatusSeeOther || bytes.Contains(b, []byte("JFIF")) {
		t.Errorf("without signing in: %d", res.StatusCode)
	}
}

// Photos of documents and signatures are shown to those who say that they want
// to look, and the look is noted.
func TestALookAtADocumentIsNoted(t *testing.T) {
	for _, role := range []core.Role{core.County, core.Viewer} {
		o := newOffice(t, role)
		card := o.picture(2)
		ref := o.put("visit", map[string]any{"form_id": "household_visit", "photo_doc": string(card)})
		if body := o.page(pathOf(ref)); strings.Contains(body, "/files/") || !strings.Contains(body, "/unmask") {
			t.Errorf("%s: the photo of a document shows by itself", role)
		}
		res, body := o.post(pathOf(ref)+"/unmask", nil)
		looked, _ := o.get(filePath(ref, card, "&size=thumb"))
		whole, _ := o.get(filePath(ref, card, ""))
		looks, err := o.w.Server.Looks(t.Context(), 9)
		if err != nil {
			t.Fatal(err)
		}
		if role == core.Viewer {
			if res.StatusCode != http.StatusForbidden || looked.StatusCode != http.StatusForbidden || whole.StatusCode != http.StatusForbidden || len(looks) != 0 {
				t.Errorf("a viewer: %d, %d, %d, %v", res.StatusCode, looked.StatusCode, whole.StatusCode, looks)
			}
			continue
		}
		if strings.Count(body, `src="/files/`+string(card)) != 1 || looked.StatusCode != http.StatusOK || whole.StatusCode != http.StatusOK {
			t.Errorf("%s: %d, %d", role, looked.StatusCode, whole.StatusCode)
		}
		if len(looks) != 3 || looks[0].What != "photo" || looks[1].What != "photo" || looks[2].What != "unmask" || !strings.Contains(looks[0].On, ref.ID.String()) {
			t.Errorf("noted: %+v", looks)
		}
		o.wellWritten("looks", o.page("/looks"))
	}
}
