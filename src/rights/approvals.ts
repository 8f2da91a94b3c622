/**
 * Four eyes: what one person asks for and another lets happen. Rows of `approval_request` are written here and nowhere else.
 *
 * Approved is the exact thing: a hash over who asks, the sentence, the request and the state it is about. Whoever executes
 * computes it again, and any difference voids the request. A request is used once, ends after four hours, and is never decided
 * by whoever asked.
 */
import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { transaction } from "../std/sql.ts";
import { audit, type By } from "../work/audit.ts";
import type { Permission } from "./permissions.ts";

const ENDS_AFTER_MS = 4 * 3_600_000;

/** What a route says about a change that needs a second person. */
export interface Second {
  /** The sentence both people read: "Give up the delivery of SO-1 to ERP." */
  readonly what: string;
  /**
   * What it is about, as it stands: when any of it changes, the approval is void. `editedBy` in it names who last changed what is
   * decided about, one or several; none of them is the second person. `ledger` and `selection` in it name what it is about where
   * that is no one document; `act` and `corrected` tell a correction.
   */
  readonly state: Readonly<Record<string, unknown>>;
  /** What the second person must hold. */
  readonly permission: Permission;
  /** The business transaction; null: none. */
  readonly correlation: string | null;
}

/** The request itself. */
export interface Asked {
  readonly path: string;
  readonly body: unknown;
  readonly by: string;
}

const hashOf = ({ what, state, permission }: Second, { path, body, by }: Asked): Buffer =>
  createHash("sha256")
    .update(JSON.stringify([by, what, permission, path, sorted(body), sorted(state)]))
    .digest();

/** The same data gives the same text, whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(fields.map(([name, each]) => [name, sorted(each)]));
}

/** Keeps a request for a second person and returns its id. The same request, asked again while it waits, is the one that waits. */
export const askForSecond = (
  pool: Pool,
  second: Second,
  asked: Asked & { readonly via: "session" | "command line"; readonly because: string | null },
): Promise<string> =>
  transaction(pool, async (tx) => {
    const hash = hashOf(second, asked);
    const waiting = await tx.query<{ id: string }>(
      `select id::text as id from approval_request where hash = $1 and verdict is null and ends_at > clock_timestamp()`,
      [hash],
    );
    if (waiting.rows[0]) return waiting.rows[0].id;
    const { rows } = await tx.query<{ id: string }>(
      `insert into approval_request (what, permission, correlation, path, body, state, hash, asked_by, asked_via, because, ends_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp() + $11 * interval '1 millisecond')
       returning id::text as id`,
      [
        second.what,
        second.permission,
        second.correlation,
        asked.path,
        JSON.stringify(asked.body ?? {}),
        JSON.stringify(second.state),
        hash,
        asked.by,
        asked.via,
        asked.because,
        ENDS_AFTER_MS,
      ],
    );
    const { id } = rows[0]!;
    const by: By = { name: asked.by, ...(asked.because ? { reason: asked.because } : {}) };
    await audit(tx, by, "ask for a second person", `approval:${id}`, { what: second.what });
    return id;
  });

/** A request as people see it; instants are RFC 3339. */
export interface ApprovalRow {
  readonly id: string;
  readonly what: string;
  readonly permission: Permission;
  readonly correlation: string | null;
  readonly path: string;
  readonly body: string;
  readonly state: string;
  readonly askedBy: string;
  readonly askedVia: "session" | "command line";
  readonly because: string | null;
  readonly askedAt: string;
  readonly endsAt: string;
  /** `expired` is worked out: nobody decided in time. */
  readonly verdict: "approved" | "declined" | "withdrawn" | "void" | "expired" | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly comment: string | null;
  /** `done`, or why it was not; null while it is being carried out. */
  readonly outcome: string | null;
}

/** Carried out within this time, or whoever was carrying it out is gone. */
const CARRIED_OUT_MS = 60_000;
const UNKNOWN =
  "Nobody knows whether it was carried out: the console stopped meanwhile. Look at what it is about; what is missing is asked for again.";

const COLUMNS = `
  id::text as id, what, permission, correlation, path, body, state, asked_by as "askedBy", asked_via as "askedVia", because,
  asked_at as "askedAt", ends_at as "endsAt",
  coalesce(verdict, case when ends_at <= clock_timestamp() then 'expired' end) as verdict,
  decided_by as "decidedBy", decided_at as "decidedAt", comment,
  coalesce(outcome, case when verdict = 'approved' and decided_at < clock_timestamp() - ${CARRIED_OUT_MS} * interval '1 millisecond'
    then '${UNKNOWN}' end) as outcome`;

/** What waits, the longest first, and then the latest that was decided. Indexes: both of approval_request. */
export const listApprovals = async (pool: Pool): Promise<ApprovalRow[]> =>
  (
    await pool.query<ApprovalRow>(
      `(select ${COLUMNS} from approval_request where verdict is null and ends_at > clock_timestamp() order by asked_at limit 500)
       union all
       (select ${COLUMNS} from approval_request where verdict is not null or ends_at <= clock_timestamp()
         order by asked_at desc limit 50)`,
    )
  ).rows;

/** Who last changed what a request is about. */
export function editorsOf({ state }: Pick<ApprovalRow, "state">): readonly string[] {
  const { editedBy = [] } = JSON.parse(state) as { editedBy?: string | readonly string[] | null };
  return [editedBy ?? []].flat();
}

/** What a request about no one document is about: a ledger's period, or a bulk act. */
export function partOf({ state }: Pick<ApprovalRow, "state">): {
  readonly ledger: string | null;
  readonly selection: string | null;
} {
  const { ledger = null, selection = null } = JSON.parse(state) as {
    ledger?: string | null;
    selection?: string | null;
  };
  return { ledger, selection };
}

/** Whether a request lets something go out that differs from what the mapping made of it. */
export function corrects({ state }: Pick<ApprovalRow, "state">): boolean {
  const { act, corrected = 0 } = JSON.parse(state) as { act?: string; corrected?: number };
  return act === "fix" || corrected > 0;
}

export async function findApproval(pool: Pool, id: string): Promise<ApprovalRow | null> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null;
  const { rows } = await pool.query<ApprovalRow>(
    `select ${COLUMNS} from approval_request where id = $1::uuid`,
    [id],
  );
  return rows[0] ?? null;
}

/** Whether what is about to happen is what was approved, to the last field. */
export async function isWhatWasApproved(
  pool: Pool,
  id: string,
  second: Second,
  asked: Asked,
): Promise<boolean> {
  const { rows } = await pool.query<{ hash: Buffer }>(
    `select hash from approval_request where id = $1::uuid and verdict = 'approved' and outcome is null`,
    [id],
  );
  return rows[0]?.hash.equals(hashOf(second, asked)) ?? false;
}

/** Decides a request, once. False when somebody was faster, or its time is over. */
export const decideApproval = (
  pool: Pool,
  id: string,
  verdict: "approved" | "declined" | "withdrawn",
  comment: string | null,
  by: By,
): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rowCount } = await tx.query(
      `update approval_request set verdict = $2, decided_by = $3, comment = $4, decided_at = clock_timestamp()
        where id = $1::uuid and verdict is null and ends_at > clock_timestamp() and ($2 = 'withdrawn') = (asked_by = $3)`,
      [id, verdict, by.name, comment],
    );
    if (rowCount !== 1) return false;
    const action = {
      approved: "approve request",
      declined: "decline request",
      withdrawn: "withdraw request",
    }[verdict];
    await audit(tx, comment ? { ...by, reason: comment } : by, action, `approval:${id}`);
    return true;
  });

/** Notes what executing an approved request answered. `isVoid`: it was no longer what had been asked. */
export const noteOutcome = (
  pool: Pool,
  id: string,
  outcome: string,
  isVoid: boolean,
  by: By,
): Promise<void> =>
  transaction(pool, async (tx) => {
    await tx.query(
      `update approval_request set outcome = $2, verdict = case when $3 then 'void' else verdict end where id = $1::uuid`,
      [id, outcome, isVoid],
    );
    if (isVoid) await audit(tx, by, "approval void", `approval:${id}`, { outcome });
  });
