/**
 * The trace, read back: what gateway, console and command line ask when somebody wants to know what happened.
 *
 * Everything here reads and nothing writes. Each function takes a pool (or a client) first, and most take `known`
 * (`dock.definitions`, or what a configuration declares) to give titles, due times and today's shapes.
 *
 * - `find(pool, text)`: any number of any system → business transactions, with what matched.
 * - `findDocuments(pool, text, known)`: the same with a line for each.
 * - `document(pool, correlation, known)`: the whole story of one transaction, or null.
 * - `customerText(story, now, day)` of `tell.ts`, which a browser can load: what can be told to the customer.
 * - `step(pool, correlation, position, known)`: what was sent in one step and what came back.
 * - `recent(pool, known, { after })`: documents by the last thing that happened to them.
 * - `filteredDocuments(pool, known, filter)`, `countDocuments(…)`: documents by kind, plant, worth, status and lateness.
 * - `lines(pool, correlations, known)`: one line for each document.
 * - `overview(pool, known, dock.connections())`: the sentence, the funnels, the systems, what needs someone.
 * - `exceptionGroups(pool, known)`, `openQuestions(pool, known)`: what needs someone, in full.
 * - `processes(pool, known)`, `processView(pool, known, name)`: processes.
 * - `systems(pool, known, dock.connections())`, `systemHistory(pool, name, hours)`, `openFor(pool, name, known)`: systems.
 * - `insights(pool, known, hours)`: how the business went over a time.
 * - `savings(pool, known, hours, assumptions)`: what was handled without a person, stopped, found and settled.
 * - `batches(pool)`, `batch(pool, id)`, `refusedRecords(pool, id, { after })`: large files, their totals and refused records.
 * - `archives(pool)`, `archivedOf(pool, correlations)`: what left the database for files, and where a document's lines are.
 * - `events(pool, known, filter)`: lines of the journal by type, source, subject and time, newest first.
 * - `feed(pool, contracts, from)`: facts of the journal as a stream, for reporting.
 *
 * Writing is `record.ts`, used by the engine alone.
 */

export { type Archived, type ArchiveFile, archivedOf, archives } from "./archives.ts";
export { type ArrivalView, arrival } from "./arrivals.ts";
export {
  type BatchOutcomes,
  type BatchView,
  batch,
  batches,
  type RefusedView,
  refusedRecords,
} from "./batches.ts";
export type { Stay } from "./counted.ts";
export {
  type DeliveryView,
  document,
  type ExceptionView,
  type KeyView,
  type QuestionView,
  type Step,
  type Story,
  step,
} from "./document.ts";
export { type DocumentLine, lines, type Page, recent } from "./documents.ts";
export {
  type EventFilter,
  type EventLine,
  type Events,
  events,
  type RecordedInput,
  recordedInputs,
} from "./events.ts";
export { FEED_BEGINNING, type FedFact, type FeedPlace, feed } from "./feed.ts";
export {
  countDocuments,
  type DocumentFilter,
  documentsUpTo,
  filteredDocuments,
  isFilter,
} from "./filtered.ts";
export { type Found, type FoundDocument, find, findDocuments, type Match } from "./find.ts";
export type { Funnel, FunnelStage } from "./funnel.ts";
export type { Header, Money } from "./header.ts";
export {
  type CallsPart,
  countedIn,
  countedSince,
  type OutageView,
  outages,
  type Parts,
  partsOf,
  type QueuePart,
} from "./history.ts";
export { type Overview, overview } from "./home.ts";
export { type Insights, insights, type ProcessInsight } from "./insights.ts";
export type { InstanceView, MilestoneView } from "./instances.ts";
export type { InStep } from "./instep.ts";
export { type Known, NOTHING_KNOWN } from "./known.ts";
export {
  type CauseLine,
  exceptionGroups,
  type Group,
  type MoneyWaiting,
  moneyWaiting,
  type Needs,
  type OpenQuestion,
  type OpenQuestions,
  openCauses,
  openQuestions,
} from "./needs.ts";
export type { OpinionsView } from "./opinions.ts";
export type { Area, Areas } from "./places.ts";
export {
  type ProcessLine,
  type ProcessStep,
  type ProcessView,
  processes,
  processView,
} from "./process.ts";
export {
  type Assumptions,
  assumptionsOf,
  SAVED,
  type SavedKind,
  type SavedLine,
  type Savings,
  savings,
} from "./savings.ts";
export { HOWS, type How } from "./standing.ts";
export { STATUS_WORDS, STATUSES, type Status, type StatusWord } from "./status.ts";
export type { Entry, Level, LineageNode } from "./story.ts";
export {
  flowTitle,
  type OpenDeliveries,
  type OpenDeliveryView,
  type OpenKind,
  openFor,
  type SystemHistory,
  systemHistory,
} from "./system.ts";
export { downOf, type Line, type PauseView, type SystemView, systems } from "./systems.ts";
