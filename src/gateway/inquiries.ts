/**
 * Questions asked for a caller who waits, each declared once (`contracts/inquiry.ts`) and served from that declaration.
 *
 * Nothing here computes an answer. Either the systems that own it say so now, or their last good answer to the very same
 * question stands in, marked as degraded and with its age, for as long as the solution allows; or the caller is told to come
 * back. Last answers are kept in the memory of this worker, bounded; those that may be promised also in the database, so that a restart
 * does not forget them. And no system is asked more than `AT_ONCE` things at a time on this account, so that callers who wait
 * never crowd out what is owed to it.
 *
 * @covers API-01, API-02, API-03, API-04, API-07, API-11, API-12, API-13, API-18, API-19, API-26, SYS-20
 */
import type { Answering } from "../contracts/inquiry.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import type { Dock } from "../runtime/dock.ts";
import { InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { milliseconds } from "../std/span.ts";
import { checked, validator } from "./check.ts";
import type { Metrics } from "./metrics.ts";
import { Problem } from "./problems.ts";
import type { Answer, Call, Route } from "./route.ts";
import { inquiryAnswer } from "./shapes.ts";

const QUESTION_MAX_BYTES = 250_000;
/** Answers of a few hundred bytes: some ten megabytes at most. */
const REMEMBERED_MAX = 10_000;
const RETRY_SECONDS = 5;
/** Questions under way to one system, of all inquiries together. */
const AT_ONCE = 16;

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

export function inquiryRoutes({ inquiries = [] }: Capabilities, around: Around): Route[] {
  const underWay = new Map<string, number>();
  return inquiries.map((one) => route(around, one, underWay));
}

function route({ dock, metrics }: Around, how: Answering, underWay: Map<string, number>): Route {
  const { inquiry, asks, answer: put } = how;
  const { name, version, path, sample } = inquiry;
  const remembered = new Map<string, Kept>();
  const deadlineMs = milliseconds(how.deadline);
  const standInMs = how.lastGoodFor === undefined ? 0 : milliseconds(how.lastGoodFor);
  const shape = validator(inquiry.answer);
  const said = (outcome: string) => metrics.inquiries.inc({ about: name, outcome });

  /** Asks one system, unless it has enough to answer already. */
  const ask = async (connection: string, question: unknown) => {
    const { about, ask: translate, mayRefuse } = asks[connection]!;
    const data = translate ? translate(question) : question;
    if (data === null) return null;
    const busy = underWay.get(connection) ?? 0;
    if (busy >= AT_ONCE) throw new Unavailable(`${connection} is being asked ${AT_ONCE} things already.`);
    underWay.set(connection, busy + 1);
    try {
      return await dock.ask(connection, { about, data }, { deadlineMs });
    } catch (error) {
      if (mayRefuse && error instanceof Refused) return { refused: error.facts.code ?? "refused" };
      throw error;
    } finally {
      underWay.set(connection, underWay.get(connection)! - 1);
    }
  };

  const askNow = async (question: unknown): Promise<Kept> => {
    const told = Object.fromEntries(
      await Promise.all(
        Object.keys(asks).map(async (connection) => [connection, await ask(connection, question)] as const),
      ),
    );
    const unusable = (why: string) =>
      new Problem(
        "unusable-answer",
        { detail: "The system asked answered in a way we cannot read." },
        `${name}, asked of ${Object.keys(asks).join(", ")}: ${why}`,
      );
    let answer: unknown;
    try {
      answer = put(told, question);
    } catch (error) {
      throw unusable(`the solution's translation failed: ${placeOfThrow(error)}.`);
    }
    if (shape.Check(answer)) return { answer, saidAt: new Date(), at: performance.now() };
    const [first] = shape.Errors(answer);
    throw unusable(`${first?.instancePath || "the answer"} ${first?.message ?? "is not as published"}.`);
  };

  const numbers = [...path.matchAll(/\{(\w+)\}/g)].map(([, number]) => number!);
  const byNumber = numbers.length > 0;

  if (how.promise) dock.promises.serve(how, async (question) => (await askNow(question)).answer);

  /** What was said before we were started, where it still has today's shape. */
  const recalled = async (question: unknown): Promise<Kept | undefined> => {
    const said = await dock.promises.lastSaid(how, question);
    if (!said || !shape.Check(said.answer)) return undefined;
    return { ...said, at: performance.now() - (Date.now() - said.saidAt.getTime()) };
  };

  const handle = async ({ data, params, caller }: Call): Promise<Answer> => {
    const question = byNumber ? checked(inquiry.question, params) : data;
    const key = standInMs > 0 ? sorted(question) : "";
    try {
      const fresh = await askNow(question);
      if (standInMs > 0) keep(remembered, key, fresh);
      if (how.promise) dock.promises.heard(how, question, fresh);
      said("answered");
      return shown(fresh, false);
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof InDoubt)) {
        said("refused");
        // A number that the system does not know is answered like any other number nobody knows.
        if (byNumber && error instanceof Refused && error.facts.status === 404)
          throw new Problem("not-found");
        throw error;
      }
      const last = remembered.get(key) ?? (how.promise && (await recalled(question)));
      if (last && performance.now() - last.at <= standInMs) {
        if (!how.promise) {
          said("degraded");
          return shown(last, true);
        }
        const promise = await dock.promises.give(how, {
          question,
          answer: last.answer,
          saidAt: last.saidAt,
          givenTo: caller?.name ?? "nobody",
        });
        said(promise === null ? "promised out" : "degraded");
        if (promise !== null) return shown(last, true, promise);
        throw new Problem("unavailable", {
          detail:
            "The system that knows this does not answer, and as much is promised on old values as may be.",
          class: "dependency",
          retryAfterSeconds: RETRY_SECONDS,
        });
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

  const result = inquiryAnswer(inquiry.answer);
  const example = { answer: sample.answer, degraded: false, asOf: "2026-01-05T08:00:00.000Z", ageSeconds: 0 };
  return {
    name,
    path: `/v${version}${path}`,
    tag: "inquiries",
    owner: inquiry.owner,
    summary: inquiry.summary,
    description:
      standInMs > 0
        ? `When a system does not answer within ${deadlineMs} ms, the last answer to the same question stands in for up to ${how.lastGoodFor}, with degraded: true and its age${how.promise ? "; that is a promise, given within a limit and checked as soon as the system answers again" : ""}.`
        : `When a system does not answer within ${deadlineMs} ms the question is not answered: no stand-in is safe here.`,
    access: ["inquiries"],
    ...(byNumber
      ? {
          method: "GET",
          params: Object.fromEntries(numbers.map((number) => [number, parameter(how, number)])),
        }
      : {
          method: "POST",
          body: {
            schema: inquiry.question,
            mediaTypes: ["application/json"],
            maxBytes: QUESTION_MAX_BYTES,
            example: sample.question,
          },
        }),
    answers: { 200: { description: "The answer.", schema: result, example } },
    problems: ["refused", "unusable-answer", "unavailable", ...(byNumber ? (["not-found"] as const) : [])],
    handle,
  };
}

/** A number in the address, as the inquiry's question describes it. */
function parameter({ inquiry: { question, sample } }: Answering, number: string) {
  const schema = (question as unknown as { properties: Record<string, { description?: string }> }).properties[
    number
  ]!;
  const example = (sample.question as Record<string, string>)[number];
  return {
    description: `${schema.description ?? number}.`,
    schema: schema as never,
    ...(example === undefined ? {} : { example }),
  };
}

/** What was thrown, and where; its message may quote the answer. */
function placeOfThrow(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const [, place = ""] = (error.stack ?? "").split("\n    at ");
  return `${error.name} at ${place}`;
}

function shown({ answer, saidAt, at }: Kept, degraded: boolean, promise?: string): Answer {
  const ageSeconds = degraded ? Math.round((performance.now() - at) / 1_000) : 0;
  const asOf = saidAt.toISOString();
  return { status: 200, body: { answer, degraded, asOf, ageSeconds, ...(promise ? { promise } : {}) } };
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
