/** The door for tests: rehearse processes, hold connectors to their word. Never imported by production code. */
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
} from "./rehearse.ts";
