/** Holds `file` to its guarantees over real folders: whole files only, once, whatever crashes between two steps. */
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toBytes, toText } from "../../std/bytes.ts";
import { Unavailable } from "../../std/errors.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import type { Accepted, Arrival, Parcel, Session } from "../connector.ts";
import { file } from "./connector.ts";
import { nameOf } from "./outbox.ts";

const parcel = (n: number): Parcel => ({
  key: `key-${n}`,
  contract: "edi.send-acknowledgement",
  subject: `order/SO-${n}`,
  mediaType: "application/edi-x12",
  body: toBytes(`ISA*00*~ST*855*${n}~`),
});

async function openWorld(): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), "crossdock-file-"));
  const inbox = join(root, "in");
  const outbox = join(root, "out");
  await mkdir(inbox);
  await mkdir(outbox);
  return {
    config: { inbox, outbox, pollMs: 20, settleMs: 30 },
    parcel,
    effects: ({ body }) =>
      existsSync(outbox)
        ? readdirSync(outbox).filter(
            (name) => name.endsWith(".edi") && readFileSync(join(outbox, name), "utf8") === toText(body),
          ).length
        : 0,
    async arrive(n) {
      const body = `ISA*00*~ST*850*${n}~`;
      await writeFile(join(inbox, `order-${n}.edi`), body);
      return { body };
    },
    goDown: () => rename(outbox, join(root, "away")),
    comeBack: () => rename(join(root, "away"), outbox),
    close: () => rm(root, { recursive: true }),
  };
}

const without = {
  loseNextAnswer: "a folder gives no answers; crashes between two steps are tried one by one below",
  spoilNextAnswer: "a folder gives no answers",
  refuseNext: "a folder refuses nothing",
  busyNext: "a folder is never busy",
  denyNext: "a folder that may not be written is away",
  question: "a folder cannot be asked",
  occupy: "tried below: other content under our key is a conflict",
};
for (const { name, run } of conformance(file, openWorld, { without })) test(name, run);

let root = "";
let inbox = "";
let outbox = "";
const sessions: Session[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "crossdock-file-"));
  inbox = join(root, "in");
  outbox = join(root, "out");
  await mkdir(inbox);
  await mkdir(outbox);
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await rm(root, { recursive: true });
});

const stillClock = () => new Date("2026-11-21T08:00:00Z");
type Config = Parameters<typeof file.open>[0];

async function mailbox(config: Config, now: () => Date = () => new Date()): Promise<Session> {
  const session = await file.open(config, { now, signal: new AbortController().signal, log: () => {} });
  sessions.push(session);
  return session;
}

const sending = async () => {
  const session = await mailbox({ outbox });
  return {
    put: (one: Parcel) => session.deliver?.(one) ?? expect.unreachable(),
    find: (one: Parcel) => session.verify?.(one) ?? expect.unreachable(),
  };
};

test("the outgoing name says what it is, for which order, under which delivery", () => {
  expect(nameOf(parcel(1))).toBe("edi-send-acknowledgement_SO-1_key-1.edi");
  expect(nameOf({ ...parcel(1), subject: "order/../../etc/passwd" })).toBe(
    "edi-send-acknowledgement_-etc-passwd_key-1.edi",
  );
});

test("a file the partner has taken away counts as delivered and is not put there again", async () => {
  const { put, find } = await sending();
  const receipt = await put(parcel(1));
  await unlink(join(outbox, receipt.reference));
  expect(await find(parcel(1))).toEqual(receipt);
  expect(await put(parcel(1))).toEqual(receipt);
  expect(await readdir(outbox)).toEqual([".crossdock"]);
});

test("a crash before the rename leaves nothing the partner sees, and sending again delivers once", async () => {
  const { put, find } = await sending();
  const name = nameOf(parcel(1));
  await put(parcel(1));
  // Back to the moment before the rename: noted, and waiting under the temporary name.
  await rename(join(outbox, name), join(outbox, `.${name}.tmp`));
  expect(await find(parcel(1))).toBeNull();
  expect(await put(parcel(1))).toEqual({ reference: name });
  expect((await readdir(outbox)).sort()).toEqual([".crossdock", name]);
});

test("other content under the same delivery key is a conflict, even after the partner took the first", async () => {
  const { put, find } = await sending();
  const other = { ...parcel(1), body: toBytes("ISA*something else~") };
  const { reference } = await put(parcel(1));
  const conflict = { name: "Refused", facts: { conflict: true } };
  await expect(put(other)).rejects.toMatchObject(conflict);
  await unlink(join(outbox, reference));
  await expect(find(other)).rejects.toMatchObject(conflict);
});

/** Receives until `until` says so, and gives what was handed over. */
async function receiving(
  config: Config,
  accept: (arrival: Arrival, count: number) => Promise<Accepted> | Accepted,
  until: (taken: readonly Arrival[]) => boolean,
  now?: () => Date,
): Promise<Arrival[]> {
  const session = await mailbox({ pollMs: 10, settleMs: 0, ...config }, now);
  const taken: Arrival[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const loop = session.receive?.(async (arrival) => {
    taken.push(arrival);
    if (until(taken)) resolve();
    return accept(arrival, taken.length);
  });
  await Promise.race([promise, loop]);
  await session.close();
  return taken;
}

const ok: Accepted = { outcome: "accepted", receipt: "r-1" };
const texts = (arrivals: readonly Arrival[]) => arrivals.map(({ body }) => toText(body));

test("a file that still grows is never read, however often it is looked at", async () => {
  await writeFile(join(inbox, "b-whole.edi"), "ISA*");
  await utimes(join(inbox, "b-whole.edi"), 0, 4e9);
  let looks = 0;
  const clock = () => new Date(++looks * 200);
  let offers = 0;
  // The whole file, the younger by its date, comes last in every look and is turned away, so each look is followed by growth.
  const taken: string[] = [];
  const accept = ({ messageId, body }: Arrival) => {
    if (messageId.startsWith("a-")) {
      taken.push(toText(body));
      return ok;
    }
    offers += 1;
    if (offers <= 20) appendFileSync(join(inbox, "a-growing.edi"), offers < 20 ? "x" : "~END");
    if (taken.length === 0) throw new Unavailable("The database is away.");
    return ok;
  };
  await receiving({ inbox, settleMs: 300 }, accept, () => taken.length > 0, clock);
  expect(taken).toEqual([`${"x".repeat(19)}~END`]);
});

test("an empty file is waited for until its writer writes; what changes while it is set aside leaves no reason behind", async () => {
  await writeFile(join(inbox, "order.edi"), "");
  let looks = 0;
  const clock = () => {
    // Half a minute of looks pass before a single byte is written.
    if (++looks === 60) appendFileSync(join(inbox, "order.edi"), "ISA*");
    return new Date(looks * 500);
  };
  const accept = (_: Arrival, count: number): Accepted => {
    if (count > 1) return ok;
    appendFileSync(join(inbox, "order.edi"), "~END");
    return { outcome: "quarantined", receipt: "r-1", reason: "It has no end.", facts: {} };
  };
  const taken = await receiving({ inbox, settleMs: 500 }, accept, (arrivals) => arrivals.length === 2, clock);
  expect(texts(taken)).toEqual(["ISA*", "ISA*~END"]);
  expect(await readdir(join(inbox, "quarantine"))).toEqual([]);
});

test("a file that changes between the look and the reading is left for the next look", async () => {
  for (const [minute, name] of ["a.edi", "b-moved-in.edi"].entries()) {
    await writeFile(join(inbox, name), "ISA*");
    await utimes(join(inbox, name), 0, minute * 60);
  }
  let looks = 0;
  const clock = () => {
    // The third reading of the clock is the second look: the first one read it for the look and for the day of done/.
    if (++looks === 3) appendFileSync(join(inbox, "b-moved-in.edi"), "~END");
    return new Date(looks * 200);
  };
  const accept = (_: Arrival, count: number) => {
    if (count === 1) appendFileSync(join(inbox, "b-moved-in.edi"), "x");
    return ok;
  };
  const taken = await receiving({ inbox }, accept, (arrivals) => arrivals.length === 2, clock);
  expect(texts(taken)).toEqual(["ISA*", "ISA*x~END"]);
});

test("names that say not yet are left alone, and a rename into place is taken", async () => {
  for (const name of [".order.edi.tmp", "order.edi.part", "order.edi~", "order.filepart"]) {
    await writeFile(join(inbox, name), "half");
  }
  await writeFile(join(inbox, "first.edi"), "ISA*first~");
  const taken = await receiving(
    { inbox },
    async (_, count) => {
      if (count === 1) await rename(join(inbox, ".order.edi.tmp"), join(inbox, "order.edi"));
      return ok;
    },
    (arrivals) => arrivals.length === 2,
  );
  expect(texts(taken)).toEqual(["ISA*first~", "half"]);
  expect((await readdir(inbox)).sort()).toEqual(["done", "order.edi.part", "order.edi~", "order.filepart"]);
});

test("a crash after accepting and before moving ends as a duplicate, and then the file moves", async () => {
  await writeFile(join(inbox, "order.edi"), "ISA*once~");
  const known = new Set<string>();
  const keep = (arrival: Arrival): Accepted => {
    const outcome = known.has(arrival.messageId) ? "duplicate" : "accepted";
    known.add(arrival.messageId);
    return { outcome, receipt: "r-1" };
  };
  const outcomes: string[] = [];
  const taken = await receiving(
    { inbox },
    async (arrival, count) => {
      const accepted = keep(arrival);
      outcomes.push(accepted.outcome);
      if (count === 1) throw new Error("the process dies here");
      return accepted;
    },
    (arrivals) => arrivals.length === 2,
    stillClock,
  );
  expect(outcomes).toEqual(["accepted", "duplicate"]);
  expect(taken[0]?.messageId).toBe(taken[1]?.messageId);
  expect(await readdir(join(inbox, "done", "2026-11-21"))).toEqual(["order.edi"]);
});

test("what is quarantined stands apart with its reason beside it", async () => {
  await writeFile(join(inbox, "bad.edi"), "ISA*bad~");
  await receiving(
    { inbox },
    () => ({ outcome: "quarantined", receipt: "r-9", reason: "The trailer IEA is missing.", facts: {} }),
    () => true,
  );
  expect((await readdir(join(inbox, "quarantine"))).sort()).toEqual(["bad.edi", "bad.edi.reason.txt"]);
  expect(readFileSync(join(inbox, "quarantine", "bad.edi.reason.txt"), "utf8")).toBe(
    "The trailer IEA is missing.\nReceipt: r-9\n",
  );
});

test("name, content or both make a file a message of its own, as agreed with the partner", async () => {
  const idsOf = async (identity: "name and content" | "content" | "name") => {
    const drops = [
      ["orders.edi", "ISA*monday~"],
      ["orders.edi", "ISA*tuesday~"],
      ["orders-again.edi", "ISA*tuesday~"],
    ] as const;
    // Whole at once, as a partner does who is not waited for; and only after the one before was moved away.
    const drop = async (at: number) => {
      const [name = "", content = ""] = drops[at] ?? [];
      await vi.waitUntil(() => !drops.some(([before]) => existsSync(join(inbox, before))), {
        timeout: 15_000,
        interval: 5,
      });
      await writeFile(join(inbox, `.${name}`), content);
      await rename(join(inbox, `.${name}`), join(inbox, name));
    };
    await drop(0);
    const session = await mailbox({ inbox, identity, pollMs: 10, settleMs: 0 }, stillClock);
    const ids: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const loop = session.receive?.(async ({ messageId }) => {
      ids.push(messageId);
      if (ids.length === drops.length) resolve();
      else void drop(ids.length);
      return ok;
    });
    await Promise.race([promise, loop]);
    await session.close();
    return ids.map((id) => ids.indexOf(id));
  };
  expect(await idsOf("name and content")).toEqual([0, 1, 2]);
  expect(await idsOf("content")).toEqual([0, 1, 1]);
  expect(await idsOf("name")).toEqual([0, 0, 2]);
});

test("a file over the limit is handed over without its bytes, set aside with the reason, and the rest goes on", async () => {
  await writeFile(join(inbox, "huge.edi"), "x".repeat(2_000));
  await writeFile(join(inbox, "small.edi"), "ISA*small~");
  const taken = await receiving(
    { inbox, fileBytesMax: 1_000 },
    () => ok,
    (arrivals) => arrivals.length === 2,
  );
  const because =
    "The file huge.edi has 2000 bytes, and this mailbox takes 1000. It was not read, and is in quarantine/. Have it sent in parts, or raise fileBytesMax and put it back.";
  expect(taken.map(({ body, unread }) => [Buffer.from(body).toString(), unread]).toSorted()).toEqual([
    ["", because],
    ["ISA*small~", undefined],
  ]);
  expect(readFileSync(join(inbox, "quarantine", "huge.edi.reason.txt"), "utf8")).toMatch(
    new RegExp(`^${because.replaceAll("/", ".")}\nReceipt: .+\n$`),
  );
});

test("two workers on one inbox accept each file once, move it once, and complain of nothing", async () => {
  const known = new Map<string, string[]>();
  const complaints: string[] = [];
  const names = Array.from({ length: 20 }, (_, at) => `order-${at}.edi`);
  for (const name of names) await writeFile(join(inbox, name), `ISA*${name}~`);
  const { promise, resolve } = Promise.withResolvers<void>();
  const loops = [1, 2].map(async () => {
    const session = await file.open(
      { inbox, pollMs: 10, settleMs: 0 },
      { now: stillClock, signal: new AbortController().signal, log: (line) => void complaints.push(line) },
    );
    sessions.push(session);
    return session.receive?.(async ({ messageId }) => {
      const outcomes = known.get(messageId) ?? [];
      known.set(messageId, outcomes);
      outcomes.push(outcomes.length === 0 ? "accepted" : "duplicate");
      await new Promise(setImmediate);
      if (known.size === names.length) resolve();
      return { outcome: outcomes.length === 1 ? "accepted" : "duplicate", receipt: "r" };
    });
  });
  await promise;
  for (const session of sessions.splice(0)) await session.close();
  await Promise.all(loops);
  expect(complaints).toEqual([]);
  expect(await readdir(inbox)).toEqual(["done"]);
  expect((await readdir(join(inbox, "done", "2026-11-21"))).sort()).toEqual(names.sort());
});

test("a file that takes the name of the one just handed over is not moved away unread", async () => {
  await writeFile(join(inbox, "orders.edi"), "ISA*monday~");
  const taken = await receiving(
    { inbox },
    async (_, count) => {
      if (count === 1) {
        await writeFile(join(inbox, ".orders.edi"), "ISA*tuesday~");
        await rename(join(inbox, ".orders.edi"), join(inbox, "orders.edi"));
      }
      return ok;
    },
    (arrivals) => arrivals.length === 2,
  );
  expect(texts(taken)).toEqual(["ISA*monday~", "ISA*tuesday~"]);
  expect(await readdir(inbox)).toEqual(["done"]);
});

test("files are handed over oldest first", async () => {
  for (const [minute, name] of ["c.edi", "a.edi", "b.edi"].entries()) {
    await writeFile(join(inbox, name), name);
    await utimes(join(inbox, name), 0, minute * 60);
  }
  const taken = await receiving(
    { inbox },
    () => ok,
    (arrivals) => arrivals.length === 3,
  );
  expect(texts(taken)).toEqual(["c.edi", "a.edi", "b.edi"]);
});

test("a mailbox without folders is a matter of settings", async () => {
  await expect(mailbox({})).rejects.toMatchObject({ name: "Unusable" });
});

test("an inbox that is away, or keeps a file, is told when that begins and when it ends, and not at every look between", async () => {
  const told: unknown[] = [];
  const heard: (string | null)[] = [];
  const stopped = new AbortController();
  await rm(inbox, { recursive: true });
  const session = await file.open(
    { inbox, pollMs: 5, settleMs: 0 },
    {
      now: () => new Date(),
      signal: stopped.signal,
      log: (line, facts) => void told.push([line, facts]),
      hears: (because) => void heard.push(because),
    },
  );
  await expect(session.probe()).rejects.toThrow(`The inbox ${inbox} cannot be read. Make the folder`);
  const loop = session.receive?.(async () => ok);
  await vi.waitUntil(() => told.length > 0, { timeout: 15_000 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  await mkdir(inbox);
  await vi.waitUntil(() => told.length > 1, { timeout: 15_000 });
  // What is taken has nowhere to go: a link stands where done/ is made.
  await symlink("/dev/null", join(inbox, "done"));
  await writeFile(join(inbox, "a.edi"), "ISA");
  await vi.waitUntil(() => told.length > 2, { timeout: 15_000 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  await rm(join(inbox, "done"));
  await vi.waitUntil(() => told.length > 3, { timeout: 15_000 });
  stopped.abort();
  await loop;
  const away = `The inbox ${inbox} cannot be read. Make the folder, let Crossdock's user read it, or correct the connection's inbox.`;
  const stuck = `The file a.edi cannot be taken out of the inbox ${inbox}, and maybe others. Let Crossdock's user read it, and write into the inbox with its done/ and quarantine/.`;
  const back = "The inbox can be read again.";
  expect(told).toEqual([
    [away, { folder: inbox, problem: "ENOENT" }],
    [back, { folder: inbox }],
    [stuck, { folder: inbox, problem: expect.stringMatching(/^E/) }],
    [back, { folder: inbox }],
  ]);
  expect(heard).toEqual([away, null, stuck, null]);
});
