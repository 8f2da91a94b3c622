/**
 * The clients of a world: what they send, and that they send it until they hold a receipt.
 */
import { toBytes } from "../../src/std/bytes.ts";
import { CUSTOMERS, LEDGERS } from "./integration.ts";
import type { Given, Scene } from "./scene.ts";

/** Says of a period that it is closed, or open again. */
type Declares = (ledger: string, status: "closed" | "open") => Promise<void>;

export class Clients {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Clients: orders, cancellations (some before the order), stock counts; copies, and other content under a used id. */
  orders(until: number): void {
    const { random } = this.#scene.kernel;
    const at = (ms: number, call: () => void) => {
      this.#scene.owed += 1;
      this.#scene.kernel.later(ms, "client", this.#scene.client, () => {
        this.#scene.owed -= 1;
        call();
      });
    };
    for (let n = random.between(2, 12); n > 0; n -= 1) {
      const orderId = `SO-${n}`;
      const amount = this.#amount();
      const when = random.between(10, until - 5_000);
      const order = {
        flow: "orders-in",
        message: `order-${n}`,
        content: JSON.stringify({ orderId, amount }),
      };
      at(when, () =>
        this.post(order, () => {
          if (random.chance(0.2)) at(random.between(1, 30_000), () => this.post(order));
          if (random.chance(0.1)) {
            const content = JSON.stringify({ orderId, amount: `${amount}1` });
            at(random.between(1, 30_000), () => this.post({ ...order, content }));
          }
        }),
      );
      if (random.chance(0.35)) {
        const content = JSON.stringify({ orderId, amount: "0.00" });
        const cancel = { flow: "cancels-in", message: `cancel-${n}`, content };
        at(Math.max(1, when + random.between(-2_000, 50_000)), () => this.post(cancel));
      }
    }
    if (this.#scene.strict) {
      for (let n = 1; n <= CUSTOMERS; n += 1) {
        const content = JSON.stringify({ customer: `C-${n}` });
        at(random.between(10, until), () =>
          this.post({ flow: "customers-in", message: `customer-${n}`, content }),
        );
      }
    }
    for (let item = random.between(0, 2); item > 0; item -= 1) {
      let count = 0;
      const last = random.between(3, 12);
      const next = () => {
        count += 1;
        const content = JSON.stringify({ item: `I-${item}`, count: String(count) });
        this.post({ flow: "stock-in", message: `count-${item}-${count}`, content }, () => {
          if (count < last) at(random.between(1, 6_000), next);
        });
      };
      at(random.between(10, until / 2), next);
    }
    // Several people count one item at once; nobody waits for anybody.
    if (random.chance(0.5)) {
      const from = random.between(10, until - 10_000);
      for (let count = random.between(4, 10); count > 0; count -= 1) {
        const content = JSON.stringify({ item: "P-1", count: String(count) });
        at(from + random.between(0, 3_000), () =>
          this.post({ flow: "stock-in", message: `count-P-${count}`, content }),
        );
      }
    }
    // One document with several orders in it, some of which keep no contract.
    for (let bundle = random.between(0, 2); bundle > 0; bundle -= 1) {
      const parts = Array.from({ length: random.between(2, 4) }, (_, part) => ({
        orderId: `SO-${bundle * 100 + part}`,
        amount: random.chance(0.3) ? "" : this.#amount(),
      }));
      const given = { flow: "bundles-in", message: `bundle-${bundle}`, content: JSON.stringify(parts) };
      at(random.between(10, until - 5_000), () => this.post(given));
    }
  }

  /** In some worlds books are kept by periods: entries of two ledgers, and a month that is closed in the midst of them, not before `from`. */
  entries(from: number, until: number, declare: Declares): void {
    const random = this.#scene.kernel.chanceOf("ledgers");
    if (this.#scene.onlyAnOutage || !random.chance(0.4)) return;
    for (let n = random.between(3, 10); n > 0; n -= 1) {
      const postingDate = random.chance(0.8) ? "2026-01-30" : "2026-02-02";
      const content = JSON.stringify({ entry: `JE-${n}`, ledger: random.pick(LEDGERS), postingDate });
      this.#scene.owed += 1;
      this.#scene.kernel.later(random.between(10, until - 1_000), "client", this.#scene.client, () => {
        this.#scene.owed -= 1;
        this.post({ flow: "entries-in", message: `entry-${n}`, content });
      });
    }
    const at = random.between(from, until);
    this.#scene.kernel.later(at, "closing", null, () => {
      for (const ledger of LEDGERS) void declare(ledger, "closed");
    });
    // One of them is opened again when all is well, for what came too late.
    this.#scene.kernel.later(until + 60_000, "opening", null, () => void declare("hold", "open"));
  }

  /** Mostly small; one in four has more digits than a float. */
  #amount(): string {
    const { random } = this.#scene.kernel;
    const whole = random.chance(0.25) ? `90071992547409${random.between(10, 99)}` : random.between(1, 99);
    return `${whole}.0${random.between(0, 9)}`;
  }

  /** Sends until somebody gives a receipt, as a client with a promise to its own users does. */
  post(given: Given, received: () => void = () => undefined): void {
    const random = this.#scene.kernel.chanceOf(given.message);
    // Master data comes in every telling of a run: without it orders would wait for good, which is another failure.
    if (given.flow !== "customers-in" && !this.#scene.kernel.befalls(given.message)) return;
    this.#scene.owed += 1;
    let done = false;
    const attempt = () => {
      const slot = random.pick(this.#scene.slots);
      let answered = false;
      const again = (ms: number) => {
        if (done || answered) return;
        answered = true;
        this.#scene.kernel.later(ms, "client again", this.#scene.client, attempt);
      };
      this.#scene.kernel.later(5_000, "client timeout", this.#scene.client, () => again(0));
      this.#scene.kernel.later(random.latency(3), "request", slot.program, () => {
        const body = toBytes(given.content);
        if (!slot.begun) return again(500);
        slot.worker.intake.accept(given.flow, { messageId: given.message, body }).then(
          (accepted) => {
            const { outcome, receipt } = accepted;
            this.#scene.kernel.later(random.latency(3), "receipt", this.#scene.client, () => {
              answered = true;
              this.#scene.receipts.push({
                message: given.message,
                content: given.content,
                outcome,
                receipt,
                at: this.#scene.kernel.now,
              });
              this.#scene.kernel.tell(`${given.content} has its receipt (${outcome})`);
              if (outcome === "quarantined" && given.flow === "orders-in") this.#scene.unread = given;
              if (done) return;
              done = true;
              this.#scene.owed -= 1;
              received();
            });
          },
          () =>
            this.#scene.kernel.later(random.latency(3), "no receipt", this.#scene.client, () => again(500)),
        );
      });
    };
    attempt();
  }
}
