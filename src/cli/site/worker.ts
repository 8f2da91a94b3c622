/**
 * One worker of a site, as a process of its own: the engine, and with `--faces` the gateway and the console.
 *
 * Started by `site.ts` as `worker.ts <configuration file> [--faces] [--demonstration-clock]`; everything about the place it runs in comes by the
 * environment. It tells its parent when it is up, and never outlives it.
 */
import { pino } from "pino";
import { openConsole } from "../../console/console.ts";
import type { SignOnSettings } from "../../console/single-sign-on/routes.ts";
import { openGateway } from "../../gateway/gateway.ts";
import { usableGrant } from "../../rights/people.ts";
import { allCapabilities } from "../../runtime/capabilities.ts";
import type { Configuration, SignOn } from "../../runtime/configuration.ts";
import { definitionsOf } from "../../runtime/definitions.ts";
import { allRunbooks } from "../../runtime/runbooks.ts";
import { openSecret } from "../../runtime/secrets.ts";
import { start } from "../../server.ts";
import { Unusable } from "../../std/errors.ts";
import type { Log } from "../../std/log.ts";
import { load } from "../load.ts";
import { processTerminal } from "../terminal.ts";
import { stopWithParent } from "./lifeline.ts";
import { LOCAL_KEY, type WorkerReady } from "./site.ts";

const [file, ...flags] = process.argv.slice(2);
/** What was opened, to be closed in the opposite order. */
const closers: (() => Promise<unknown>)[] = [];

stopWithParent(async () => {
  for (const close of closers.reverse()) await close();
});

try {
  process.send?.((await open()) satisfies WorkerReady);
} catch (error) {
  // The parent shows the sentence to a person; where it comes from stands in our log.
  console.error(error);
  process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

async function open(): Promise<WorkerReady> {
  const { configuration } = await load(processTerminal([]), file);
  const { contracts, flows, processes, connections, agreements } = definitionsOf(configuration);
  const { url } = configuration.database;
  if (url === null) throw new Unusable("A worker needs DATABASE_URL: its parent starts the database.");
  const logger = pino({ name: "dock" }, pino.destination(2));
  const dock = await start({
    database: url,
    contracts: [...contracts.values()],
    flows: [...flows.values()],
    processes: [...processes.values()],
    connections: [...connections.values()],
    agreements: [...agreements.values()],
    retention: configuration.retention,
    fourEyes: configuration.fourEyes,
    holds: configuration.holds,
    audit: configuration.audit,
    periods: configuration.periods,
    log: logTo(logger),
    // Said by our parent and not by the environment, so that no setting of a machine can turn it on.
    demonstrationClock: flags.includes("--demonstration-clock"),
  });
  closers.push(() => dock.stop());
  if (!flags.includes("--faces")) return {};

  const gateway = await openGateway({
    dock,
    host: configuration.gateway.host,
    port: configuration.gateway.port,
    settings: {
      capabilities: allCapabilities([
        ...configuration.solutions.map(({ capabilities }) => capabilities),
        configuration.capabilities,
      ]),
      pepper: configuration.gateway.pepper,
    },
  });
  closers.push(() => gateway.close());

  const people = await openConsole({
    dock,
    host: configuration.console.host,
    port: configuration.console.port,
    settings: {
      name: configuration.name,
      ...(configuration.console.publicUrl === null ? {} : { publicUrl: configuration.console.publicUrl }),
      providers: configuration.console.signIn.map(signOn),
      log: (sentence, facts) => logger.warn(facts, sentence),
      secondFactor: configuration.console.secondFactor,
      ...(configuration.release === null ? {} : { release: configuration.release }),
      sealingKey: configuration.console.sealingKey,
      pepper: configuration.gateway.pepper,
      told: told(configuration),
      runbooks: allRunbooks(
        [...configuration.solutions.map(({ runbooks }) => runbooks), configuration.runbooks],
        connections,
        dock.definitions.agreements.values(),
      ),
      ...(process.env.CROSSDOCK_ESTATE_PORT
        ? { estate: `http://127.0.0.1:${process.env.CROSSDOCK_ESTATE_PORT}` }
        : {}),
      ...(process.env[LOCAL_KEY] ? { localKey: process.env[LOCAL_KEY] } : {}),
    },
  });
  closers.push(() => people.close());
  return { gateway: gateway.url, console: people.url };
}

/** A provider with its defaults filled in and its secret opened, here where it is used. */
function signOn({ clientSecret, scopes, signInName, groups, roles, ...provider }: SignOn): SignOnSettings {
  if (!/^[a-z0-9-]{1,40}$/.test(provider.name)) {
    throw new Unusable(
      `A sign-in's name has lower-case letters, digits and hyphens only; "${provider.name}" has others.`,
    );
  }
  const filled = Object.entries(roles).map(([group, given]) => [
    group,
    given.map(({ role, domains = null, plants = null, entities = null }) => ({
      role,
      domains,
      plants,
      entities,
    })),
  ]);
  const settings: SignOnSettings = {
    ...provider,
    clientSecret: clientSecret === undefined ? null : openSecret(clientSecret),
    scopes: scopes ?? ["profile", "email"],
    signInName: signInName ?? "preferred_username",
    groups: groups ?? "groups",
    roles: Object.fromEntries(filled) as SignOnSettings["roles"],
  };
  for (const given of Object.values(settings.roles)) for (const each of given) usableGrant(each);
  return settings;
}

/** What administrators may read of the configuration: numbers, names and places, never what stands behind a reference. */
function told({
  name,
  data,
  workers,
  gateway,
  console: people,
  retention,
  solutions,
  settings,
}: Configuration) {
  return {
    name,
    data,
    workers,
    gateway: `${gateway.host}:${gateway.port}`,
    console: `${people.host}:${people.port}`,
    "console.publicUrl": people.publicUrl,
    "console.secondFactor": people.secondFactor.join(", ") || "nobody needs one",
    "retention.journal": retention.journal,
    "retention.arrivals": retention.arrivals,
    "retention.archive": retention.archive ?? "none: dropped for good",
    solutions: solutions.map((each) => each.name).join(", "),
    ...Object.fromEntries(Object.entries(settings).map(([setting, value]) => [`settings.${setting}`, value])),
  };
}

/** Our sentences and facts, written by pino. */
function logTo(logger: pino.Logger): Log {
  return {
    info: (sentence, facts = {}) => logger.info(facts, sentence),
    warn: (sentence, facts = {}) => logger.warn(facts, sentence),
    error: (sentence, facts = {}) => logger.error(facts, sentence),
  };
}
