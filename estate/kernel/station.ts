/**
 * One simulated system at work: its port, books, faults, webhooks, file drops and the pace of its physical acts.
 *
 * A system (a `Trade`) is only its business: state rebuilt by `apply`, routes, acts, settings. The station gives it
 * everything else. What must stay true: all state changes go through `commit`, so replaying the books gives the same
 * state; and a trade checks everything before its first `commit` of an act, because what is committed is written.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Entry, openBooks } from "./books.ts";
import { type Answer, type Body, Refusal, type Route } from "./call.ts";
import { DropBox } from "./drops.ts";
import { type Fault, type FaultList, type FaultName, Faults } from "./faults.ts";
import type { Limits } from "./limits.ts";
import { openPort } from "./server.ts";
import type { Sessions } from "./sessions.ts";
import { WebhookSender } from "./webhooks.ts";

export type Pace = "fast" | "demo";

/** What the estate as a whole knows; shared by its stations. */
export interface Estate {
  readonly data: string;
  readonly pace: Pace;
  /** Base address of Crossdock's gateway, without a slash at the end. */
  readonly crossdock: string;
  readonly secrets: Secrets;
  /** Where applications that are only a database have theirs; absent: they do nothing. */
  readonly database?: string;
  /** The stations of this process by name. */
  readonly stations: Map<string, Station>;
}

export interface Secrets {
  readonly webhooks: Readonly<Record<string, string>>;
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, string>>;
}

/** What a system may use. */
export interface Tools {
  readonly estate: Estate;
  /** The system's own folder. */
  readonly folder: string;
  readonly faults: Faults;
  /** The port it was given; 0: any. */
  readonly wantedPort: number;
  /** What callers must show; the secret of those who sign in. */
  readonly token: string | undefined;
  /** Writes an entry and takes it into the state. */
  commit(entry: Entry): void;
  /** A physical act some time from now: by the pace, or after `ms`. It waits while the system is down. */
  later(act: () => void, ms?: number): void;
  /** A webhook to Crossdock: `type` and the rest of the event. `about` is whose order it is. */
  webhook(about: string, event: Body): void;
  /** A file into the system's outgoing folder. */
  drop(name: string, text: string): void;
  /** Has a neighbour of the same estate act; undefined when it is not here. */
  ask(system: string, act: string, body: Body): unknown;
  readonly up: () => boolean;
}

/** The business of one system. */
export interface Trade {
  apply(entry: Entry, at: string): void;
  readonly routes: readonly Route[];
  readonly acts: Readonly<Record<string, (body: Body) => unknown>>;
  /** Checks settings and returns those to keep; throws a Refusal. They come back through `apply` as `settings`. */
  readonly settle: (body: Body) => Body | Promise<Body>;
  /** The whole books as plain JSON. */
  readonly books: () => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** Takes up what a restart left unfinished; called once, with the port open. */
  readonly resume: () => void;
  readonly dialect: (refusal: Refusal) => Answer;
  readonly refusal: () => Refusal;
  /** Where `drop` puts files; absent: the system drops none. */
  readonly dropFolder?: string;
  readonly stop?: () => void;
  /** What else goes down and comes up with its port. */
  readonly interrupt?: (up: boolean) => void;
  /** Calls at once and in a window of time, where the product limits them. */
  readonly limits?: Limits;
  /** Where the product has a sign-in. */
  readonly sessions?: Sessions;
}

export interface Station {
  readonly name: string;
  readonly port: () => number;
  readonly describe: () => Record<string, unknown>;
  readonly books: () => Promise<Record<string, unknown>>;
  readonly faults: () => FaultList;
  readonly setFault: (fault: Fault) => Promise<void>;
  readonly clearFault: (name?: FaultName) => Promise<void>;
  readonly act: (name: string, body: Body) => unknown;
  readonly settings: (body: Body) => Promise<Body>;
  readonly open: () => Promise<void>;
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
}

/** Sets up a system from its books; nothing is answered or sent before `open` and `resume`. */
export function station(
  name: string,
  estate: Estate,
  wantedPort: number,
  trade: (tools: Tools) => Trade,
): Station {
  const folder = join(estate.data, name);
  const faults = new Faults();
  const fast = estate.pace === "fast";
  // At the fast pace always the same, so that acts happen in the order they were asked for.
  const paceMs = (): number => (fast ? 20 : 1000 + Math.random() * 2000);
  const unsent = new Map<string, { id: string; lane: string; body: string }>();
  const undropped = new Map<string, string>();
  const counts = { webhooks: 0, webhookTries: 0, files: 0 };
  const timers = new Set<NodeJS.Timeout>();
  let waitingActs: (() => void)[] = [];
  let up = true;
  let stopped = false;

  const tools: Tools = {
    estate,
    folder,
    faults,
    wantedPort,
    token: estate.secrets.tokens[name],
    commit(entry) {
      take(entry, books.add(entry));
    },
    later(act, ms) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!up) waitingActs.push(act);
        else perform(act);
      }, ms ?? paceMs());
      timers.add(timer);
    },
    webhook(about, event) {
      const id = `msg_${randomUUID()}`;
      const body = JSON.stringify({ type: event.type, id, occurredAt: new Date().toISOString(), ...event });
      tools.commit({ kind: "webhook", id, lane: about, body });
      // Lost without a trace: the system itself believes that it was sent.
      if (faults.fire("lose-webhooks", { path: String(event.type), write: true }))
        tools.commit({ kind: "webhook-sent", id, tries: 0 });
      else sender.offer({ id, lane: about, body });
    },
    drop(fileName, text) {
      tools.commit({ kind: "drop", name: fileName, text });
      box?.offer({ name: fileName, text });
    },
    ask: (system, act, body) => estate.stations.get(system)?.act(act, body),
    up: () => up,
  };

  const business = trade(tools);

  function take(entry: Entry, at: string): void {
    if (entry.kind === "webhook") {
      counts.webhooks += 1;
      unsent.set(entry.id as string, entry as unknown as { id: string; lane: string; body: string });
    } else if (entry.kind === "webhook-sent") {
      counts.webhookTries += entry.tries as number;
      unsent.delete(entry.id as string);
    } else if (entry.kind === "drop") {
      counts.files += 1;
      undropped.set(entry.name as string, entry.text as string);
    } else if (entry.kind === "dropped") undropped.delete(entry.name as string);
    else business.apply(entry, at);
  }

  function perform(act: () => void): void {
    if (stopped) return;
    try {
      act();
    } catch (problem) {
      console.error(`The ${name} system failed at a physical act.`, problem);
    } finally {
      books.flush();
    }
  }

  const books = openBooks(folder, take);

  const windowMs = fast ? 60 : 3000;
  const sender = new WebhookSender({
    url: new URL(`${estate.crossdock}/v1/webhooks/${name}`),
    secret: estate.secrets.webhooks[name],
    faults,
    windowMs,
    sent: (webhook, tries) => perform(() => tools.commit({ kind: "webhook-sent", id: webhook.id, tries })),
  });
  const box =
    business.dropFolder === undefined
      ? undefined
      : new DropBox({
          folder: business.dropFolder,
          faults,
          windowMs,
          dropped: (drop) => perform(() => tools.commit({ kind: "dropped", name: drop.name })),
        });

  const port = openPort(
    {
      routes: business.routes,
      faults,
      token: tools.token,
      sessions: business.sessions,
      limits: business.limits,
      dialect: business.dialect,
      refusal: business.refusal,
      flush: () => books.flush(),
    },
    wantedPort,
  );

  let downTimer: NodeJS.Timeout | undefined;
  async function goDown(): Promise<void> {
    if (!up) return;
    up = false;
    sender.pause();
    box?.pause();
    business.interrupt?.(false);
    await port.close();
  }
  async function comeUp(): Promise<void> {
    clearTimeout(downTimer);
    if (up || stopped) return;
    try {
      await port.open();
    } catch (problem) {
      // Someone took the port meanwhile: it is tried again until it is free.
      console.error(`The ${name} system cannot come back yet.`, problem);
      downTimer = setTimeout(() => void comeUp(), 500);
      return;
    }
    up = true;
    sender.resume();
    box?.resume();
    business.interrupt?.(true);
    const acts = waitingActs;
    waitingActs = [];
    for (const act of acts) perform(act);
  }

  return {
    name,
    port: port.number,
    describe: () => ({
      port: port.number(),
      url: `http://127.0.0.1:${port.number()}`,
      up,
      served: port.served(),
      webhooksWaiting: sender.waiting,
      filesWaiting: box?.waiting ?? 0,
      actsWaiting: timers.size + waitingActs.length,
      ...(business.limits === undefined ? {} : { limits: business.limits.shown() }),
      ...(business.sessions === undefined ? {} : { sessions: business.sessions.shown() }),
    }),
    books: async () => ({
      ...(await business.books()),
      webhooks: {
        created: counts.webhooks,
        waiting: unsent.size,
        tries: counts.webhookTries + sender.failedTries,
      },
      ...(box === undefined ? {} : { files: { created: counts.files, waiting: undropped.size } }),
      faults: faults.list().fired,
    }),
    faults: () => faults.list(),
    async setFault(fault) {
      faults.set(fault);
      if (fault.fault !== "down") return;
      faults.count("down");
      await goDown();
      clearTimeout(downTimer);
      if (fault.ms !== undefined) {
        downTimer = setTimeout(() => {
          faults.clear("down");
          void comeUp();
        }, fault.ms);
      }
    },
    async clearFault(fault) {
      faults.clear(fault);
      if (fault === undefined || fault === "down") await comeUp();
      if (up) {
        sender.resume();
        box?.resume();
      }
    },
    act(actName, body) {
      const act = business.acts[actName];
      if (act === undefined) {
        const known = Object.keys(business.acts).join(", ") || "none";
        throw new Refusal(
          404,
          "NO_SUCH_ACT",
          `The ${name} system knows the acts ${known}; found ${actName}.`,
        );
      }
      try {
        return act(body);
      } finally {
        books.flush();
      }
    },
    async settings(body) {
      const settings = await business.settle(body);
      tools.commit({ kind: "settings", settings });
      books.flush();
      return settings;
    },
    open: port.open,
    resume() {
      for (const webhook of unsent.values()) sender.offer(webhook);
      for (const [fileName, text] of undropped) box?.offer({ name: fileName, text });
      perform(() => business.resume());
    },
    async stop() {
      stopped = true;
      clearTimeout(downTimer);
      for (const timer of timers) clearTimeout(timer);
      business.stop?.();
      sender.stop();
      box?.stop();
      if (up) await port.close();
      books.flush();
      books.close();
    },
  };
}
