/**
 * What must never come before its process has begun: shown at once, and ended by itself where only the news of the beginning was late.
 *
 * Which facts those are, each process declares; the fact itself is kept for the start as any other. Pure.
 */
import type { Contract } from "../contracts/contract.ts";
import type { Input, Process, TooEarly } from "../processes/process.ts";
import { atRisk } from "../trace/at-risk.ts";
import type { Raised } from "../trace/record.ts";
import type { Instance } from "../work/instances.ts";
import type { Resolved } from "./store.ts";

/** What people are shown of an input that is kept for the start; nothing where it may come before it. */
export function shownTooEarly({ header }: Process, { key, correlation }: Instance, input: Input): Raised[] {
  const early = tooEarly(header, input);
  if (!early || input.kind !== "event") return [];
  const { message, source = "a process" } = input;
  return [
    {
      fingerprint: early.fingerprint,
      class: early.class,
      subjectKind: "document",
      subject: `${correlation}|${early.fingerprint}`,
      connection: input.source ?? null,
      correlation,
      title: early.title,
      reason:
        `${message.contract} of ${header.keyType} ${key} was told by ${source} before anything that begins it. ` +
        "It is kept and not carried out. Have the beginning told, or what was done taken back.",
      owner: early.owner,
      atRisk: atRisk(message.data),
    },
  ];
}

/** What ends when it begins: everything of a cause that was kept happened no earlier than the start itself. */
export function onlyToldLate(
  { header }: Process,
  { correlation }: Instance,
  start: Input,
  kept: readonly { readonly input: Input }[],
): Resolved[] {
  const began = Date.parse(start.at);
  return (header.neverBefore ?? []).flatMap(({ fingerprint }) => {
    const early = kept.filter(({ input }) => tooEarly(header, input)?.fingerprint === fingerprint);
    if (early.length === 0 || early.some(({ input }) => Date.parse(input.at) < began)) return [];
    return [
      {
        subjectKind: "document" as const,
        subject: `${correlation}|${fingerprint}`,
        resolution: "It had begun before that, and was told of later.",
      },
    ];
  });
}

const tooEarly = ({ neverBefore = [] }: Process["header"], input: Input): TooEarly | undefined =>
  input.kind === "event"
    ? neverBefore.find(({ contract }) => contract.name === input.message.contract)
    : undefined;

/** Whether the process would rather not hear of it, as long as the instance has not begun, than keep it or begin to wait on its account. */
export function concernsNothing(
  { header: { ifStarted = [], onceStarted = [] } }: Process,
  instance: Pick<Instance, "status"> | null,
  contract: string | undefined,
): boolean {
  const among = (contracts: readonly Contract[]) => contracts.some(({ name }) => name === contract);
  return instance === null
    ? among(ifStarted) || among(onceStarted)
    : instance.status === "expected" && among(onceStarted);
}
