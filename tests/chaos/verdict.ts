/**
 * Asks the oracle about a run that has come to rest: gathers what it is to judge by, and how much there was to judge.
 */
import { createHash } from "node:crypto";
import { limits } from "../../src/std/limits.ts";
import { balance } from "../../src/trace/balance.ts";
import { dishonest } from "../oracle/equation.ts";
import { judge } from "../oracle/judge.ts";
import { AUDIT, type AuditLine, chain, type Sha256 } from "../oracle/processes.ts";
import type { Invariant, Run, Trouble } from "../oracle/run.ts";
import type { Site } from "./site.ts";

/** The memory we promise for a worker. */
const RSS_MAX_MB = 512;
/** Connections of one worker to PostgreSQL: its pools together. */
const CONNECTIONS_MAX = 20;
/** Tries of what matters as much as everything here, before a person is asked; each word of a person allows as many again. */
const TRIES_MAX = 63;
/** Calls at once that a connector keeps to one system, and those that were given up and are not closed yet. */
const CALLS_MAX = 2 * 64;

export interface SiteVerdict {
  readonly wrong: readonly string[];
  readonly judged: ReadonlyMap<Invariant, number>;
}

interface Shown {
  readonly subject: string;
  readonly kind: string;
  readonly open: boolean;
  readonly correlation: string;
  readonly title: string;
}

export async function verdictOn(site: Site): Promise<SiteVerdict> {
  const all = async <Row>(text: string) => (await site.pool.query(text)).rows as Row[];
  const shown = await all<Shown>(
    "select subject, subject_kind as kind, resolved_at is null as open, correlation, title from exception",
  );
  const deliveries = await all<Run["deliveries"][number] & { readonly attempts: number }>(
    "select key, connection, contract, subject, status, reason, attempts from delivery",
  );
  const orders = await all<{ key: string; status: string }>("select key, status from instance");
  const accepted = await all<{ data: string }>("select data from event order by recorded_at, position");
  const audit = await all<AuditLine>(AUDIT);
  const trouble = troubleOf(site);
  const { wrong, judged } = judge({
    receipts: site.load.receipts,
    books: site.books.read(),
    deliveries,
    orders: new Map(orders.map(({ key, status }) => [key, status])),
    healed: true,
    packMs: 2_000,
    accepted: accepted.map(({ data }) => data),
    refused: shown.filter(({ kind }) => kind === "arrival").map(({ subject }) => subject),
    shown: shown.filter(({ kind, open }) => kind === "delivery" && open).map(({ subject }) => subject),
    late: new Set(
      shown
        .filter(({ kind }) => kind === "instance" || kind === "document")
        .map(({ correlation }) => correlation),
    ),
    twice: shown
      .filter(({ title }) => title.endsWith("more than once"))
      .map(({ subject }) => subject.split("|").at(-1) ?? ""),
    unreachable: [],
    acts: site.people.acts,
    // The key the clients come with we made ourselves, before there were people.
    audit: audit.filter(({ action }) => action !== "make key"),
    bounds: boundsOf(site, deliveries),
    ...(trouble && { trouble }),
  });
  const counted = await site.watch.counted();
  // What crossdock verify prints, and what every worker tells whoever measures it, beside the judge's own count of the same.
  const account = await balance(site.pool);
  const told = await Promise.all(site.gateways.map(openByMetrics));
  const honest = [account, ...told.map((open) => ({ ...account, open }))].flatMap((one) =>
    dishonest(one, counted),
  );
  const more = new Map<Invariant, number>([...judged, ["I14", (judged.get("I14") ?? 0) + site.watch.checks]]);
  return {
    wrong: [...new Set([...site.complaints, ...wrong, ...honest, ...chain(audit, sha256)])],
    judged: more,
  };
}

const sha256: Sha256 = (before, text) =>
  createHash("sha256").update(Buffer.from(before, "hex")).update(text).digest("hex");

/** Open deliveries as a worker's metrics say them. */
async function openByMetrics(gateway: string): Promise<number> {
  const text = await (await fetch(`${gateway}/metrics`)).text();
  const lines = text.matchAll(/^crossdock_open_deliveries\{[^}]*\} (\d+)/gm);
  return [...lines].reduce((sum, [, open]) => sum + Number(open), 0);
}

function boundsOf(
  site: Site,
  deliveries: readonly { key: string; attempts: number }[],
): NonNullable<Run["bounds"]> {
  const { workers } = site;
  const tries = deliveries.map(({ key, attempts }) => attempts / (1 + site.people.wordsAbout(key)));
  return [
    {
      what: "MB of memory in one worker",
      found: Math.round(site.watch.rssMost / 1_048_576),
      most: RSS_MAX_MB,
    },
    {
      what: "connections to PostgreSQL at once",
      found: site.database.most,
      most: CONNECTIONS_MAX * (workers + 1),
    },
    ...[...site.wires].map(([name, { most }]) => ({
      what: `connections to ${name} at once`,
      found: most,
      most: CALLS_MAX * workers,
    })),
    {
      what: "tries of one delivery",
      found: Math.ceil(tries.reduce((a, b) => Math.max(a, b), 0)),
      most: TRIES_MAX,
    },
    ...site.bounds,
  ];
}

/** What was wrong with some: those a row names, and those that ended workers. */
function troubleOf(site: Site): Trouble | undefined {
  const { trouble, workers } = site;
  if (!trouble) return undefined;
  const kills = new Map<string, { order: string; at: string; kills: number }>();
  for (const { order, at } of site.ended())
    kills.set(order, { order, at, kills: (kills.get(order)?.kills ?? 0) + 1 });
  // Each of the workers may be ended by it before it hears of the first.
  const ended = [...kills.values()].map((one) => ({ ...one, most: limits.crashesMax + workers - 1 }));
  return { ...trouble, ended };
}
