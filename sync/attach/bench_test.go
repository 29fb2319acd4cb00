package attach_test

import (
	"net/http"
	"testing"

	"muqu/sync/attach"
)

// BenchmarkInterruptedUpload reports what an upload of 50 MB costs that breaks
// ten times, as a multiple of the file: on a line that breaks, and through a
// gateway that loses whole requests.
func BenchmarkInterruptedUpload(b *testing.B) {
	data := noise(5, large)
	for _, way := range []string{"cut", "held back"} {
		b.Run(way, func(b *testing.B) {
			for range b.N {
				h := newHall(b, attach.ServerConfig{})
				m := h.member("卓玛", "632323")
				var l *badLine
				if way == "cut" {
					l = newBadLine(b, h.http.URL, large/11, 10)
					m.Base = "http://" + l.ln.Addr().String()
				} else {
					m.Base, l = holding(b, h.http.URL, large/11, 10)
				}
				m.Client = &http.Client{Transport: &http.Transport{}}
				b.ReportMetric(float64(cutTenTimes(b, h, m, data, l))/large, "×size")
			}
		})
	}
}

func BenchmarkPictures(b *testing.B) {
	taken := photo(b, 4000, 3000)
	b.Run("shrink 12 megapixels", func(b *testing.B) {
		for range b.N {
			if _, _, err := attach.Shrink(taken, attach.DefaultLongSide); err != nil {
				b.Fatal(err)
			}
		}
	})
	small, _, err := attach.Shrink(taken, attach.DefaultLongSide)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("thumbnail", func(b *testing.B) {
		for range b.N {
			if _, err := attach.Thumbnail(small); err != nil {
				b.Fatal(err)
			}
		}
	})
}
