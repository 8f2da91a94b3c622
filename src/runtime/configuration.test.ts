/** A configuration is filled up, gathered and examined; what is wrong with it is found in one go and said in sentences. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { type Connection, connection, connector } from "../connectors/connector.ts";
import { webhook } from "../connectors/webhook/connector.ts";
import { command, event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { process as processOf } from "../processes/process.ts";
import { ROLES } from "../rights/permissions.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { Unusable } from "../std/errors.ts";
import { secret } from "../std/secret.ts";
import { configuration, type Described } from "./configuration.ts";
import { definitionsOf, gather } from "./definitions.ts";
import { ROLE_NAMES } from "./described.ts";
import { examine } from "./examine.ts";
import { openSecret, openSecrets } from "./secrets.ts";

const plug = connector({
  name: "plug",
  summary: "A plug for tests of settings.",
  config: Type.Object(
    { url: Type.String(), token: Type.String({ secret: true }), pollMs: Type.Optional(Type.Integer()) },
    { additionalProperties: false },
  ),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => {}, close: async () => {} }),
});

const json: Codec<unknown> = {
  name: "json",
  mediaType: "application/json",
  decode: (bytes) => JSON.parse(toText(bytes)),
  encode: (document) => toBytes(JSON.stringify(document)),
};

const record = {
  name: "sales.order-placed",
  version: 1,
  owner: "order-management",
  summary: "A customer has ordered.",
  criticality: "C1",
  data: Type.Object({ orderId: Type.String() }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1" },
} as const;
const OrderPlaced = event(record);
const PostOrder = command({ ...record, name: "erp.post-order" });

const line = (config: unknown, name = "wms"): Connection => connection(name, plug, { config } as never);
const good = line({ url: "http://127.0.0.1", token: secret("env:WMS_TOKEN") });
const flowFrom = (from: Connection, name = "orders-in") =>
  flow(name).from(from).decode(json).expect(OrderPlaced).publish(OrderPlaced);
const ENVIRONMENT = { WMS_TOKEN: "t" };
const folder = () => mkdtempSync(join(tmpdir(), "crossdock-configuration-"));

describe("configuration", () => {
  test("is filled up with defaults", () => {
    const {
      solutions,
      contracts,
      flows,
      processes,
      connections,
      agreements,
      capabilities,
      runbooks,
      settings,
      periods,
      ...rest
    } = configuration({}, {});
    expect(runbooks).toEqual([]);
    expect([periods.onClosed, periods.owner]).toEqual([{ "*": "hold" }, "controller"]);
    const data = join(process.cwd(), ".crossdock");
    expect(rest).toEqual({
      name: "Crossdock",
      database: { url: null },
      data,
      workers: 1,
      gateway: { host: "127.0.0.1", port: 7300, pepper: `secret:file:${data}/secrets.json#/pepper` },
      console: {
        host: "127.0.0.1",
        port: 7301,
        publicUrl: null,
        signIn: [],
        secondFactor: ["controller", "administrator"],
        sealingKey: `secret:file:${data}/secrets.json#/sealingKey`,
      },
      retention: { journal: "3650d", arrivals: "3650d", archive: join(data, "archive") },
      audit: {
        key: `secret:file:${data}/secrets.json#/auditKey`,
        anchor: join(data, "audit-checkpoints.ndjson"),
      },
      fourEyes: { items: 100, amounts: { "*": "100000.00" }, ledgers: {}, always: ["as new"], fixes: ["C1"] },
      release: null,
      holds: { "*": { within: "1d" } },
    });
  });

  test("obeys the environment before the file", () => {
    const environment = {
      DATABASE_URL: "postgres://db/x",
      CROSSDOCK_GATEWAY_PORT: "80",
      CROSSDOCK_PEPPER: "a pepper",
    };
    const filled = configuration({ gateway: { port: 8080 }, workers: 3 }, environment);
    expect([filled.database.url, filled.gateway.port, filled.gateway.pepper, filled.workers]).toEqual([
      "postgres://db/x",
      80,
      "secret:env:CROSSDOCK_PEPPER",
      3,
    ]);
  });

  test.each([
    [
      { CROSSDOCK_WORKERS: "many" },
      {},
      'The environment variable CROSSDOCK_WORKERS must be a whole number from 1 to 64, but is "many".',
    ],
    [{}, { workers: 0 }, 'workers in the configuration must be a whole number from 1 to 64, but is "0".'],
  ])("refuses numbers it cannot use: %#", (environment, said: Described, sentence) => {
    expect(() => configuration(said, environment)).toThrow(sentence);
  });

  test.each<[unknown, string]>([
    [
      { gateway: { prot: 80 } },
      '"gateway.prot" in the configuration means nothing. gateway may have: host, port, pepper.',
    ],
    [
      { retention: { journal: "ten years" } },
      '"retention.journal" in the configuration must be a duration, such as "4h" or "400d", but is "ten years".',
    ],
    [
      { fourEyes: { amounts: { EUR: "100,000" } } },
      '"fourEyes.amounts.EUR" in the configuration must be an amount as text with a point, such as "5000.00", but is "100,000".',
    ],
    [{ gateway: { pepper: 4711 } }, '"gateway.pepper" in the configuration must be a text.'],
    [
      { console: { secondFactor: ["controler"] } },
      `"console.secondFactor[0]" in the configuration must be ${ROLE_NAMES.join(" or ")}, but is "controler".`,
    ],
    [{ solutions: [{}] }, '"solutions[0]" in the configuration lacks "name".'],
    [undefined, "The configuration must be an object: configuration({ … })."],
  ])("refuses what means nothing and what cannot be used: %j", (said, sentence) => {
    expect(() => configuration(said as Described, {})).toThrow(new Unusable(sentence));
  });

  test("knows the roles there are", () => {
    expect(ROLE_NAMES).toEqual(Object.keys(ROLES));
  });
});

describe("examine", () => {
  const problems = (said: Described, environment: NodeJS.ProcessEnv = ENVIRONMENT) =>
    examine(configuration({ data: folder(), ...said }, environment), environment).map(({ says }) => says);

  test("finds nothing wrong with a sound configuration", () => {
    expect(problems({ flows: [flowFrom(good)] })).toEqual([]);
  });

  test.each([
    [
      "no settings",
      { flows: [flowFrom(line(undefined))] },
      'Connection "wms" has no settings; plug needs: url, token, pollMs.',
    ],
    [
      "a secret written into the file",
      { flows: [flowFrom(line({ url: "http://x", token: "hunter2" }))] },
      '"token" of connection wms is a secret written into the configuration. Name its place instead: secret("env:WMS_TOKEN").',
    ],
    [
      "a secret that is not there",
      { flows: [flowFrom(line({ url: "http://x", token: secret("env:NOWHERE") }))] },
      'Connection wms, "token": The secret "env:NOWHERE" is not there. Set the environment variable NOWHERE.',
    ],
    [
      "a setting that is missing",
      { flows: [flowFrom(line({ token: secret("env:WMS_TOKEN") }))] },
      'Connection "wms" has no setting "url"; connector plug needs it.',
    ],
    [
      "a setting nobody knows",
      { flows: [flowFrom(line({ url: "http://x", token: secret("env:WMS_TOKEN"), uri: "x" }))] },
      'Connection "wms" has a setting "uri" that connector plug does not know. It knows: url, token, pollMs.',
    ],
    [
      "a flow the gateway offers and nobody has",
      { flows: [flowFrom(good)], capabilities: { ordersFlow: "orders-on" } },
      'The gateway offers "ordersFlow" through flow "orders-on", and there is no such flow.',
    ],
    [
      "a contract whose sample breaks it",
      { contracts: [event({ ...record, sample: { orderId: 4711 } as never })] },
      "Contract sales.order-placed v1: its sample does not keep it. sales.order-placed v1 is not kept: field orderId must be string.",
    ],
    [
      "a key that stands nowhere",
      { contracts: [event({ ...record, keys: { order: "orderId", item: "lines[].sku" } })] },
      'Contract sales.order-placed v1: key "item" is at "lines[].sku", and its data has no such field.',
    ],
    [
      "a command two flows carry",
      {
        flows: [
          flow("a")
            .on(PostOrder)
            .deliver(good, json as never),
          flow("b")
            .on(PostOrder)
            .deliver(good, json as never),
        ],
      },
      "erp.post-order is a command with one recipient, but a and b both carry it.",
    ],
  ])("says what is wrong: %s", (_name, said: Described, sentence) => {
    expect(problems(said)).toEqual([sentence]);
  });

  test("secrets in a list are references too", () => {
    const secrets = { secrets: [secret("env:WMS_TOKEN"), "whsec_written"] };
    expect(problems({ connections: [connection("signals", webhook, { config: secrets })] })).toEqual([
      '"secrets" of connection signals is a secret written into the configuration. Name its place instead: secret("env:SIGNALS_SECRETS").',
    ]);
  });

  test("a process that no flow can start is unreachable", () => {
    const lonely = processOf({
      name: "order-to-cash",
      version: 1,
      owner: "order-management",
      summary: "An order on its way.",
      keyType: "order",
      state: Type.Object({}),
      milestones: { accepted: {} },
    }).startsOn(OrderPlaced, "orderId", () => ({ state: {} }));
    expect(problems({ processes: [lonely] })).toEqual([
      'Process "order-to-cash" can never start: no flow publishes sales.order-placed. Add an inbound flow that does.',
    ]);
    expect(problems({ processes: [lonely], flows: [flowFrom(good)] })).toEqual([]);
  });

  test("all problems are found in one go, and starting says the first and how many more there are", () => {
    const other = line({ url: "http://other", token: secret("env:WMS_TOKEN") });
    const said = configuration(
      { data: folder(), flows: [flowFrom(good), flowFrom(other), flowFrom(good, "x"), flowFrom(good, "x")] },
      ENVIRONMENT,
    );
    expect(gather(said).problems.map(({ says }) => says)).toEqual([
      'There are two different flows named "orders-in". Rename one.',
      'There are two different connections named "wms". Rename one.',
      'There are two different flows named "x". Rename one.',
    ]);
    expect(() => definitionsOf(said)).toThrow(
      'There are two different flows named "orders-in". Rename one. There are 2 more problems; crossdock check lists them.',
    );
  });
});

describe("secrets", () => {
  test("are looked behind wherever they stand in the settings, and nothing else is touched", () => {
    const file = join(folder(), "keys.json");
    writeFileSync(file, JSON.stringify({ wms: { "a/b": "deep" } }), { mode: 0o600 });
    const settings = {
      url: "u",
      token: secret("env:T"),
      list: [secret(`file:${file}#/wms/a~1b`)],
      when: new Date(0),
    };
    expect(openSecrets(settings, { T: "shallow" })).toEqual({
      url: "u",
      token: "shallow",
      list: ["deep"],
      when: new Date(0),
    });
  });

  test("in a file everybody can read are refused", () => {
    const file = join(folder(), "token");
    writeFileSync(file, "t\n", { mode: 0o644 });
    expect(() => openSecret(secret(`file:${file}`))).toThrow(
      `The secret file ${file} can be read by everybody. Run: chmod 600 ${file}`,
    );
  });

  test("never appear in the sentence about them", () => {
    const file = join(folder(), "keys.json");
    writeFileSync(file, '{"a": "hunter2"', { mode: 0o600 });
    expect(() => openSecret(secret(`file:${file}#/a`))).toThrow(/is not JSON/);
    expect(() => openSecret(secret(`file:${file}#/a`))).not.toThrow(/hunter2/);
  });
});
