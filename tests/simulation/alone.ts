/**
 * One worker of the product beside systems that do as they are told: for a question about numbers, not about chance.
 *
 * Nothing goes wrong unless the test says so. The worker stands still until the test lets it begin.
 */
import { type Connection, connection, type Repeat, type Session } from "../../src/connectors/connector.ts";
import { assemble, type Worker } from "../../src/runtime/assemble.ts";
import type { Store } from "../../src/runtime/store.ts";
import { toBytes } from "../../src/std/bytes.ts";
import { limits } from "../../src/std/limits.ts";
import { silent } from "../../src/std/log.ts";
import { soundLine } from "./access.ts";
import { Database } from "./database.ts";
import { creditOf, integrate, TARGETS } from "./integration.ts";
import { Kernel, type Program } from "./kernel.ts";
import { simStore } from "./store.ts";
import { Target } from "./targets.ts";

type Name = (typeof TARGETS)[number];

export interface Alone {
  readonly kernel: Kernel;
  readonly program: Program;
  readonly db: Database;
  readonly worker: Worker;
  target(name: Name): Target;
  /** Sends it once; what becomes of that is to be read off the database. */
  accept(flow: string, message: string, content: unknown): void;
  /** Begins, does the rest, and lets things happen until something calls `kernel.stop`. */
  live(then: () => void): Promise<void>;
}

export function alone(given: {
  readonly repeat: Repeat;
  readonly declare?: (of: Connection) => Connection;
  /** In place of the store the worker gets. */
  readonly store?: (store: Store, kernel: Kernel) => Store;
  /** In place of a system's session. */
  readonly session?: (session: Session, name: Name, kernel: Kernel, program: Program) => Session;
  /** The only systems something is sent to; all of them unless it is said. */
  readonly to?: readonly Name[];
  /** What is in the store before the worker is there. */
  readonly before?: (store: Store) => Promise<void>;
}): Alone {
  const { repeat, declare, to = TARGETS } = given;
  const kernel = new Kernel(1);
  const program: Program = { name: "ada", alive: true, pausedUntil: 0, skewMs: 0 };
  const line = soundLine();
  const db = new Database(kernel, limits.lanes, limits.leaseMs);
  const store = simStore(db, program, line);
  const targets = new Map(
    TARGETS.map((name) => [name, new Target(kernel, name, repeat, () => undefined, creditOf)]),
  );
  const target = (name: Name) => targets.get(name)!;
  const worker = assemble({
    store: given.store?.(store, kernel) ?? store,
    clock: kernel.clockOf(program),
    log: silent,
    worker: program.name,
    definitions: integrate((name) => connection(name, target(name as Name).connector, { config: {} }), {
      ...(declare && { declare }),
    }),
    sessions: new Map(
      to.map((name) => {
        const session = target(name).session(program, () => undefined);
        return [name, given.session?.(session, name, kernel, program) ?? session];
      }),
    ),
    tell: () => undefined,
  });
  return {
    kernel,
    program,
    db,
    worker,
    target,
    accept: (flow, messageId, content) =>
      void worker.intake.accept(flow, { messageId, body: toBytes(JSON.stringify(content)) }),
    async live(then) {
      const begin = async () => {
        await given.before?.(store);
        await worker.begin();
        then();
      };
      begin().catch((error: unknown) => kernel.fail(error));
      await kernel.run();
    },
  };
}
