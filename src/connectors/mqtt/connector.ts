/**
 * MQTT 3.1.1: documents are kept by the broker under topics of their own, and messages of topics are taken in order.
 *
 * A document is published with an acknowledgement and retained, so its topic is its key: publishing it again changes nothing for whoever
 * reads the topic, and it can be read back. A live subscriber may hear it twice, and knows it by its topic. A message is acknowledged
 * to the broker only after it was accepted; while we are away the broker keeps what it was asked for with an acknowledgement.
 *
 * With `sparkplug` the connection is the host application of its edges: it says that it is there, keeps their births, names what they
 * abbreviate and asks for a birth where something is missing. Sparkplug sends data without acknowledgement; what an edge says while
 * nobody listens is lost unless the edge stores it, which edges do while the host is away.
 */
import { createHash } from "node:crypto";
import Type, { type Static } from "typebox";
import type { Bytes } from "../../std/bytes.ts";
import { CrossdockError, Refused, Unavailable } from "../../std/errors.ts";
import {
  type Accepted,
  type Arrival,
  connector,
  type Parcel,
  type Receipt,
  type Surroundings,
} from "../connector.ts";
import { pathFor } from "../endpoints.ts";
import { MqttLine } from "./line.ts";
import { SparkplugHost } from "./sparkplug.ts";

const Settings = Type.Object(
  {
    url: Type.String({ pattern: "^mqtts?://[^/@]+$", description: "mqtt://host:1883 or mqtts://host:8883." }),
    clientId: Type.String({
      minLength: 1,
      maxLength: 40,
      description: "Our name at the broker, ours alone: it keeps messages under it.",
    }),
    username: Type.Optional(Type.String({ description: "The name we sign in with." })),
    password: Type.Optional(Type.String({ secret: true, description: "The password we sign in with." })),
    topics: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: "Contract name to the topic its documents stand under: orders/{subject}/{key}.",
      }),
    ),
    subscribe: Type.Optional(
      Type.Array(Type.String(), { description: "Topics that are heard, with + and # as MQTT has them." }),
    ),
    sparkplug: Type.Optional(
      Type.String({
        pattern: "^[^/+#]+$",
        description: "We are the Sparkplug host application of this name.",
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 1, description: "All the time one publication has: 8000." }),
    ),
    reconnectMs: Type.Optional(
      Type.Integer({ minimum: 10, description: "Pause before a broken line is opened again: 1000." }),
    ),
  },
  { additionalProperties: false },
);
type MqttSettings = Static<typeof Settings>;

export const mqtt = connector({
  name: "mqtt",
  summary: "Keeps documents under topics of their own at a broker, and takes messages of topics in order.",
  config: Settings,
  guarantees: { repeat: "upsert", verifies: true, ordered: false, settleMs: 0, concurrency: 16 },
  open: async (config, around) => opened(config, around),
});

function opened(config: MqttSettings, around: Surroundings) {
  const timeoutMs = config.timeoutMs ?? 8_000;
  const { url, clientId, username, password } = config;
  const speaking = new MqttLine({
    url,
    clientId: `${clientId}-out`,
    username,
    password,
    timeoutMs,
    lasting: false,
  });
  const hearing = config.subscribe ? new Hearing(config, around, timeoutMs) : undefined;

  const topicOf = (parcel: Parcel): string => {
    const { topics = {} } = config;
    const topic = Object.hasOwn(topics, parcel.contract) ? topics[parcel.contract] : undefined;
    if (topic === undefined) {
      throw new Refused(
        `This connection has no topic for ${parcel.contract}. Add it to \`topics\` in its settings.`,
        {
          facts: { setting: "topics", name: parcel.contract },
        },
      );
    }
    // What is filled in is escaped as for a path, so no document can reach a topic of another.
    return pathFor(topic, parcel);
  };

  return {
    ...(config.topics && {
      async deliver(parcel: Parcel): Promise<Receipt> {
        const topic = topicOf(parcel);
        await speaking.publish(topic, parcel);
        return { reference: topic };
      },
      async verify(parcel: Parcel): Promise<Receipt | null> {
        const topic = topicOf(parcel);
        const held = await retained(speaking, topic, clientId, timeoutMs);
        // Another content is an older or newer state of the document: ours is not there, and sending it is safe.
        return held && Buffer.compare(held, parcel.body) === 0 ? { reference: topic } : null;
      },
    }),
    ...(hearing && { receive: (accept: (arrival: Arrival) => Promise<Accepted>) => hearing.receive(accept) }),
    async probe() {
      await speaking.client();
      return { as: username ?? clientId };
    },
    async close() {
      await hearing?.close();
      await speaking.close();
    },
  };
}

/** What the broker keeps under a topic; undefined when nothing comes before a mark sent behind the question. */
async function retained(
  line: MqttLine,
  topic: string,
  clientId: string,
  timeoutMs: number,
): Promise<Buffer | undefined> {
  const client = await line.client();
  const mark = `crossdock/${clientId}/mark`;
  const asked = `${topic} ${Math.floor(performance.now() * 1_000)}`;
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(clock);
      client.off("message", hear);
      client.off("close", lost);
      client.unsubscribe(topic);
    };
    const lost = () => {
      settle();
      reject(new Unavailable("The line to the broker broke while a topic was read.", { facts: {} }));
    };
    const clock = setTimeout(lost, timeoutMs);
    const hear = (on: string, payload: Buffer) => {
      if (on === mark && payload.toString() !== asked) return;
      if (on !== topic && on !== mark) return;
      settle();
      resolve(on === topic ? payload : undefined);
    };
    client.on("message", hear);
    client.once("close", lost);
    client.subscribe([mark], { qos: 0 }, () =>
      client.subscribe([topic], { qos: 1 }, () => client.publish(mark, asked, { qos: 0 })),
    );
  });
}

const SHORT_LIFE_MS = 60_000;
const TAKEOVER_PAUSE_MAX_MS = 30_000;

/** Hears topics until it is closed: one message at a time, acknowledged when it is kept. */
class Hearing {
  readonly #config: MqttSettings;
  readonly #around: Surroundings;
  readonly #line: MqttLine;
  readonly #closing = new AbortController();
  #receiving: Promise<void> = Promise.resolve();
  #hears = false;

  constructor(config: MqttSettings, around: Surroundings, timeoutMs: number) {
    this.#config = config;
    this.#around = around;
    const { url, clientId, username, password, sparkplug } = config;
    const will =
      sparkplug === undefined ? {} : { will: { topic: stateOf(sparkplug), payload: this.#state(false) } };
    this.#line = new MqttLine({ url, clientId, username, password, timeoutMs, lasting: true, ...will });
  }

  #state(online: boolean): Buffer {
    return Buffer.from(JSON.stringify({ online, timestamp: this.#around.now().getTime() }));
  }

  receive(accept: (arrival: Arrival) => Promise<Accepted>): Promise<void> {
    this.#hears = true;
    this.#receiving = this.#loop(accept, AbortSignal.any([this.#around.signal, this.#closing.signal]));
    return this.#receiving;
  }

  async #loop(accept: (arrival: Arrival) => Promise<Accepted>, signal: AbortSignal): Promise<void> {
    const pauseMs = this.#config.reconnectMs ?? 1_000;
    let shortLives = 0;
    while (!signal.aborted) {
      const began = performance.now();
      let opened = false;
      try {
        await this.#line.client();
        opened = true;
        await this.#hear(accept, signal);
      } catch (error) {
        if (error instanceof CrossdockError && error.next === "halt") throw error;
        if (!opened)
          this.#around.hears?.(
            error instanceof CrossdockError ? error.message : "The broker cannot be reached.",
          );
        this.#around.log("The line to the broker broke; it is opened again.", {
          problem: error instanceof CrossdockError ? error.code : "broken",
        });
      }
      // A line the broker soon ends again is most likely taken over by another worker under our name: two of them must not chase
      // each other, so each waits longer every time.
      shortLives =
        opened && performance.now() - began < SHORT_LIFE_MS ? shortLives + 1 : opened ? 0 : shortLives;
      await pause(Math.min(pauseMs * 2 ** Math.max(0, shortLives - 1), TAKEOVER_PAUSE_MAX_MS), signal);
    }
  }

  /** One life of the line. Ends when it breaks, or when a message could not be kept: then the broker brings it again. */
  async #hear(accept: (arrival: Arrival) => Promise<Accepted>, signal: AbortSignal): Promise<void> {
    const { subscribe = [], sparkplug } = this.#config;
    const host = sparkplug === undefined ? undefined : new SparkplugHost();
    const client = await this.#line.client();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client.once("close", () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
    client.handleMessage = ({ topic, payload }, done) => {
      const body = Buffer.from(payload as Buffer);
      this.#take(topic, body, host, accept).then(
        () => done(),
        // Not acknowledged, and the line is cut: the broker brings it again, before anything behind it.
        (error: unknown) => reject(error),
      );
    };
    await client.subscribeAsync([...subscribe], { qos: 1 });
    this.#around.hears?.(null);
    if (sparkplug !== undefined)
      await client.publishAsync(stateOf(sparkplug), this.#state(true), { qos: 1, retain: true });
    try {
      await promise;
    } finally {
      if (!signal.aborted) await this.#line.cut();
    }
  }

  async #take(
    topic: string,
    body: Bytes,
    host: SparkplugHost | undefined,
    accept: (arrival: Arrival) => Promise<Accepted>,
  ): Promise<void> {
    const heard = host ? heardBy(host, topic, body) : { data: body };
    if (heard.ask) {
      const { topic: command, payload } = heard.ask;
      this.#around.log("An edge is asked for its birth.", { topic: command, missing: heard.gap ?? 0 });
      const client = await this.#line.client();
      client.publish(command, Buffer.from(payload), { qos: 0 });
    }
    // A topic carries a stream of messages without numbers: the same bytes on the same topic are the same message.
    const messageId = `${topic} ${createHash("sha256").update(body).digest("hex").slice(0, 32)}`;
    if (heard.data) await accept({ messageId, body: heard.data });
  }

  async close(): Promise<void> {
    if (this.#hears && !this.#closing.signal.aborted) {
      const { sparkplug } = this.#config;
      const client = await Promise.race([
        this.#line.client().catch(() => undefined),
        new Promise<undefined>((resolve) => setTimeout(resolve, 100)),
      ]);
      // A polite end says no will, so the host says itself that it goes.
      if (client && sparkplug !== undefined)
        await client
          .publishAsync(stateOf(sparkplug), this.#state(false), { qos: 1, retain: true })
          .catch(() => undefined);
    }
    this.#closing.abort();
    await this.#receiving.catch(() => undefined);
    await this.#line.close();
  }
}

/** What cannot be read is handed over as it came, so that it is set aside with its bytes. */
function heardBy(host: SparkplugHost, topic: string, body: Bytes) {
  try {
    return host.hears(topic, body);
  } catch {
    return { data: body };
  }
}

const stateOf = (host: string): string => `spBv1.0/STATE/${host}`;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(clock);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const clock = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}
