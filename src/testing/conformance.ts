/**
 * The conformance kit: holds a connector to the guarantees it declares.
 *
 * It drives the connector through a *world*, a stand-in for the outside that counts real effects and can misbehave on purpose.
 * The one thing that must stay true: only the world says what really happened, never the connector. The checks are plain
 * named functions, so any test runner can run them; which ones apply follows from the guarantees.
 *
 * @example for (const { name, run } of conformance(http, openWorld)) test(name, run); // vitest, node:test, any other
 */
import { deepStrictEqual, equal, fail, notEqual, ok } from "node:assert/strict";
import type {
  Accepted,
  Arrival,
  Connector,
  Parcel,
  Question,
  Receipt,
  Session,
} from "../connectors/connector.ts";
import { toText } from "../std/bytes.ts";
import { CrossdockError, InDoubt, Refused, Unavailable } from "../std/errors.ts";

/** How an answer can be spoilt after the effect has happened. */
export type Spoiling = "too large" | "not JSON" | "truncated" | "a redirect" | "an error 500";

/**
 * A stand-in for the outside. Faults hit the next posting only; reads are never hit. What a world cannot do is left out and
 * named in `Options.without`, with the reason.
 */
export interface World {
  /** The connector's settings; where `Spoiling` "too large" is used, they must bound answers. */
  readonly config: unknown;
  /** The n-th parcel, n from 1: another n is another key and other content. */
  parcel(n: number): Parcel;
  /** How often this parcel really took effect. */
  effects(parcel: Parcel): number | Promise<number>;
  /** A question the connection can ask. */
  question?(): Question;
  /** The next posting takes effect and is not answered. */
  loseNextAnswer?(): void | Promise<void>;
  /** The next posting takes effect; its answer comes spoilt. */
  spoilNextAnswer?(how: Spoiling): void | Promise<void>;
  /** The next posting is refused and has no effect. */
  refuseNext?(): void | Promise<void>;
  /** The next posting is sent away with a time to come back, and has no effect. */
  busyNext?(retryAfterMs: number): void | Promise<void>;
  /** The next posting is refused for its credentials, and has no effect. */
  denyNext?(): void | Promise<void>;
  /** Something other than this parcel comes to stand under its reference. */
  occupy?(parcel: Parcel): void | Promise<void>;
  /** Arrivals: the n-th message is put where `receive` finds it. */
  arrive?(n: number): Promise<{ readonly body: string }>;
  /** No line can be opened any more. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export type Ability = { [Name in keyof World]-?: undefined extends World[Name] ? Name : never }[keyof World];

export interface Options {
  /** What this world cannot do, and why that leaves no guarantee unproved. */
  readonly without?: Partial<Readonly<Record<Ability | "deliver", string>>>;
  /** The time in which the settings end an unanswered call, plus some. Default 10 s. */
  readonly patienceMs?: number;
}

export interface Check {
  /** A sentence about behaviour, starting with the connector's name. */
  readonly name: string;
  /** Opens a world of its own, and closes it. Rejects with an assertion error. */
  run(): Promise<void>;
}

interface Scene {
  readonly world: World;
  readonly session: Session;
  deliver(parcel: Parcel): Promise<Receipt>;
  verify(parcel: Parcel): Promise<Receipt | null>;
  /** The error of a call that must fail as `kind`; it is also searched for secrets and payloads. */
  failure<Kind extends CrossdockError>(
    doing: Promise<unknown>,
    kind: abstract new (...given: never[]) => Kind,
  ): Promise<Kind>;
}

interface Draft {
  readonly name: string;
  readonly needs: readonly Ability[];
  run(scene: Scene): Promise<void>;
}

/** The checks that hold `connector` to its guarantees; each opens its own world. */
export function conformance(
  connector: Connector,
  openWorld: () => Promise<World>,
  options: Options = {},
): Check[] {
  const without = options.without ?? {};
  return drafts(connector, without.deliver === undefined)
    .filter(({ needs }) => !needs.some((ability) => without[ability] !== undefined))
    .map(({ name, needs, run }) => ({
      name: `${connector.name}: ${name}`,
      run: () => play(connector, openWorld, needs, run, options.patienceMs ?? 10_000),
    }));
}

async function play(
  connector: Connector,
  openWorld: () => Promise<World>,
  needs: readonly Ability[],
  run: (scene: Scene) => Promise<void>,
  patienceMs: number,
): Promise<void> {
  const world = await openWorld();
  const stop = new AbortController();
  const around = { now: () => new Date(), signal: stop.signal, log: () => {} };
  let session: Session | undefined;
  try {
    for (const ability of needs) {
      ok(world[ability], `the world cannot ${ability}; give it to the world or name it in \`without\``);
    }
    session = await connector.open(world.config, around);
    const scene = setting(connector, world, session);
    await within(patienceMs, "the check", run(scene));
  } finally {
    stop.abort();
    if (session) await within(5_000, "closing the session", session.close());
    await world.close();
  }
}

function setting(connector: Connector, world: World, session: Session): Scene {
  const secrets = secretsIn(connector.config, world.config);
  return {
    world,
    session,
    deliver: (parcel) =>
      session.deliver?.(parcel) ?? fail("the session cannot deliver, so its guarantees mean nothing"),
    verify: (parcel) => session.verify?.(parcel) ?? fail("`verifies` is declared, and there is no verify"),
    async failure(doing, kind) {
      const error = await doing.then(
        (given) => fail(`expected ${kind.name}, got an answer: ${JSON.stringify(given)}`),
        (thrown: unknown) => thrown,
      );
      ok(error instanceof CrossdockError, `expected ${kind.name}, got ${String(error)}`);
      equal(error.name, kind.name, `${error.message} ${JSON.stringify(error.facts)}`);
      ok(error.message.endsWith("."), `an error is a sentence: ${error.message}`);
      discreet(error, secrets, world);
      return error as InstanceType<typeof kind>;
    },
  };
}

/** No secret and no payload in what people and logs will see, down the chain of causes. */
function discreet(error: CrossdockError, secrets: readonly string[], world: World): void {
  const shown: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    shown.push(at.message, JSON.stringify({ ...at }));
  }
  const text = shown.join("\n");
  for (const secret of secrets) ok(!text.includes(secret), "an error shows a secret");
  for (const n of [1, 2]) ok(!text.includes(toText(world.parcel(n).body)), "an error shows a payload");
}

function drafts({ guarantees }: Connector, delivering: boolean): Draft[] {
  const { repeat, verifies } = guarantees;
  return [
    ...always,
    ...(delivering ? outgoing : []),
    ...(delivering && verifies ? verifying : []),
    ...(delivering ? repeating(repeat) : []),
    ...asking,
    ...arriving,
  ];
}

const always: Draft[] = [
  {
    name: "a probe proves the line and moves nothing",
    needs: [],
    async run({ session, world }) {
      await session.probe();
      equal(await world.effects(world.parcel(1)), 0);
    },
  },
  {
    name: "a session closes without hanging, used or not",
    needs: [],
    async run({ session }) {
      await within(5_000, "closing the session", session.close());
    },
  },
];

/** How long a process is stopped, in milliseconds: all of it, as by SIGSTOP. */
const SLEEP_MS = 40;

const outgoing: Draft[] = [
  {
    name: "a posting takes effect once and gives a receipt",
    needs: [],
    async run({ deliver, world }) {
      const receipt = await deliver(world.parcel(1));
      notEqual(receipt.reference, "", "a receipt has a reference");
      equal(await world.effects(world.parcel(1)), 1);
    },
  },
  {
    name: "a closed door is Unavailable with no effect, and opens again",
    needs: [],
    async run({ deliver, failure, session, world }) {
      await world.goDown();
      await failure(session.probe(), Unavailable);
      await failure(deliver(world.parcel(1)), Unavailable);
      equal(await world.effects(world.parcel(1)), 0);
      await world.comeBack();
      await deliver(world.parcel(1));
      equal(await world.effects(world.parcel(1)), 1);
    },
  },
  {
    name: "a lost answer is InDoubt, and the effect is there",
    needs: ["loseNextAnswer"],
    async run({ deliver, failure, world }) {
      await world.loseNextAnswer?.();
      await failure(deliver(world.parcel(1)), InDoubt);
      equal(await world.effects(world.parcel(1)), 1);
    },
  },
  ...(["too large", "not JSON", "truncated", "a redirect", "an error 500"] as const).map(
    (how): Draft => ({
      name: `an answer that is ${how} is InDoubt`,
      needs: ["spoilNextAnswer"],
      async run({ deliver, failure, world }) {
        await world.spoilNextAnswer?.(how);
        await failure(deliver(world.parcel(1)), InDoubt);
        equal(await world.effects(world.parcel(1)), 1);
      },
    }),
  ),
  {
    name: "a refusal is Refused with no effect, and the next parcel goes through",
    needs: ["refuseNext"],
    async run({ deliver, failure, world }) {
      await world.refuseNext?.();
      await failure(deliver(world.parcel(1)), Refused);
      equal(await world.effects(world.parcel(1)), 0);
      await deliver(world.parcel(2));
      equal(await world.effects(world.parcel(2)), 1);
    },
  },
  {
    name: "a busy target is Unavailable for as long as it asks",
    needs: ["busyNext"],
    async run({ deliver, failure, world }) {
      await world.busyNext?.(7_000);
      const error = await failure(deliver(world.parcel(1)), Unavailable);
      equal(error.retryAfterMs, 7_000);
      equal(await world.effects(world.parcel(1)), 0);
    },
  },
  {
    name: "refused credentials are a matter of access, not of the parcel",
    needs: ["denyNext"],
    async run({ deliver, failure, world }) {
      await world.denyNext?.();
      const error = await failure(deliver(world.parcel(1)), Unavailable);
      equal(error.facts.access, true);
      equal(await world.effects(world.parcel(1)), 0);
    },
  },
  {
    name: "a parcel whose moment has passed is not written: Unavailable, with no effect",
    needs: [],
    async run({ deliver, failure, world }) {
      const late = { ...world.parcel(1), writtenBefore: performance.now() - 1 };
      await failure(deliver(late), Unavailable);
      equal(await world.effects(world.parcel(1)), 0);
      await deliver({ ...world.parcel(1), writtenBefore: performance.now() + 60_000 });
      equal(await world.effects(world.parcel(1)), 1);
    },
  },
  {
    name: "a process that falls asleep before it writes does not write when it wakes",
    needs: [],
    async run({ deliver, failure, world }) {
      const parcel = world.parcel(1);
      const delivering = deliver({ ...parcel, writtenBefore: performance.now() + SLEEP_MS / 2 });
      // Written before anybody could fall asleep: nothing is connected yet, so this is a place on this very machine.
      if (world.effects(parcel) === 1) return void (await delivering);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLEEP_MS);
      await failure(delivering, Unavailable);
      equal(await world.effects(parcel), 0);
    },
  },
  {
    name: "parcels sent at the same time keep their own receipts",
    needs: [],
    async run({ deliver, world }) {
      const parcels = Array.from({ length: 8 }, (_, at) => world.parcel(at + 1));
      const receipts = await Promise.all(parcels.map(deliver));
      equal(new Set(receipts.map(({ reference }) => reference)).size, parcels.length);
      deepStrictEqual(
        await Promise.all(parcels.map((parcel) => world.effects(parcel))),
        parcels.map(() => 1),
      );
    },
  },
];

const verifying: Draft[] = [
  {
    name: "verify finds nothing of a parcel that was never sent",
    needs: [],
    async run({ deliver, verify, world }) {
      await deliver(world.parcel(1));
      equal(await verify(world.parcel(2)), null);
      equal(await world.effects(world.parcel(2)), 0);
    },
  },
  {
    name: "verify finds each parcel sent under its own receipt, and moves nothing",
    needs: [],
    async run({ deliver, verify, world }) {
      for (const parcel of [world.parcel(1), world.parcel(2)]) {
        const receipt = await deliver(parcel);
        equal((await verify(parcel))?.reference, receipt.reference);
        equal(await world.effects(parcel), 1);
      }
    },
  },
  {
    name: "after a lost answer verify gives the receipt the answer would have given",
    needs: ["loseNextAnswer"],
    async run({ deliver, failure, verify, world }) {
      await world.loseNextAnswer?.();
      await failure(deliver(world.parcel(1)), InDoubt);
      const receipt = await verify(world.parcel(1));
      notEqual(receipt ?? null, null, "the parcel took effect, and verify must say so");
      deepStrictEqual(await verify(world.parcel(1)), receipt, "asking again changes nothing");
      equal(await world.effects(world.parcel(1)), 1);
    },
  },
  {
    name: "a verify that cannot reach the target is Unavailable, never a null",
    needs: [],
    async run({ failure, verify, world }) {
      await world.goDown();
      await failure(verify(world.parcel(1)), Unavailable);
    },
  },
];

function repeating(repeat: Connector["guarantees"]["repeat"]): Draft[] {
  switch (repeat) {
    case "key":
    case "upsert":
      return [resending, resendingAfterLoss];
    case "unique-reference":
      return [resending, resendingAfterLoss, ...occupied];
    case "searchable":
      return [doubling, ...occupied.filter(({ name }) => name.startsWith("verify"))];
    case "none":
      return [];
  }
}

const resending: Draft = {
  name: "a second sending posts nothing and gives an equal receipt",
  needs: [],
  async run({ deliver, world }) {
    const first = await deliver(world.parcel(1));
    const second = await deliver(world.parcel(1));
    equal(second.reference, first.reference);
    equal(await world.effects(world.parcel(1)), 1);
  },
};

const resendingAfterLoss: Draft = {
  name: "sending again after a lost answer posts once",
  needs: ["loseNextAnswer"],
  async run({ deliver, failure, world }) {
    await world.loseNextAnswer?.();
    await failure(deliver(world.parcel(1)), InDoubt);
    const receipt = await deliver(world.parcel(1));
    equal((await deliver(world.parcel(1))).reference, receipt.reference);
    equal(await world.effects(world.parcel(1)), 1);
  },
};

const doubling: Draft = {
  name: "a blind second sending would post twice, and verify says so",
  needs: ["loseNextAnswer"],
  async run({ deliver, failure, verify, world }) {
    await world.loseNextAnswer?.();
    await failure(deliver(world.parcel(1)), InDoubt);
    notEqual(await verify(world.parcel(1)), null, "verify spares us the second sending");
    await deliver(world.parcel(1));
    equal(
      await world.effects(world.parcel(1)),
      2,
      "a target that would not double offers a stronger guarantee",
    );
    const error = await failure(verify(world.parcel(1)), Refused);
    equal(error.facts.duplicates, 2);
  },
};

const occupied: Draft[] = [
  {
    name: "verify calls other content under our reference a conflict, never a receipt",
    needs: ["occupy"],
    async run({ failure, verify, world }) {
      await world.occupy?.(world.parcel(1));
      const error = await failure(verify(world.parcel(1)), Refused);
      equal(error.facts.conflict, true);
    },
  },
  {
    name: "sending onto other content under our reference is a conflict, never a receipt",
    needs: ["occupy"],
    async run({ deliver, failure, world }) {
      await world.occupy?.(world.parcel(1));
      const error = await failure(deliver(world.parcel(1)), Refused);
      equal(error.facts.conflict, true);
    },
  },
];

const asking: Draft[] = [
  {
    name: "a question is answered and moves nothing",
    needs: ["question"],
    async run({ session, world }) {
      ok(session.ask, "the world has a question, and the session cannot ask");
      const answer = await session.ask(question(world), 5_000);
      notEqual(answer ?? null, null, "an answer says something");
      equal(await world.effects(world.parcel(1)), 0);
    },
  },
  {
    name: "a question nobody answers is Unavailable",
    needs: ["question"],
    async run({ failure, session, world }) {
      await world.goDown();
      await failure(session.ask?.(question(world), 1_000) ?? fail("the session cannot ask"), Unavailable);
    },
  },
];

const question = (world: World): Question => world.question?.() ?? fail("the world has no question");

const arriving: Draft[] = [
  {
    name: "each arrival is handed over once, whole, under an id of its own",
    needs: ["arrive"],
    async run({ session, world }) {
      const bodies = [await arrive(world, 1), await arrive(world, 2)];
      const taken = await taking(session, 2, async () => ({ outcome: "accepted", receipt: "r" }));
      deepStrictEqual(taken.map(({ body }) => toText(body)).sort(), bodies.sort());
      equal(new Set(taken.map(({ messageId }) => messageId)).size, 2);
    },
  },
  {
    name: "an arrival that could not be kept is handed over again under the same id",
    needs: ["arrive"],
    async run({ session, world }) {
      await arrive(world, 1);
      let calls = 0;
      const taken = await taking(session, 2, async () => {
        calls += 1;
        if (calls === 1) throw new Unavailable("The database is away.");
        return { outcome: "accepted", receipt: "r" };
      });
      equal(taken[0]?.messageId, taken[1]?.messageId);
    },
  },
];

const arrive = async (world: World, n: number): Promise<string> =>
  (await (world.arrive?.(n) ?? fail("the world has no arrivals"))).body;

/** Receives until `count` arrivals were handed over. */
async function taking(
  session: Session,
  count: number,
  accept: (arrival: Arrival) => Promise<Accepted>,
): Promise<Arrival[]> {
  ok(session.receive, "the world has arrivals, and the session cannot receive");
  const taken: Arrival[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const receiving = session.receive(async (arrival) => {
    taken.push(arrival);
    if (taken.length === count) resolve();
    return accept(arrival);
  });
  await Promise.race([promise, receiving]);
  return taken;
}

/** The values of the settings marked `secret: true`, however deep, as long as they are long enough to be one. */
function secretsIn(schema: unknown, config: unknown): string[] {
  if (typeof schema !== "object" || schema === null || config === undefined) return [];
  const { secret, properties, items } = schema as {
    secret?: boolean;
    properties?: Record<string, unknown>;
    items?: unknown;
  };
  if (secret) return textsIn(config).filter((text) => text.length >= 4);
  return [
    ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
      secretsIn(field, (config as Record<string, unknown> | null)?.[name]),
    ),
    ...(Array.isArray(config) ? config.flatMap((one) => secretsIn(items, one)) : []),
  ];
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

async function within<Given>(ms: number, what: string, doing: Promise<Given>): Promise<Given> {
  const { promise, reject } = Promise.withResolvers<never>();
  const clock = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  try {
    return await Promise.race([doing, promise]);
  } finally {
    clearTimeout(clock);
  }
}
