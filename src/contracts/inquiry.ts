/**
 * An inquiry is a question a machine may ask the gateway and wait for: what is asked, what is answered, who answers for it.
 *
 * It is a contract like an event or a command: name, version, owner, shapes, a sample; the address follows from it. Which
 * systems are asked, and what happens when one of them is silent, is bound to it by `answering`, once. Route, OpenAPI
 * document, checks of question and answer, metrics and tests are all made from these two records. Nothing here computes
 * an answer: it is put together from what the systems that own the data say.
 */
import type { Static, TSchema } from "typebox";
import { ensure } from "../std/errors.ts";
import { milliseconds, type Span } from "../std/span.ts";
import type { Contract } from "./contract.ts";

export interface InquiryRecord<Question extends TSchema, Answer extends TSchema> {
  /** The operation, a verb and a noun: `checkCredit`. */
  name: string;
  /** Majors only; the first part of the address. */
  version: number;
  /** The domain that answers for it. */
  owner: string;
  summary: string;
  /** Below the version: `/credit-checks`, asked by POST; with a number in it, `/customers/{customer}`, by GET. */
  path: string;
  question: Question;
  answer: Answer;
  sample: { readonly question: Static<Question>; readonly answer: Static<Answer> };
}

// biome-ignore lint/suspicious/noExplicitAny: a list of inquiries of different shapes; each binding narrows it again.
export interface Inquiry<Question = any, Answer = any> {
  readonly name: string;
  readonly version: number;
  readonly owner: string;
  readonly summary: string;
  readonly path: string;
  readonly question: TSchema;
  readonly answer: TSchema;
  readonly sample: { readonly question: Question; readonly answer: Answer };
}

export const inquiry = <const Question extends TSchema, const Answer extends TSchema>(
  record: InquiryRecord<Question, Answer>,
): Inquiry<Static<Question>, Static<Answer>> =>
  record as unknown as Inquiry<Static<Question>, Static<Answer>>;

/** What one system is asked. */
export interface Asked<Question> {
  /** What its connector calls the question, e.g. `price-checks`. */
  readonly about: string;
  /** From the inquiry's question to the system's; unchanged where absent. Null: this system need not be asked. */
  readonly ask?: (question: Question) => unknown;
  /** A refusal is part of the answer, given as `{ refused: <code> }`; otherwise it is the caller's answer. */
  readonly mayRefuse?: true;
}

/** What an answer on an old value is: a promise, within a limit, made true when the system speaks again. */
export interface Promised<Question, Answer> {
  /** What hangs on the answer; null: nothing in money, so it only counts. Pure. */
  readonly worth?: (question: Question, answer: Answer) => { amount: string; currency: string } | null;
  /** The most that may hang on open promises, by currency. In a currency that is not named nothing is promised. */
  readonly limit: Readonly<Record<string, string>>;
  /** The most promises that may be open. */
  readonly atOnce: number;
  /** The part of the answer that must still be so then; without it, all of it. Pure. */
  readonly holds?: (answer: Answer, question: Question) => unknown;
  /** Who decides about a promise that does not hold. */
  readonly owner: string;
}

/** An inquiry, and how it is answered here. */
// biome-ignore lint/suspicious/noExplicitAny: see `Inquiry`.
export interface Answering<Question = any, Answer = any> {
  readonly inquiry: Inquiry<Question, Answer>;
  /** The systems that know, by connection; all are asked at once. */
  readonly asks: Readonly<Record<string, Asked<Question>>>;
  /** All the time there is, for all of them. */
  readonly deadline: Span;
  /**
   * How long the last good answer to the same question may stand in when a system is silent; it is then marked as degraded,
   * with its age. Without it there is no stand-in, which is right where a stale yes costs money.
   */
  readonly lastGoodFor?: Span;
  /** Standing in is a promise; left out where nothing follows from the answer. */
  readonly promise?: Promised<Question, Answer>;
  /** Puts the answer together from what each connection said, null where it was not asked. Pure. */
  // biome-ignore lint/suspicious/noExplicitAny: answers come in each system's own dialect.
  readonly answer: (told: any, question: Question) => Answer;
}

/** Whoever needs longer is not served by waiting: that is an event or a process. */
const DEADLINE_MAX: Span = "10s";

/** Binds an inquiry to the systems that know. */
export function answering<Question, Answer>(
  inquiry: Inquiry<Question, Answer>,
  how: Omit<Answering<Question, Answer>, "inquiry">,
): Answering<Question, Answer> {
  ensure(Object.keys(how.asks).length > 0, `the inquiry ${inquiry.name} asks some system`);
  ensure(
    milliseconds(how.deadline) <= milliseconds(DEADLINE_MAX),
    `the inquiry ${inquiry.name} is answered within ${DEADLINE_MAX}, or it is no inquiry but a process`,
  );
  ensure(
    how.promise === undefined || how.lastGoodFor !== undefined,
    `the inquiry ${inquiry.name} promises what it last heard, and says for how long that is good`,
  );
  return { inquiry, ...how };
}

/**
 * A fact machines may report, by `POST /v<n><path>` in the shape of its contract: a goods receipt, a confirmation. It goes
 * into an inbound flow and is answered with a receipt.
 */
export interface Reporting {
  readonly contract: Contract;
  readonly path: string;
  /** The operation: `confirmGoodsReceipt`. */
  readonly name: string;
  /** The inbound flow that takes it, as JSON in the contract's own shape. */
  readonly flow: string;
}

/** What machines count comes in masses and concerns nobody one by one: a plant gathers it and reports what it amounts to. */
export function reporting(contract: Contract, where: Omit<Reporting, "contract">): Reporting {
  ensure(
    contract.criticality !== "C4",
    `${contract.name} is telemetry, which is gathered at the plant and never sent to this door one by one`,
  );
  return { contract, ...where };
}
