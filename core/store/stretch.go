package store

import "slices"

// InStretches writes a list, size items at a time. While one stretch is written,
// prepare works out the items of the next: it runs beside write and must not
// touch the database. After an error nothing more is written.
func InStretches[T any](list []T, size int, prepare func(T), write func([]T) error) error {
	ready := make(chan []T, 1)
	go func() {
		defer close(ready)
		for part := range slices.Chunk(list, size) {
			for _, x := range part {
				prepare(x)
			}
			ready <- part
		}
	}()
	var err error
	for part := range ready { // to the end, so that nothing is prepared afterwards
		if err == nil {
			err = write(part)
		}
	}
	return err
}
