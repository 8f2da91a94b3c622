/**
 * Gathers what a configuration is made of, by name, and says what does not fit together.
 *
 * A name means one thing: two flows, two connections or two contracts of one name are a mistake, never a choice. Every
 * problem is a sentence, and all are found in one go, so `crossdock check` can print the whole list.
 */
import type { Connection } from "../connectors/connector.ts";
import type { Agreement } from "../contracts/agreement.ts";
import type { Contract } from "../contracts/contract.ts";
import type { Flow } from "../flows/flow.ts";
import type { Process } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import type { Configuration } from "./configuration.ts";
import type { Definitions } from "./dock.ts";

/** Something that keeps a configuration from being started. */
export interface Problem {
  /** What it is about: `flow acme-orders-in`, `connection wms`. */
  readonly about: string;
  /** A sentence: what is wrong, and what to do. */
  readonly says: string;
}

/** Everything the configuration defines, and what is wrong with it. Start only what has no problems. */
export function gather(configuration: Configuration): { definitions: Definitions; problems: Problem[] } {
  const problems: Problem[] = [];
  const from = <Thing>(pick: (part: Parts) => readonly Thing[] | undefined): Thing[] =>
    [...configuration.solutions, configuration as Parts].flatMap((part) => pick(part) ?? []);

  const put = <Thing>(map: Map<string, Thing>, kind: string, name: string, thing: Thing) => {
    const old = map.get(name);
    if (old === undefined) map.set(name, thing);
    else if (old !== thing) {
      problems.push({
        about: `${kind} ${name}`,
        says: `There are two different ${kind}s named "${name}". Rename one.`,
      });
    }
  };

  const flows = new Map<string, Flow>();
  const contracts = new Map<string, Contract>();
  const processes = new Map<string, Process>();
  const connections = new Map<string, Connection>();

  for (const contract of from((part) => part.contracts)) put(contracts, "contract", contract.name, contract);
  for (const connection of from((part) => part.connections)) {
    put(connections, "connection", connection.name, connection);
  }
  for (const flow of from((part) => part.flows)) {
    put(flows, "flow", flow.name, flow);
    const named = flow.direction === "in" ? [flow.connection] : flow.connections;
    for (const connection of named) {
      if (connection) put(connections, "connection", connection.name, connection);
      else problems.push({ about: `flow ${flow.name}`, says: `Flow ${flow.name} names no connection.` });
    }
    const carried = flow.direction === "in" ? flow.publishes : [flow.on, ...flow.answers];
    for (const contract of carried) put(contracts, "contract", contract.name, contract);
  }
  for (const process of from((part) => part.processes)) {
    put(processes, "process", `${process.header.name}@${process.header.version}`, process);
    for (const contract of process.contracts.values()) put(contracts, "contract", contract.name, contract);
  }
  const agreements = new Map<string, Agreement>();
  for (const one of from((part) => part.agreements)) put(agreements, "agreement", one.name, one);
  return { definitions: { contracts, flows, processes, connections, agreements }, problems };
}

/**
 * Everything the configuration defines.
 *
 * @throws {Unusable} with the first problem, and how many more there are
 */
export function definitionsOf(configuration: Configuration): Definitions {
  const { definitions, problems } = gather(configuration);
  const [first, ...more] = problems;
  if (!first) return definitions;
  const rest = more.length ? ` There are ${more.length} more problems; crossdock check lists them.` : "";
  throw new Unusable(`${first.says}${rest}`, { facts: { about: first.about } });
}

interface Parts {
  readonly contracts?: readonly Contract[];
  readonly flows?: readonly Flow[];
  readonly processes?: readonly Process[];
  readonly connections?: readonly Connection[];
  readonly agreements?: readonly Agreement[];
}
