/** Proves the kit: each planted mistake, of the kind that posts an order twice or loses one, fails the checks named beside it. */
import { expect, test } from "vitest";
import { type Connector, connector, inTime, type Parcel, type Session } from "../connectors/connector.ts";
import { http } from "../connectors/http/connector.ts";
import { toBytes } from "../std/bytes.ts";
import { InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { conformance, type World } from "./conformance.ts";
import { httpWorld } from "./http-world.ts";

const TOKEN = "a-token-nobody-may-see";

/** A target that keeps the first answer under each key. */
async function openWorld(): Promise<World> {
  const answers = new Map<string, { id: string }>();
  const wire = await httpWorld(({ method, path, headers }) => {
    if (path === "/health") return { status: 200 };
    const key = method === "GET" ? path.slice("/outcomes/".length) : String(headers["idempotency-key"]);
    const known = answers.get(key);
    if (method === "GET" && !known) return { status: 404 };
    const answer = known ?? { id: `D-${answers.size + 1}` };
    answers.set(key, answer);
    return { status: 200, body: answer };
  });
  return {
    ...wire,
    config: {
      url: wire.url,
      token: TOKEN,
      paths: { "x.post": "/documents" },
      timeoutMs: 2_000,
      answerBytesMax: 1_000_000,
    },
    parcel: (n) => ({
      key: `key-${n}`,
      contract: "x.post",
      subject: `order/${n}`,
      mediaType: "application/json",
      body: toBytes(`{"order":${n}}`),
    }),
    effects: ({ key }) => [...answers.keys()].filter((known) => known.startsWith(key)).length,
    refuseNext: () => wire.answerNext({ status: 422, body: { code: "no" } }),
  };
}

const without = {
  question: "planted mistakes are in posting",
  occupy: "a key system has no references",
  arrive: "planted mistakes are in posting",
};

/** `http`, with its session spoilt. */
const spoilt = (
  spoil: (sound: Required<Pick<Session, "deliver" | "verify">> & Session) => Partial<Session>,
): Connector =>
  connector({
    ...http,
    async open(config, around) {
      const sound = await http.open(config as Parameters<typeof http.open>[0], around);
      return { ...sound, ...spoil(sound as Parameters<typeof spoil>[0]) };
    },
  });

async function failing(broken: Connector): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of conformance(broken, openWorld, { without, patienceMs: 3_000 })) {
    await run().catch(() => failed.push(name.slice("http: ".length)));
  }
  return failed;
}

const lostAnswers = [
  "a lost answer is InDoubt, and the effect is there",
  "an answer that is too large is InDoubt",
  "an answer that is not JSON is InDoubt",
  "an answer that is truncated is InDoubt",
  "an answer that is a redirect is InDoubt",
  "an answer that is an error 500 is InDoubt",
  "after a lost answer verify gives the receipt the answer would have given",
  "sending again after a lost answer posts once",
];

let sendings = 0;
const withoutMoment = ({ writtenBefore: _, ...parcel }: Parcel): Parcel => parcel;

const planted: readonly [mistake: string, broken: Connector, caughtBy: readonly string[]][] = [
  ["no mistake", http, []],
  [
    "doubt is called certainty",
    spoilt((sound) => ({
      deliver: (parcel) =>
        sound.deliver(parcel).catch((error: unknown) => {
          throw error instanceof InDoubt ? new Unavailable(error.message) : error;
        }),
    })),
    lostAnswers,
  ],
  [
    "a doubtful answer is taken for a receipt",
    spoilt((sound) => ({
      deliver: (parcel) =>
        sound.deliver(parcel).catch((error: unknown) => {
          if (error instanceof InDoubt) return { reference: parcel.key };
          throw error;
        }),
    })),
    lostAnswers,
  ],
  [
    "every sending gets a key of its own",
    spoilt((sound) => ({
      deliver: (parcel) => sound.deliver({ ...parcel, key: `${parcel.key}-${++sendings}` }),
    })),
    [
      "verify finds each parcel sent under its own receipt, and moves nothing",
      "after a lost answer verify gives the receipt the answer would have given",
      "a second sending posts nothing and gives an equal receipt",
      "sending again after a lost answer posts once",
    ],
  ],
  [
    "verify never finds anything",
    spoilt(() => ({ verify: async () => null })),
    [
      "verify finds each parcel sent under its own receipt, and moves nothing",
      "after a lost answer verify gives the receipt the answer would have given",
      "a verify that cannot reach the target is Unavailable, never a null",
    ],
  ],
  [
    "verify takes every parcel for done",
    spoilt(() => ({ verify: async () => ({ reference: "D-1" }) })),
    [
      "verify finds nothing of a parcel that was never sent",
      "verify finds each parcel sent under its own receipt, and moves nothing",
      "a verify that cannot reach the target is Unavailable, never a null",
    ],
  ],
  [
    "verify posts",
    spoilt((sound) => ({ verify: (parcel) => sound.deliver(parcel) })),
    ["verify finds nothing of a parcel that was never sent"],
  ],
  [
    "a refusal is tried again",
    spoilt((sound) => ({
      deliver: (parcel) =>
        sound.deliver(parcel).catch((error: unknown) => {
          if (error instanceof Refused) return sound.deliver(parcel);
          throw error;
        }),
    })),
    ["a refusal is Refused with no effect, and the next parcel goes through"],
  ],
  [
    "the time to come back is forgotten, and so is whose fault it was",
    spoilt((sound) => ({
      deliver: (parcel) =>
        sound.deliver(parcel).catch((error: unknown) => {
          throw error instanceof Unavailable ? new Unavailable(error.message) : error;
        }),
    })),
    [
      "a busy target is Unavailable for as long as it asks",
      "refused credentials are a matter of access, not of the parcel",
    ],
  ],
  [
    "a parcel's moment is not asked for",
    spoilt((sound) => ({ deliver: (parcel) => sound.deliver(withoutMoment(parcel)) })),
    [
      "a parcel whose moment has passed is not written: Unavailable, with no effect",
      "a process that falls asleep before it writes does not write when it wakes",
    ],
  ],
  [
    "a parcel's moment is asked for before the line is opened",
    spoilt((sound) => ({
      async deliver(parcel) {
        inTime(parcel);
        return sound.deliver(withoutMoment(parcel));
      },
    })),
    ["a process that falls asleep before it writes does not write when it wakes"],
  ],
  [
    "an error shows the token",
    spoilt((sound) => ({
      deliver: (parcel) =>
        sound.deliver(parcel).catch((error: unknown) => {
          if (!(error instanceof Refused)) throw error;
          throw new Refused(error.message, { cause: new Error(`Bearer ${TOKEN}`) });
        }),
    })),
    ["a refusal is Refused with no effect, and the next parcel goes through"],
  ],
  [
    "the probe posts",
    spoilt((sound) => ({
      probe: async () => {
        await sound.deliver({
          key: "key-1",
          contract: "x.post",
          subject: "x/1",
          mediaType: "",
          body: toBytes("{}"),
        });
      },
    })),
    ["a probe proves the line and moves nothing"],
  ],
  [
    "one receipt is given to everybody",
    spoilt((sound) => ({
      deliver: (parcel) => sound.deliver(parcel).then((receipt) => ({ ...receipt, reference: "D-1" })),
    })),
    [
      "parcels sent at the same time keep their own receipts",
      "verify finds each parcel sent under its own receipt, and moves nothing",
    ],
  ],
];

for (const [mistake, broken, caughtBy] of planted) {
  test(`the kit tells: ${mistake}`, async () => {
    expect(await failing(broken)).toEqual(caughtBy);
  });
}

test("an ability the world lacks must be named with its reason, or the check fails", async () => {
  const checks = conformance(http, openWorld, { without: { occupy: "none", arrive: "none" } });
  const asking = checks.find(({ name }) => name === "http: a question is answered and moves nothing");
  await expect(asking?.run()).rejects.toThrow("the world cannot question; give it to the world or name it");
});
