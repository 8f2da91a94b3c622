/**
 * Reads arrivals again: those that wait for what is not known yet, until it is, and those a person asks for, once. What can be read
 * goes in by the same door as everything else.
 *
 * Of what waits nobody was told anything, so nothing has to be taken back: its sender is answered when it is taken. Of what was set
 * aside the sender was told no, and is now told otherwise. The identity of the message is the same, so one that came again
 * meanwhile and was taken is not taken twice.
 */
import type { Pool } from "pg";
import type { Accepted, Arrival } from "../connectors/connector.ts";
import { walkIn } from "../flows/walk.ts";
import type { Log } from "../std/log.ts";
import type { Statement } from "../std/statement.ts";
import {
  dueArrivals,
  noteWaiting,
  readAgainLater,
  readInVain,
  type WaitingArrival,
  waitIsOver,
} from "../work/waiting-arrivals.ts";
import type { Arranged } from "./arrangement.ts";
import { type Clock, pause } from "./clock.ts";
import { type ReadAgain, waitsFor } from "./intake.ts";
import { resume } from "./resume.ts";
import type { Store } from "./store.ts";

const LOOK_EVERY_MS = 1_000;
const LOOK_MS = 60_000;
const AT_ONCE = 20;
/** The longest pause between two readings of one arrival. */
const PAUSE_MAX_MS = 30_000;

interface Around {
  readonly pool: Pool;
  readonly store: Pick<Store, "lookUp">;
  readonly definitions: Arranged;
  readonly accept: (flow: string, arrival: Arrival) => Promise<Accepted>;
  /** Takes in what was set aside if it can be read now; else only says why not. */
  readonly readAgain: (flow: string, arrival: Arrival, source: string) => Promise<ReadAgain>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export class WaitingArrivals {
  readonly #around: Around;
  #bell = new AbortController();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Somebody asked for one: look at once. */
  ring(): void {
    this.#bell.abort();
  }

  /** Until the signal fires. */
  async run(): Promise<void> {
    const { definitions, clock, log, signal } = this.#around;
    const flowsWait = [...definitions.inbound.values()].some(({ stages }) =>
      stages.some((stage) => stage.verb === "look up" && stage.waits),
    );
    while (!signal.aborted) {
      await pause(clock, LOOK_EVERY_MS, AbortSignal.any([signal, this.#bell.signal]));
      if (this.#bell.signal.aborted) this.#bell = new AbortController();
      if (signal.aborted) return;
      try {
        if (flowsWait) await this.#write(noteWaiting);
        for (const waiting of await this.#write<WaitingArrival>(dueArrivals(LOOK_MS, AT_ONCE)))
          await this.#read(waiting);
      } catch (error) {
        log.warn("Arrivals that wait could not be read again; trying again.", { error: String(error) });
      }
    }
  }

  async #read(due: WaitingArrival): Promise<void> {
    const { arrival, flow: name, messageId, mediaType, body, tries, over } = due;
    const { definitions, store, accept } = this.#around;
    if (over) return void (await this.#write(waitIsOver(arrival, "It came again and was taken.")));
    if (due.askedBy !== null) return this.#readFor(due.askedBy, due);
    const flow = definitions.inbound.get(name);
    const still = !flow || waitsFor(await resume(walkIn(flow, body), store));
    if (still) return void (await this.#write(readAgainLater(arrival, pauseAfter(tries))));
    const taken = await accept(name, asArrived({ messageId, body, mediaType }));
    const how =
      "reason" in taken
        ? `What it waited for has come, and it is set aside for another reason: ${taken.reason}`
        : `What it waited for has come: taken in as ${taken.receipt}.`;
    await this.#write(waitIsOver(arrival, how));
  }

  async #readFor(person: string, due: WaitingArrival): Promise<void> {
    const { arrival, flow, source, waits, tries } = due;
    const taken = this.#around.definitions.inbound.has(flow)
      ? await this.#around.readAgain(flow, asArrived(due), source)
      : { reason: `This build has no flow ${flow}.`, still: "waits" as const };
    if (!("reason" in taken)) {
      const how = `Read again for ${person}: taken in as ${taken.receipt}.`;
      return void (await this.#write(waitIsOver(arrival, how)));
    }
    const { reason, still } = taken;
    if (waits && still === "waits")
      return void (await this.#write(readInVain(arrival, reason, { againInMs: pauseAfter(tries) })));
    // Where nothing of it is kept, what was said first is what to do.
    await this.#write(readInVain(arrival, reason, still === "nothing" ? {} : { reason }));
  }

  async #write<Row>({ text, values }: Statement): Promise<Row[]> {
    return (await this.#around.pool.query(text, [...values])).rows as Row[];
  }
}

const pauseAfter = (tries: number): number => Math.min(1_000 * 2 ** Math.min(tries, 5), PAUSE_MAX_MS);

const asArrived = ({
  messageId,
  body,
  mediaType,
}: Pick<WaitingArrival, "messageId" | "body" | "mediaType">): Arrival => ({
  messageId,
  body,
  ...(mediaType === null ? {} : { mediaType }),
});
