/**
 * The processes that a replay reaches: what they sent because of the facts that were chosen, and what they never took of them.
 *
 * What a process sent is replayed delivery by delivery (`would-send.ts`). What it never took is an item of its own; what it would
 * send is found by taking the step in memory, after the inputs the selection gives the same instance before it.
 */
import type { Recorded } from "../journal/read.ts";
import { Unusable } from "../std/errors.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import type { ReplayCriteria } from "../work/selections.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";
import { causeOf, type Given } from "./given.ts";
import { type Input, inputsOf, instanceOf, judgeInput, rehearse, wasTaken } from "./inputs.ts";
import { type PreviewedItem, SELECTION_MAX } from "./previewed.ts";
import type { SelectionStore, Sends } from "./selection-store.ts";
import type { Store } from "./store.ts";
import type { Judgement } from "./would-send.ts";

/** An input that a process never took, and what would become of it. */
export interface JudgedInput {
  readonly input: Input;
  readonly judged: Judgement;
}

/** Whoever names a flow, a connection or a contract means deliveries; a time alone means them too, unless a process is named. */
export const reachesProcesses = ({
  process,
  event,
  key,
  flow,
  connection,
  contract,
}: ReplayCriteria): boolean =>
  process !== undefined ||
  ((event !== undefined || key !== undefined) &&
    flow === undefined &&
    connection === undefined &&
    contract === undefined);

interface Around {
  readonly store: Pick<Store, "lookUp" | "instances"> & { readonly selections: SelectionStore };
  readonly definitions: Arranged;
  readonly clock: Clock;
}

export class ReachedProcesses {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Of processes: the deliveries of what they sent because of the facts, and those of the facts they never took. */
  async reached(criteria: ReplayCriteria): Promise<{ caused: string[]; missed: JudgedInput[] }> {
    const { store, definitions } = this.#around;
    const { process } = criteria;
    const contracts = [...definitions.reacting].flatMap(([contract, by]) =>
      (criteria.contract ?? contract) === contract &&
      by.some(({ header }) => process === undefined || header.name === process)
        ? [contract]
        : [],
    );
    if (process !== undefined && contracts.length === 0)
      throw new Unusable(`There is no process ${process} that reacts to anything.`, { facts: { process } });
    const facts: Recorded[] = await store.selections.factsOf(contracts, criteria, SELECTION_MAX);
    if (facts.length > SELECTION_MAX)
      throw new Unusable(`More than ${SELECTION_MAX} facts fit that choice. Narrow it, for example by time.`);
    const inputs = facts.flatMap((fact) => inputsOf(fact, definitions, process));
    const instances = await this.#instances(inputs);
    const of = (input: Input) => instances.get(instanceOf(input)) ?? null;
    const taken = inputs.filter((input) => wasTaken(input.fact, of(input)));
    return {
      caused: await store.selections.caused(
        taken.map((input) => ({
          correlation: of(input)?.correlation ?? input.fact.correlation,
          cause: causeOf(input.fact),
          instance: instanceOf(input),
        })),
      ),
      missed: inputs
        .filter((input) => !taken.includes(input))
        .map((input) => ({ input, judged: judgeInput(input, of(input)) })),
    };
  }

  /** An item whose turn has come: what is given to whom, or why it is left out by now. */
  async given(subject: string): Promise<Given | { readonly skip: string }> {
    const { inputs, instances } = await this.#inputsAt([subject]);
    const input = inputs.get(subject);
    if (!input) return { skip: "It is no input of it any more." };
    const judged = judgeInput(input, instances.get(instanceOf(input)) ?? null);
    if ("skip" in judged) return { skip: judged.skip };
    const { position, correlation } = input.fact;
    return { position, process: input.process.header.name, key: input.key, correlation };
  }

  /** What the inputs of a page send, each taken in memory by its instance, after those the selection gives it before. */
  async sends(selection: string, page: readonly Sends[]): Promise<PreviewedItem[]> {
    const { store, definitions, clock } = this.#around;
    const last = page.at(-1);
    if (!last) return [];
    const shown = new Set(page.map(({ number }) => number));
    const watched = [...new Set(page.map((item) => item.watched))];
    const rows = await store.selections.inputs(selection, watched, last.number);
    const found = await this.#inputsAt(rows.map(({ subject }) => subject));
    const around = {
      definitions,
      store,
      laneCount: await store.selections.laneCount(),
      now: clock.date().toISOString(),
    };
    const seen: PreviewedItem[] = [];
    for (const { number, subject } of rows) {
      const [position = "", id = ""] = cut(subject, " ");
      const input = found.inputs.get(subject);
      const nothing = {
        number,
        delivery: "",
        connection: "",
        contract: input?.fact.contract ?? "",
        subject: id,
        correlation: input?.fact.correlation ?? "",
        mediaType: null,
        payload: null,
        differences: [],
        changed: [],
        problem: null,
        notCompared: null,
      };
      if (!input) {
        const skip = `Event ${position} is no input of it any more.`;
        if (shown.has(number)) seen.push({ ...nothing, would: "Left out.", skip });
        continue;
      }
      const judged = judgeInput(input, found.instances.get(id) ?? null);
      const skip = "skip" in judged ? judged.skip : null;
      const step =
        skip === null
          ? await rehearse(input, found.instances.get(id) ?? null, around)
          : { instance: null, sends: [] };
      if (step.instance) found.instances.set(id, step.instance);
      if (!shown.has(number)) continue;
      if (step.sends.length === 0) seen.push({ ...nothing, would: judged.would, skip });
      for (const { parcel, ...sent } of step.sends)
        seen.push({
          ...nothing,
          ...sent,
          delivery: parcel.key,
          connection: parcel.connection,
          contract: parcel.message.contract,
          would: judged.would,
          skip,
          notCompared: "It was never sent.",
        });
    }
    return seen;
  }

  /** Inputs by their subjects, and the instances they concern. */
  async #inputsAt(subjects: readonly string[]): Promise<{
    readonly inputs: ReadonlyMap<string, Input>;
    readonly instances: Map<string, Instance>;
  }> {
    const { store, definitions } = this.#around;
    const wanted = subjects.map((subject) => cut(subject, " "));
    const facts = await store.selections.factsAt([...new Set(wanted.map(([position]) => position))]);
    const byPosition = new Map(facts.map((fact) => [fact.position, fact]));
    const inputs = new Map<string, Input>();
    for (const [position, id] of wanted) {
      const fact = byPosition.get(position);
      const input = fact && inputsOf(fact, definitions).find((one) => instanceOf(one) === id);
      if (input) inputs.set(`${position} ${id}`, input);
    }
    return { inputs, instances: await this.#instances([...inputs.values()]) };
  }

  async #instances(inputs: readonly Input[]): Promise<Map<string, Instance>> {
    const wanted = new Map(
      inputs.map(({ process, key }) => [
        `${process.header.name}:${key}`,
        { process: process.header.name, key },
      ]),
    );
    const found = await this.#around.store.instances([...wanted.values()]);
    return new Map(found.map((instance) => [instanceId(instance), instance]));
  }
}

/** What stands before the first mark, and after it. */
const cut = (text: string, mark: string): [string, string] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
};
