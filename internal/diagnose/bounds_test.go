package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"tael/internal/diagnose"
)

// What cannot be read is refused or diagnosed, never a panic, and costs a bounded
// effort.
func FuzzDiagnose(f *testing.F) {
	for _, c := range spoilt {
		client := newClient()
		c.spoil(client)
		f.Add(client.raw())
	}
	for _, c := range spoiltForms {
		client := newFormClient("GET")
		c.spoil(client)
		f.Add(client.raw())
	}
	f.Add("")
	f.Add("GET http://a?b HTTP/1.1\nAuthorization: TC3-HMAC-SHA256 Credential=////, SignedHeaders=;;;, Signature=")
	f.Fuzz(func(t *testing.T, raw string) {
		if len(raw) > 16<<10 {
			return
		}
		request, err := diagnose.Parse(raw)
		if err != nil {
			return
		}
		request.ShownBody()
		request.ShownHeaders()
		request.ShownQuery()
		reading := diagnose.Read(request)
		diagnose.Diagnose(reading, ours(), arrived, services).Explanation("")
		if effort := diagnose.Effort(reading, ours(), services); effort > 9<<20 {
			t.Errorf("%d bytes are hashed", effort)
		}
	})
}

// The largest requests that are looked into, with mistakes that are not known, take a
// bounded effort.
func TestEffortIsBounded(t *testing.T) {
	t.Parallel()
	items := make([]string, 400)
	for i := range items {
		items[i] = fmt.Sprintf("Name%d=%s", i, strings.Repeat("x", 30))
	}
	form := newFormClient("POST")
	form.secret = "unknown"
	broad := newClient()
	broad.secret, broad.body = "unknown", `{"a":[`+strings.Repeat(`{"b":"<北>"},`, 900)+`1]}`
	deep := newClient()
	deep.secret, deep.body = "unknown", strings.Repeat("[", 7500)+strings.Repeat("]", 7500)
	names := newClient()
	names.secret, names.shownNames = "unknown", strings.Repeat("x;", 5000)+"host"
	for name, raw := range map[string]string{
		"form": form.raw() + "&" + strings.Join(items, "&"), "broad": broad.raw(), "deep": deep.raw(), "names": names.raw(),
	} {
		request, err := diagnose.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		effort := diagnose.Effort(diagnose.Read(request), ours(), services)
		t.Logf("%s: %d bytes of %d", name, effort, len(raw))
		if effort > 9<<20 {
			t.Errorf("%s: %d bytes are hashed", name, effort)
		}
	}
}

func BenchmarkUnknownMistake(b *testing.B) {
	c := newClient()
	c.secret = "unknown"
	request, err := diagnose.Parse(c.raw())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		diagnose.Diagnose(diagnose.Read(request), ours(), arrived, services)
	}
}
