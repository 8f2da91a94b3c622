/**
 * Whether a database is a whole Crossdock: for a backup that was restored to be looked at, or to be worked with.
 *
 * Everything is read, nothing is changed. What a backup cannot hold is said as well: what came after it, and what was on its way.
 */
import { aheadOfServer } from "../work/restored.ts";
import { archives } from "./archives.ts";
import { type Checkpoint, verifyAudit } from "./audit.ts";
import { balance } from "./balance.ts";
import { type Db, type Instant, iso } from "./rows.ts";

/** What one look found. `gap`: a backup is from before what is missing, and that is no fault of it. */
export interface Finding {
  readonly about: "journal" | "numbers" | "months" | "work" | "account" | "audit" | "archive";
  readonly is: "whole" | "gap" | "broken";
  readonly says: string;
}

/** What is owed to a system, and how it would be settled. */
export interface Owed {
  readonly connection: string;
  /** Not sent when the backup was made; it may have been since. */
  readonly owed: number;
  /** On its way when the backup was made, or unclear already. */
  readonly inDoubt: number;
  /** Set aside or on hold: nothing is sent before a person or a rule lets it. */
  readonly setAside: number;
}

export interface Backup {
  readonly findings: readonly Finding[];
  readonly owed: readonly Owed[];
  /** The database's clock at its last fact; null: there is none. */
  readonly lastFactAt: string | null;
  /** Its transaction numbers are another server's: it must be taken into work before a worker starts. */
  readonly isForeign: boolean;
}

/** The largest number in use beside the next one handed out: a database whose counters stayed behind would use numbers twice. */
const NUMBERS = `
  select 'event_position' as name, coalesce((select position from event order by event.position desc limit 1), 0) as used,
         last_value as handed, is_called as called from event_position
  union all select 'delivery', coalesce((select max(id) from delivery), 0),
         coalesce(pg_sequence_last_value(pg_get_serial_sequence('delivery', 'id')::regclass), 0), true
  union all select 'audit', coalesce((select max(id) from audit), 0),
         coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit', 'id')::regclass), 0), true
  union all select 'exception', coalesce((select max(id) from exception), 0),
         coalesce(pg_sequence_last_value(pg_get_serial_sequence('exception', 'id')::regclass), 0), true`;

/** Months of journal and arrivals that are missing between two that are there. */
const MONTHS = `
  with months as (
    select mother.relname as of, to_date(right(child.relname, 7), 'YYYY_MM') as month
      from pg_inherits join pg_class child on child.oid = inhrelid join pg_class mother on mother.oid = inhparent
      join pg_namespace room on room.oid = mother.relnamespace
     where mother.relname in ('event', 'arrival') and room.nspname = current_schema())
  select of, to_char(month, 'YYYY-MM') as month, count(*) over (partition by of)::int as months, min(month) over (partition by of)::text as first,
    lead(month) over (partition by of order by month) <> month + interval '1 month' as before_hole
  from months order by of, months.month`;

/** Open work whose fact is not in the journal: it could not be sent. Index: delivery_open, event_at. */
const WITHOUT_FACT = `
  select count(*)::int as count, min(d.correlation) as first from delivery d
   where d.status not in ('applied', 'superseded', 'cancelled')
     and not exists (select from event e where e.position = d.event_position)`;

const OWED = `
  select connection, count(*) filter (where status = 'owed')::int as owed,
    count(*) filter (where status in ('attempting', 'in_doubt'))::int as "inDoubt",
    count(*) filter (where status in ('parked', 'held'))::int as "setAside"
  from delivery where status not in ('applied', 'superseded', 'cancelled') group by connection order by connection`;

const LAST = `select recorded_at as at, position from event order by event.position desc limit 1`;

/** Looks at all of it. `proof` as for the audit: the public key and the checkpoints kept outside. */
export async function backup(
  db: Db,
  proof: { readonly publicKey?: string; readonly anchor?: readonly Checkpoint[] },
): Promise<Backup> {
  const [foreign] = (await db.query<{ ahead: boolean }>(aheadOfServer.text, [])).rows;
  const [last] = (await db.query<{ at: Instant; position: string }>(LAST, [])).rows;
  const isForeign = foreign?.ahead === true;
  const lastFactAt = last ? iso(last.at) : null;
  const journal: Finding = isForeign
    ? {
        about: "journal",
        is: "gap",
        says: "The journal is numbered by another server: a dump was restored here. Before a worker starts on it, take it into work with crossdock backup adopt; a start refuses it until then.",
      }
    : {
        about: "journal",
        is: "whole",
        says: last
          ? `The journal goes up to line ${last.position}, and readers can go on where they were.`
          : "The journal is empty.",
      };
  return {
    findings: [
      journal,
      await numbers(db),
      ...(await months(db)),
      await work(db),
      await account(db),
      await record(db, proof),
      await archive(db),
    ],
    owed: (await db.query<Owed>(OWED, [])).rows,
    lastFactAt,
    isForeign,
  };
}

async function numbers(db: Db): Promise<Finding> {
  const { rows } = await db.query<{ name: string; used: string; handed: string; called: boolean }>(
    NUMBERS,
    [],
  );
  const behind = rows.filter(({ used, handed }) => BigInt(used) > BigInt(handed));
  if (behind.length === 0)
    return { about: "numbers", is: "whole", says: "No number that is in use would be handed out again." };
  const how = behind.map(({ name, used }) =>
    name === "event_position"
      ? `select setval('crossdock.event_position', ${used})`
      : `select setval(pg_get_serial_sequence('crossdock.${name}', 'id'), ${used})`,
  );
  return {
    about: "numbers",
    is: "broken",
    says: `Numbers in use would be handed out again: the counters were not restored. Set them: ${how.join("; ")}`,
  };
}

async function months(db: Db): Promise<Finding[]> {
  const { rows } = await db.query<{ of: string; month: string; months: number; before_hole: boolean | null }>(
    MONTHS,
    [],
  );
  return (["event", "arrival"] as const).map((of) => {
    const mine = rows.filter((row) => row.of === of);
    const what = of === "event" ? "the journal" : "what arrived";
    const hole = mine.find(({ before_hole }) => before_hole);
    if (mine.length === 0)
      return {
        about: "months",
        is: "broken",
        says: `There is no month of ${what} at all: its tables were not restored.`,
      };
    return hole
      ? {
          about: "months",
          is: "broken",
          says: `After ${hole.month} a month of ${what} is missing between two that are there. Restore its table from the same backup.`,
        }
      : { about: "months", is: "whole", says: `Every month of ${what} from ${mine[0]?.month} on is there.` };
  });
}

async function work(db: Db): Promise<Finding> {
  const [lost] = (await db.query<{ count: number; first: string | null }>(WITHOUT_FACT, [])).rows;
  return lost && lost.count > 0
    ? {
        about: "work",
        is: "broken",
        says: `${lost.count} open deliveries carry a message that is not in the journal, the first of ${lost.first}. Journal and work are not of one moment: restore both from one backup.`,
      }
    : { about: "work", is: "whole", says: "Every open delivery has its message in the journal." };
}

async function account(db: Db): Promise<Finding> {
  const { silent, where } = await balance(db);
  return silent === 0
    ? { about: "account", is: "whole", says: "Everything accepted is accounted for." }
    : {
        about: "account",
        is: "broken",
        says: `${silent} things that were accepted cannot be accounted for: ${where.map(({ what, count }) => `${what} (${count})`).join(", ")}. crossdock verify tells more.`,
      };
}

async function record(db: Db, proof: Parameters<typeof backup>[1]): Promise<Finding> {
  const { lines, checkpoints, signed, broken } = await verifyAudit(db, proof);
  if (broken?.how === "cut off")
    return {
      about: "audit",
      is: "gap",
      says: `The audit is unbroken up to where it ends, and what was done later is not in this backup. ${broken.because}`,
    };
  if (broken)
    return {
      about: "audit",
      is: "broken",
      says: `The audit is not as it was written: ${broken.how}, at line ${broken.id}. ${broken.because}`,
    };
  const checked = signed ? "signatures checked" : "signatures not checked: name the public key with --key";
  return {
    about: "audit",
    is: "whole",
    says: `The audit is unbroken: ${lines} lines, ${checkpoints} checkpoints hold, ${checked}.`,
  };
}

async function archive(db: Db): Promise<Finding> {
  const { length } = await archives(db);
  return length === 0
    ? { about: "archive", is: "whole", says: "Nothing has left for the archive." }
    : {
        about: "archive",
        is: "gap",
        says: `${length} files of the archive are kept outside the database. Whether they are whole: crossdock archive verify`,
      };
}
