package form

import (
	"strings"
	"sync"

	"muqu/core/table"
)

// Dataset is a table that forms look things up in: the lines of pulldata(), the rows of instance() and of selects from
// a file. Its first row names the columns. It never changes.
type Dataset struct {
	columns map[string]int
	rows    [][]string
	tree    *node

	mu    sync.Mutex
	index map[string]map[string]int // by column: the first row that holds a value; guarded by mu
}

// NewDataset makes a data set of a sheet.
func NewDataset(s *table.Sheet) *Dataset {
	d := &Dataset{columns: map[string]int{}, index: map[string]map[string]int{}}
	if s == nil || len(s.Rows) == 0 {
		return d
	}
	var names []string
	for i, h := range s.Rows[0] {
		h = strings.TrimSpace(h)
		names = append(names, h)
		if _, twice := d.columns[h]; !twice {
			d.columns[h] = i
		}
	}
	d.rows = s.Rows[1:]
	d.tree = datasetTree(names, d.rows)
	return d
}

// datasetTree shows rows as root/item/column, as instance() sees them.
func datasetTree(names []string, rows [][]string) *node {
	doc := &node{kind: kindRoot}
	instance := doc.add(&node{name: "instance"})
	root := instance.add(&node{name: "root"})
	for _, row := range rows {
		if len(row) == 0 {
			continue
		}
		item := root.add(&node{name: "item"})
		for i, name := range names {
			if name != "" {
				text := ""
				if i < len(row) {
					text = row[i]
				}
				item.leaf(name, text)
			}
		}
	}
	freeze(doc)
	return instance
}

// Lookup finds the first row whose key column holds a value and returns another column of it.
func (d *Dataset) Lookup(want, key, value string) (string, bool) {
	if d == nil {
		return "", false
	}
	col, ok := d.columns[want]
	by, ok2 := d.columns[key]
	if !ok || !ok2 {
		return "", false
	}
	row, ok := d.find(key, by, value)
	if !ok || col >= len(d.rows[row]) {
		return "", false
	}
	return strings.TrimSpace(d.rows[row][col]), true
}

// find looks a value up in an index that is made at the first question.
func (d *Dataset) find(key string, by int, value string) (int, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	index := d.index[key]
	if index == nil {
		index = map[string]int{}
		for i, row := range d.rows {
			if by < len(row) {
				v := strings.TrimSpace(row[by])
				if _, twice := index[v]; !twice {
					index[v] = i
				}
			}
		}
		d.index[key] = index
	}
	row, ok := index[strings.TrimSpace(value)]
	return row, ok
}
