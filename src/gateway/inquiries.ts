/**
 * Questions asked for a caller who waits: credit, price, availability.
 *
 * Nothing here computes an answer. Either the system that owns it says so now, or its last good answer to the very same
 * question stands in, marked as degraded and with its age, for as long as the solution allows; or the caller is told to come
 * back. Last answers are kept in the memory of this worker only, bounded, and gone after a restart: an answer nobody can
 * date is no answer.
 *
 * @covers API-02, API-03, API-04, SYS-20
 */
import type { TSchema } from "typebox";
import type { Capabilities, Inquiry } from "../runtime/capabilities.ts";
import type { Dock } from "../runtime/dock.ts";
import { InDoubt, Unavailable } from "../std/errors.ts";
import { milliseconds } from "../std/span.ts";
import { validator } from "./check.ts";
import type { Metrics } from "./metrics.ts";
import { Problem } from "./problems.ts";
import type { Answer, Route } from "./route.ts";
import {
  AvailabilityAnswer,
  AvailabilityQuestion,
  AvailabilityResult,
  CreditAnswer,
  CreditQuestion,
  CreditResult,
  PriceAnswer,
  PriceQuestion,
  PriceResult,
} from "./shapes.ts";

const DEADLINE = "2s";
const QUESTION_MAX_BYTES = 250_000;
/** Answers of a few hundred bytes: some ten megabytes at most. */
const REMEMBERED_MAX = 10_000;
const RETRY_SECONDS = 5;

interface Kept {
  readonly answer: unknown;
  readonly saidAt: Date;
  /** Monotonic, so a clock that jumps makes no answer younger. */
  readonly at: number;
}

interface Around {
  readonly dock: Dock;
  readonly metrics: Metrics;
}

export function inquiryRoutes(capabilities: Capabilities, around: Around): Route[] {
  const { credit, price, availability } = capabilities;
  const routes: Route[] = [];
  if (credit) {
    const question = { customer: "C-NORTH", amount: "1500.00", currency: "EUR" };
    routes.push(
      inquiry(around, credit, {
        name: "checkCredit",
        path: "/v1/credit-checks",
        summary: "Ask whether a customer is good for an amount.",
        question: CreditQuestion,
        answer: CreditAnswer,
        result: CreditResult,
        examples: [question, { decision: "approved", limit: "1000000.00", exposure: "0.00" }],
      }),
    );
  }
  if (price) {
    routes.push(
      inquiry(around, price, {
        name: "getPrices",
        path: "/v1/prices",
        summary: "Ask for a customer's prices.",
        question: PriceQuestion,
        answer: PriceAnswer,
        result: PriceResult,
        examples: [
          { customer: "C-NORTH", currency: "EUR", lines: [{ line: "1", sku: "PUMP-100", quantity: "2" }] },
          { lines: [{ line: "1", sku: "PUMP-100", price: "500.00" }] },
        ],
      }),
    );
  }
  if (availability) {
    routes.push(
      inquiry(around, availability, {
        name: "getAvailability",
        path: "/v1/availability",
        summary: "Ask how much can be promised.",
        question: AvailabilityQuestion,
        answer: AvailabilityAnswer,
        result: AvailabilityResult,
        examples: [
          { lines: [{ line: "1", sku: "PUMP-100", quantity: "2" }] },
          { lines: [{ line: "1", sku: "PUMP-100", available: "120" }] },
        ],
      }),
    );
  }
  return routes;
}

function inquiry(
  { dock, metrics }: Around,
  how: Inquiry,
  what: {
    name: string;
    path: string;
    summary: string;
    question: TSchema;
    answer: TSchema;
    result: TSchema;
    examples: readonly [unknown, unknown];
  },
): Route {
  const remembered = new Map<string, Kept>();
  const deadlineMs = milliseconds(how.deadline ?? DEADLINE);
  const standInMs = how.lastGoodFor === undefined ? 0 : milliseconds(how.lastGoodFor);
  const shape = validator(what.answer);
  const said = (outcome: string) => metrics.inquiries.inc({ about: what.name, outcome });

  const askNow = async (question: unknown): Promise<Kept> => {
    const told = await dock.ask(
      how.connection,
      { about: how.about, data: how.ask ? how.ask(question) : question },
      { deadlineMs },
    );
    let answer: unknown;
    try {
      answer = how.answer ? how.answer(told, question) : told;
    } catch {
      answer = undefined;
    }
    if (!shape.Check(answer)) {
      throw new Problem("unusable-answer", { detail: "The system asked answered in a way we cannot read." });
    }
    return { answer, saidAt: new Date(), at: performance.now() };
  };

  const handle = async ({ data }: { data: unknown }): Promise<Answer> => {
    const key = standInMs > 0 ? sorted(data) : "";
    try {
      const fresh = await askNow(data);
      if (standInMs > 0) keep(remembered, key, fresh);
      said("answered");
      return shown(fresh, false);
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof InDoubt)) {
        said("refused");
        throw error;
      }
      const last = remembered.get(key);
      if (last && performance.now() - last.at <= standInMs) {
        said("degraded");
        return shown(last, true);
      }
      said("unanswered");
      const retryMs = error instanceof Unavailable ? error.retryAfterMs : undefined;
      throw new Problem("unavailable", {
        detail:
          "The system that knows this does not answer, and there is no answer young enough to stand in.",
        class: "dependency",
        retryAfterSeconds: retryMs === undefined ? RETRY_SECONDS : retryMs / 1_000,
      });
    }
  };

  const [question, answer] = what.examples;
  const example = { answer, degraded: false, asOf: "2026-01-05T08:00:00.000Z", ageSeconds: 0 };
  return {
    name: what.name,
    method: "POST",
    path: what.path,
    tag: "inquiries",
    summary: what.summary,
    description:
      standInMs > 0
        ? `When the system does not answer within ${deadlineMs} ms, its last answer to the same question stands in for up to ${how.lastGoodFor}, with degraded: true and its age.`
        : `When the system does not answer within ${deadlineMs} ms the question is not answered: no stand-in is safe here.`,
    access: ["inquiries"],
    body: {
      schema: what.question,
      mediaTypes: ["application/json"],
      maxBytes: QUESTION_MAX_BYTES,
      example: question,
    },
    answers: { 200: { description: "The answer.", schema: what.result, example } },
    problems: ["refused", "unusable-answer", "unavailable"],
    handle,
  };
}

function shown({ answer, saidAt, at }: Kept, degraded: boolean): Answer {
  const ageSeconds = degraded ? Math.round((performance.now() - at) / 1_000) : 0;
  return { status: 200, body: { answer, degraded, asOf: saidAt.toISOString(), ageSeconds } };
}

function keep(remembered: Map<string, Kept>, key: string, kept: Kept): void {
  remembered.delete(key);
  if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!);
  remembered.set(key, kept);
}

/** The same text for the same question, however its fields are ordered. */
function sorted(data: unknown): string {
  return JSON.stringify(data, (_name, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
