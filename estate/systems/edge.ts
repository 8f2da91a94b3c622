/**
 * The machines of plant DAY behind one Sparkplug edge node: every cycle of a press is one message, in numbers instead of names.
 *
 * What must stay true: a cycle has its number for ever; messages are numbered 0 to 255 and round again, and after a birth from the
 * beginning; while the host application says that it is away, cycles are kept and told when it is back. It knows no ERP: it counts.
 *
 * @covers SYS-13, SYS-17
 */
import type { MqttClient } from "mqtt";
import { type Body, noSettings, positiveQuantity, problemDetails, Refusal, text } from "../kernel/call.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { asksForBirth, type Metric, message } from "./sparkplug.ts";

interface Cycle {
  readonly workCentre: string;
  readonly cycle: number;
  readonly order: string;
  readonly item: string;
}

const GROUP = "DAY";
const EDGE = "line-1";
const HOST = "crossdock";
const NAMES = [
  "Cycle/Number",
  "Cycle/Good",
  "Cycle/Scrap",
  "Cycle/Order",
  "Cycle/Item",
  "Machine/WorkCentre",
  "Machine/Plant",
];

export function edge(tools: Tools): Trade {
  const cycles: Cycle[] = [];
  const births = { node: 0, device: 0 };
  let client: MqttClient | undefined;
  let seq = 0;
  let hostIsThere = false;
  /** Cycles below this one were told, or lost on the way. */
  let told = 0;
  let losing = 0;
  let stopped = false;

  const next = () => {
    const now = seq;
    seq = (seq + 1) % 256;
    return now;
  };
  const say = (type: string, metrics: readonly Metric[], device = "") =>
    client?.publish(`spBv1.0/${GROUP}/${type}/${EDGE}${device}`, message(new Date(), next(), metrics), {
      qos: 0,
    });

  const values = ({ workCentre, cycle, order, item }: Cycle): Metric["value"][] => [
    BigInt(cycle),
    1,
    0,
    order,
    item,
    workCentre,
    GROUP,
  ];

  function beBorn(): void {
    seq = 0;
    births.node += 1;
    say("NBIRTH", [
      { name: "bdSeq", value: BigInt(births.node) },
      { name: "Node Control/Rebirth", value: false },
    ]);
    const last = cycles.at(-1) ?? { workCentre: "", cycle: 0, order: "", item: "" };
    births.device += 1;
    say(
      "DBIRTH",
      values(last).map((value, at) => ({ name: NAMES[at]!, alias: at + 1, value })),
      "/press",
    );
  }

  const tell = (cycle: Cycle, historical = false) =>
    say(
      "DDATA",
      values(cycle).map((value, at) => ({ alias: at + 1, value, ...(historical ? { historical } : {}) })),
      "/press",
    );

  function tellAll(): void {
    while (hostIsThere && client?.connected && told < cycles.length) {
      if (losing > 0) {
        // Lost on the way: its number is used up, and nobody has it.
        losing -= 1;
        next();
      } else tell(cycles[told]!);
      told += 1;
    }
  }

  async function connect(): Promise<void> {
    const library = await import("mqtt").catch(() => undefined);
    const address = () => tools.ask("broker", "address", {}) as { url: string };
    if (library === undefined || stopped) return;
    let url: string;
    try {
      ({ url } = address());
    } catch {
      // The broker is not there yet, or has no library; it is asked again.
      tools.later(() => void connect(), 100);
      return;
    }
    client = library.default.connect(url, {
      clientId: EDGE,
      protocolVersion: 4,
      reconnectPeriod: 200,
      will: {
        topic: `spBv1.0/${GROUP}/NDEATH/${EDGE}`,
        payload: message(new Date(), 0, []),
        qos: 1,
        retain: false,
      },
    });
    client.on("error", () => undefined);
    client.on("connect", () => {
      client?.subscribe([`spBv1.0/STATE/${HOST}`, `spBv1.0/${GROUP}/NCMD/${EDGE}`], { qos: 1 });
      beBorn();
    });
    client.on("message", (topic, body) => {
      if (topic.startsWith("spBv1.0/STATE/")) {
        const there = /"online":true/.test(body.toString());
        if (there && !hostIsThere) {
          hostIsThere = true;
          beBorn();
        }
        hostIsThere = there;
        tellAll();
      } else if (asksForBirth(body)) beBorn();
    });
  }

  return {
    apply(entry) {
      if (entry.kind === "cycle") cycles.push(entry.cycle as Cycle);
    },
    routes: [],
    acts: {
      /** A work centre runs: each cycle is told at once, or when somebody listens again. */
      run(body: Body) {
        const workCentre = text(body, "workCentre");
        const order = text(body, "order");
        const item = text(body, "item");
        const count = Number(positiveQuantity(body, "count") / 1000n);
        const before = cycles.filter((one) => one.workCentre === workCentre).length;
        for (let cycle = before + 1; cycle <= before + count; cycle += 1) {
          tools.commit({ kind: "cycle", cycle: { workCentre, cycle, order, item } });
        }
        tellAll();
        return { from: before + 1, to: before + count, told };
      },
      /** So many of the next messages are lost on the way. */
      lose(body: Body) {
        losing = Number(positiveQuantity(body, "messages") / 1000n);
        return {};
      },
      /** An operator has the machine tell its last cycles once more. */
      "tell-again"(body: Body) {
        const last = Number(positiveQuantity(body, "last") / 1000n);
        for (const cycle of cycles.slice(-last)) tell(cycle, true);
        return { told: Math.min(last, cycles.length) };
      },
    },
    settle: noSettings,
    books: () => ({
      cycles: cycles.length,
      byWorkCentre: Object.groupBy(cycles, ({ workCentre }) => workCentre),
      births,
      connected: client?.connected ?? false,
      hostIsThere,
    }),
    resume() {
      told = 0;
      void connect();
    },
    interrupt: (up) => (up ? client?.reconnect() : client?.stream.destroy()),
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "The machines only count."),
    stop() {
      stopped = true;
      client?.end(true);
    },
  };
}
