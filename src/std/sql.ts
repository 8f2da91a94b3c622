/**
 * The one way to PostgreSQL: a pool with our types and our manners, and a transaction.
 *
 * What must stay true: no value changes on its way. Whatever JavaScript cannot hold exactly arrives as text: numeric and
 * int8 as digits, dates as "2026-01-05", times as RFC 3339 with all six decimals. And a connection that breaks never
 * breaks the process: its error reaches whoever waits for an answer, and the pool replaces it.
 *
 * Statements live beside their callers; this file knows none. Names without a schema mean schema `crossdock`.
 */
import pg from "pg";
import { CrossdockError, Defect, InDoubt, Unavailable, Unusable } from "./errors.ts";

/** Everything of ours lives in this schema, so a database can be shared with others. */
export const SCHEMA = "crossdock";

/** The PostgreSQL we support from: 14. */
const OLDEST_SERVER = 140_000;

export interface PoolOptions {
  /** The most connections at once. Default 10. */
  readonly max?: number;
  /** Shown in pg_stat_activity. Default "crossdock". */
  readonly name?: string;
  /** Send statements without waiting for the answers of those before, as `statement.ts` needs. Default false. */
  readonly pipeline?: boolean;
  /**
   * Whether statements are planned for each call (`afresh`), or once (`kept`). A plan kept from when a table was small reads
   * all of it a minute later, when it holds a hundred thousand rows: whoever keeps plans discards them as tables grow.
   * Default: PostgreSQL decides.
   */
  readonly plans?: "afresh" | "kept";
  /**
   * How long the server may take for an answer. After that the connection is given up, because nobody may be at its other
   * end any more (a firewall that forgot it, a machine that went away), and whoever waits gets an error as if it had
   * broken. The server ends transactions that are left open for as long. Default: for ever, as migrations need.
   */
  readonly answerWithinMs?: number;
  /** Told when an idle connection breaks. The pool has already dropped it; there is nothing to do but know. */
  readonly onBroken?: (error: Error) => void;
}

/** An address as a URL (DATABASE_URL) or as settings of `pg`, such as those of the embedded server. */
export type Address = string | Readonly<pg.ClientConfig>;

/**
 * Opens a pool. Nothing is connected until the first query; use `reachable` to find out early.
 * Throws Unusable for an address that is not a PostgreSQL URL.
 */
export function openPool(
  address: Address,
  { max = 10, name = SCHEMA, pipeline = false, plans, answerWithinMs, onBroken }: PoolOptions = {},
): pg.Pool {
  const pool = new pg.Pool({
    ...settings(address),
    application_name: name,
    max,
    // Known to pg since 8.21 and not yet to its types.
    ...({ pipeline } as object),
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser },
    ...(answerWithinMs !== undefined && {
      query_timeout: answerWithinMs,
      idle_in_transaction_session_timeout: answerWithinMs,
    }),
    onConnect: (client) => client.query(plans ? `${MANNERS}; ${PLANS[plans]}` : MANNERS),
  });
  // Both handlers are needed: the pool reports broken idle connections, each client those in use. Without them, Node
  // would end the process. Whoever waits for a query on a broken connection gets the error as the query's outcome.
  pool.on("error", (error) => onBroken?.(error));
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/**
 * What every session starts with. The zone is for people who read logs: the parser below keeps any zone. pg_temp comes
 * last, because by default it comes first and a temporary table could then stand before one of ours.
 */
const MANNERS = `SET search_path TO ${SCHEMA}, pg_temp; SET timezone TO 'UTC'; SET datestyle TO 'ISO, YMD'; SET intervalstyle TO 'iso_8601'`;
const PLANS = {
  afresh: "SET plan_cache_mode TO force_custom_plan",
  kept: "SET plan_cache_mode TO force_generic_plan",
} as const;

function settings(address: Address): pg.ClientConfig {
  if (typeof address !== "string") return { ...address };
  if (!/^postgres(ql)?:\/\//.test(address)) {
    throw new Unusable(
      "DATABASE_URL is not the address of a PostgreSQL. Expected something like postgresql://user@host:5432/database.",
    );
  }
  return { connectionString: address };
}

/**
 * Connects once and checks the server's version. Throws Unavailable when nobody answers, Unusable when the server is too
 * old or refuses us. No message carries a password.
 */
export async function reachable(pool: pg.Pool): Promise<{ version: string }> {
  const client = await take(pool);
  try {
    const { rows } = await client.query<{ number: number; version: string }>(
      "SELECT current_setting('server_version_num')::int4 AS number, current_setting('server_version') AS version",
    );
    const { number = 0, version = "unknown" } = rows[0] ?? {};
    if (number >= OLDEST_SERVER) return { version };
    throw new Unusable(`PostgreSQL ${version} is too old for Crossdock, which needs 14 or newer.`, {
      facts: { version },
    });
  } finally {
    client.release();
  }
}

/** Where people say which PostgreSQL. */
const ADDRESS = "its address (DATABASE_URL, --database-url, or database.url of the configuration)";

async function take(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    // Class 28 is a wrong user or password, 3D a database that does not exist: waiting cures neither.
    if (/^(28|3D)/.test(code ?? "")) {
      throw new Unusable(
        `PostgreSQL refuses the connection: ${message}. Make what is missing, or correct ${ADDRESS}.`,
        {
          cause,
          facts: { code: code ?? "" },
        },
      );
    }
    throw new Unavailable(
      `PostgreSQL cannot be reached: ${message || code}. Start it, or correct ${ADDRESS}.`,
      {
        cause,
        facts: { code: code ?? "" },
      },
    );
  }
}

/** What a transaction is given to speak with. */
export type Transaction = Pick<pg.PoolClient, "query">;

/**
 * Runs `work` inside one transaction: all of it is kept, or none.
 *
 * Throws what `work` threw, after rolling back. Throws Unavailable when no connection could be had or it broke before the
 * commit (nothing happened), and InDoubt when the connection broke during COMMIT: it may have been kept, and only reading can tell.
 */
export async function transaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await take(pool);
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    let result: Result;
    try {
      result = await work(client);
    } catch (error) {
      await client.query("ROLLBACK").catch((failure: Error) => {
        broken = failure; // the connection is gone, and the transaction with it
      });
      if (!broken || error instanceof CrossdockError) throw error;
      throw new Unavailable("The connection to PostgreSQL broke, and the transaction was not kept.", {
        cause: error,
      });
    }
    const { command } = await client.query("COMMIT").catch((cause: Error & { code?: string }) => {
      broken = cause;
      // An SQLSTATE has five characters and means the server answered: a deferred constraint, a serialization failure. It
      // rolled back. Class 57P is the server going away, which can happen on either side of the commit.
      if (/^[0-9A-Z]{5}$/.test(cause.code ?? "") && !cause.code?.startsWith("57P")) throw cause;
      throw new InDoubt(
        "The connection to PostgreSQL broke during a commit, so it is not known whether it was kept.",
        {
          cause,
        },
      );
    });
    if (command === "ROLLBACK") {
      throw new Defect(
        "A statement failed inside a transaction and was ignored, so PostgreSQL kept none of it.",
      );
    }
    return result;
  } finally {
    client.release(broken);
  }
}

type Parse = (text: string) => unknown;

/** PostgreSQL writes "2026-01-05 08:00:00.123456+00"; RFC 3339 wants a T, and Z or minutes in the offset. */
function rfc3339(text: string): string {
  const parts = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(?::?(\d\d))?$/.exec(text);
  if (!parts) return text; // infinity, or a year before Christ: as PostgreSQL says it
  const [, date, time, hours, minutes = "00"] = parts;
  return `${date}T${time}${hours === "+00" && minutes === "00" ? "Z" : `${hours}:${minutes}`}`;
}

const asIs: Parse = (text) => text;
/** pg's own parser of a type; its declarations know only the type numbers of an enum. */
const usual = pg.types.getTypeParser as (oid: number, format?: "text" | "binary") => Parse;
const textArray = usual(1009) as (text: string) => (string | null)[];
const each =
  (parse: (text: string) => unknown): Parse =>
  (text) =>
    textArray(text).map((item) => (item === null ? null : parse(item)));

/** By type number, as in pg_type.dat of PostgreSQL: the types whose usual JavaScript form would lose something. */
const PARSERS: Readonly<Record<number, Parse>> = {
  20: asIs, //            int8: past 2^53 a number is not exact
  1016: each(asIs), //    int8[]
  1700: asIs, //          numeric: money and quantities are never floats
  1231: each(asIs), //    numeric[]
  1082: asIs, //          date: a day has no zone
  1182: each(asIs), //    date[]
  1114: (text) => text.replace(" ", "T"), // timestamp without zone
  1115: each((text) => text.replace(" ", "T")),
  1184: rfc3339, //       timestamptz, with its microseconds
  1185: each(rfc3339), // timestamptz[]
  1186: asIs, //          interval, as ISO 8601
  1187: each(asIs), //    interval[]
};

function getTypeParser(oid: number, format?: "text" | "binary"): Parse {
  return (format !== "binary" && PARSERS[oid]) || usual(oid, format);
}
