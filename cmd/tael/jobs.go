package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"tael/internal/store"
)

// jobsFlags say where River keeps its tables.
type jobsFlags struct{ address string }

func (f *jobsFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.address, "jobs-db", "",
		"PostgreSQL: `URL` of another database for the schedules of background work (default: beside Tael's tables)")
}

// check refuses what no server could use.
func (f *jobsFlags) check(database *databaseFlags) error {
	switch {
	case f.address == "":
		return nil
	case !database.isPostgres():
		return errors.New("--jobs-db goes with a PostgreSQL in --db; an SQLite file needs none")
	case !store.IsPostgres(f.address):
		return fmt.Errorf("--jobs-db %s: use postgres://…", store.Redacted(f.address))
	}
	return nil
}

// beside is the address of River's tables.
func (f *jobsFlags) beside(database *databaseFlags) string {
	if f.address != "" {
		return f.address
	}
	return database.address
}
