/**
 * Figures that move all the time: what is on its way to a system, or kept back from it, is counted with what it holds.
 *
 * One thing stays true: what the journal knows and a system does not is counted once, wherever it waits. Where that is more than can
 * be counted, nobody can tell. It decides nothing about contradictions.
 */
import type { Awaited, Moving } from "../contracts/agreement.ts";
import { add } from "../contracts/canon/decimals.ts";
import type { Answered } from "../contracts/judgement.ts";
import type { InstanceBody } from "../work/instances.ts";
import type { AgreementStore, Keeping, UnderWay } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";
import { numberOf } from "./look.ts";

export type Answers = Map<string, Map<string, Answered>>;

/** Adds to what systems answered what is not there yet. */
export async function countUnderWay(
  moving: Moving,
  answers: Answers,
  at: string,
  { store, definitions }: { readonly store: AgreementStore; readonly definitions: Arranged },
): Promise<void> {
  if (answers.size === 0) return;
  const awaited = await awaitedOf(moving, store, definitions);
  const sums = new Map<string, string>();
  for (const { system, number, by } of awaited ?? []) {
    const place = `${system} ${number}`;
    sums.set(place, add(sums.get(place) ?? "0", by));
  }
  const { milestone, figure } = moving;
  for (const [system, of] of answers)
    for (const [subject, answered] of of) {
      const held = "book" in answered ? answered.book?.[milestone] : undefined;
      const value = held?.figures?.[figure];
      if (!("book" in answered) || !held || value === undefined) continue;
      if (awaited === null) {
        of.set(subject, { at, because: "More is on its way than can be counted with what it holds." });
        continue;
      }
      const whole = add(value, sums.get(`${system} ${numberOf(subject)}`) ?? "0");
      const book = {
        ...answered.book,
        [milestone]: { ...held, figures: { ...held.figures, [figure]: whole } },
      };
      of.set(subject, { at: answered.at, book });
    }
}

/** What systems will be told: messages that are not settled, and what documents keep back. Null: too much. */
async function awaitedOf(
  { messages, keptBack = {} }: Moving,
  store: AgreementStore,
  definitions: Arranged,
): Promise<readonly Awaited[] | null> {
  const behind = Object.values(keptBack).flatMap((one) => one.behind ?? []);
  const all = await store.underWay([...new Set([...Object.keys(messages), ...behind])]);
  if (all === null) return null;
  const open = all.map((one) => ({ ...one, data: JSON.parse(one.data) as unknown }));
  const owed = open.flatMap(({ connection: system, contract, data }) =>
    (messages[contract]?.(data) ?? []).map((moved) => ({ ...moved, system })),
  );
  const processes = Object.keys(keptBack);
  if (processes.length === 0) return owed;
  const keeping = await store.keeping(processes, waitingBehind(keptBack, open, definitions));
  return keeping === null ? null : [...owed, ...keeping.flatMap((one) => kept(keptBack, one))];
}

/** The documents that some messages name: they may wait until those are settled. */
function waitingBehind(
  keptBack: NonNullable<Moving["keptBack"]>,
  open: readonly (Pick<UnderWay, "contract"> & { readonly data: unknown })[],
  { processes, contracts }: Arranged,
) {
  return Object.entries(keptBack).flatMap(([process, { behind = [] }]) => {
    const type = [...processes.values()].find(({ header }) => header.name === process)?.header.keyType;
    return open
      .filter(({ contract }) => behind.includes(contract))
      .flatMap(({ contract, data }) => contracts.get(contract)?.keysOf(data) ?? [])
      .filter((key) => key.type === type)
      .map(({ value: key }) => ({ process, key }));
  });
}

function kept(
  keptBack: NonNullable<Moving["keptBack"]>,
  { process, status, body }: Keeping,
): readonly Awaited[] {
  const { ofState, ofFacts = {} } = keptBack[process] ?? {};
  const { state, kept: waiting } = JSON.parse(body) as InstanceBody;
  const facts = status === "parked" ? waiting : [];
  return [
    ...(state === null ? [] : (ofState?.(state) ?? [])),
    ...facts.flatMap(({ input }) =>
      input.kind === "event" ? (ofFacts[input.message.contract]?.(input.message.data) ?? []) : [],
    ),
  ];
}
