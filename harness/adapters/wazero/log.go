package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// guestLog keeps the log of a guest: one record per line, with our tag, and bounded.
type guestLog struct {
	lock    sync.Mutex
	tenant  string
	limits  limits
	lines   []message
	dropped int
}

func (l *guestLog) push(record []byte) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if len(l.lines) >= l.limits.LogLines {
		l.dropped++
		return
	}
	text := plain(record, l.limits.LogLineBytes)
	l.lines = append(l.lines, message{"tenant": l.tenant, "text": text})
}

// lineStream is a standard stream of a guest. Each of its lines becomes a record.
type lineStream struct {
	log  *guestLog
	line []byte
}

// Write keeps no more of a line than the log does.
func (s *lineStream) Write(chunk []byte) (int, error) {
	rest := chunk
	for {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		room := max(s.log.limits.LogLineBytes-len(s.line), 0)
		s.line = append(s.line, line[:min(len(line), room)]...)
		if !ended {
			return len(chunk), nil
		}
		s.log.push(s.line)
		s.line, rest = s.line[:0], after
	}
}

// end keeps a last line without a line end.
func (s *lineStream) end() {
	if len(s.line) > 0 {
		s.log.push(s.line)
	}
}

// plain turns hostile bytes into one line of text of at most limit bytes. It replaces invalid
// UTF-8, and escapes everything that moves a cursor, a direction or a line.
func plain(record []byte, limit int) string {
	record = record[:min(len(record), limit)]
	var text strings.Builder
	for len(record) > 0 {
		char, size := utf8.DecodeRune(record)
		record = record[size:]
		shown := string(char)
		if harmful(char) {
			shown = escaped(char)
		}
		if text.Len()+len(shown) > limit {
			break
		}
		text.WriteString(shown)
	}
	return text.String()
}

func harmful(char rune) bool {
	return unicode.IsControl(char) || unicode.In(char, unicode.Zl, unicode.Zp, unicode.Cf)
}

func escaped(char rune) string {
	switch char {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\u{%x}`, char)
}
