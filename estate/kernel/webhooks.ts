/**
 * Sends a system's webhooks to Crossdock, signed after Standard Webhooks, until each is taken.
 *
 * Webhooks about one order go out one after the other; different orders do not wait for each other. One that keeps
 * failing steps aside after three tries so that it does not dam up its order. What must stay true: a webhook is in the
 * books before it is sent and is struck off only after a 2xx, so a restart sends what was not taken. Whether it is
 * sent twice, late or in the wrong order is up to the fault switches.
 */
import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import type { Faults } from "./faults.ts";

export interface Webhook {
  /** The webhook-id; the same for every try and for duplicates. */
  readonly id: string;
  /** Webhooks of one lane keep their order. */
  readonly lane: string;
  readonly body: string;
}

interface Item extends Webhook {
  tries: number;
}

export interface WebhookSettings {
  readonly url: URL;
  /** `whsec_<base64>`; absent: sent unsigned. */
  readonly secret: string | undefined;
  readonly faults: Faults;
  /** How long `reorder` collects before it sends backwards. */
  readonly windowMs: number;
  readonly sent: (webhook: Webhook, tries: number) => void;
}

const IN_FLIGHT_MAX = 32;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const PATIENCE_MS = 15_000;

/** Headers of Standard Webhooks for one try: id, unix seconds, and HMAC-SHA256 over "id.timestamp.body". */
export function signed(webhook: Webhook, secret: string | undefined, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const headers: Record<string, string> = { "webhook-id": webhook.id, "webhook-timestamp": timestamp };
  if (secret !== undefined) {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const mac = createHmac("sha256", key)
      .update(`${webhook.id}.${timestamp}.${webhook.body}`)
      .digest("base64");
    headers["webhook-signature"] = `v1,${mac}`;
  }
  return headers;
}

export class WebhookSender {
  private readonly settings: WebhookSettings;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT_MAX });
  private readonly lanes = new Map<string, Item[]>();
  private runnable: string[] = [];
  private window: Item[] = [];
  private windowTimer: NodeJS.Timeout | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();
  private inFlight = 0;
  private paused = false;
  private stopped = false;
  private reorderings = 0;
  private pumping = false;
  waiting = 0;
  failedTries = 0;

  constructor(settings: WebhookSettings) {
    this.settings = settings;
  }

  /** Takes a webhook that is in the books (or will be, before this turn of the event loop ends). */
  offer(webhook: Webhook): void {
    this.waiting += 1;
    const item: Item = { ...webhook, tries: 0 };
    const reorder = this.settings.faults.standing("reorder");
    if (reorder === undefined) {
      this.enqueue(item.lane, item);
      return;
    }
    this.window.push(item);
    this.windowTimer ??= setTimeout(() => this.closeWindow(), reorder.ms ?? this.settings.windowMs);
  }

  /** Stops sending while the system is down. */
  pause(): void {
    this.paused = true;
  }

  /** Sends on: the system is up again, or a switch was cleared. */
  resume(): void {
    this.paused = false;
    this.pump();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.windowTimer);
    for (const timer of this.timers) clearTimeout(timer);
    this.agent.destroy();
  }

  /** Sends what `reorder` collected, last first, on a lane of its own so that nothing puts it right again. */
  private closeWindow(): void {
    this.windowTimer = undefined;
    const items = this.window;
    this.window = [];
    if (items.length < 2) {
      for (const item of items) this.enqueue(item.lane, item);
      return;
    }
    this.settings.faults.fire("reorder");
    this.reorderings += 1;
    for (const item of items.reverse()) this.enqueue(`reordered ${this.reorderings}`, item);
  }

  private enqueue(lane: string, item: Item): void {
    const queue = this.lanes.get(lane);
    if (queue !== undefined) {
      queue.push(item);
      return;
    }
    this.lanes.set(lane, [item]);
    this.runnable.push(lane);
    if (this.pumping) return;
    // Sent in a later turn: by then the books that tell of it are written.
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  private pump(): void {
    const held = this.settings.faults.standing("hold-webhooks") !== undefined;
    if (held && this.runnable.length > 0) this.settings.faults.count("hold-webhooks");
    while (!this.stopped && !this.paused && !held && this.inFlight < IN_FLIGHT_MAX) {
      const lane = this.runnable.shift();
      if (lane === undefined) return;
      this.inFlight += 1;
      void this.send(lane, this.lanes.get(lane)![0]!);
    }
  }

  private async send(lane: string, item: Item): Promise<void> {
    const twice = this.settings.faults.fire("duplicate-webhooks") !== undefined;
    const tries = twice ? [this.post(item), this.post(item)] : [this.post(item)];
    const taken = (await Promise.all(tries)).includes(true);
    this.inFlight -= 1;
    if (this.stopped) return;
    item.tries += 1;
    const queue = this.lanes.get(lane)!;
    if (taken) {
      queue.shift();
      this.waiting -= 1;
      this.settings.sent(item, item.tries);
      this.next(lane, queue);
    } else {
      this.failedTries += 1;
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (item.tries - 1), LONGEST_WAIT_MS);
      if (item.tries >= 3 && queue.length > 1) {
        queue.shift();
        this.next(lane, queue);
        this.lanes.set(`${lane} ${item.id}`, [item]);
        this.later(waitMs, `${lane} ${item.id}`);
      } else this.later(waitMs, lane);
    }
    this.pump();
  }

  private next(lane: string, queue: Item[]): void {
    if (queue.length === 0) this.lanes.delete(lane);
    else this.runnable.push(lane);
  }

  private later(ms: number, lane: string): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.runnable.push(lane);
      this.pump();
    }, ms);
    this.timers.add(timer);
  }

  private post(item: Item): Promise<boolean> {
    return new Promise((resolve) => {
      const outgoing = request(
        this.settings.url,
        {
          method: "POST",
          agent: this.agent,
          timeout: PATIENCE_MS,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(item.body),
            ...signed(item, this.settings.secret, new Date()),
          },
        },
        (response) => {
          response.resume();
          const status = response.statusCode ?? 0;
          response.on("end", () => resolve(status >= 200 && status < 300));
          response.on("error", () => resolve(false));
        },
      );
      outgoing.on("timeout", () => outgoing.destroy());
      outgoing.on("error", () => resolve(false));
      outgoing.end(item.body);
    });
  }
}
