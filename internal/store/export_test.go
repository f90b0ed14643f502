package store

// PostgresConfig is how an address is understood.
var PostgresConfig = postgresConfig
