/**
 * The load generator: clients that send until they hold a receipt, and keep every receipt they are given.
 *
 * It is the outside: it knows the gateway's address and its own documents, nothing of the product's inside. What it was
 * promised is the half of the truth the oracle judges by; the other half stands in the systems' books.
 */
import { appendFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipted } from "../oracle/run.ts";

/** Clients that speak at once: more of them would be a storm of its own, and leave the proxies beside them no time. */
const AT_ONCE_MAX = 64;
/** How long a client that is told to stay away does so at most. */
const AWAY_MAX_MS = 2_000;

export interface Document {
  readonly flow: "orders-in" | "cancels-in" | "stock-in" | "counts-in" | "bundles-in" | "plans-in";
  readonly message: string;
  readonly content: string;
}

export class Load {
  readonly receipts: Receipted[] = [];
  /** Answers by status, and tries that ended without one. */
  readonly answers = new Map<string, number>();
  /** Documents sent that have no receipt yet. */
  owed = 0;
  /** Documents that were held back, so that what was written after them came before. */
  overtaken = 0;
  /** Orders nobody cancels, and whose customers are good for them. */
  readonly steady = new Set<string>();
  /** Whether items are counted, too, that the shop refuses. */
  refused = false;
  /** The longest anybody waited for a receipt since somebody last asked, in milliseconds. */
  longestMs = 0;
  /** When the herd of timers falls due, in milliseconds since 1970. */
  moment = 0;
  readonly #gateways: () => readonly string[];
  readonly #key: string;
  readonly #file: string;
  readonly #chance: () => number;
  readonly #booked: (order: string) => boolean;
  #speaking = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #under = new Set<Promise<void>>();
  /** What was set aside as it came; its sender sends it again when somebody has mended something. */
  readonly #unread: Document[] = [];

  constructor(given: {
    readonly gateways: () => readonly string[];
    readonly key: string;
    readonly file: string;
    readonly chance: () => number;
    /** What a customer hears: that an order is booked. */
    readonly booked: (order: string) => boolean;
  }) {
    this.#gateways = given.gateways;
    this.#key = given.key;
    this.#file = given.file;
    this.#chance = given.chance;
    this.#booked = given.booked;
  }

  /** Sends a document, and whatever `then` sends when it has its receipt. */
  send(document: Document, then?: () => void): void {
    this.owed += 1;
    const sending: Promise<void> = this.#until(document).then(() => {
      this.owed -= 1;
      this.#under.delete(sending);
      then?.();
    });
    this.#under.add(sending);
  }

  /** Sends again what could not be read. */
  again(): void {
    for (const document of this.#unread.splice(0)) this.send(document);
  }

  /** Resolves when every document has its receipt. */
  async settled(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  /**
   * Orders at a rate, with what belongs to a bad day: some are cancelled, some before they came; some are overtaken by what
   * was written after them; some come twice, some with other content under the same id; items are counted by one and by
   * many. Resolves when all have been sent.
   */
  async day(orders: number, perSecond: number, from = 0): Promise<void> {
    for (let n = 1; n <= orders; n += 1) {
      const id = from + n;
      const orderId = `SO-${id}`;
      // Some are looked at by a person, and some are taken back while their goods are packed, whatever chance says.
      const [looked, takenBack] = [n % 12 === 9, n % 12 === 5];
      const steady = takenBack || this.steady.has(orderId);
      const cents = looked ? 8 : steady ? 1 : Math.floor(this.#chance() * 10);
      const amount = `${1 + Math.floor(this.#chance() * 99)}.0${cents}`;
      const order: Document = {
        flow: "orders-in",
        message: `order-${id}`,
        content: JSON.stringify({ orderId, amount }),
      };
      const content = JSON.stringify({ orderId, amount: "0.00" });
      const cancel: Document = { flow: "cancels-in", message: `cancel-${id}`, content };
      const come = () =>
        this.send(order, () => {
          if (takenBack) this.#whenBooked(orderId, () => this.send(cancel));
          if (n % 4 === 1) this.send(order);
          if (n % 12 === 3)
            this.send({ ...order, content: JSON.stringify({ orderId, amount: `${amount}1` }) });
        });
      if (n % 12 === 7) {
        this.overtaken += 1;
        this.#later(1_000 + this.#chance() * 3_000, come);
      } else come();
      if (this.#chance() < 0.12 && !steady) this.#later(this.#chance() * 3_000, () => this.send(cancel));
      if (n % 5 === 0) this.#count(`I-${id}`, 1, 4);
      if (n % 20 === 0 && this.refused) this.#count(`X-${id}`, 1, 1);
      if (n % 7 === 0) {
        for (let count = 1; count <= 4; count += 1) {
          const content = JSON.stringify({ item: `P-${id}`, count: String(count) });
          this.send({ flow: "stock-in", message: `count-P-${id}-${count}`, content });
        }
      }
      await sleep(1_000 / perSecond);
    }
  }

  /**
   * Much at once: `counts` counts of many items and of one hot one, some of items the shop refuses, in documents of five
   * hundred; before them a tenth as many recounts, planned for one moment while they still come in; and fifty copies of some
   * documents. Resolves with the receipts.
   */
  async heap(counts: number): Promise<void> {
    this.moment = Date.now() + Math.max(4_000, counts / 5);
    const at = new Date(this.moment).toISOString();
    for (let from = 0; from < counts / 10; from += 500) {
      const plans = Array.from({ length: 500 }, (_, n) => ({ item: `H-${from + n}`, at }));
      this.send({ flow: "plans-in", message: `plan-${from}`, content: JSON.stringify(plans) });
      if (this.owed > 4) await this.settled();
    }
    const last = new Map<string, number>();
    const counted = (n: number) => {
      const item = n % 40 === 0 ? "P-hot" : n % 200 === 1 ? `X-${n % 4_000}` : `P-${n % (counts / 10)}`;
      const count = (last.get(item) ?? 0) + 1;
      last.set(item, count);
      return { item, count: String(count) };
    };
    for (let from = 0; from < counts; from += 500) {
      const content = JSON.stringify(Array.from({ length: 500 }, (_, n) => counted(from + n)));
      this.send({ flow: "counts-in", message: `counts-${from}`, content });
      if (this.owed > 4) await this.settled();
    }
    for (let n = 1; n <= 10; n += 1) {
      const content = JSON.stringify({ item: `C-${n}`, count: "1" });
      for (let copy = 0; copy < 50; copy += 1)
        this.send({ flow: "stock-in", message: `count-C-${n}`, content });
    }
    await this.settled();
  }

  /** Counts in documents of five hundred, every other of one item. Resolves with the receipts. */
  async hot(counts: number): Promise<void> {
    for (let from = 0; from < counts; from += 500) {
      const content = Array.from({ length: 500 }, (_, n) =>
        n % 2 === 0
          ? { item: "P-hot", count: String((from + n) / 2 + 1) }
          : { item: `P-${from + n}`, count: "1" },
      );
      this.send({ flow: "counts-in", message: `counts-${from}`, content: JSON.stringify(content) });
      if (this.owed > 4) await this.settled();
    }
    await this.settled();
  }

  /** Announces a document that is far too large and sends it until somebody objects; returns how it was answered. */
  huge(bytes: number): Promise<string> {
    const door = new URL(this.#gateways()[0] ?? "http://127.0.0.1:1");
    const piece = Buffer.alloc(65_536, " ");
    return new Promise((resolve) => {
      const socket = dial(Number(door.port), door.hostname, () => {
        socket.write(
          `POST /v1/events/stock-in HTTP/1.1\r\nhost: ${door.host}\r\nauthorization: Bearer ${this.#key}\r\n` +
            `content-type: application/json\r\nidempotency-key: huge\r\ncontent-length: ${bytes}\r\n\r\n`,
        );
        let left = bytes;
        const more = () => {
          if (left <= 0 || !socket.writable) return;
          left -= piece.length;
          socket.write(piece, more);
        };
        more();
      });
      const over = (answer: string) => {
        socket.destroy();
        resolve(answer);
      };
      socket.once("data", (head) =>
        over(/^HTTP\/1\.1 (\d+)/.exec(head.toString("latin1"))?.[1] ?? "no HTTP"),
      );
      // Closing without an answer turns it away as well; taking all of it and saying nothing does not.
      socket.once("error", () => over("cut off"));
      socket.once("close", () => over("cut off"));
      socket.setTimeout(8_000, () => over("no answer"));
    });
  }

  /** Owed already, and sent after a while. */
  #later(ms: number, send: () => void): void {
    this.owed += 1;
    const waiting: Promise<void> = sleep(ms).then(() => {
      this.owed -= 1;
      this.#under.delete(waiting);
      send();
    });
    this.#under.add(waiting);
  }

  #whenBooked(order: string, send: () => void): void {
    this.#later(100, () => (this.#booked(order) ? send() : this.#whenBooked(order, send)));
  }

  /** One person counts an item again and again; the next count is sent when the last one has its receipt. */
  #count(item: string, count: number, last: number): void {
    const content = JSON.stringify({ item, count: String(count) });
    this.send({ flow: "stock-in", message: `count-${item}-${count}`, content }, () => {
      if (count < last) this.#count(item, count + 1, last);
    });
  }

  /** Waits until one more may speak. */
  async #turn(): Promise<void> {
    while (this.#speaking >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#speaking += 1;
  }

  #done(): void {
    this.#speaking -= 1;
    this.#waiting.shift()?.();
  }

  async #until(document: Document): Promise<void> {
    const { flow, message, content } = document;
    for (const begun = performance.now(); ; ) {
      const doors = this.#gateways();
      const door = doors[Math.floor(this.#chance() * doors.length)];
      if (door === undefined) {
        await sleep(100);
        continue;
      }
      await this.#turn();
      const answer = await fetch(`${door}/v1/events/${flow}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${this.#key}`,
          "content-type": "application/json",
          "idempotency-key": message,
        },
        body: content,
        signal: AbortSignal.timeout(8_000),
      })
        .then(async (response) => ({
          status: response.status,
          after: Number(response.headers.get("retry-after") ?? 0),
          body: (await response.json()) as {
            receipt?: string;
            duplicate?: boolean;
            code?: string;
            type?: string;
          },
        }))
        .catch(() => null)
        .finally(() => this.#done());
      const what = answer === null ? "no answer" : String(answer.status);
      this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
      const outcome = answer && outcomeOf(answer);
      if (outcome) {
        const kept: Receipted = {
          message,
          content,
          outcome,
          receipt: answer.body.receipt ?? "",
          at: Date.now(),
        };
        appendFileSync(this.#file, `${JSON.stringify(kept)}\n`);
        this.receipts.push(kept);
        if (outcome === "quarantined") this.#unread.push(document);
        this.longestMs = Math.max(this.longestMs, performance.now() - begun);
        return;
      }
      // Later, too many, in the works; or, by a worker that was stopped meanwhile, too late.
      if (answer && answer.status < 500 && ![429, 409, 408].includes(answer.status))
        throw new Error(`${message} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      await sleep(Math.min(answer?.after ? answer.after * 1_000 : 100, AWAY_MAX_MS) + this.#chance() * 100);
    }
  }
}

function outcomeOf({
  status,
  body,
}: {
  status: number;
  body: { duplicate?: boolean; type?: string; code?: string };
}): Receipted["outcome"] | undefined {
  if (status === 202) return "accepted";
  if (status === 200) return "duplicate";
  if (status === 409 && JSON.stringify(body).includes("conflict")) return "conflict";
  if (status === 422) return "quarantined";
  return undefined;
}
