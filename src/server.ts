/** The door for running Crossdock inside a program: start the dock on a migrated PostgreSQL, or on an embedded one. */

export { type Gateway, openGateway } from "./gateway/gateway.ts";
export type { GatewaySettings } from "./gateway/settings.ts";
export type { Integration } from "./runtime/arrangement.ts";
export type { Capabilities, WebhookIntake } from "./runtime/capabilities.ts";
export {
  type Configuration,
  configuration,
  type Described,
  type Solution,
} from "./runtime/configuration.ts";
export type { Actor, ConnectionState, Definitions, Dock } from "./runtime/dock.ts";
export type { Drill, Runbook, RunbookStep } from "./runtime/runbooks.ts";
export { type StartOptions, start } from "./runtime/start.ts";
export { startEmbedded } from "./std/embedded-postgres.ts";
export { migrate } from "./std/migrate.ts";
export { workerFlags } from "./std/node.ts";
export { openPool } from "./std/sql.ts";
export type { Check } from "./trace/checks.ts";
