package attach

import (
	"bytes"
	"image/jpeg"
	"io"

	"muqu/core"
)

// Has reports whether a file is here.
func (s *Server) Has(name core.FileName) bool { return s.files.Has(name) }

// Thumb gives a picture's thumbnail, making it where there is none.
func (s *Server) Thumb(name core.FileName) ([]byte, error) {
	if !name.Picture() {
		return nil, ErrPicture
	}
	if b, err := s.thumbs.Read(name); err == nil {
		if _, err := jpeg.Decode(bytes.NewReader(b)); err == nil {
			return b, nil
		}
	}
	data, err := s.files.Read(name)
	if err != nil {
		return nil, err
	}
	s.drawing.Lock()
	defer s.drawing.Unlock()
	b, err := Thumbnail(data)
	if err != nil {
		return nil, err
	}
	_, err = s.thumbs.Put(name, bytes.NewReader(b))
	return b, err
}

// Take keeps a file that came in another way than by an upload from a tablet:
// out of a bundle, or through a hub.
func (s *Server) Take(name core.FileName, r io.Reader) error {
	if _, err := s.files.Put(name, r); err != nil {
		return err
	}
	s.arrived(name)
	return nil
}

// arrived makes the thumbnail of a new picture. What can't be drawn is kept
// all the same: a person may know what to do with it.
func (s *Server) arrived(name core.FileName) {
	s.found(name)
	if !name.Picture() {
		return
	}
	if _, err := s.Thumb(name); err != nil {
		s.cfg.Log.Warn("no thumbnail could be made", "file", string(name), "err", err)
	}
}
