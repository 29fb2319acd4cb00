package table

import "strings"

// readMarkdown reads the notation of form documentation: the first column names the sheet on a line of its own, the
// lines below it start with an empty cell. Blank cells are empty, a line of dashes is decoration.
//
//	| survey |        |      |       |
//	|        | type   | name | label |
//	|        | text   | a    | A?    |
func readMarkdown(text string, lim Limits) (*Workbook, error) {
	var rows [][]string
	b := budget{lim: lim}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if i := strings.LastIndexByte(line, '|'); i > 0 && strings.Contains(line[i:], "#") {
			line = line[:i+1] // a remark behind the table
		}
		if !strings.HasPrefix(line, "|") || isRule(line) {
			continue
		}
		cells := splitBars(line)
		if strings.Join(cells, "") == "" {
			continue
		}
		if err := b.row("md", len(rows), cells); err != nil {
			return nil, err
		}
		rows = append(rows, cells)
	}
	return unstack(rows), nil
}

// isRule recognizes the line under a Markdown header.
func isRule(line string) bool {
	return strings.Contains(line, "-") && strings.Trim(line, "|-: \t") == ""
}

// splitBars cuts a line at its bars; a backslash keeps a bar in its cell.
func splitBars(line string) []string {
	line = strings.TrimPrefix(line, "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	var cells []string
	var cell strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			cell.WriteByte('|')
			i++
		case line[i] == '|':
			cells = append(cells, strings.TrimSpace(cell.String()))
			cell.Reset()
		default:
			cell.WriteByte(line[i])
		}
	}
	return append(cells, strings.TrimSpace(cell.String()))
}
