/** Every command, in the order the help shows them. A new command is a file beside this one and a line here. */
import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { agree } from "./agree.ts";
import { approvals } from "./approvals.ts";
import { archive } from "./archive.ts";
import { arrival } from "./arrival.ts";
import { audit } from "./audit.ts";
import { backup } from "./backup.ts";
import { batches } from "./batches.ts";
import { backfill, bulk, fix, replay } from "./bulk.ts";
import { check } from "./check.ts";
import { clients } from "./clients.ts";
import { clock } from "./clock.ts";
import { completion } from "./completion.ts";
import { connectors } from "./connectors.ts";
import { contracts } from "./contracts.ts";
import { cutovers } from "./cutovers.ts";
import { cancel, retry, settle } from "./deliveries.ts";
import { dev } from "./dev.ts";
import { documents } from "./documents.ts";
import { estate } from "./estate.ts";
import { events } from "./events.ts";
import { exceptions } from "./exceptions.ts";
import { exportFeed } from "./export.ts";
import { insights } from "./insights.ts";
import { map } from "./map.ts";
import { open } from "./open.ts";
import { people } from "./people.ts";
import { periods } from "./periods.ts";
import { process } from "./process.ts";
import { promises } from "./promises.ts";
import { approve, decline, questions } from "./questions.ts";
import { runbooks } from "./runbooks.ts";
import { savings } from "./savings.ts";
import { secrets } from "./secrets.ts";
import { settings } from "./settings.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import { systems } from "./systems.ts";
import { trace } from "./trace.ts";
import { verify } from "./verify.ts";
import { version } from "./version.ts";

export const commands: readonly ((terminal: Terminal) => Command)[] = [
  dev,
  start,
  trace,
  documents,
  status,
  systems,
  agree,
  exceptions,
  bulk,
  replay,
  backfill,
  fix,
  periods,
  promises,
  insights,
  savings,
  batches,
  arrival,
  questions,
  approve,
  decline,
  approvals,
  retry,
  settle,
  cancel,
  runbooks,
  check,
  process,
  contracts,
  connectors,
  events,
  map,
  cutovers,
  clients,
  people,
  settings,
  secrets,
  audit,
  archive,
  backup,
  verify,
  exportFeed,
  estate,
  clock,
  open,
  completion,
  version,
];
