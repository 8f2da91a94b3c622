/**
 * Which secrets a configuration uses, where each is kept, and whether it is there. Never what it is.
 *
 * What must stay true: no value leaves this file. A reference is opened to see whether it opens, and what came out is dropped; told
 * are the place, who uses it, and for a file since when it is as it is.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "../connectors/connector.ts";
import { Unusable } from "../std/errors.ts";
import { isSecretReference, placeOf } from "../std/secret.ts";
import { allCapabilities } from "./capabilities.ts";
import type { Configuration } from "./configuration.ts";
import { gather } from "./definitions.ts";
import { openSecret } from "./secrets.ts";

/** A setting that is, or names, a secret. */
export interface SecretUse {
  /** `connection wms`, `webhook erp`, `gateway`. */
  readonly by: string;
  /** `token`, `headers.authorization`. */
  readonly setting: string;
  /** `env:WMS_TOKEN`; null: it is written into the configuration itself. */
  readonly place: string | null;
}

/** One place, and how it stands here and now. */
export interface SecretStanding {
  /** Null: written into the configuration. */
  readonly place: string | null;
  readonly uses: readonly Pick<SecretUse, "by" | "setting">[];
  readonly resolves: boolean;
  /** Why it does not, or what to know about it, in a sentence; null when there is nothing to say. */
  readonly says: string | null;
  /** When the file it is in was last written, RFC 3339; null where nobody can know, as in the environment. */
  readonly changedAt: string | null;
}

/** Every secret the configuration uses, in the order connections, gateway, audit, database, console, sign-in, webhooks. */
export function secretUses(configuration: Configuration): SecretUse[] {
  const { gateway, audit, database, console: face } = configuration;
  const offered = allCapabilities([
    ...configuration.solutions.map(({ capabilities }) => capabilities),
    configuration.capabilities,
  ]);
  return [
    ...[...gather(configuration).definitions.connections.values()].flatMap(({ name, connector, config }) =>
      inSettings(`connection ${name}`, connector.config, config),
    ),
    use("gateway", "pepper", gateway.pepper),
    use("audit", "key", audit.key),
    ...(isSecretReference(database.url) ? [use("database", "url", database.url)] : []),
    ...[face.sealingKey].flat().map((key) => use("console", "sealingKey", key)),
    ...face.signIn.flatMap(({ name, clientSecret }) =>
      clientSecret === undefined ? [] : [use(`sign-in ${name}`, "clientSecret", clientSecret)],
    ),
    ...Object.entries(offered.webhooks ?? {}).flatMap(([name, { secrets }]) =>
      secrets.map((each, index) => use(`webhook ${name}`, `secrets[${index}]`, each)),
    ),
  ];
}

/** How every place stands for this process: the same user and environment as a dock started here would have. */
export function secretStandings(
  configuration: Configuration,
  environment: NodeJS.ProcessEnv = process.env,
): SecretStanding[] {
  const own = join(configuration.data, "secrets.json");
  const made = existsSync(own);
  const byPlace = Map.groupBy(secretUses(configuration), ({ by, setting, place }) =>
    place === null ? `${by} ${setting}` : `at ${place}`,
  );
  return [...byPlace.values()].map((all) => {
    const { place, by, setting } = all[0] as SecretUse;
    const uses = all.map((each) => ({ by: each.by, setting: each.setting }));
    if (place === null) {
      const variable = `${by.split(" ").at(-1)}_${setting}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
      const says = `It is written into the configuration. Name its place instead: secret("env:${variable}").`;
      return { place, uses, resolves: false, says, changedAt: null };
    }
    const says = whyNot(place, environment);
    // What a first start makes, or the next one where a newer release needs one more.
    if (
      says !== null &&
      place.startsWith(`file:${own}#`) &&
      (!made || whyNot(`file:${own}`, environment) === null)
    )
      return { place, uses, resolves: true, says: "Made by the next start.", changedAt: null };
    return { place, uses, resolves: says === null, says, changedAt: writtenAt(place) };
  });
}

/** Which secrets we prove ourselves with to a system, each as `token: env:WMS_TOKEN`. */
export const provedWith = ({ name, connector, config }: Connection): string[] =>
  inSettings(`connection ${name}`, connector.config, config).map(
    ({ setting, place }) => `${setting}: ${place ?? "in the configuration"}`,
  );

const use = (by: string, setting: string, value: string): SecretUse => ({
  by,
  setting,
  place: isSecretReference(value) ? placeOf(value) : null,
});

/** References anywhere in the settings, and values where the schema says secret. */
function inSettings(by: string, schema: unknown, value: unknown, path = ""): SecretUse[] {
  if (isSecretReference(value)) return [use(by, path, value)];
  const { secret, properties, items, patternProperties } = (schema ?? {}) as Shape;
  if (typeof value === "string") return secret === true ? [use(by, path, value)] : [];
  if (Array.isArray(value))
    return value.flatMap((each, index) => inSettings(by, items, each, `${path}[${index}]`));
  if (value === null || typeof value !== "object") return [];
  const [any] = Object.values(patternProperties ?? {});
  return Object.entries(value).flatMap(([name, each]) =>
    inSettings(by, properties?.[name] ?? any, each, path === "" ? name : `${path}.${name}`),
  );
}

interface Shape {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
}

function whyNot(place: string, environment: NodeJS.ProcessEnv): string | null {
  try {
    openSecret(`secret:${place}`, environment);
    return null;
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}

function writtenAt(place: string): string | null {
  if (!place.startsWith("file:")) return null;
  const [file = ""] = place.slice("file:".length).split("#");
  return statSync(file, { throwIfNoEntry: false })?.mtime.toISOString() ?? null;
}
