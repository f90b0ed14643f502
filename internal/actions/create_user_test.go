package actions_test

import (
	"fmt"
	"testing"

	"tael/internal/testkit"
)

func TestCreateUser(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		customer C of R
		call R CreateUser {"Name": "amy"} → {"Uin": "*", "Name": "amy"}
		call R CreateUser {"Name": "amy"} → ResourceInUse
		call R CreateUser {"Name": "Amy"} → ok
		call Q CreateUser {"Name": "amy"} → ok
		call C CreateUser {"Name": "amy"} → ok
		call OP CreateUser {"Name": "amy"} → ok
		call R:key CreateUser {"Name": "ben"} → ok
		call R:key CreateUser {"Name": "ben"} → ok
		call R CreateUser {"Name": "a/b"} → InvalidParameterValue
		call R CreateUser {"Name": ""} → InvalidParameterValue`)
}

func TestUsersAreLimited(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	fill(w, "identity", "uin, root_uin, role, name, created_at, owner_uin", 999, func(i int) string {
		return fmt.Sprintf(`%d, 0, '', 'u%d', 0, %d`, 500_000_000_000+i, i, r.Uin)
	})
	expectCode(t, "", w.Call(r, "CreateUser", `{"Name": "last"}`))
	expectCode(t, "LimitExceeded", w.Call(r, "CreateUser", `{"Name": "more"}`))
	expectCode(t, "ResourceInUse", w.Call(r, "CreateUser", `{"Name": "last"}`))
	w.Verify()
}
