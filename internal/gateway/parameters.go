package gateway

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"tael/api"
	"tael/internal/signature"
)

// Limits of a request's parameters, far beyond what any action takes. They
// bound the memory that a request costs before it is known who sent it.
const (
	depthMax  = 16     // objects and lists within each other, the outermost counted
	valuesMax = 10_000 // members and elements kept
	indexMax  = 6      // digits of an index in a flattened name
)

// refuse answers InvalidParameter. The variants are json (syntax), object (not
// one), utf8, nul, duplicate, depth, many (values) and form.
func refuse(variant string, args ...string) *api.Error {
	return api.NewError(api.InvalidParameter, args...).In(variant)
}

// nameSet finds repeated names, without a map while they are few.
type nameSet struct {
	few   [32]string
	count int
	many  map[string]struct{}
}

// add reports whether the name is new.
func (s *nameSet) add(name string) bool {
	if s.many == nil {
		if slices.Contains(s.few[:s.count], name) {
			return false
		}
		if s.count < len(s.few) {
			s.few[s.count] = name
			s.count++
			return true
		}
		s.many = make(map[string]struct{}, 2*len(s.few))
		for _, earlier := range s.few {
			s.many[earlier] = struct{}{}
		}
	}
	before := len(s.many)
	s.many[name] = struct{}{}
	return len(s.many) > before
}

// parseForm decodes a query or form into its parameters, in their order. Errors
// are InvalidParameter.
func parseForm(raw string) ([]signature.Parameter, *api.Error) {
	if raw == "" {
		return nil, nil
	}
	count := strings.Count(raw, "&") + 1
	if count > valuesMax {
		return nil, refuse("many")
	}
	var names nameSet
	parameters := make([]signature.Parameter, 0, count)
	for item := range strings.SplitSeq(raw, "&") {
		name, value, ok := strings.Cut(item, "=")
		if !ok || name == "" {
			return nil, refuse("form")
		}
		name, err := unescape(name)
		if err != nil {
			return nil, err
		}
		value, err = unescape(value)
		if err != nil {
			return nil, err
		}
		if !names.add(name) {
			return nil, refuse("duplicate", "parameter", name)
		}
		parameters = append(parameters, signature.Parameter{Name: name, Value: value})
	}
	return parameters, nil
}

func unescape(s string) (string, *api.Error) {
	s, err := url.QueryUnescape(s)
	switch {
	case err != nil:
		return "", refuse("form")
	case !utf8.ValidString(s):
		return "", refuse("utf8")
	case strings.IndexByte(s, 0) >= 0:
		return "", refuse("nul")
	}
	return s, nil
}

// commonParameters are what a v1 request carries beside the parameters of its
// action. One that was not sent is empty.
type commonParameters struct {
	Action          string
	Version         string
	Timestamp       string
	Nonce           string
	SecretID        string
	Signature       string
	SignatureMethod string
	Region          string
	Token           string
	Language        string
	RequestClient   string
}

// splitCommon takes the common parameters out of all of a request's parameters,
// which it leaves as they are: the signature covers all of them.
func splitCommon(all []signature.Parameter) (commonParameters, []signature.Parameter) {
	var common commonParameters
	action := make([]signature.Parameter, 0, len(all))
	for _, p := range all {
		if place := common.place(p.Name); place != nil {
			*place = p.Value
		} else {
			action = append(action, p)
		}
	}
	return common, action
}

func (c *commonParameters) place(name string) *string {
	switch name {
	case "Action":
		return &c.Action
	case "Version":
		return &c.Version
	case "Timestamp":
		return &c.Timestamp
	case "Nonce":
		return &c.Nonce
	case "SecretId":
		return &c.SecretID
	case "Signature":
		return &c.Signature
	case "SignatureMethod":
		return &c.SignatureMethod
	case "Region":
		return &c.Region
	case "Token":
		return &c.Token
	case "Language":
		return &c.Language
	case "RequestClient":
		return &c.RequestClient
	}
	return nil
}

// leaf is a parameter on its way into the tree.
type leaf struct {
	key   string
	value string
	order int // of arrival
}

// unflatten makes a tree of parameters named like "Filters.0.Name". Lists are
// ordered by index, whether or not indexes are missing; the rest of a list
// longer than api.ListMax is counted, not kept. Errors are InvalidParameter.
func unflatten(parameters []signature.Parameter) (api.Value, *api.Error) {
	root := api.Value{Kind: api.Object}
	if len(parameters) == 0 {
		return root, nil
	}
	values := 0
	leaves := make([]leaf, len(parameters))
	for i, p := range parameters {
		depth, err := checkKey(p.Name)
		if err != nil {
			return root, err
		}
		if values += depth; values > valuesMax {
			return root, refuse("many")
		}
		leaves[i] = leaf{p.Name, p.Value, i}
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return compareKeys(a.key, b.key) })
	return root, gather(&root, leaves, 0)
}

// checkKey checks the form of a flattened name and counts its segments.
func checkKey(key string) (int, *api.Error) {
	depth := 0
	for segment := range strings.SplitSeq(key, ".") {
		if depth++; depth > depthMax {
			return 0, refuse("depth")
		}
		index := depth > 1 && strings.Trim(segment, "0123456789") == ""
		if segment == "" || index && !isIndex(segment) {
			return 0, refuse("form")
		}
	}
	return depth, nil
}

// isIndex says whether a segment is a number as clients write it.
func isIndex(segment string) bool {
	for i := range len(segment) {
		if !isDigit(segment[i]) {
			return false
		}
	}
	return segment == "0" || segment != "" && segment[0] != '0' && len(segment) <= indexMax
}

func isDigit(c byte) bool {
	return '0' <= c && c <= '9'
}

// compareKeys orders keys by their segments, so that the keys of one branch
// stand together, indexes by number, and a key before those that go on from it.
func compareKeys(a, b string) int {
	for {
		headA, restA, moreA := strings.Cut(a, ".")
		headB, restB, moreB := strings.Cut(b, ".")
		if c := compareSegments(headA, headB); c != 0 {
			return c
		}
		switch {
		case !moreA && !moreB:
			return 0
		case !moreA:
			return -1
		case !moreB:
			return 1
		}
		a, b = restA, restB
	}
}

// compareSegments puts all indexes before all names: by number among themselves
// and as text against names, "2" < "12" < "1a" < "2" would go in a circle.
func compareSegments(a, b string) int {
	indexA, indexB := isIndex(a), isIndex(b)
	switch {
	case indexA && !indexB:
		return -1
	case indexB && !indexA:
		return 1
	case indexA && len(a) != len(b):
		return cmp.Compare(len(a), len(b))
	}
	return strings.Compare(a, b)
}

// branch is the leaves from one index to another that share one more segment.
type branch struct {
	from, to int
	name     string
	order    int // of arrival of the first of them
}

// gather makes v of leaves in the order of compareKeys, whose keys are the same
// up to at, where the next segment begins.
func gather(v *api.Value, leaves []leaf, at int) *api.Error {
	if len(leaves[0].key) < at {
		if len(leaves) > 1 {
			return refuse("duplicate", "parameter", leaves[0].key)
		}
		v.Kind, v.Text = api.Text, leaves[0].value
		return nil
	}
	var space [16]branch
	branches := split(space[:0], leaves, at)
	numbered := 0
	for _, b := range branches {
		if at > 0 && isIndex(b.name) {
			numbered++
		}
	}
	switch numbered {
	case 0:
		return gatherObject(v, leaves, branches, at)
	case len(branches):
		return gatherList(v, leaves, branches, at)
	}
	return refuse("duplicate", "parameter", leaves[0].key[:at-1])
}

func split(branches []branch, leaves []leaf, at int) []branch {
	for from := 0; from < len(leaves); {
		b := branch{from: from, to: from + 1, order: leaves[from].order}
		b.name, _, _ = strings.Cut(leaves[from].key[at:], ".")
		for ; b.to < len(leaves); b.to++ {
			if name, _, _ := strings.Cut(leaves[b.to].key[at:], "."); name != b.name {
				break
			}
			b.order = min(b.order, leaves[b.to].order)
		}
		branches = append(branches, b)
		from = b.to
	}
	return branches
}

func gatherObject(v *api.Value, leaves []leaf, branches []branch, at int) *api.Error {
	slices.SortFunc(branches, func(a, b branch) int { return cmp.Compare(a.order, b.order) })
	v.Kind = api.Object
	v.Fields = make([]api.Field, len(branches))
	for i, b := range branches {
		v.Fields[i].Name = b.name
		if err := gather(&v.Fields[i].Value, leaves[b.from:b.to], at+len(b.name)+1); err != nil {
			return err
		}
	}
	return nil
}

func gatherList(v *api.Value, leaves []leaf, branches []branch, at int) *api.Error {
	v.Kind = api.List
	v.Length = len(branches)
	v.Items = make([]api.Value, min(len(branches), api.ListMax))
	for i := range v.Items {
		b := branches[i]
		if err := gather(&v.Items[i], leaves[b.from:b.to], at+len(b.name)+1); err != nil {
			return err
		}
	}
	return nil
}
