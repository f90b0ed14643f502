package access

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of a policy.
const (
	DocumentMax   = 6144 // bytes of its text
	statementsMax = 32
	actionMax     = 128 // bytes of one action
)

// Parse reads a policy. What is not understood is refused, since a policy that
// does less than it says is worse than none. Errors are about the text and fit
// for who wrote it.
func Parse(document string) (*Policy, error) { return parse(document, false) }

// ParseTrust reads the trust policy of a role: who may assume it. It has
// principals, and neither resources nor conditions.
func ParseTrust(document string) (*Policy, error) { return parse(document, true) }

// ParseAll reads policies that follow each other, separated by commas.
func ParseAll(documents string) ([]*Policy, error) {
	var policies []*Policy
	r := &reader{jsontext.NewDecoder(strings.NewReader("[" + documents + "]"))}
	err := r.list("policies", func() error {
		p, err := r.policy(false)
		policies = append(policies, p)
		return err
	})
	return policies, err
}

func parse(document string, trust bool) (*Policy, error) {
	if len(document) > DocumentMax {
		return nil, fmt.Errorf("the policy is longer than %d bytes", DocumentMax)
	}
	text := strings.NewReader(document)
	r := &reader{jsontext.NewDecoder(text)}
	p, err := r.policy(trust)
	if err != nil {
		return nil, err
	}
	if rest := strings.TrimSpace(document[r.json.InputOffset():]); rest != "" {
		return nil, errors.New("something follows the policy")
	}
	return p, nil
}

// reader reads the parts of a policy off JSON.
type reader struct {
	json *jsontext.Decoder
}

func (r *reader) policy(trust bool) (*Policy, error) {
	p := &Policy{}
	version := ""
	err := r.object("the policy", func(name string) (err error) {
		switch name {
		case "version":
			version, err = r.text("version")
		case "statement":
			err = r.list("statement", func() error {
				if len(p.statements) == statementsMax {
					return fmt.Errorf("more than %d statements", statementsMax)
				}
				s, err := r.statement(trust)
				if err != nil {
					return fmt.Errorf("statement %d: %w", len(p.statements)+1, err)
				}
				p.statements = append(p.statements, s)
				return nil
			})
		default:
			err = fmt.Errorf("a policy has no %q", shortened(name))
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case version != "2.0":
		return nil, errors.New(`version must be "2.0"`)
	case len(p.statements) == 0:
		return nil, errors.New("there is no statement")
	}
	return p, nil
}

// statement reads one; of a trust policy there are principals instead of
// resources.
func (r *reader) statement(trust bool) (statement, error) {
	s := statement{}
	effect := ""
	var actions, resources []string
	err := r.object("it", func(name string) (err error) {
		switch {
		case name == "effect":
			effect, err = r.text(name)
		case name == "action":
			actions, err = r.texts(name)
		case name == "resource" && !trust:
			resources, err = r.texts(name)
		case name == "condition" && !trust:
			s.addresses, err = r.conditions()
		case name == "principal" && trust:
			s.principals, err = r.principals()
		default:
			err = fmt.Errorf("it may not have %q", shortened(name))
		}
		return err
	})
	if err != nil {
		return s, err
	}
	s.deny = effect == "deny"
	s.effective = trust || slices.Contains(resources, "*")
	switch {
	case effect != "allow" && effect != "deny":
		return s, errors.New("effect must be allow or deny")
	case len(actions) == 0:
		return s, errors.New("there is no action")
	case !trust && len(resources) == 0:
		return s, errors.New(`there is no resource: write "*"`)
	case s.deny && !s.effective:
		return s, errors.New(`it denies nothing: its resource must be "*"`)
	case trust && len(s.principals) == 0:
		return s, errors.New("there is no principal")
	}
	for _, action := range actions {
		p, err := parseAction(action)
		if err != nil {
			return s, err
		}
		s.actions = append(s.actions, p)
	}
	return s, nil
}

// parseAction reads an action such as "intlpartnersmgt:Query*", which may have
// CAM's prefix "name/".
func parseAction(text string) (pattern, error) {
	if len(text) > actionMax {
		return nil, fmt.Errorf("an action is longer than %d bytes", actionMax)
	}
	if strings.Trim(text, "*") == "" && text != "" {
		return newPattern("*"), nil
	}
	service, name, ok := strings.Cut(strings.TrimPrefix(text, "name/"), ":")
	if !ok {
		return nil, fmt.Errorf("action %q: write SERVICE:ACTION", text)
	}
	if service != "*" && !slices.Contains(services, service) {
		return nil, fmt.Errorf("action %q: there is no service %q", text, service)
	}
	if name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*") != "" {
		return nil, fmt.Errorf("action %q: a name has letters, digits and *", text)
	}
	if service == "*" && strings.Trim(name, "*") == "" {
		return newPattern("*"), nil
	}
	return newPattern(strings.ToLower(service + ":" + name)), nil
}

// conditions reads {"ip_equal": {"qcs:ip": ["10.0.0.0/8"]}}.
func (r *reader) conditions() ([]condition, error) {
	var all []condition
	err := r.object("condition", func(operator string) error {
		if operator != "ip_equal" && operator != "ip_not_equal" {
			return fmt.Errorf("condition %q: only ip_equal and ip_not_equal are known", shortened(operator))
		}
		c := condition{not: operator == "ip_not_equal"}
		err := r.object(operator, func(key string) error {
			if key != "qcs:ip" {
				return fmt.Errorf("condition key %q: only qcs:ip is known", shortened(key))
			}
			texts, err := r.texts(key)
			for _, text := range texts {
				net, problem := parseNet(text)
				err = errors.Join(err, problem)
				c.nets = append(c.nets, net)
			}
			return err
		})
		if err == nil && len(c.nets) == 0 {
			err = fmt.Errorf("%s names no address", operator)
		}
		all = append(all, c)
		return err
	})
	return all, err
}

// parseNet reads an address or a range of them, such as 10.0.0.0/8.
func parseNet(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	net, err := netip.ParsePrefix(text)
	if err != nil || net.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%q is no IP address and no range of them", shortened(text))
	}
	return net, nil
}

// principals reads {"qcs": ["qcs::cam::uin/200000001000:root"]}.
func (r *reader) principals() ([]principal, error) {
	var all []principal
	err := r.object("principal", func(kind string) error {
		if kind != "qcs" {
			return fmt.Errorf(`principal %q: only "qcs" is known`, shortened(kind))
		}
		texts, err := r.texts(kind)
		if err != nil {
			return err
		}
		for _, text := range texts {
			p, err := parsePrincipal(text)
			if err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	})
	return all, err
}

// errNotJSON is what is told of text that is not JSON, has a name twice, or holds
// broken Unicode.
var errNotJSON = errors.New("it is not JSON, or an object has a name twice")

func (r *reader) next() (jsontext.Token, error) {
	token, err := r.json.ReadToken()
	if err != nil {
		return token, errNotJSON
	}
	return token, nil
}

func (r *reader) object(what string, member func(name string) error) error {
	token, err := r.next()
	if err != nil {
		return err
	}
	if token.Kind() != '{' {
		return fmt.Errorf("%s must be an object", what)
	}
	for {
		token, err := r.next()
		if err != nil || token.Kind() == '}' {
			return err
		}
		if err := member(token.String()); err != nil {
			return err
		}
	}
}

func (r *reader) list(what string, element func() error) error {
	token, err := r.next()
	if err != nil {
		return err
	}
	if token.Kind() != '[' {
		return fmt.Errorf("%s must be a list", what)
	}
	for {
		switch r.json.PeekKind() {
		case ']':
			_, err := r.next()
			return err
		case 0:
			return errNotJSON
		}
		if err := element(); err != nil {
			return err
		}
	}
}

func (r *reader) text(what string) (string, error) {
	token, err := r.next()
	if err != nil {
		return "", err
	}
	if token.Kind() != '"' {
		return "", fmt.Errorf("%s must be a string", what)
	}
	return token.String(), nil
}

// texts reads a string or a list of them.
func (r *reader) texts(what string) ([]string, error) {
	if r.json.PeekKind() == '"' {
		text, err := r.text(what)
		return []string{text}, err
	}
	var all []string
	err := r.list(what, func() error {
		text, err := r.text(what)
		all = append(all, text)
		return err
	})
	return all, err
}

// shortened keeps an answer from repeating much of what was sent.
func shortened(text string) string {
	const most = 64
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
