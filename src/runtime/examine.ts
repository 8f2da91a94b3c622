/**
 * Says everything that is wrong with a configuration without starting it.
 *
 * Looks at names, settings and secrets only: nothing is opened, called or written. Ports and the database are looked at
 * by `crossdock check` itself. Each problem names the thing and says what to do about it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { Connection } from "../connectors/connector.ts";
import type { Contract } from "../contracts/contract.ts";
import { ContractBroken, Unusable } from "../std/errors.ts";
import { isSecretReference, placeOf } from "../std/secret.ts";
import { arrange } from "./arrangement.ts";
import { allCapabilities } from "./capabilities.ts";
import type { Configuration } from "./configuration.ts";
import { gather, type Problem } from "./definitions.ts";
import type { Definitions } from "./dock.ts";
import { openSecret, openSecrets } from "./secrets.ts";

/** Where secrets are looked for. */
interface Look {
  readonly environment: NodeJS.ProcessEnv;
  /** Places that begin like this are made by the first start, which has not been yet. */
  readonly toBeMade: string | undefined;
}

/** Every problem of the configuration, in the order names, contracts, connections, processes, capabilities. */
export function examine(
  configuration: Configuration,
  environment: NodeJS.ProcessEnv = process.env,
): Problem[] {
  const { definitions, problems } = gather(configuration);
  const { connections } = definitions;
  const own = join(configuration.data, "secrets.json");
  const look: Look = { environment, toBeMade: existsSync(own) ? undefined : `file:${own}#` };
  return [
    ...problems,
    // What is doubled would be told twice.
    ...(problems.length > 0 ? [] : contradictions(definitions)),
    ...[...definitions.contracts.values()].flatMap(keepsItself),
    ...[...connections.values()].flatMap((connection) => settingsOf(connection, look)),
    ...unheard(definitions),
    ...offers(configuration, definitions, look),
    ...(secretProblem("gateway", "pepper", configuration.gateway.pepper, look) ?? []),
    ...[configuration.console.sealingKey]
      .flat()
      // A folder of an older release gets one at its next start.
      .flatMap(
        (key) => secretProblem("console", "sealingKey", key, { ...look, toBeMade: `file:${own}#` }) ?? [],
      ),
  ];
}

/** What a start would refuse although every name is given once. */
function contradictions({ contracts, flows, processes, connections, agreements }: Definitions): Problem[] {
  try {
    arrange({
      contracts: [...contracts.values()],
      flows: [...flows.values()],
      processes: [...processes.values()],
      connections: [...connections.values()],
      agreements: [...agreements.values()],
    });
    return [];
  } catch (error) {
    if (error instanceof Unusable) return [{ about: "definitions", says: error.message }];
    throw error;
  }
}

/** A contract whose own sample breaks it, or whose keys stand nowhere, would refuse whatever comes. */
function keepsItself(contract: Contract): Problem[] {
  const { name, version, schema, sample, keyDeclarations, belongsTo, says, time } = contract;
  const about = `contract ${name}`;
  const problem = (says: string) => ({ about, says: `Contract ${name} v${version}: ${says}` });
  const places = [
    ...Object.entries(keyDeclarations).map(([type, key]) => [
      `key "${type}"`,
      typeof key === "string" ? key : key.path,
    ]),
    ...(says && typeof says.milestone !== "string" ? [["what it says", says.milestone.in]] : []),
    ...(time === undefined ? [] : [["its time", time]]),
  ] as [string, string][];
  const problems = places
    .filter(([, path]) => !hasPlace(schema, path.split(".")))
    .map(([what, path]) => problem(`${what} is at "${path}", and its data has no such field.`));
  if (belongsTo !== undefined && !Object.hasOwn(keyDeclarations, belongsTo))
    problems.push(
      problem(
        `it belongs to "${belongsTo}", which is none of its keys: ${Object.keys(keyDeclarations).join(", ")}.`,
      ),
    );
  if (problems.length > 0) return problems;
  try {
    contract.of(sample);
    return [];
  } catch (error) {
    if (error instanceof ContractBroken) return [problem(`its sample does not keep it. ${error.message}`)];
    throw error;
  }
}

/** Whether data of this shape may have something at a path such as `lines[].sku`; of a shape with other fields nobody knows. */
function hasPlace(schema: unknown, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return true;
  const { anyOf, allOf, properties, additionalProperties, patternProperties } = (schema ?? {}) as Shape;
  const choices = anyOf ?? allOf;
  if (choices) return choices.some((choice) => hasPlace(choice, path));
  if (!properties) return true;
  const field = properties[head.replace(/\[\]$/, "")];
  if (field === undefined) return typeof additionalProperties === "object" || patternProperties !== undefined;
  return hasPlace(head.endsWith("[]") ? itemsOf(field) : field, rest);
}

interface Shape {
  readonly anyOf?: readonly unknown[];
  readonly allOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: object;
  readonly additionalProperties?: unknown;
  readonly items?: unknown;
}

const itemsOf = (field: unknown): unknown => (field as Shape).items;

/** The connection's settings against its connector's schema, and its secrets. */
function settingsOf({ name, connector, config }: Connection, look: Look): Problem[] {
  const about = `connection ${name}`;
  if (config === undefined || config === null) {
    return [
      {
        about,
        says: `Connection "${name}" has no settings; ${connector.name} needs: ${fields(connector.config)}.`,
      },
    ];
  }
  const secrets = secretFields(connector.config).flatMap((field) => {
    const value = (config as Record<string, unknown>)[field];
    if (value === undefined) return [];
    return [value].flat().flatMap((each) => secretProblem(about, field, each, look) ?? []);
  });
  if (secrets.length > 0) return secrets;
  let opened: unknown;
  try {
    opened = look.toBeMade === undefined ? openSecrets(config, look.environment) : config;
  } catch (error) {
    if (error instanceof Unusable) return [{ about, says: `Connection "${name}": ${error.message}` }];
    throw error;
  }
  const shape = Compile(connector.config);
  if (shape.Check(opened)) return [];
  const all = [...shape.Errors(opened)];
  const first = all.find(({ keyword }) => keyword === "additionalProperties") ?? all[0];
  const missing = (first?.params as { requiredProperties?: string[] } | undefined)?.requiredProperties?.[0];
  const unknown = (first?.params as { additionalProperties?: string[] } | undefined)
    ?.additionalProperties?.[0];
  const field = (first?.instancePath ?? "").slice(1).replaceAll("/", ".");
  const says = missing
    ? `Connection "${name}" has no setting "${missing}"; connector ${connector.name} needs it.`
    : unknown
      ? `Connection "${name}" has a setting "${unknown}" that connector ${connector.name} does not know. It knows: ${fields(connector.config)}.`
      : `Connection "${name}": setting "${field}" ${first?.message ?? "is not as expected"}.`;
  return [{ about, says }];
}

function secretProblem(
  about: string,
  field: string,
  value: unknown,
  { environment, toBeMade }: Look,
): Problem[] | undefined {
  if (!isSecretReference(value)) {
    const variable = `${about.split(" ").at(-1)}_${field}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
    return [
      {
        about,
        says: `"${field}" of ${about} is a secret written into the configuration. Name its place instead: secret("env:${variable}").`,
      },
    ];
  }
  if (toBeMade !== undefined && placeOf(value).startsWith(toBeMade)) return undefined;
  try {
    openSecret(value, environment);
    return undefined;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return [{ about, says: `${capital(about)}, "${field}": ${error.message}` }];
  }
}

/** Processes nobody can start, and facts a process waits for that nobody tells. */
function unheard({ flows, processes, contracts }: Definitions): Problem[] {
  const told = new Set<string>();
  for (const flow of flows.values()) {
    for (const { name } of flow.direction === "in" ? flow.publishes : flow.answers) told.add(name);
  }
  // Processes publish too, but which facts only their decisions say: any event no flow tells may come from one of them.
  const owners = [...processes.values()];
  return owners.flatMap(({ header, startedBy }) => {
    if ([...startedBy].some((name) => told.has(name)) || owners.length > 1) return [];
    const wanted = [...startedBy].filter((name) => contracts.get(name)?.kind === "event").join(" or ");
    return [
      {
        about: `process ${header.name}@${header.version}`,
        says: `Process "${header.name}" can never start: no flow publishes ${wanted}. Add an inbound flow that does.`,
      },
    ];
  });
}

/** What the gateway offers must exist. */
function offers(configuration: Configuration, { flows, connections }: Definitions, look: Look): Problem[] {
  const offered = allCapabilities([
    ...configuration.solutions.map(({ capabilities }) => capabilities),
    configuration.capabilities,
  ]);
  const about = "capabilities";
  const wantedFlows = [
    ["ordersFlow", offered.ordersFlow],
    ["changesFlow", offered.changesFlow],
    ["cancellationsFlow", offered.cancellationsFlow],
    ...(offered.eventFlows ?? []).map((flow) => ["eventFlows", flow] as const),
    ...(offered.reports ?? []).map(({ name, flow }) => [name, flow] as const),
    ...Object.entries(offered.webhooks ?? {}).map(([name, { flow }]) => [`webhooks.${name}`, flow] as const),
  ] as const;
  const flowProblems = wantedFlows.flatMap(([offer, name]) => {
    if (name === undefined) return [];
    const flow = flows.get(name);
    if (!flow)
      return [
        { about, says: `The gateway offers "${offer}" through flow "${name}", and there is no such flow.` },
      ];
    if (flow.direction === "in") return [];
    return [
      {
        about,
        says: `The gateway offers "${offer}" through flow "${name}", which carries messages out, not in.`,
      },
    ];
  });
  const askProblems = (offered.inquiries ?? []).flatMap(({ inquiry, asks }) =>
    Object.keys(asks).flatMap((connection) =>
      connections.has(connection)
        ? []
        : [
            {
              about,
              says: `The gateway answers "${inquiry.name}" by asking connection "${connection}", and there is no such connection.`,
            },
          ],
    ),
  );
  const secretProblems = Object.entries(offered.webhooks ?? {}).flatMap(([name, { secrets }]) =>
    secrets.flatMap((each) => secretProblem(`webhook ${name}`, "secrets", each, look) ?? []),
  );
  return [...flowProblems, ...askProblems, ...secretProblems];
}

/** Top-level settings marked `secret: true`. */
const secretFields = (schema: TSchema): string[] =>
  Object.entries((schema as { properties?: Record<string, { secret?: boolean }> }).properties ?? {})
    .filter(([, { secret }]) => secret === true)
    .map(([name]) => name);

const fields = (schema: TSchema): string =>
  Object.keys((schema as { properties?: object }).properties ?? {}).join(", ") || "none";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
