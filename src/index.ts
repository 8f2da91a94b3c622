/** The front door: everything an integration author writes with, and nothing else. */
export type { Codec } from "./codecs/codec.ts";
export { lineRecords, type Records, recordsOfStream } from "./codecs/records.ts";
export {
  type Accepted,
  type Arrival,
  type ArrivingFile,
  type Connection,
  type Connector,
  connection,
  connector,
  type Guarantees,
  inTime,
  type Parcel,
  type Probed,
  type Question,
  type Receipt,
  type Repeat,
  type Session,
  type Surroundings,
} from "./connectors/connector.ts";
export {
  type Agreed,
  type Agreement,
  type Awaited,
  agreement,
  type Book,
  type Forbidden,
  type Hearing,
  type Held,
  type KeptBack,
  type Moved,
  type Moving,
  type Report,
  type Snapshot,
  type Teller,
  type Told,
} from "./contracts/agreement.ts";
export {
  type Contract,
  type Criticality,
  command,
  earlier,
  event,
  type Message,
} from "./contracts/contract.ts";
export type { Cutover, CutoverStand, Figures, ParallelDifference } from "./contracts/cutover.ts";
export { calendarMonths, type FiscalCalendar, fourFourFive, spanOf } from "./contracts/fiscal.ts";
export {
  type Answering,
  answering,
  type Inquiry,
  inquiry,
  type Reporting,
  reporting,
} from "./contracts/inquiry.ts";
export type { BusinessKey } from "./contracts/keys.ts";
export { apart, type Carried, carried, type NotCarried } from "./flows/carried.ts";
export {
  type Flow,
  flow,
  type InboundFlow,
  type OutboundFlow,
  type Reference,
  type Routes,
  type SaidNo,
  type StandIn,
  type Together,
} from "./flows/flow.ts";
export { otherSite } from "./flows/site.ts";
export { type Command, type Decision, send } from "./processes/decision.ts";
export { type Answer, type Input, type Process, process, type When } from "./processes/process.ts";
export * from "./std/errors.ts";
export { type SecretPlace, secret } from "./std/secret.ts";
export { milliseconds, type Span } from "./std/span.ts";
