/**
 * A world for one story: an estate, a PostgreSQL database of its own, and Crossdock between them, each a real process.
 *
 * What must stay true: worlds share nothing, so stories can run beside each other; and `close` leaves nothing behind. The
 * story acts as the outside does: files, HTTP, the buttons of the console. It looks at Crossdock through the trace, and at
 * the systems through their books.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { vi } from "vitest";
import { type StartedEstate, type SystemName, startEstate } from "../../../estate/client.ts";
import { readRunFile, takeFolder, updateRunFile } from "../../../src/cli/run-file.ts";
import { demonstrationClients, keyFile } from "../../../src/cli/site/clients.ts";
import { secretsFile, siteSecrets } from "../../../src/cli/site/secrets.ts";
import { LOCAL_KEY } from "../../../src/cli/site/site.ts";
import { freshDatabase } from "../../../src/testing/database.ts";
import { crossdock } from "../../../src/testing/terminal.ts";
import { document, find, NOTHING_KNOWN, type Story } from "../../../src/trace/index.ts";
import { type Books, type OwedOrder, violations } from "../../oracle/oracle.ts";
import { freePorts } from "./ports.ts";
import { CONFIGURATION, type Server, startServer, tail } from "./server.ts";
import { until } from "./wait.ts";

export interface OrderedLine {
  readonly sku: string;
  readonly quantity: string;
  readonly price?: string;
}

export interface WorldOptions {
  /** Laid over the settings of the distribution solution. */
  readonly settings?: unknown;
  /** Laid over the policy of the manufacturing solution. */
  readonly plantPolicy?: unknown;
  /** How long one call to a system may take; 8 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Another PostgreSQL than the test run's own, already migrated. */
  readonly database?: { readonly pool: pg.Pool; readonly url: string; drop(): Promise<void> };
  /** What stands around the core is connected too. */
  readonly landscape?: boolean;
  /** A system that only listens and has not subscribed yet; `subscribe` starts Crossdock anew with it. */
  readonly notYet?: string;
  /** Items the next ERP counts in other units than pieces, in place of the right ones. */
  readonly nextUnits?: unknown;
  /** Do not start Crossdock; the story does. */
  readonly asleep?: boolean;
}

const SYSTEMS: readonly SystemName[] = [
  "acme",
  "shop",
  "crm",
  "erp",
  "wms",
  "tms",
  "pricing",
  "tax",
  "payments",
  "bank",
  "finance",
];

// A busy machine makes a story slow, not wrong; what never comes is told by the story's own deadlines before this one.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });

/** Commands that take something back. */
const UNDOING = /\.(cancel|release|reverse|void|refund|unapply)-?/;

export class World {
  readonly data: string;
  readonly estate: StartedEstate;
  readonly pool: pg.Pool;
  readonly environment: NodeJS.ProcessEnv;
  readonly gateway: string;
  readonly console: string;
  /** What the story ordered so far, for the oracle. */
  readonly owed: OwedOrder[] = [];
  readonly #drop: () => Promise<unknown>;
  readonly #servers = new Set<Server>();
  #number = 0;

  constructor(
    data: string,
    estate: StartedEstate,
    database: { pool: pg.Pool; drop(): Promise<unknown> },
    environment: NodeJS.ProcessEnv,
  ) {
    this.data = data;
    this.estate = estate;
    this.pool = database.pool;
    this.#drop = () => database.drop();
    this.environment = environment;
    this.gateway = `http://127.0.0.1:${environment.CROSSDOCK_GATEWAY_PORT}`;
    this.console = `http://127.0.0.1:${environment.CROSSDOCK_CONSOLE_PORT}`;
  }

  get log(): string {
    return join(this.data, "crossdock.log");
  }

  /** Starts a Crossdock of this world. Without faces any number may run beside the one that has them. */
  async start(options?: { faces?: boolean }): Promise<Server> {
    const server = await startServer(this.environment, this.log, options);
    this.#servers.add(server);
    return server;
  }

  /** Starts Crossdock anew, configured otherwise. */
  async anew(changed: Readonly<Record<string, string | undefined>>): Promise<void> {
    for (const server of this.#servers) await server.stop();
    this.#servers.clear();
    for (const [name, value] of Object.entries(changed))
      if (value === undefined) delete this.environment[name];
      else this.environment[name] = value;
    await this.start();
  }

  /** Starts Crossdock anew, with the system that had not subscribed yet. */
  subscribe(besides: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.anew({ STORY_NOT_YET: undefined, ...besides });
  }

  // What the outside does ------------------------------------------------------------------------------------------

  /** ACME drops an 850 into its mailbox. Returns its order number. `asSent`: the lines as ACME writes them. */
  async orderByEdi(
    lines: readonly OrderedLine[],
    { asSent = lines, ...as }: Partial<OwedOrder> & { asSent?: readonly object[] } = {},
  ): Promise<string> {
    const said = await this.estate.act("acme", "send-order", { lines: asSent });
    this.#owe({ channel: "edi", customer: "C-ACME", number: said.poNumber, lines, ...as });
    return said.poNumber;
  }

  /** A customer orders by the API. Returns its order number; Crossdock's answer must be a receipt. */
  async orderByApi(
    customer: string,
    lines: readonly OrderedLine[],
    as: Partial<OwedOrder> = {},
  ): Promise<string> {
    const number = `API-${++this.#number}`;
    const body = { customer, customerReference: number, currency: "EUR", lines };
    // A caller that gets no answer, or is told to come back, sends the same again under the same key.
    await this.until(`${number} is receipted`, 30_000, async () => {
      const answer = await this.post("/v1/sales-orders", body, number).catch(() => undefined);
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429)
        throw new Error(`The order was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer !== undefined && (answer.status === 202 || answer.status === 200);
    });
    this.#owe({ channel: "api", customer, number, lines, ...as });
    return number;
  }

  /** A consumer orders in the web shop and pays by card. Returns the shop's order number. */
  async orderByShop(lines: readonly OrderedLine[], as: Partial<OwedOrder> = {}): Promise<string> {
    const said = await this.estate.act("shop", "place-order", { lines });
    this.#owe({ channel: "shop", customer: "C-SHOP", number: said.orderNumber, lines, ...as });
    return said.orderNumber;
  }

  #owe(order: OwedOrder): void {
    this.owed.push(order);
  }

  /** Another fate for an order than to be delivered and paid in full. */
  expect(number: string, different: Partial<OwedOrder>): void {
    const at = this.owed.findIndex((order) => order.number === number);
    if (at < 0) throw new Error(`Nobody ordered ${number} here.`);
    this.owed[at] = { ...(this.owed[at] as OwedOrder), ...different };
  }

  /** What a customer's machine shows the gateway. */
  credentials(): { readonly authorization: string } {
    return { authorization: `Bearer ${readFileSync(keyFile(this.data), "utf8").trim()}` };
  }

  /** A request of a customer's machine to the gateway. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.gateway}${path}`, {
      method,
      headers: {
        ...this.credentials(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  post(path: string, body: unknown, idempotencyKey: string) {
    return this.request("POST", path, body, idempotencyKey);
  }

  /** Presses a button of the console, as a person at this machine. */
  async press(path: string, body: Record<string, unknown>): Promise<void> {
    await this.ask("POST", path, body);
  }

  /** Asks the console's API, as a person at this machine. */
  async ask(method: "GET" | "POST", path: string, body?: Record<string, unknown>): Promise<unknown> {
    const response = await fetch(`${this.console}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        authorization: `Bearer ${this.environment[LOCAL_KEY]}`,
        "x-crossdock-person": "somebody",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Says something at the command line of this world's site, as a person at this machine. */
  async xd(...words: readonly string[]): Promise<{ exit: number; out: string; notes: string }> {
    if (readRunFile(this.data) === undefined) {
      const { DATABASE_URL: database = "", [LOCAL_KEY]: localKey = "" } = this.environment;
      updateRunFile({
        ...takeFolder(this.data, "start", CONFIGURATION),
        database,
        console: this.console,
        localKey,
      });
    }
    return crossdock([...words, "--data", this.data]);
  }

  /** A system that was down is back, and somebody has it asked at once rather than wait for the next probe. */
  async back(system: SystemName): Promise<void> {
    await this.estate.clear(system);
    await this.press(`/api/systems/${system}/probe`, { reason: "It is back." });
  }

  /** Waits for an open question about the order and answers it. */
  async decide(number: string, approval: string, verdict: "approved" | "declined", comment: string) {
    const question = await this.until(`${approval} of ${number} is asked`, 20_000, async () => {
      const story = await this.story(number);
      return story?.questions.find((one) => one.approval === approval && one.verdict === null);
    });
    await this.press(`/api/questions/${encodeURIComponent(question.id)}/answer`, { verdict, comment });
    return question;
  }

  // What is to be seen ---------------------------------------------------------------------------------------------

  /** The whole story of a document by any of its numbers; undefined while nobody knows the number. */
  async story(number: string): Promise<Story | undefined> {
    const found = await find(this.pool, number);
    const [first] = found.filter(({ matched }) => matched.some(({ exact }) => exact));
    return first ? ((await document(this.pool, first.correlation, NOTHING_KNOWN)) ?? undefined) : undefined;
  }

  /** Milestones of an order, by name. */
  async milestones(number: string): Promise<Record<string, string>> {
    const story = await this.story(number);
    return Object.fromEntries((story?.milestones ?? []).map(({ name, state }) => [name, state]));
  }

  /** Waits until something about the order stands open for a person, and returns its title. */
  shown(number: string, title: RegExp): Promise<string> {
    return this.until(`${title} is shown for ${number}`, 20_000, async () => {
      const story = await this.story(number);
      const { rows } = await this.pool.query(
        "select title from exception where correlation = $1 and resolved_at is null and owner <> ''",
        [story?.line.correlation],
      );
      return rows.map((row) => row.title as string).find((one) => title.test(one));
    });
  }

  /** The commands that took something back, in the order in which the systems confirmed them. */
  async undone(number: string): Promise<string[]> {
    const story = await this.story(number);
    return (story?.deliveries ?? [])
      .filter(({ contract, state }) => UNDOING.test(contract) && state === "applied")
      .toSorted((left, right) => Date.parse(left.updatedAt) - Date.parse(right.updatedAt))
      .map(({ contract }) => contract);
  }

  until<Value>(what: string, withinMs: number, look: () => Promise<Value | undefined | false>) {
    return until(what, withinMs, look, () => this.complaint());
  }

  /** Waits until the order has reached a milestone. */
  async reached(number: string, milestone: string, withinMs = 30_000): Promise<void> {
    await this.until(
      `${number} is ${milestone}`,
      withinMs,
      async () => (await this.milestones(number))[milestone] === "reached",
    );
  }

  books(system: SystemName) {
    return this.estate.books(system);
  }

  async allBooks(): Promise<Books> {
    const all = await Promise.all(
      SYSTEMS.map(async (name) => [name, await this.estate.books(name)] as const),
    );
    return Object.fromEntries(all) as Books;
  }

  /**
   * Waits until nothing moves: no instance that runs (but `open` of them), nothing owed, no file, webhook or act waiting.
   */
  async rest({ withinMs = 60_000, running = 0, parked = 0 } = {}): Promise<void> {
    let last = "";
    await this.until("everything has come to rest", withinMs, async () => {
      const now = await this.#moving();
      const still =
        now.running === running && now.owed === 0 && now.parked === parked && now.waiting === 0
          ? now.events
          : "";
      const same = still !== "" && still === last;
      last = still;
      return same;
    });
  }

  async #moving() {
    const { rows } = await this.pool.query(
      `select (select count(*)::int from instance where status in ('expected', 'running', 'parked')) as running,
        (select count(*)::int from delivery where status in ('owed', 'attempting', 'in_doubt')) as owed,
        (select count(*)::int from delivery where status in ('parked', 'held')) as parked,
        (select coalesce(max(position), 0)::text from event) as events`,
    );
    const systems = Object.values(await this.estate.describe()) as Record<string, number>[];
    const waiting = systems.reduce(
      (sum, { webhooksWaiting = 0, filesWaiting = 0, actsWaiting = 0 }) =>
        sum + webhooksWaiting + filesWaiting + actsWaiting,
      0,
    );
    const files = [join("acme", "to-crossdock"), join("acme", "from-crossdock"), join("bank", "statements")]
      .map((folder) => readdirSync(join(this.data, "estate", folder), { withFileTypes: true }))
      // Names that start with a point are those of the mailbox itself: what is only being written.
      .reduce((sum, all) => sum + all.filter((one) => one.isFile() && !one.name.startsWith(".")).length, 0);
    return {
      ...(rows[0] as { running: number; owed: number; parked: number; events: string }),
      waiting: waiting + files,
    };
  }

  /** What the oracle finds wrong in the systems' books; empty when all is well. */
  async wrong(): Promise<string[]> {
    return violations(await this.allBooks(), this.owed);
  }

  /** What stands open, for a failure's message. */
  async complaint(): Promise<string> {
    const { rows: instances } = await this.pool.query(
      "select key, status, milestone from instance where status not in ('completed', 'abandoned') limit 5",
    );
    const { rows: deliveries } = await this.pool.query(
      `select connection, contract, subject, status, attempts, reason from delivery
        where status not in ('applied', 'superseded', 'cancelled') order by id limit 8`,
    );
    const { rows: exceptions } = await this.pool.query(
      "select title, reason from exception where resolved_at is null limit 5",
    );
    const { events, ...moving } = await this.#moving();
    const moment = { moving, instances, deliveries, exceptions };
    return `${JSON.stringify(moment, null, 1)}\n${tail(this.log)}`;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.kill();
    await this.estate.kill();
    await this.#drop();
    rmSync(this.data, { recursive: true, force: true });
  }
}

export async function openWorld({
  settings,
  plantPolicy,
  timeoutMs,
  database,
  landscape = false,
  notYet,
  nextUnits,
  asleep = false,
}: WorldOptions = {}): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), "crossdock-world-"));
  const own = database ?? (await freshDatabase());
  const portBase = await freePorts(92);
  const gatewayPort = portBase + 90;
  const environment = {
    DATABASE_URL: own.url,
    CROSSDOCK_DATA: data,
    CROSSDOCK_GATEWAY_PORT: String(gatewayPort),
    CROSSDOCK_CONSOLE_PORT: String(gatewayPort + 1),
    [LOCAL_KEY]: "the-key-of-this-world",
    CROSSDOCK_ESTATE_PORT: String(portBase),
    ...(timeoutMs === undefined ? {} : { STORY_TIMEOUT_MS: String(timeoutMs) }),
    ...(landscape ? { STORY_LANDSCAPE: "yes" } : {}),
    ...(notYet === undefined ? {} : { STORY_NOT_YET: notYet }),
    ...(nextUnits === undefined ? {} : { STORY_NEXT_UNITS: JSON.stringify(nextUnits) }),
    ...(settings === undefined ? {} : { STORY_SETTINGS: JSON.stringify(settings) }),
    ...(plantPolicy === undefined ? {} : { STORY_PLANT_POLICY: JSON.stringify(plantPolicy) }),
  };
  const theirs = landscape ? await freshDatabase({ migrated: false, max: 1 }) : undefined;
  if (theirs) Object.assign(environment, { STORY_DATABASE: theirs.url });
  await demonstrationClients(own.pool, data, siteSecrets(data));
  const secrets = JSON.parse(readFileSync(secretsFile(data), "utf8"));
  mkdirSync(join(data, "estate"), { recursive: true });
  const estate = await startEstate({
    data: join(data, "estate"),
    portBase,
    pace: "fast",
    ...(theirs ? { database: theirs.url } : {}),
    crossdock: `http://127.0.0.1:${gatewayPort}`,
    secrets,
  });
  const drop = () => Promise.all([own.drop(), theirs?.drop()]);
  const world = new World(data, estate, { pool: own.pool, drop }, environment);
  appendFileSync(world.log, "");
  if (!asleep) {
    try {
      await world.start();
    } catch (error) {
      await world.close();
      throw error;
    }
  }
  return world;
}
