package partner

import (
	"errors"
	"strconv"
	"strings"
)

// Refusals of verification codes (domain.md §4.2, Q 34).
var (
	ErrCode       = errors.New("wrong, used or expired verification code")
	ErrCodeMinute = errors.New("a code was sent to the number less than 60 seconds ago")
	ErrCodeMany   = errors.New("the number has had as many codes as it may have")
)

// Limits of verification codes (domain.md Q 34). Times are in milliseconds.
const (
	CodeLife     = 10 * 60 * 1000
	CodeTriesMax = 5

	codeGap    = 60 * 1000
	codeHour   = 60 * 60 * 1000
	codeDay    = 24 * codeHour
	codeInHour = 5
	codeInDay  = 10
)

// CodeSends are the times, in Unix milliseconds and separated by spaces, at
// which codes were sent to a number in the last day, oldest first.
type CodeSends string

// Add decides whether a code may be sent now, and returns the times with it.
func (s CodeSends) Add(now int64) (CodeSends, error) {
	kept := []string{}
	hour, day, last := 0, 0, int64(0)
	for text := range strings.FieldsSeq(string(s)) {
		at, err := strconv.ParseInt(text, 10, 64)
		if err != nil || now-at >= codeDay {
			continue
		}
		kept = append(kept, text)
		day++
		if now-at < codeHour {
			hour++
		}
		last = at
	}
	switch {
	case last != 0 && now-last < codeGap:
		return s, ErrCodeMinute
	case hour >= codeInHour || day >= codeInDay:
		return s, ErrCodeMany
	}
	return CodeSends(strings.Join(append(kept, strconv.FormatInt(now, 10)), " ")), nil
}
