/**
 * One typed file says what a dock is made of: `crossdock.config.ts`, with the environment on top.
 *
 * The file holds what belongs to the integration: contracts, flows, processes, connections. The environment holds what
 * belongs to the place it runs in: `DATABASE_URL` and `CROSSDOCK_*`. The environment wins over the file, a command's
 * option wins over both. Secrets are never values here, only references. Reading a configuration opens nothing.
 */
import { join, resolve } from "node:path";
import type { Connection } from "../connectors/connector.ts";
import type { Agreement } from "../contracts/agreement.ts";
import type { Contract } from "../contracts/contract.ts";
import type { Flow } from "../flows/flow.ts";
import type { Process } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import { secret } from "../std/secret.ts";
import type { Crosswalk } from "../work/crosswalks.ts";
import type { Retention } from "./archive.ts";
import type { Capabilities } from "./capabilities.ts";
import { FIELDS, flawsOf } from "./described.ts";
import { FOUR_EYES, type FourEyes } from "./four-eyes.ts";
import { HOLDS, type Holds } from "./holds.ts";
import { PERIODS, type PeriodPolicy } from "./periods.ts";
import type { Runbook } from "./runbooks.ts";

/** A bundle of content that is installed as one: the shipped distribution solution, or your own. */
export interface Solution {
  readonly name: string;
  readonly title?: string;
  readonly contracts?: readonly Contract[];
  readonly flows?: readonly Flow[];
  /** Every version that may still have running instances. */
  readonly processes?: readonly Process[];
  /** Connections no flow names, e.g. one that is only asked. Those of flows are found by themselves. */
  readonly connections?: readonly Connection[];
  /** What the systems must agree about. */
  readonly agreements?: readonly Agreement[];
  /** Loads the rehearsals of its processes (`Rehearsal[]` of crossdock/testing); `crossdock process draw` draws them. */
  readonly rehearsals?: () => Promise<readonly unknown[]>;
  /** Code lists it brings; kept in the database at every start. */
  readonly crosswalks?: readonly Crosswalk[];
  /** What it offers to machines through the gateway. */
  readonly capabilities?: Capabilities;
  /** What people do when one of its systems is in trouble. */
  readonly runbooks?: readonly Runbook[];
}

/** An identity provider people sign in with, and what its claims mean here. */
export interface SignOn {
  /** Stands in addresses: lower-case letters, digits and hyphens, e.g. `company`. */
  readonly name: string;
  /** On the button: "Company account". */
  readonly title: string;
  /** Exactly as the provider says it, e.g. `https://login.example.com/tenant/v2.0`. */
  readonly issuer: string;
  readonly clientId: string;
  /** A secret reference; left out for a public client. */
  readonly clientSecret?: string;
  /** Asked for besides `openid`. Default: `profile`, `email`. */
  readonly scopes?: readonly string[];
  /** The claim that becomes the name people sign in with. Default `preferred_username`, then `email`. */
  readonly signInName?: string;
  /** The claim that lists groups. Default `groups`. */
  readonly groups?: string;
  /** Group → roles here, each with the part of the business it is for. What is not listed gives nothing. */
  readonly roles: Readonly<
    Record<
      string,
      readonly {
        readonly role: string;
        readonly domains?: readonly string[];
        readonly plants?: readonly string[];
        readonly entities?: readonly string[];
      }[]
    >
  >;
}

/** Where a face listens. Loopback unless told otherwise. */
export interface Listening {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface Configuration {
  /** What people call this dock: shown in the console and in telemetry. */
  readonly name: string;
  readonly database: {
    /** `postgres://…`, a secret reference, or null: embedded PostgreSQL in the data folder. */
    readonly url: string | null;
  };
  /** The folder for everything Crossdock keeps outside the database: embedded PostgreSQL, logs, `run.json`. Absolute. */
  readonly data: string;
  /** Worker processes `crossdock start` runs. */
  readonly workers: number;
  readonly gateway: Listening & {
    /**
     * Mixed into the kept hash of every API key: a secret reference. The same on every machine that shares the database;
     * another one makes every key worthless. By default it is made once and kept in the data folder.
     */
    readonly pepper: string;
  };
  readonly console: Listening & {
    /** The https address people open, when a proxy that speaks TLS stands before the console; null: this machine only. */
    readonly publicUrl: string | null;
    /** Identity providers people may sign in with, by OpenID Connect. */
    readonly signIn: readonly SignOn[];
    /** Roles whose holders need a second factor when they sign in with a password. Default: those who approve and administer. */
    readonly secondFactor: readonly string[];
    /**
     * What people's secrets are sealed with: a secret reference, or several, of which the first seals and all open. By default it
     * is made once and kept in the data folder.
     */
    readonly sealingKey: string | readonly string[];
  };
  /** How long the journal and the raw arrivals are kept, unless a contract says otherwise, and the folder they go to then. */
  readonly retention: Retention;
  readonly audit: {
    /** Signs the checkpoints of the audit (Ed25519, PKCS #8 in PEM): a secret reference. Made once in the data folder by default. */
    readonly key: string;
    /** The file checkpoints are also written to; keep a copy on another machine. */
    readonly anchor: string;
  };
  /** Fiscal calendars by ledger, what posts into them, and what becomes of a posting whose period is closed. */
  readonly periods: PeriodPolicy;
  /** When a bulk act needs a second person. */
  readonly fourEyes: FourEyes;
  /** What is deployed, and who developed what it changes: for a day none of them agrees to a correction. Null: it is not said. */
  readonly release: {
    /** Its version, or the commit it was built from. */
    readonly name: string;
    /** What they sign in with. */
    readonly developers: readonly string[];
  } | null;
  /** By owner of a business hold, `"*"` for every other: how soon it is to be decided, and who is told when it was not. */
  readonly holds: Holds;
  readonly solutions: readonly Solution[];
  readonly contracts: readonly Contract[];
  readonly flows: readonly Flow[];
  readonly processes: readonly Process[];
  readonly connections: readonly Connection[];
  readonly agreements: readonly Agreement[];
  /** What the gateway offers besides what the solutions bring. */
  readonly capabilities: Capabilities;
  /** Runbooks besides those the solutions bring. */
  readonly runbooks: readonly Runbook[];
  /** Free values for your own content, and for rooms that document theirs, e.g. `"retention.events": "400d"`. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** What a `crossdock.config.ts` says; everything left out has a default. */
export interface Described {
  readonly name?: string;
  readonly database?: Partial<Configuration["database"]>;
  readonly data?: string;
  readonly workers?: number;
  readonly gateway?: Partial<Configuration["gateway"]>;
  readonly console?: Partial<Configuration["console"]>;
  readonly solutions?: readonly Solution[];
  readonly contracts?: readonly Contract[];
  readonly flows?: readonly Flow[];
  readonly processes?: readonly Process[];
  readonly connections?: readonly Connection[];
  readonly agreements?: readonly Agreement[];
  readonly capabilities?: Capabilities;
  readonly runbooks?: readonly Runbook[];
  readonly settings?: Configuration["settings"];
  readonly retention?: Partial<Retention>;
  readonly fourEyes?: Partial<FourEyes>;
  readonly release?: Configuration["release"];
  readonly holds?: Holds;
  readonly audit?: Partial<Configuration["audit"]>;
  readonly periods?: Partial<PeriodPolicy>;
}

/** What is described has a shape for each of its fields. */
FIELDS satisfies Readonly<Record<keyof Described, unknown>>;

/** Environment variable → what it sets. `docs/reference/configuration.md` and a test compare both directions. */
export const ENVIRONMENT = {
  DATABASE_URL: "the PostgreSQL to use instead of the embedded one",
  CROSSDOCK_DATA: "the data folder",
  CROSSDOCK_NAME: "what people call this dock",
  CROSSDOCK_WORKERS: "worker processes of `crossdock start`",
  CROSSDOCK_GATEWAY_HOST: "the address the gateway listens on",
  CROSSDOCK_GATEWAY_PORT: "the port the gateway listens on",
  CROSSDOCK_PEPPER:
    "what is mixed into the kept hash of every API key; the same on every machine of one database",
  CROSSDOCK_SEALING_KEY: "what people's secrets are sealed with; the same on every machine of one database",
  CROSSDOCK_RELEASE: "the version that is deployed, or the commit it was built from",
  CROSSDOCK_DEVELOPERS:
    "who developed what it changes, by the names they sign in with, separated by commas; for a day none of them agrees to a correction",
  CROSSDOCK_CONSOLE_HOST: "the address the console listens on",
  CROSSDOCK_CONSOLE_PORT: "the port the console listens on",
  CROSSDOCK_CONSOLE_URL: "the https address people open, when a proxy stands before the console",
} as const;

/** @throws {Unusable} when developers of no release are named */
function releaseOf(
  name: string | undefined,
  developers: string | undefined,
  said: Configuration["release"],
): Configuration["release"] {
  if (developers !== undefined && name === undefined && said === null) {
    throw new Unusable(
      "CROSSDOCK_DEVELOPERS says who developed a release, but no release is named. Say which with CROSSDOCK_RELEASE.",
    );
  }
  if (name === undefined && developers === undefined) return said;
  return {
    name: name ?? said!.name,
    developers:
      developers === undefined ? (said?.developers ?? []) : developers.split(/[\s,]+/).filter(Boolean),
  };
}

/**
 * Fills a description up to a whole configuration: the environment over the file over the defaults.
 *
 * @example export default configuration({ solutions: [distribution({ erp, wms })], gateway: { port: 7300 } });
 * @throws {Unusable} when something in it means nothing, or is no value that can be used
 */
export function configuration(said: Described, environment: NodeJS.ProcessEnv = process.env): Configuration {
  const [flaw, ...more] = flawsOf(said);
  if (flaw) throw new Unusable([flaw, ...more].join(" "));
  const text = (name: keyof typeof ENVIRONMENT) => environment[name]?.trim() || undefined;
  const whole = (
    name: keyof typeof ENVIRONMENT,
    field: string,
    from: number,
    to: number,
    value: number,
  ): number => {
    const given = text(name);
    const number = given === undefined ? value : Number(given);
    if (Number.isInteger(number) && number >= from && number <= to) return number;
    const where = given === undefined ? `${field} in the configuration` : `The environment variable ${name}`;
    throw new Unusable(
      `${where} must be a whole number from ${from} to ${to}, but is "${given ?? value}".`,
      given === undefined ? {} : { facts: { variable: name } },
    );
  };
  const data = resolve(text("CROSSDOCK_DATA") ?? said.data ?? ".crossdock");
  return {
    name: text("CROSSDOCK_NAME") ?? said.name ?? "Crossdock",
    database: {
      url: text("DATABASE_URL") ?? said.database?.url ?? null,
    },
    data,
    workers: whole("CROSSDOCK_WORKERS", "workers", 1, 64, said.workers ?? 1),
    gateway: {
      host: text("CROSSDOCK_GATEWAY_HOST") ?? said.gateway?.host ?? "127.0.0.1",
      port: whole("CROSSDOCK_GATEWAY_PORT", "gateway.port", 0, 65_535, said.gateway?.port ?? 7300),
      pepper: text("CROSSDOCK_PEPPER")
        ? secret("env:CROSSDOCK_PEPPER")
        : (said.gateway?.pepper ?? secret(`file:${join(data, "secrets.json")}#/pepper`)),
    },
    console: {
      host: text("CROSSDOCK_CONSOLE_HOST") ?? said.console?.host ?? "127.0.0.1",
      port: whole("CROSSDOCK_CONSOLE_PORT", "console.port", 0, 65_535, said.console?.port ?? 7301),
      publicUrl: text("CROSSDOCK_CONSOLE_URL") ?? said.console?.publicUrl ?? null,
      signIn: said.console?.signIn ?? [],
      secondFactor: said.console?.secondFactor ?? ["controller", "administrator"],
      sealingKey: text("CROSSDOCK_SEALING_KEY")
        ? secret("env:CROSSDOCK_SEALING_KEY")
        : (said.console?.sealingKey ?? secret(`file:${join(data, "secrets.json")}#/sealingKey`)),
    },
    // Ten years: what the law asks for commercial documents in most of the world.
    retention: {
      journal: "3650d",
      arrivals: "3650d",
      ...said.retention,
      archive:
        said.retention?.archive === null ? null : resolve(said.retention?.archive ?? join(data, "archive")),
    },
    audit: {
      key: said.audit?.key ?? secret(`file:${join(data, "secrets.json")}#/auditKey`),
      anchor: resolve(said.audit?.anchor ?? join(data, "audit-checkpoints.ndjson")),
    },
    periods: { ...PERIODS, ...said.periods },
    fourEyes: { ...FOUR_EYES, ...said.fourEyes },
    release: releaseOf(text("CROSSDOCK_RELEASE"), text("CROSSDOCK_DEVELOPERS"), said.release ?? null),
    holds: { ...HOLDS, ...said.holds },
    solutions: said.solutions ?? [],
    contracts: said.contracts ?? [],
    flows: said.flows ?? [],
    processes: said.processes ?? [],
    connections: said.connections ?? [],
    agreements: said.agreements ?? [],
    capabilities: said.capabilities ?? {},
    runbooks: said.runbooks ?? [],
    settings: said.settings ?? {},
  };
}
