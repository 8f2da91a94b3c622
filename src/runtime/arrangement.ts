/**
 * What the dock was started with, arranged for quick answers: who reacts to this contract, which flow carries it out.
 *
 * Names must be unique and every contract known; a definition that cannot work is refused before the first message.
 */

import type { Connection } from "../connectors/connector.ts";
import type { Agreement } from "../contracts/agreement.ts";
import { FeedDelivered, PeriodStatusChanged } from "../contracts/canon/costing.ts";
import { CutoverRequested } from "../contracts/canon/cutover.ts";
import {
  ExceptionRaised,
  ExceptionResolved,
  MilestoneReached,
  MilestoneWithdrawn,
} from "../contracts/canon/operations.ts";
import {
  DependencyRestored,
  DependencyUnavailable,
  DisagreementCleared,
  DisagreementDetected,
  ExceptionAssigned,
  ExceptionEscalated,
  ExceptionRetried,
  ExceptionSnoozed,
  PromiseGiven,
  PromiseSettled,
  ReconciliationCompleted,
  ReplayExecuted,
  ServiceLevelBreached,
} from "../contracts/canon/watching.ts";
import type { Contract } from "../contracts/contract.ts";
import type { Flow, InboundFlow, OutboundFlow } from "../flows/flow.ts";
import type { Process } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import type { Subscription } from "../work/subscriptions.ts";
import {
  AgreementTended,
  ArrivalAskedAgain,
  BatchDecided,
  ConnectionDecided,
  DeliveryDecided,
  DocumentTended,
  DueTimesBroughtNearer,
  ExceptionsTended,
  InputGiven,
  InstanceMoved,
  InstanceResumed,
  QuestionAnswered,
  RunbookFollowed,
  SelectionDecided,
} from "./facts.ts";

/** Contracts every dock knows, because the engine itself speaks them. */
const OURS: readonly Contract[] = [
  MilestoneReached,
  MilestoneWithdrawn,
  ExceptionRaised,
  ExceptionAssigned,
  ExceptionSnoozed,
  ExceptionRetried,
  ExceptionEscalated,
  ExceptionResolved,
  QuestionAnswered,
  DeliveryDecided,
  InputGiven,
  InstanceMoved,
  InstanceResumed,
  ArrivalAskedAgain,
  BatchDecided,
  DocumentTended,
  ExceptionsTended,
  ConnectionDecided,
  SelectionDecided,
  RunbookFollowed,
  DueTimesBroughtNearer,
  ServiceLevelBreached,
  CutoverRequested,
  PeriodStatusChanged,
  FeedDelivered,
  DependencyUnavailable,
  DependencyRestored,
  DisagreementDetected,
  DisagreementCleared,
  ReconciliationCompleted,
  ReplayExecuted,
  AgreementTended,
  PromiseGiven,
  PromiseSettled,
];

/** What the dock was started with, by name. */
export interface Definitions {
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly flows: ReadonlyMap<string, Flow>;
  /** Every version of every process, by `name@version`. */
  readonly processes: ReadonlyMap<string, Process>;
  readonly connections: ReadonlyMap<string, Connection>;
  /** What the systems must agree about, by name. */
  readonly agreements: ReadonlyMap<string, Agreement>;
}

/** What an integration brings. */
export interface Integration {
  readonly contracts?: readonly Contract[];
  readonly flows: readonly Flow[];
  readonly processes?: readonly Process[];
  /** Connections no flow uses, to be asked by the gateway. */
  readonly connections?: readonly Connection[];
  /** What the systems must agree about. */
  readonly agreements?: readonly Agreement[];
}

export interface Arranged extends Definitions {
  /** The newest version of each process that reacts to a contract, by contract name. */
  readonly reacting: ReadonlyMap<string, readonly Process[]>;
  readonly carrying: ReadonlyMap<string, readonly OutboundFlow[]>;
  readonly inbound: ReadonlyMap<string, InboundFlow>;
  readonly outbound: ReadonlyMap<string, OutboundFlow>;
}

/** @throws {Unusable} naming the first definition that is missing, doubled or contradictory */
export function arrange({
  contracts = [],
  flows,
  processes = [],
  connections = [],
  agreements = [],
}: Integration): Arranged {
  const byName = new Map<string, Contract>();
  const know = (contract: Contract) => {
    const known = byName.get(contract.name);
    if (known && known !== contract && known.version !== contract.version) {
      throw new Unusable(
        `${contract.name} is given as version ${known.version} and version ${contract.version}; readers see one shape. Keep the newest, with the other as its earlier.`,
      );
    }
    byName.set(contract.name, contract);
  };
  for (const contract of [...OURS, ...contracts]) know(contract);

  const flowsByName = new Map<string, Flow>();
  const lines = new Map<string, Connection>();
  const carrying = new Map<string, OutboundFlow[]>();
  const line = (connection: Connection) => {
    const known = lines.get(connection.name);
    if (known && known !== connection)
      throw new Unusable(`Two connections are named ${connection.name}; a name is a system.`);
    lines.set(connection.name, connection);
  };
  for (const flow of flows) {
    if (flowsByName.has(flow.name)) throw new Unusable(`Two flows are named ${flow.name}; rename one.`);
    flowsByName.set(flow.name, flow);
    if (flow.direction === "in") {
      line(flow.connection);
      flow.publishes.forEach(know);
    } else {
      flow.connections.forEach(line);
      know(flow.on);
      flow.answers.forEach(know);
      const others = carrying.get(flow.on.name) ?? [];
      if (flow.on.kind === "command" && others.length > 0) {
        throw new Unusable(
          `${flow.on.name} is a command with one recipient, but ${others[0]?.name} and ${flow.name} both carry it.`,
        );
      }
      carrying.set(flow.on.name, [...others, flow]);
    }
  }
  connections.forEach(line);

  const versions = new Map<string, Process>();
  const newest = new Map<string, Process>();
  for (const process of processes) {
    const { name, version } = process.header;
    if (versions.has(`${name}@${version}`))
      throw new Unusable(`Process ${name} version ${version} is given twice.`);
    versions.set(`${name}@${version}`, process);
    if (version > (newest.get(name)?.header.version ?? 0)) newest.set(name, process);
    for (const contract of process.contracts.values()) know(contract);
  }
  const reacting = new Map<string, Process[]>();
  for (const process of newest.values()) {
    for (const name of process.contracts.keys()) reacting.set(name, [...(reacting.get(name) ?? []), process]);
  }
  const agreed = new Map<string, Agreement>();
  for (const one of agreements) {
    if (agreed.has(one.name)) throw new Unusable(`Two agreements are named ${one.name}; rename one.`);
    const twin = [...agreed.values()].find(({ keyType }) => keyType === one.keyType);
    if (twin)
      throw new Unusable(
        `The agreements ${twin.name} and ${one.name} are both about ${one.keyType}; a document is under watch once. Make them one.`,
      );
    if (one.process === null && !one.listing)
      throw new Unusable(
        `The agreement ${one.name} follows no process; say by a listing which documents there are.`,
      );
    const followed = [...(one.process === null ? [] : [one.process]), ...Object.keys(one.also ?? {})];
    const unknown = followed.find((name) => !newest.has(name));
    if (unknown !== undefined)
      throw new Unusable(`The agreement ${one.name} follows the process ${unknown}, which is not given.`);
    const named = [
      ...(one.listing ? [one.listing.system] : []),
      ...(one.hearings ?? []).map(({ system }) => system),
      ...Object.values(one.milestones).flatMap(({ systems }) => Object.keys(systems)),
      ...one.snapshots.map(({ system }) => system),
    ];
    const stranger = named.find((system) => !lines.has(system));
    if (stranger !== undefined)
      throw new Unusable(`The agreement ${one.name} names ${stranger}, which is no connection.`);
    agreed.set(one.name, one);
  }
  const inbound = [...flowsByName].filter(
    (each): each is [string, InboundFlow] => each[1].direction === "in",
  );
  const outbound = [...flowsByName].filter(
    (each): each is [string, OutboundFlow] => each[1].direction === "out",
  );
  return {
    contracts: byName,
    flows: flowsByName,
    processes: versions,
    connections: lines,
    agreements: agreed,
    reacting,
    carrying,
    inbound: new Map(inbound),
    outbound: new Map(outbound),
  };
}

/** Who takes which contracts, as the memory keeps it. */
export function subscriptionsOf({ carrying, reacting, contracts }: Arranged): Subscription[] {
  const version = (contract: string) => contracts.get(contract)?.version ?? 1;
  return [
    ...[...carrying].flatMap(([contract, flows]) =>
      flows.map(({ name }) => ({
        kind: "flow" as const,
        name,
        contract,
        version: version(contract),
        keyField: null,
      })),
    ),
    ...[...reacting].flatMap(([contract, processes]) =>
      processes.map(({ header, whose }) => ({
        kind: "process" as const,
        name: header.name,
        contract,
        version: version(contract),
        keyField: whose.get(contract) ?? null,
      })),
    ),
  ];
}
