/**
 * Figures for Prometheus, with labels whose number is bounded by the configuration: routes, flows, connections, classes.
 *
 * A registry of its own per gateway, so two gateways in one process never mix. What the database knows (owed deliveries,
 * lag) is read when somebody asks, at most once in two seconds however many ask.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { openEmergencies } from "../rights/emergency.ts";
import type { Dock } from "../runtime/dock.ts";
import { type Balance, balance } from "../trace/balance.ts";
import { vitals } from "../trace/vitals.ts";

const VITALS_FOR_MS = 2_000;
const BALANCE_FOR_MS = 60_000;

export class Metrics {
  readonly registry = new Registry();
  readonly requests: Counter<"route" | "status">;
  readonly taken: Counter<"flow" | "outcome">;
  readonly problems: Counter<"problem">;
  readonly inquiries: Counter<"about" | "outcome">;
  readonly intakeSeconds: Histogram<"route">;

  constructor(dock: Dock) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: "crossdock_gateway_requests_total",
      help: "Requests answered, by route and status.",
      labelNames: ["route", "status"],
      registers,
    });
    this.taken = new Counter({
      name: "crossdock_gateway_arrivals_total",
      help: "Arrivals handed to the dock by this gateway, by flow and what became of them.",
      labelNames: ["flow", "outcome"],
      registers,
    });
    this.problems = new Counter({
      name: "crossdock_gateway_problems_total",
      help: "Problems answered, by kind.",
      labelNames: ["problem"],
      registers,
    });
    this.inquiries = new Counter({
      name: "crossdock_gateway_inquiries_total",
      help: "Questions asked, by what about and how they ended: answered, degraded, unanswered, refused.",
      labelNames: ["about", "outcome"],
      registers,
    });
    this.intakeSeconds = new Histogram({
      name: "crossdock_gateway_intake_seconds",
      help: "From the last byte of a request to its durable receipt.",
      labelNames: ["route"],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    });
    this.#ofTheDock(dock, registers);
  }

  #ofTheDock(dock: Dock, registers: Registry[]): void {
    let read = { at: Number.NEGATIVE_INFINITY, vitals: vitals(dock.pool) };
    // Whoever waits for it is told; one that nobody waits for yet must not count as unhandled.
    read.vitals.catch(() => {});
    const fresh = () => {
      if (performance.now() - read.at > VITALS_FOR_MS) {
        read = { at: performance.now(), vitals: vitals(dock.pool) };
        read.vitals.catch(() => {});
      }
      return read.vitals;
    };
    const described = <Label extends string, Metric extends { reset(): void }>(
      name: string,
      help: string,
      labelNames: Label[],
      collect: (metric: Metric) => void | Promise<void>,
    ) => ({
      name,
      help,
      labelNames,
      registers,
      async collect(this: Metric) {
        this.reset();
        try {
          await collect(this);
        } catch {
          // Without its database the dock still shows what it knows itself; `crossdock_database_up` says why the rest is missing.
        }
      },
    });
    const gauge = <Label extends string>(
      ...of: Parameters<typeof described<Label, Gauge<Label>>>
    ): Gauge<Label> => new Gauge(described(...of));
    /** What only grows: the memory has counted it since its start, so each look sets it anew. */
    const counter = <Label extends string>(
      ...of: Parameters<typeof described<Label, Counter<Label>>>
    ): Counter<Label> => new Counter(described(...of));

    gauge("crossdock_database_up", "1 when the database answers.", [], async (up) => {
      up.set(0);
      await fresh();
      up.set(1);
    });
    counter(
      "crossdock_arrivals_total",
      "Arrivals by flow and state, counted since the start of the memory.",
      ["flow", "state"],
      async (all) => {
        for (const { scope, name, count } of (await fresh()).counts) {
          if (name.startsWith("arrival ")) all.inc({ flow: scope, state: name.slice(8) }, count);
        }
      },
    );
    counter(
      "crossdock_deliveries_total",
      "Deliveries by connection and each status they came to, counted since the start of the memory; what is open now is crossdock_open_deliveries.",
      ["connection", "status"],
      async (all) => {
        for (const { scope, name, count } of (await fresh()).counts) {
          if (name.startsWith("delivery ")) all.inc({ connection: scope, status: name.slice(9) }, count);
        }
      },
    );
    gauge(
      "crossdock_open_deliveries",
      "Deliveries not settled, by connection and status.",
      ["connection", "status"],
      async (all) => {
        for (const { connection, status, count } of (await fresh()).open)
          all.set({ connection, status }, count);
      },
    );
    gauge(
      "crossdock_delivery_lag_seconds",
      "Age of the oldest delivery not settled, by connection.",
      ["connection"],
      async (lag) => {
        for (const { connection, oldestSeconds } of (await fresh()).lag)
          lag.set({ connection }, oldestSeconds);
      },
    );
    gauge(
      "crossdock_emergency_access",
      "People who have emergency access now: an operator's rights for an hour, taken by themselves.",
      [],
      async (people) => people.set((await openEmergencies(dock.pool)).length),
    );
    // The account reads what is new in the journal and every delivery: once a minute is often enough.
    let account = { at: Number.NEGATIVE_INFINITY, balance: undefined as Promise<Balance> | undefined };
    const accounted = () => {
      if (account.balance && performance.now() - account.at <= BALANCE_FOR_MS) return account.balance;
      const made = { at: performance.now(), balance: balance(dock.pool) };
      account = made;
      // What could not be counted is counted anew next time.
      made.balance.catch(() => {
        if (account === made) account = { at: 0, balance: undefined };
      });
      return made.balance;
    };
    gauge(
      "crossdock_silent",
      "What was accepted and cannot be accounted for; anything but 0 is a defect. Counted at most once a minute.",
      [],
      async (silent) => silent.set((await accounted()).silent),
    );
    gauge(
      "crossdock_open_by_reason",
      "Deliveries not settled, by why. Counted at most once a minute.",
      ["reason"],
      async (open) => {
        for (const { reason, count } of (await accounted()).reasons) open.set({ reason }, count);
      },
    );
    gauge("crossdock_lanes", "Lanes by whether a living worker holds them.", ["state"], async (lanes) => {
      const { all, leased } = (await fresh()).lanes;
      lanes.set({ state: "leased" }, leased);
      lanes.set({ state: "free" }, all - leased);
    });
    gauge(
      "crossdock_breaker_open",
      "0 closed, 0.5 probing, 1 open, by connection.",
      ["connection"],
      (all) => {
        for (const { name, breaker } of dock.connections()) {
          all.set({ connection: name }, breaker === "open" ? 1 : breaker === "probing" ? 0.5 : 0);
        }
      },
    );
    gauge(
      "crossdock_connection_unheard",
      "1 while nothing can be received from a connection: a folder, a broker or a table is out of reach.",
      ["connection"],
      (all) => {
        for (const { name, unheard } of dock.connections()) all.set({ connection: name }, unheard ? 1 : 0);
      },
    );
    gauge("crossdock_connection_in_flight", "Calls on the wire from this worker.", ["connection"], (all) => {
      for (const { name, inFlight } of dock.connections()) all.set({ connection: name }, inFlight);
    });
    gauge(
      "crossdock_connection_waiting",
      "Deliveries waiting in this worker's memory.",
      ["connection"],
      (all) => {
        for (const { name, waiting } of dock.connections()) all.set({ connection: name }, waiting);
      },
    );
    gauge("crossdock_feed_lag_seconds", "Age of the oldest fact that is not read yet.", [], (it) => {
      it.set(dock.keeping().lagMs / 1_000);
    });
    gauge(
      "crossdock_feed_held_back_seconds",
      "How long one open transaction holds back all readers of the journal; 0 when none does.",
      [],
      (it) => it.set((dock.keeping().stalled?.forMs ?? 0) / 1_000),
    );
    gauge("crossdock_database_full", "1 while the database has no room to write.", [], (it) => {
      it.set(dock.keeping().full ? 1 : 0);
    });
    gauge("crossdock_overloaded", "1 while the dock asks callers to stay away.", [], (it) => {
      it.set(dock.retryAfterSeconds() === null ? 0 : 1);
    });
  }
}
