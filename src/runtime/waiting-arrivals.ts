/**
 * Reads arrivals again that wait for what is not known yet, until it is; then they go in by the same door as everything else.
 *
 * Nobody was told anything about them, so nothing has to be taken back: their sender is answered when they are taken. The
 * identity of the message is the same, so one that came again meanwhile and was taken is not taken twice.
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
  type WaitingArrival,
  waitIsOver,
} from "../work/waiting-arrivals.ts";
import type { Arranged } from "./arrangement.ts";
import { type Clock, pause } from "./clock.ts";
import { waitsFor } from "./intake.ts";
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
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export class WaitingArrivals {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Until the signal fires. Does nothing where no flow waits. */
  async run(): Promise<void> {
    const { definitions, clock, log, signal } = this.#around;
    const any = [...definitions.inbound.values()].some(({ stages }) =>
      stages.some((stage) => stage.verb === "look up" && stage.waits),
    );
    while (any && !signal.aborted) {
      await pause(clock, LOOK_EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        await this.#write(noteWaiting);
        for (const waiting of await this.#write<WaitingArrival>(dueArrivals(LOOK_MS, AT_ONCE)))
          await this.#read(waiting);
      } catch (error) {
        log.warn("Arrivals that wait could not be read again; trying again.", { error: String(error) });
      }
    }
  }

  async #read({
    arrival,
    flow: name,
    messageId,
    mediaType,
    body,
    tries,
    over,
  }: WaitingArrival): Promise<void> {
    const { definitions, store, accept } = this.#around;
    if (over) return void (await this.#write(waitIsOver(arrival, "It came again and was taken.")));
    const flow = definitions.inbound.get(name);
    const still = !flow || waitsFor(await resume(walkIn(flow, body), store));
    if (still) {
      const delayMs = Math.min(1_000 * 2 ** Math.min(tries, 5), PAUSE_MAX_MS);
      return void (await this.#write(readAgainLater(arrival, delayMs)));
    }
    const taken = await accept(name, { messageId, body, ...(mediaType === null ? {} : { mediaType }) });
    const how =
      "reason" in taken
        ? `What it waited for has come, and it is set aside for another reason: ${taken.reason}`
        : `What it waited for has come: taken in as ${taken.receipt}.`;
    await this.#write(waitIsOver(arrival, how));
  }

  async #write<Row>({ text, values }: Statement): Promise<Row[]> {
    return (await this.#around.pool.query(text, [...values])).rows as Row[];
  }
}
