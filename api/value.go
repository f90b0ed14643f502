package api

// Kind says what a node of a request's parameter tree is.
type Kind uint8

// The kinds of a Value. Text is a value from a query or form, whose type only
// the definition knows: it is read as whatever the field is declared to be.
const (
	Null Kind = iota // JSON null, which means absent
	Bool
	Number // Text holds the literal as it was written
	String
	Text
	List
	Object
)

// ListMax is the number of elements of one list that a parameter tree keeps.
// Longer lists are counted to their end, so that the limit of the field itself
// can refuse them with its own code, but cost no memory.
const ListMax = 1000

// Value is one node of a request's parameter tree, whatever encoding it came in.
type Value struct {
	Kind   Kind
	Text   string  // Bool ("true" or "false"), Number, String and Text
	Items  []Value // List: the first ListMax elements
	Length int     // List: all elements, also those not kept
	Fields []Field // Object, in the order they arrived; names are unique
}

// Field is one named member of an Object.
type Field struct {
	Name  string
	Value Value
}

// Get returns the named member of an object, or a Null value.
func (v *Value) Get(name string) *Value {
	for i := range v.Fields {
		if v.Fields[i].Name == name {
			return &v.Fields[i].Value
		}
	}
	return &Value{}
}
