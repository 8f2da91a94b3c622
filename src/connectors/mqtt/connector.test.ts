/** `mqtt` keeps its guarantees at a real broker, which can lose acknowledgements and go away; and is a Sparkplug host. */

import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import client from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SparkplugPayload, sparkplug } from "../../codecs/sparkplug/codec.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import type { Parcel } from "../connector.ts";
import { mqtt } from "./connector.ts";

const PASSWORD = "a-password-nobody-may-see";
let broker: Aedes;
let server: Server;
let port = 0;
let loseNext = false;
const sockets = new Set<Socket>();

const listen = () =>
  new Promise<void>((resolve) => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      const write = socket.write.bind(socket);
      // PUBACK: the broker has it, and its acknowledgement never leaves.
      socket.write = ((chunk: Buffer, ...more: []) => {
        if (!loseNext || chunk[0] !== 0x40) return write(chunk, ...more);
        loseNext = false;
        socket.destroy();
        return false;
      }) as typeof socket.write;
      broker.handle(socket);
    });
    server.listen(port, "127.0.0.1", () => {
      port = (server.address() as AddressInfo).port;
      resolve();
    });
  });
const shut = () => {
  server.close();
  for (const socket of sockets) socket.destroy();
};

beforeAll(async () => {
  broker = await Aedes.createBroker({
    authenticate: (_, name, password, done) =>
      done(
        name === "nobody" ? Object.assign(new Error("no"), { returnCode: 4 as const }) : null,
        password?.toString() !== "wrong",
      ),
  });
  await listen();
});
afterAll(async () => {
  shut();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
});

let worlds = 0;
const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };
const parcelOf = (key: string, data: unknown): Parcel => ({
  key,
  contract: "orders.told",
  subject: `order/${key}`,
  mediaType: "application/json",
  body: new TextEncoder().encode(JSON.stringify(data)),
});
const config = (world: number | string) => ({
  url: `mqtt://127.0.0.1:${port}`,
  clientId: `dock-${world}`,
  username: "dock",
  password: PASSWORD,
  topics: { "orders.told": `orders/${world}/{key}` },
  subscribe: [`in/${world}/#`],
  timeoutMs: 1_500,
  reconnectMs: 20,
});

/** What the broker keeps under a topic, asked by somebody else. */
async function kept(topic: string): Promise<string[]> {
  const asking = await client.connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    clientId: `asking-${Math.random()}`,
  });
  const told: string[] = [];
  asking.on("message", (_, payload) => told.push(payload.toString()));
  await asking.subscribeAsync([topic, "mark"], { qos: 1 });
  await asking.publishAsync("mark", "end", { qos: 1 });
  await expect.poll(() => told.includes("end")).toBe(true);
  await asking.endAsync();
  return told.filter((one) => one !== "end");
}
async function publish(topic: string, payload: string | Buffer, qos: 0 | 1 = 1): Promise<void> {
  const sending = await client.connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    clientId: `sending-${Math.random()}`,
  });
  await sending.publishAsync(topic, payload, { qos });
  await sending.endAsync();
}

async function openWorld(): Promise<World> {
  worlds += 1;
  const world = worlds;
  let down = false;
  return {
    config: config(world),
    parcel: (n) => parcelOf(`W${world}-${n}`, { order: `W${world}-${n}`, pieces: n }),
    effects: async ({ key }) => {
      if (down) return 0;
      return (await kept(`orders/${world}/${key}`)).length;
    },
    loseNextAnswer: () => {
      loseNext = true;
    },
    arrive: async (n) => {
      const body = JSON.stringify({ world, n });
      // The session of whoever listens exists from its first connection on.
      await expect
        .poll(() => Object.keys((broker as unknown as { clients: object }).clients))
        .toContain(`dock-${world}`);
      await publish(`in/${world}/${n}`, body);
      return { body };
    },
    goDown: async () => {
      down = true;
      shut();
    },
    comeBack: async () => {
      down = false;
      await listen();
    },
    close: async () => {
      loseNext = false;
      shut();
      await listen();
    },
  };
}

for (const { name, run } of conformance(mqtt, openWorld, {
  without: {
    arrive: "messages come to a session that listens already, see below",
    spoilNextAnswer: "an acknowledgement of MQTT 3.1.1 says nothing that could be spoilt",
    refuseNext: "a broker of MQTT 3.1.1 cannot refuse a publication but by closing the line",
    busyNext: "nor name a time to come back",
    denyNext: "see below",
    occupy: "an upsert overwrites what stood there before; that is its promise",
    question: "topics are not asked",
  },
}))
  test(name, run);

test("who is not let in is told so", async () => {
  const session = await mqtt.open({ ...config("denied"), username: "nobody" }, around);
  await expect(session.deliver?.(parcelOf("denied", {}))).rejects.toMatchObject({
    name: "Unavailable",
    facts: { access: true },
  });
  await session.close();
});

test.each(["169.254.169.254", "2852039166", "[fe80::1]"])("a broker at %s is not dialled", async (host) => {
  const session = await mqtt.open({ ...config("metadata"), url: `mqtt://${host}:1883` }, around);
  await expect(session.deliver?.(parcelOf("metadata", {}))).rejects.toMatchObject({
    name: "Unavailable",
    facts: { problem: "XD_EGRESS" },
  });
  await session.close();
});

test("messages are taken in order, each acknowledged when it is kept; what came while we were away comes after, and what failed again first", async () => {
  const settings = config("order");
  const told: string[] = [];
  let failures = 1;
  const hear = async () => {
    const session = await mqtt.open(settings, around);
    void session.receive?.(async ({ body, messageId }) => {
      const text = new TextDecoder().decode(body);
      if (text === "2" && failures-- > 0) throw new Error("The database is away.");
      told.push(text);
      return { outcome: "accepted", receipt: messageId };
    });
    await expect
      .poll(() => Object.keys((broker as unknown as { clients: object }).clients))
      .toContain("dock-order");
    await new Promise((resolve) => setTimeout(resolve, 50));
    return session;
  };
  const first = await hear();
  for (const n of ["1", "2", "3"]) await publish("in/order/a", n);
  await expect.poll(() => told).toEqual(["1", "2", "3"]);
  await first.close();
  await publish("in/order/a", "4");
  const second = await hear();
  await expect.poll(() => told).toEqual(["1", "2", "3", "4"]);
  await second.close();
});

const codec = sparkplug();
const payload = (seq: number, metrics: SparkplugPayload["metrics"]) =>
  Buffer.from(codec.encode({ timestamp: 1_767_600_000_000n, seq: BigInt(seq), metrics, notCarried: [] }));

test("a Sparkplug host names what an edge abbreviates, and asks for a birth where something is missing", async () => {
  const session = await mqtt.open(
    { ...config("host"), subscribe: ["spBv1.0/DAY/#"], sparkplug: "crossdock" },
    around,
  );
  const told: string[][] = [];
  void session.receive?.(async ({ body }) => {
    told.push(codec.decode(body).metrics.map(({ name, value }) => `${name}=${value}`));
    return { outcome: "accepted", receipt: "r" };
  });
  await expect
    .poll(() => kept("spBv1.0/STATE/crossdock"))
    .toMatchObject([expect.stringContaining('"online":true')]);

  const asked: string[] = [];
  const edge = await client.connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    clientId: "edge-1",
  });
  edge.on("message", (_, body) => asked.push(String(codec.decode(body).metrics[0]?.name)));
  await edge.subscribeAsync("spBv1.0/DAY/NCMD/line-1");
  const send = (type: string, seq: number, metrics: SparkplugPayload["metrics"]) =>
    edge.publishAsync(
      `spBv1.0/DAY/${type}/line-1${type.startsWith("D") ? "/press" : ""}`,
      payload(seq, metrics),
      { qos: 0 },
    );

  // Nobody heard it born: it is asked for its birth, and what it said is handed over as it stands.
  await send("DDATA", 7, [{ alias: 3n, dataType: "UInt64", value: 1n }]);
  await expect.poll(() => asked).toEqual(["Node Control/Rebirth"]);
  await send("NBIRTH", 0, [{ name: "bdSeq", dataType: "UInt64", value: 0n }]);
  await send("DBIRTH", 1, [{ name: "Cycle/Number", alias: 3n, dataType: "UInt64", value: 1n }]);
  await send("DDATA", 2, [{ alias: 3n, dataType: "UInt64", value: 2n }]);
  // One message is missing here.
  await send("DDATA", 4, [{ alias: 3n, dataType: "UInt64", value: 4n }]);
  await expect.poll(() => told).toEqual([["undefined=1"], ["Cycle/Number=2"], ["Cycle/Number=4"]]);
  await expect.poll(() => asked.length).toBe(2);
  await edge.endAsync();
  await session.close();
  expect(await kept("spBv1.0/STATE/crossdock")).toMatchObject([expect.stringContaining('"online":false')]);
});
