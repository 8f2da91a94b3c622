/** The door for tests: rehearse processes, hold connectors to their word. Never imported by production code. */
export {
  type Ability,
  type Check,
  conformance,
  type Options as ConformanceOptions,
  type Spoiling,
  type World,
} from "./conformance.ts";
export { type HttpWorld, httpWorld, type WorldAnswer, type WorldRequest } from "./http-world.ts";
export {
  approved,
  check,
  declined,
  elapsed,
  overdue,
  type Path,
  paths,
  type Rehearsal,
  rehearsal,
  type Said,
  STILL,
  unrehearsed,
} from "./rehearse.ts";
export { type Known, type Outgoing, walkArrival, walkMessage } from "./walk.ts";
