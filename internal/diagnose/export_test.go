package diagnose

// Effort is how many bytes a diagnosis may have hashed.
func Effort(r *Reading, key *Key, services map[string]string) int {
	d := &Diagnosis{}
	if r.TC3 {
		diagnoseTC3(d, r, key, services)
	} else {
		diagnoseV1(d, r, key)
	}
	return d.spent
}
