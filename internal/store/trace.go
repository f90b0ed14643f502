package store

import (
	"context"
	"errors"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"tael/internal/tracing"
)

// toDatabase are the options of a span that waits for the database.
func toDatabase(address string) []trace.SpanStartOption {
	system := semconv.DBSystemNameSQLite
	if IsPostgres(address) {
		system = semconv.DBSystemNamePostgreSQL
	}
	return []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(system)}
}

// problemOf is what a span says of an error: never its text, which may hold values.
func problemOf(err error) string {
	if err == nil {
		return ""
	}
	for _, known := range [...]error{ErrInDoubt, ErrAgain, ErrUnavailable} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "failed"
}

// summary is the verb of a statement and the first table that it reads from.
func summary(sql string) string {
	words, depth := strings.Fields(sql), 0
	for i, word := range words {
		depth += strings.Count(word, "(") - strings.Count(word, ")")
		if word == "FROM" && depth == 0 && i+1 < len(words) {
			return words[0] + " " + words[i+1]
		}
	}
	return words[0]
}

// read runs one statement on its own.
func (s *Store) read(ctx context.Context, statement Statement) ([]Row, error) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return s.database.read(ctx, statement)
	}
	ctx, span := tracing.Child(ctx, summary(statement.SQL), s.traced...)
	rows, err := s.database.read(ctx, statement)
	tracing.End(span, problemOf(err))
	return rows, err
}

// beginTransaction starts a transaction, with a span where ctx has one.
func (s *Store) beginTransaction(ctx context.Context) (transaction, error) {
	ctx, span := tracing.Child(ctx, "transaction")
	tx, err := s.database.begin(ctx)
	if err != nil {
		tracing.End(span, problemOf(err))
		return nil, err
	}
	if !span.IsRecording() {
		return tx, nil
	}
	return &tracedTransaction{transaction: tx, ctx: ctx, span: span, options: s.traced}, nil
}

// tracedTransaction makes a span of each of its steps. The context is there for
// its span alone: a transaction belongs to no caller.
type tracedTransaction struct {
	transaction
	ctx        context.Context
	span       trace.Span
	options    []trace.SpanStartOption
	steps      int
	statements int
}

// stepsTraced bounds the spans of a transaction: in a batch each new account takes
// steps of its own.
const stepsTraced = 16

func (t *tracedTransaction) run(statements ...Statement) ([][]Row, error) {
	end := t.step("execute", len(statements))
	rows, err := t.transaction.run(statements...)
	end(err)
	return rows, err
}

func (t *tracedTransaction) commit(statements ...Statement) error {
	t.steps = 0 // the last step has its span, whatever came before
	end := t.step("commit", len(statements))
	err := t.transaction.commit(statements...)
	end(err)
	t.end(problemOf(err))
	return err
}

func (t *tracedTransaction) rollback() {
	t.span.AddEvent("rollback")
	t.transaction.rollback()
	t.end("")
}

func (t *tracedTransaction) step(name string, statements int) (end func(error)) {
	t.statements += statements
	if t.steps++; t.steps > stepsTraced {
		return func(error) {}
	}
	_, span := tracing.Child(t.ctx, name, t.options...)
	span.SetAttributes(semconv.DBOperationBatchSize(statements))
	return func(err error) { tracing.End(span, problemOf(err)) }
}

func (t *tracedTransaction) end(problem string) {
	t.span.SetAttributes(attribute.Int("tael.statements", t.statements))
	tracing.End(t.span, problem)
}
