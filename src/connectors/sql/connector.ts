/**
 * A system that is only a database: rows are written by their unique key, and read from an outbox table it fills.
 *
 * For old applications without any interface, on PostgreSQL. A document is one row of one table, written by `insert … on conflict (key)
 * do update`, so writing it again changes nothing; a trigger of the application may refuse it. An outbox row is taken in the order of
 * its number, and marked as taken only after it was accepted; several workers wait for each other, so the order holds.
 *
 * What must stay true: names of tables and columns come from the settings alone and are quoted, values travel as parameters, and money
 * stays text until the database makes it a number.
 */
import pg from "pg";
import Type, { type Static } from "typebox";
import { textAt } from "../../contracts/keys.ts";
import { toBytes } from "../../std/bytes.ts";
import { CrossdockError, Refused, Unavailable } from "../../std/errors.ts";
import { firstUnequal } from "../answer.ts";
import {
  type Accepted,
  type Arrival,
  connector,
  inTime,
  type Parcel,
  type Probed,
  type Receipt,
  type Surroundings,
} from "../connector.ts";
import { CheckedSocket } from "../egress.ts";
import { bodyOf } from "../endpoints.ts";
import { aboutOf, factsOf } from "../rest.ts";
import { meaning } from "./meaning.ts";

const Name = (description: string) =>
  Type.String({ pattern: "^[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)?$", description });

const Settings = Type.Object(
  {
    url: Type.String({
      secret: true,
      description: "Where the database is: postgresql://user:password@host/database.",
    }),
    tables: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            table: Name("The table, with its schema where it is not on the path."),
            key: Name("The column a row is known by; the table must keep it unique."),
            columns: Type.Record(Type.String({ pattern: "^[a-z_][a-z0-9_]*$" }), Type.String(), {
              description: "Column to the dotted field of the document; {key} is the delivery key.",
            }),
            reference: Type.Optional(Name("The column with the number the application gives: the key.")),
          },
          { additionalProperties: false },
        ),
        { description: "Contract name to the table its documents are rows of." },
      ),
    ),
    outbox: Type.Optional(
      Type.Object(
        {
          table: Name("The table the application fills."),
          id: Name("Its number, which only grows."),
          body: Name("The column with the message as text or JSON."),
          takenAt: Name("The column we set when a row was accepted; null before."),
        },
        { additionalProperties: false, description: "The table messages are read from." },
      ),
    ),
    pollMs: Type.Optional(Type.Integer({ minimum: 10, description: "Time between looks: 1000." })),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 1, description: "All the time one statement has: 8000." }),
    ),
  },
  { additionalProperties: false },
);
type SqlSettings = Static<typeof Settings>;
type Table = NonNullable<SqlSettings["tables"]>[string];

export const sql = connector({
  name: "sql",
  summary: "Writes rows of a PostgreSQL table by their key, and reads an outbox table in order.",
  config: Settings,
  guarantees: { repeat: "upsert", verifies: true, ordered: false, settleMs: 0, concurrency: 4 },
  open: async (config, around) => opened(config, around),
});

/** A name as the settings wrote it, quoted part by part. */
const quoted = (name: string): string => name.split(".").map(pg.escapeIdentifier).join(".");

const OUTBOX_ROWS = 100;

function opened(config: SqlSettings, around: Surroundings) {
  const timeoutMs = config.timeoutMs ?? 8_000;
  const pool = new pg.Pool({
    connectionString: config.url,
    max: around.concurrency ?? sql.guarantees.concurrency,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: "crossdock",
    stream: () => new CheckedSocket(),
    // Dates, numbers and money stay the text the database wrote.
    types: { getTypeParser: () => (text: string) => text },
  });
  // A line that breaks tells its own statement; the event besides would end the process, whoever has the line.
  pool.on("connect", (line) => line.on("error", () => {}));
  pool.on("error", () => around.log("An idle connection to the database broke."));
  const closing = new AbortController();
  let receiving: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;

  const placeOf = (parcel: Parcel) => {
    const { tables = {} } = config;
    const place = Object.hasOwn(tables, parcel.contract) ? tables[parcel.contract] : undefined;
    if (place) return place;
    throw new Refused(
      `This connection has no table for ${parcel.contract}. Add it to \`tables\` in its settings.`,
      {
        facts: { setting: "tables", name: parcel.contract },
      },
    );
  };

  /** Runs one statement on a line of its own; what goes wrong before it was sent is told from what goes wrong after. */
  const run = async (text: string, values: readonly unknown[], parcel: Parcel, moves: boolean) => {
    const line = await pool.connect().catch((cause: unknown) => {
      throw meaning(cause, { about: aboutOf(parcel), facts: factsOf(parcel), moves: false });
    });
    try {
      if (moves) inTime(parcel);
    } catch (late) {
      line.release();
      throw late;
    }
    try {
      const { rows } = await line.query<Record<string, unknown>>(text, [...values]);
      line.release();
      return rows;
    } catch (cause) {
      // A line that failed is not lent again: its statement may still be running.
      line.release(true);
      throw meaning(cause, { about: aboutOf(parcel), facts: factsOf(parcel), moves });
    }
  };

  const receiptOf = (place: Table, row: Record<string, unknown>): Receipt => ({
    reference: String(row[place.reference ?? place.key]),
    answer: row,
  });

  return {
    ...(config.tables && {
      async deliver(parcel: Parcel) {
        const place = placeOf(parcel);
        const [row] = await run(...upserting(place, rowOf(place, parcel)), parcel, true);
        if (row) return receiptOf(place, row);
        throw new Refused(`The application's own rules kept ${aboutOf(parcel)} out without a word.`, {
          facts: factsOf(parcel),
          category: "business",
        });
      },
      async verify(parcel: Parcel) {
        const place = placeOf(parcel);
        const wanted = rowOf(place, parcel);
        const text = `select * from ${quoted(place.table)} where ${quoted(place.key)}::text = $1`;
        const [row] = await run(text, [wanted[place.key]], parcel, false);
        // Another content under our key is an older or newer state of the row: ours is not there, and sending it is safe.
        return row && firstUnequal(wanted, row, undefined) === undefined ? receiptOf(place, row) : null;
      },
    }),
    ...(config.outbox && {
      receive(accept: (arrival: Arrival) => Promise<Accepted>) {
        const signal = AbortSignal.any([around.signal, closing.signal]);
        receiving = taking(pool, config, around, accept, signal);
        return receiving;
      },
    }),
    async probe(): Promise<Probed> {
      const tables = Object.values(config.tables ?? {}).map(({ table }) => ({ table, must: "insert" }));
      const outbox = config.outbox ? [{ table: config.outbox.table, must: "update" }] : [];
      const wanted = [...tables, ...outbox];
      const asked = pool.query<Held>(PROBE, [
        wanted.map(({ table }) => quoted(table)),
        wanted.map(({ must }) => must),
      ]);
      const { rows } = await asked.catch((cause: unknown) => {
        throw meaning(cause, { about: "the probe", facts: {}, moves: false });
      });
      return { as: rows[0]?.who ?? "", may: rows.flatMap(heldTo) };
    },
    close() {
      closing.abort();
      closed ??= receiving.catch(() => undefined).then(() => pool.end());
      return closed;
    },
  };
}

/** Who we are there, and what that one may do to each table: one row at least. Answers are text, as everywhere here. */
const PROBE = `
  select current_user as who, place, must, has_table_privilege(to_regclass(place)::oid, 'select') as reads,
         has_table_privilege(to_regclass(place)::oid, must) and has_table_privilege(to_regclass(place)::oid, 'update') as writes
    from (select) one left join unnest($1::text[], $2::text[]) as wanted(place, must) on true`;

interface Held {
  readonly who: string;
  readonly place: string | null;
  readonly must: string | null;
  /** "t" or "f"; null where there is no such table. */
  readonly reads: string | null;
  readonly writes: string | null;
}

/** What the user may do to a table, in a sentence. */
function heldTo({ place, must, reads, writes }: Held): string[] {
  if (place === null) return [];
  if (reads === null) return [`There is no table ${place}.`];
  const verbs = must === "insert" ? "insert and update" : "update";
  if (reads === "t" && writes === "t") return [`May read and ${verbs} ${place}.`];
  const lacks = [...(reads === "t" ? [] : ["select"]), ...(writes === "t" ? [] : [verbs])].join(" and ");
  return [`May not do all it must to ${place}: grant ${lacks}.`];
}

/** The columns of a row, filled from the document. @throws {Refused} when the key is not there */
function rowOf(place: Table, parcel: Parcel): Record<string, unknown> {
  const body = bodyOf(parcel);
  const row = Object.fromEntries(
    Object.entries(place.columns).map(([column, field]) => [
      column,
      field === "{key}" ? parcel.key : (textAt(body, field) ?? null),
    ]),
  );
  const key = row[place.key];
  if (typeof key === "string" && key !== "") return row;
  throw new Refused(
    `${parcel.contract} gives no ${place.key}, by which its row is known, so it was not written.`,
    {
      facts: { ...factsOf(parcel), field: place.key },
    },
  );
}

/** The database itself makes its types of the values: `json_populate_record` knows the columns of the table. */
function upserting(place: Table, row: Record<string, unknown>): [text: string, values: readonly unknown[]] {
  const table = quoted(place.table);
  const columns = Object.keys(row).map(quoted);
  const changed = columns.filter((column) => column !== quoted(place.key));
  const text = `insert into ${table} as held (${columns.join(", ")})
    select ${columns.join(", ")} from json_populate_record(null::${table}, $1::json)
    on conflict (${quoted(place.key)}) do update set ${changed.map((column) => `${column} = excluded.${column}`).join(", ")}
    returning *`;
  return [text, [JSON.stringify(row)]];
}

/** Takes outbox rows until the signal fires. A database that is away is looked for again at the next turn. */
async function taking(
  pool: pg.Pool,
  { outbox, pollMs = 1_000 }: SqlSettings,
  around: Surroundings,
  accept: (arrival: Arrival) => Promise<Accepted>,
  signal: AbortSignal,
): Promise<void> {
  if (!outbox) return;
  const [table, id, body, takenAt] = [outbox.table, outbox.id, outbox.body, outbox.takenAt].map(quoted);
  // Not `skip locked`: whoever comes second waits, so that rows are told in their order.
  const look = `select ${id} as id, ${body}::text as body from ${table} where ${takenAt} is null
    order by ${id} limit ${OUTBOX_ROWS} for update`;
  const mark = `update ${table} set ${takenAt} = now() where ${id}::text = any($1)`;
  let said: string | undefined;
  while (!signal.aborted) {
    let more = false;
    try {
      more = await turn(pool, outbox.table, look, mark, accept, signal);
      around.hears?.(null);
      said = undefined;
    } catch (error) {
      if (error instanceof CrossdockError && error.next === "halt") throw error;
      // What we did not take is no fault of theirs.
      if (!(error instanceof CrossdockError))
        around.hears?.(
          `The table ${outbox.table} of its database cannot be read. Let Crossdock's user reach it and read it.`,
        );
      const { code } = error as { code?: unknown };
      const trouble = String(code ?? "broken");
      // Told when it begins and when it becomes another, and not at every look between.
      if (trouble !== said)
        around.log("The outbox table could not be read to its end.", {
          table: outbox.table,
          problem: trouble,
        });
      said = trouble;
    }
    if (!more) await pause(pollMs, signal);
  }
}

/** One look: rows are locked, told, marked and let go together; true when there may be more. */
async function turn(
  pool: pg.Pool,
  table: string,
  look: string,
  mark: string,
  accept: (arrival: Arrival) => Promise<Accepted>,
  signal: AbortSignal,
): Promise<boolean> {
  const line = await pool.connect();
  const taken: string[] = [];
  try {
    await line.query("begin");
    const { rows } = await line.query<{ id: string; body: string | null }>(look);
    let failed: unknown;
    for (const row of rows) {
      if (signal.aborted) break;
      try {
        await accept({ messageId: `${table}/${row.id}`, body: toBytes(row.body ?? "") });
        taken.push(row.id);
      } catch (error) {
        // Those before it are done; it and those behind it come again, in order.
        failed = error;
        break;
      }
    }
    if (taken.length > 0) await line.query(mark, [taken]);
    await line.query("commit");
    line.release();
    if (failed !== undefined) throw failed;
    return rows.length === OUTBOX_ROWS;
  } catch (error) {
    line.release(true);
    if (error instanceof CrossdockError) throw error;
    throw new Unavailable("The outbox table could not be read.", { facts: { table }, cause: error });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(clock);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const clock = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}
