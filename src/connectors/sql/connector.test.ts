/** `sql` keeps its guarantees on a real PostgreSQL, behind a wire that can be cut, and reads an outbox in order. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { conformance, type World } from "../../testing/conformance.ts";
import { type FreshDatabase, freshDatabase } from "../../testing/database.ts";
import type { Parcel } from "../connector.ts";
import { sql } from "./connector.ts";

let database: FreshDatabase;
let wire: Wire;
beforeAll(async () => {
  database = await freshDatabase({ migrated: false });
  await database.pool.query(`
    create schema books;
    create table books.journal (
      voucher text primary key, number bigint generated always as identity, day date not null,
      amount numeric(15, 2) not null check (amount <> 0), memo text);
    create function books.closed() returns trigger language plpgsql as $$
      begin if new.memo = 'closed' then raise exception 'The month is closed.'; end if; return new; end $$;
    create trigger closed before insert or update on books.journal for each row execute function books.closed();
    create table books.outbox (id bigint generated always as identity primary key, body jsonb, taken_at timestamptz)`);
  const line = await database.pool.connect();
  const {
    host,
    port,
    user = "",
    password,
    database: name = "",
  } = line as unknown as Place & { database?: string };
  line.release();
  wire = await openWire({ host, port, user, password }, name);
});
afterAll(async () => {
  await wire.close();
  await database.drop();
});

/** A proxy before the database that can be shut, and can cut a line just when an answer comes. */
interface Wire {
  readonly url: string;
  cutNextWrite: boolean;
  shut(): void;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

interface Place {
  /** A name, or a folder with the server's socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
}

async function openWire(to: Place, name: string): Promise<Wire> {
  const lines = new Set<Socket>();
  let server: Server;
  let port = 0;
  const open = () =>
    new Promise<void>((resolve) => {
      server = createServer((near) => {
        const far = to.host.startsWith("/")
          ? connect(`${to.host}/.s.PGSQL.${to.port}`)
          : connect(to.port, to.host);
        for (const line of [near, far]) {
          lines.add(line);
          line.on("error", () => {});
          line.on("close", () => {
            lines.delete(line);
            near.destroy();
            far.destroy();
          });
        }
        let writing = false;
        near.on("data", (chunk) => {
          if (wireState.cutNextWrite && chunk.includes("insert into")) writing = true;
          far.write(chunk);
        });
        far.on("data", (chunk) => {
          // `C` and `INSERT 0 1`: the row is committed, and nobody hears of it.
          if (writing && chunk.includes("INSERT")) {
            wireState.cutNextWrite = false;
            near.destroy();
            return;
          }
          near.write(chunk);
        });
      });
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  const wireState: Wire = {
    get url() {
      const who = to.password ? `${to.user}:${encodeURIComponent(to.password)}` : to.user;
      return `postgresql://${who}@127.0.0.1:${port}/${name}`;
    },
    cutNextWrite: false,
    shut() {
      server.close();
      for (const line of lines) line.destroy();
    },
    reopen: open,
    close: () =>
      new Promise((resolve) => {
        for (const line of lines) line.destroy();
        server.close(() => resolve());
      }),
  };
  await open();
  return wireState;
}

const TABLE = {
  table: "books.journal",
  key: "voucher",
  columns: { voucher: "{key}", day: "day", amount: "amount.value", memo: "memo" },
  reference: "number",
};
const OUTBOX = { table: "books.outbox", id: "id", body: "body", takenAt: "taken_at" };
const config = () => ({
  url: wire.url,
  tables: { "finance.post": TABLE },
  outbox: OUTBOX,
  pollMs: 20,
  timeoutMs: 2_000,
});

let worlds = 0;
const parcelOf = (key: string, data: unknown): Parcel => ({
  key,
  contract: "finance.post",
  subject: `invoice/${key}`,
  mediaType: "application/json",
  body: new TextEncoder().encode(JSON.stringify(data)),
});
const rows = async (key: string) =>
  (
    await database.pool.query(
      "select voucher, day::text, amount::text, memo from books.journal where voucher = $1",
      [key],
    )
  ).rows;

async function openWorld(): Promise<World> {
  worlds += 1;
  const world = worlds;
  let memo = "";
  await database.pool.query("truncate books.outbox");
  return {
    config: config(),
    parcel: (n) =>
      parcelOf(`W${world}-${n}`, {
        day: "2026-11-20",
        amount: { value: `${n}0.10` },
        memo: memo || `no ${n}`,
      }),
    effects: async ({ key }) => (await rows(key)).length,
    loseNextAnswer: () => {
      wire.cutNextWrite = true;
    },
    arrive: async (n) => {
      const { rows: told } = await database.pool.query(
        "insert into books.outbox (body) values ($1) returning body::text",
        [JSON.stringify({ n })],
      );
      return { body: told[0].body };
    },
    goDown: async () => wire.shut(),
    comeBack: () => wire.reopen(),
    close: async () => {
      memo = "";
      wire.shut();
      await wire.reopen();
    },
  };
}

for (const { name, run } of conformance(sql, openWorld, {
  without: {
    spoilNextAnswer: "the database's own protocol has no answers to spoil short of none",
    refuseNext: "what refuses is the row, see below",
    busyNext: "a database names no time to come back",
    denyNext: "see below",
    occupy: "an upsert overwrites what stood there before; that is its promise",
    question: "rows are not asked",
  },
}))
  test(name, run);

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };

test("a row carries amounts exactly; a later state of the document replaces it, and verify knows which stands", async () => {
  const session = await sql.open(config(), around);
  const first = parcelOf("exact", { day: "2026-11-20", amount: { value: "9007199254740.99" }, memo: "one" });
  const receipt = await session.deliver?.(first);
  expect(await rows("exact")).toEqual([
    { voucher: "exact", day: "2026-11-20", amount: "9007199254740.99", memo: "one" },
  ]);
  expect(receipt?.reference).toMatch(/^\d+$/);
  await session.deliver?.(parcelOf("exact", { day: "2026-11-21", amount: { value: "1.00" }, memo: "two" }));
  expect(await session.verify?.(first)).toBeNull();
  expect(await rows("exact")).toMatchObject([{ amount: "1.00", memo: "two" }]);
  await session.close();
});

test.each(["169.254.169.254", "2852039166", "[fd00:ec2::254]"])(
  "a database at %s is not dialled",
  async (host) => {
    const session = await sql.open({ ...config(), url: `postgresql://x@${host}/x` }, around);
    await expect(session.deliver?.(parcelOf("metadata", {}))).rejects.toMatchObject({
      name: "Unavailable",
      facts: { code: "XD_EGRESS" },
    });
    await session.close();
  },
);

test("what the database refuses is named by its code: a rule of the application, or a flaw of the data", async () => {
  const session = await sql.open(config(), around);
  const refusal = (data: object) =>
    session.deliver?.(parcelOf("refused", { day: "2026-11-20", amount: { value: "1.00" }, ...data }));
  await expect(refusal({ memo: "closed" })).rejects.toMatchObject({
    name: "Refused",
    category: "business",
    facts: { code: "P0001" },
  });
  await expect(refusal({ amount: { value: "0.00" } })).rejects.toMatchObject({
    category: "business",
    facts: { code: "23514" },
  });
  await expect(refusal({ day: "tomorrow or so" })).rejects.toMatchObject({
    category: "data",
    facts: { code: "22007" },
  });
  await expect(refusal({ day: null })).rejects.toMatchObject({
    category: "data",
    facts: { code: "23502", field: "day" },
  });
  expect(await rows("refused")).toEqual([]);
  await session.close();
  const stranger = await sql.open(
    { ...config(), url: wire.url.replace(/\/\/[^@]*@/, "//nobody@").replace(/\/\/127/, "//nobody@127") },
    around,
  );
  await expect(stranger.probe()).rejects.toMatchObject({ name: "Unavailable" });
  await stranger.close();
});

test("two workers read one outbox in order, each row once", async () => {
  await database.pool.query("truncate books.outbox");
  await database.pool.query(
    "insert into books.outbox (body) select to_jsonb(n) from generate_series(1, 250) n",
  );
  const told: string[] = [];
  const sessions = await Promise.all([sql.open(config(), around), sql.open(config(), around)]);
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const session of sessions)
    void session.receive?.(async ({ body }) => {
      told.push(new TextDecoder().decode(body));
      if (told.length === 250) resolve();
      return { outcome: "accepted", receipt: "r" };
    });
  await promise;
  for (const session of sessions) await session.close();
  expect(told).toEqual(Array.from({ length: 250 }, (_, at) => String(at + 1)));
  const { rows: left } = await database.pool.query(
    "select count(*)::int as left from books.outbox where taken_at is null",
  );
  expect(left).toEqual([{ left: 0 }]);
});
