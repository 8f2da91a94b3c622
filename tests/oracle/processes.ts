/**
 * What only real processes show: the chain of their audit (I10), whether they come to rest (I11), whether their faults
 * happened (I15).
 *
 * What a line of the audit must read like is said here anew; SHA-256 is the caller's to bring, as nobody's invention.
 */

/** A line of the audit as it stands; `at` with its microseconds, the hashes in hex. */
export interface AuditLine {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly facts: string | null;
  readonly previous: string;
  readonly hash: string;
}

export const AUDIT = `
  select id::text as id, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor, action, subject, reason,
         facts, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash
    from crossdock.audit order by audit.id`;

/** SHA-256, hex, over the bytes that a hex text stands for and then a text. */
export type Sha256 = (before: string, text: string) => string;

/** Each field with its length in bytes before it; "-," for one that is empty. */
const field = (value: string | null): string =>
  value === null ? "-," : `${Buffer.byteLength(value)}:${value},`;

/** I10: every line follows the one before it, says what it said when it was written, and who did it. */
export function chain(lines: readonly AuditLine[], sha256: Sha256): string[] {
  return lines.flatMap(({ id, at, actor, action, subject, reason, facts, previous, hash }, index) => {
    const sealed = sha256(previous, [id, at, actor, action, subject, reason, facts].map(field).join(""));
    return [
      ...(previous === (lines[index - 1]?.hash ?? "")
        ? []
        : [`I10 line ${id} of the audit does not follow the one before it.`]),
      ...(hash === sealed ? [] : [`I10 line ${id} of the audit was changed after it was written.`]),
      ...(actor === "" ? [`I10 line ${id} of the audit says nobody did it.`] : []),
    ];
  });
}

/** I11: so long after healing somebody still had no receipt, or something was open. */
export const restless = (seconds: number, owed: number, open: string | null): string[] =>
  owed === 0 && open === null
    ? []
    : [
        `I11 ${seconds} s after healing it is not at rest: ${owed} without receipt; ${open ?? "nothing is open"}.`,
      ];

/** I15: a fault that happened less often than it was to has proved nothing. */
export const unfired = (
  mustFire: Readonly<Record<string, number>>,
  faults: Readonly<Record<string, number>>,
): string[] =>
  Object.entries(mustFire)
    .filter(([fault, least]) => (faults[fault] ?? 0) < least)
    .map(
      ([fault, least]) =>
        `I15 "${fault}" happened ${faults[fault] ?? 0} times and not ${Math.ceil(least)}, so nothing was proved.`,
    );

/** I15: an invariant that had nothing to judge has proved nothing either. */
export const unjudged = (must: readonly string[], judged: ReadonlyMap<string, number>): string[] =>
  must
    .filter((invariant) => !judged.has(invariant))
    .map((invariant) => `I15 ${invariant} had nothing to judge, so nothing was proved.`);
