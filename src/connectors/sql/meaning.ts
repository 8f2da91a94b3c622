/**
 * What a failure of a foreign PostgreSQL means for a row: the one classification of the `sql` connector.
 *
 * An answer with an SQLSTATE says that the statement did not take effect; what it says decides whether it may come again. No answer
 * after sending leaves doubt. Source of the codes: PostgreSQL, appendix A. Messages of the database stay there: they quote values.
 */
import {
  type CrossdockError,
  type Facts,
  InDoubt,
  type Refusal,
  Refused,
  Unavailable,
} from "../../std/errors.ts";

interface Saying {
  readonly about: string;
  readonly facts: Facts;
  /** The statement was sent and may have changed something. */
  readonly moves: boolean;
}

type Failure = {
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly column?: unknown;
  readonly constraint?: unknown;
};

export function meaning(cause: unknown, { about, facts, moves }: Saying): CrossdockError {
  const { code, severity, column, constraint } = (cause ?? {}) as Failure;
  const said = typeof code === "string" && typeof severity === "string" ? code : undefined;
  const named = {
    ...facts,
    ...(typeof code === "string" && /^[A-Z0-9_]{3,20}$/.test(code) ? { code } : {}),
    ...name("field", column),
    ...name("constraint", constraint),
  };
  if (said === undefined) {
    if (moves) {
      return new InDoubt(`No answer came to ${about}, so its row may or may not be written.`, {
        facts: named,
      });
    }
    return new Unavailable(`The database could not be reached for ${about}.`, { facts: named });
  }
  const kind = said.slice(0, 2);
  if (kind === "28" || said === "42501") {
    return new Unavailable(
      `The database does not accept our credentials for ${about}. Renew them, or grant the table.`,
      {
        facts: { ...named, access: true },
      },
    );
  }
  // Somebody else holds the row, or the database is full, starting or stopping: it undid the statement and may be asked again.
  if (["40", "53", "55", "57", "58", "25"].includes(kind)) {
    return new Unavailable(`The database asked us to bring ${about} later.`, { facts: named });
  }
  // A rule of the application: a trigger that raises, or a check or reference it declares.
  const category: Refusal = kind === "P0" || said === "23514" || said === "23503" ? "business" : "data";
  return new Refused(`The database refused ${about} with code ${said}.`, { facts: named, category });
}

const name = (field: string, value: unknown): Facts =>
  typeof value === "string" && /^\w{1,63}$/.test(value) ? { [field]: value } : {};
