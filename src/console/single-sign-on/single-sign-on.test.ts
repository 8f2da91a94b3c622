/** Signing in with an account of elsewhere: a real provider in a process of its own, honest first, then every way it can lie. */
import { type ChildProcess, spawn } from "node:child_process";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { addPerson } from "../../rights/people.ts";
import { EVERYWHERE } from "../../rights/permissions.ts";
import type { Dock } from "../../runtime/dock.ts";
import { Browser } from "../../testing/console-browser.ts";
import { type FreshDatabase, freshDatabase } from "../../testing/database.ts";
import { smallDock } from "../../testing/small-dock.ts";
import { type OpenConsole, openConsole } from "../console.ts";

let db: FreshDatabase;
let dock: Dock;
let open: OpenConsole;
let child: ChildProcess;
let issuer: string;
const noted: string[] = [];

beforeAll(async () => {
  child = spawn(process.execPath, [join(import.meta.dirname, "../../../tests/identity/provider.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await Promise.all([
    new Promise<string>((resolve) => createInterface(child.stdout!).once("line", resolve)),
    (async () => {
      db = await freshDatabase();
      ({ dock } = await smallDock(db.url));
    })(),
  ]);
  const told = JSON.parse(line) as { issuer: string; client: { id: string; secret: string } };
  issuer = told.issuer;
  const provider = {
    title: "Company account",
    issuer,
    clientId: told.client.id,
    clientSecret: told.client.secret,
    scopes: ["profile"],
    signInName: "preferred_username",
    groups: "groups",
    roles: {
      "xd-finance": [{ role: "finance", ...EVERYWHERE, entities: ["FR01"] }],
      "xd-view": [{ role: "viewer", ...EVERYWHERE }],
    },
  };
  open = await openConsole({
    dock,
    port: 0,
    settings: {
      providers: [
        { ...provider, name: "company" },
        { ...provider, name: "other", issuer: `${issuer}/other` },
      ],
      log: (_, { because }) => noted.push(because!),
    },
  });
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
  child?.stdin?.end();
});
afterEach(() => tell({}));

const tell = (next: object) => fetch(`${issuer}/next`, { method: "POST", body: JSON.stringify(next) });
const asked = async () => (await (await fetch(`${issuer}/asked`)).json()) as Record<string, number>;
const MARIA = {
  sub: "user-1",
  preferred_username: "Maria.S@example.com",
  name: "Maria Silva",
  groups: ["xd-finance", "staff"],
};

/** A browser that follows the redirects of a sign-in by itself and keeps cookies by their names. */
class Traveller {
  readonly cookies = new Map<string, string>();

  async go(url: string): Promise<{ status: number; to: string | null }> {
    const headers = {
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
    };
    // `fetch` says its own sec-fetch-mode, which no navigation has.
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers }, resolve).on("error", reject);
    });
    response.resume();
    for (const given of response.headers["set-cookie"] ?? []) {
      const [pair = ""] = given.split(";");
      const at = pair.indexOf("=");
      if (given.includes("Max-Age=0")) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return { status: response.statusCode ?? 0, to: response.headers.location ?? null };
  }

  start(query = "") {
    return this.go(new URL(`/api/single-sign-on/company/start${query}`, open.url).href);
  }

  /** The whole way; returns where it ends. */
  async signIn(query = ""): Promise<string | null> {
    const start = await this.start(query);
    const authorized = await this.go(start.to!);
    return (await this.go(authorized.to!)).to;
  }

  async session(): Promise<Record<string, unknown>> {
    const browser = new Browser(open.url);
    browser.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return browser.session();
  }
}

test.each(["RS256", "PS256", "ES256", "EdDSA"])(
  "a person of the company signs in by %s and has the roles of their groups",
  async (alg) => {
    await tell({ alg, claims: MARIA });
    const maria = new Traveller();
    expect(await maria.signIn("?to=%2Fd%2Forder%2FSO-1")).toBe("/d/order/SO-1");
    expect(await maria.session()).toMatchObject({
      actor: "maria.s@example.com",
      via: "single sign-on",
      person: { name: "Maria Silva" },
      roles: [{ role: "finance", domains: null, plants: null, entities: ["FR01"] }],
    });
  },
);

test("roles follow the claims at each sign-in; what no list names gives nothing", async () => {
  const maria = new Traveller();
  await tell({ claims: { ...MARIA, groups: ["xd-view", "administrator", "__proto__", 7] } });
  await maria.signIn();
  expect(await maria.session()).toMatchObject({
    permissions: ["view", "see systems", "view bodies", "tend"],
  });
  await tell({ claims: { ...MARIA, groups: "xd-finance" } });
  await maria.signIn();
  expect((await maria.session()).roles).toMatchObject([{ role: "finance" }]);
  await tell({ claims: { ...MARIA, groups: undefined } });
  await maria.signIn();
  expect(await maria.session()).toMatchObject({ signedIn: true, permissions: [] });
});

test("a provider cannot take over a local account, nor bring back somebody who was disabled", async () => {
  await addPerson(db.pool, { id: "local.lee", name: "Lee" }, { name: "test" });
  await tell({ claims: { ...MARIA, sub: "user-9", preferred_username: "local.lee" } });
  expect(await new Traveller().signIn()).toBe("/?sign-in=refused");
  await tell({ claims: { ...MARIA, sub: "user-2", preferred_username: "gone" } });
  expect(await new Traveller().signIn()).toBe("/");
  await db.pool.query("update person set disabled_at = clock_timestamp() where id = 'gone'");
  expect(await new Traveller().signIn()).toBe("/?sign-in=refused");
});

const now = () => Math.floor(Date.now() / 1_000);
test.each<[string, object, string]>([
  ["alg none", { alg: "none", damage: "no signature" }, "its algorithm is none"],
  ["HS256 by the public key", { alg: "HS256", damage: "public key as secret" }, "its algorithm is HS256"],
  [
    "a key in the token",
    { damage: "foreign key", header: { jwk: { kty: "RSA" } } },
    "its signature is wrong",
  ],
  [
    "an address of keys in the token",
    { damage: "foreign key", header: { jku: "ISSUER/canary", x5u: "ISSUER/canary" } },
    "its signature is wrong",
  ],
  ["a kid that is a path", { header: { kid: "../../etc/passwd" } }, "the provider has no such key"],
  ["a kid that is SQL", { header: { kid: "' OR 1=1" } }, "the provider has no such key"],
  ["a key of another kind", { header: { kid: "key-ES256" } }, "the key is of another kind"],
  [
    "a key for another algorithm",
    { alg: "PS256", header: { kid: "key-RS256" } },
    "the key is for something else",
  ],
  ["a changed body", { damage: "changed body" }, "its signature is wrong"],
  ["an extension that must be understood", { header: { crit: ["exp"] } }, "it asks for extensions"],
  ["an access token", { header: { typ: "at+jwt" } }, "its type is at+jwt"],
  ["another audience", { claims: { ...MARIA, aud: "another" } }, "it is for somebody else"],
  [
    "two audiences, asked for by another",
    { claims: { ...MARIA, aud: ["crossdock", "another"], azp: "another" } },
    "it was asked for by somebody else",
  ],
  ["another issuer", { claims: { ...MARIA, iss: "https://evil.example" } }, "another issuer made it"],
  ["another nonce", { claims: { ...MARIA, nonce: "x" } }, "it answers another sign-in"],
  ["run out 61 s ago", { claims: { ...MARIA, exp: now() - 75 } }, "it has run out"],
  ["made an hour ago", { claims: { ...MARIA, iat: now() - 3_600 } }, "it was not made just now"],
  ["not good before two minutes", { claims: { ...MARIA, nbf: now() + 180 } }, "it is not good yet"],
  ["nobody", { claims: { ...MARIA, sub: "" } }, "it names nobody"],
])("a token with %s signs nobody in", async (_, next, because) => {
  await tell(JSON.parse(JSON.stringify({ claims: MARIA, ...next }).replaceAll("ISSUER", issuer)));
  noted.length = 0;
  const traveller = new Traveller();
  expect(await traveller.signIn()).toBe("/?sign-in=refused");
  expect(noted).toEqual([`The identity provider's token was refused: ${because}.`]);
  expect(await traveller.session()).toMatchObject({ signedIn: false });
});

test("run out less than a minute ago is clocks that differ", async () => {
  await tell({ claims: { ...MARIA, exp: now() - 40 } });
  expect(await new Traveller().signIn()).toBe("/");
});

test("unknown keys make us ask for keys once a minute at most, and no address in a token is ever called", async () => {
  const before = (await asked())["/keys"]!;
  for (let kid = 0; kid < 8; kid++) {
    await tell({ header: { kid: `unknown-${kid}` } });
    await new Traveller().signIn();
  }
  const after = await asked();
  expect(after["/keys"]! - before).toBeLessThanOrEqual(1);
  expect(after["/canary"]).toBeUndefined();
});

test("an answer signs in only the browser that began, once, and with the state it was given", async () => {
  await tell({ claims: MARIA });
  const [began, other] = [new Traveller(), new Traveller()];
  const answer = (await began.go((await began.start()).to!)).to!;
  expect((await other.go(answer)).to).toBe("/?sign-in=expired");
  expect((await began.go(answer)).to).toBe("/?sign-in=expired");
  const again = (await began.go((await began.start()).to!)).to!;
  const forged = new URL(again);
  forged.searchParams.set("state", "guess");
  expect((await began.go(forged.href)).to).toBe("/?sign-in=expired");
  const mixed = (await began.go((await began.start()).to!)).to!;
  expect((await began.go(mixed.replace("/company/", "/other/"))).to).toBe("/?sign-in=expired");
  const issued = new URL((await began.go((await began.start()).to!)).to!);
  issued.searchParams.set("iss", "https://evil.example");
  expect((await began.go(issued.href)).to).toBe("/?sign-in=refused");
  await tell({ error: "access_denied" });
  expect(await began.signIn()).toBe("/?sign-in=refused");
});

test("nobody is sent elsewhere afterwards, and a provider that says it is another is not believed", async () => {
  await tell({ claims: MARIA });
  for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
    expect(await new Traveller().signIn(`?to=${encodeURIComponent(to)}`)).toBe("/");
  const start = await new Traveller().go(new URL("/api/single-sign-on/other/start", open.url).href);
  expect(start.to).toBe("/?sign-in=provider");
  expect((await new Traveller().go(new URL("/api/single-sign-on/none/start", open.url).href)).status).toBe(
    404,
  );
});

test("one address pushes out nobody else's sign-in: it begins so many a minute and no more", async () => {
  const start = new URL("/api/single-sign-on/company/start", open.url);
  const began = await Promise.all(
    Array.from({ length: 130 }, async () => (await fetch(start, { redirect: "manual" })).status),
  );
  expect(began.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
  // What the tests before began counts as well.
  expect(new Set(began)).toEqual(new Set([302, 429]));
});
