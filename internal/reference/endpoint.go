package reference

import (
	"net/http"
	"regexp"
	"strings"
)

// hostForm is what may stand in an example as the name of this server: a name or
// address, perhaps with a port.
var hostForm = regexp.MustCompile(`^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)

// hostUnknown stands for the server where the request does not name it.
const hostUnknown = "127.0.0.1:8080"

// Marks that stand for this server in what is made once for all requests. Only what
// hostForm admits takes their place, which needs no escaping.
const (
	hostMark     = "tael-reference-host.invalid"
	endpointMark = "http://" + hostMark
)

func hostOf(endpoint string) string {
	_, host, _ := strings.Cut(endpoint, "://")
	return host
}

// endpoint is the URL of this server as the reader of a page reaches it, without
// a slash at its end.
func (r *Reference) endpoint(request *http.Request) string {
	scheme, host := "http", request.Host
	if r.Secure || request.TLS != nil {
		scheme = "https"
	}
	if r.Trusted != nil && r.Trusted(request) {
		if forwarded := first(request.Header.Get("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
		if forwarded := first(request.Header.Get("X-Forwarded-Proto")); forwarded == "http" || forwarded == "https" {
			scheme = forwarded
		}
	}
	if !hostForm.MatchString(host) {
		host = hostUnknown
	}
	return scheme + "://" + host
}

// first is what the proxy nearest to the client wrote.
func first(list string) string {
	value, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(value)
}
