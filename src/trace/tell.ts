/**
 * What can be told to a customer about a document: true, short, and without anything of our own house in it.
 *
 * No system, no error, no name of a colleague. What is late is said to be late; what needs someone is said to be looked into.
 * Pure.
 */
import type { Story } from "./document.ts";
import type { MilestoneView } from "./instances.ts";

/** How a milestone reads to the one who ordered; a milestone without words here is told by its name. */
const WORDS: Readonly<Record<string, { done: string; coming: string }>> = {
  accepted: { done: "We have accepted your order", coming: "confirm your order" },
  "credit approved": { done: "it is released for delivery", coming: "release it for delivery" },
  allocated: { done: "the goods are reserved for you", coming: "reserve the goods" },
  dispatched: { done: "the goods are on their way to you", coming: "send the goods" },
  invoiced: { done: "it is invoiced", coming: "send the invoice" },
  paid: { done: "it is paid", coming: "confirm your payment" },
};

const done = ({ name, part, of }: MilestoneView): string => {
  const words = WORDS[name]?.done ?? `${name} is done`;
  return of !== null && of > 1 && part !== null && part < of ? `${words} in part (${part} of ${of})` : words;
};

/**
 * A few sentences for the customer, in English. `day` says a day as the reader's customers read it.
 *
 * @example customerText(story, (at) => at.slice(0, 10))
 */
export function customerText(
  { line, milestones }: Pick<Story, "line" | "milestones">,
  now: Date,
  day: (at: string) => string,
): string {
  const theirs = line.also[0]?.value ?? line.number;
  const about = theirs === line.number ? line.number : `${theirs} (our number ${line.number})`;
  const cancelled = line.status.word === "cancelled";
  if (cancelled) return `${line.kind} ${about} was cancelled.`;
  const reached = milestones.filter(({ state, at }) => (state === "reached" || state === "partly") && at);
  const last = reached.at(-1);
  const next = milestones.find(({ state }) => state !== "reached");
  const sentences = [`${line.kind} ${about}:`];
  if (last?.at) sentences.push(`${capital(done(last))}, since ${day(last.at)}.`);
  else sentences.push(`We received it on ${day(line.startedAt)}.`);
  if (!next) return sentences.join(" ");
  const coming = WORDS[next.name]?.coming ?? `reach “${next.name}”`;
  const someone = ["on hold", "needs data fix", "needs a check", "needs a decision"].includes(
    line.status.word,
  );
  if (line.status.late || (next.due !== null && Date.parse(next.due) < now.getTime()))
    sentences.push(
      `We are later than planned; we are working on it and will tell you as soon as we ${coming}.`,
    );
  else if (someone)
    sentences.push(`We are looking into a question before we ${coming}, and will come back to you.`);
  else if (next.due !== null) sentences.push(`We expect to ${coming} by ${day(next.due)}.`);
  else sentences.push(`Next we ${coming}.`);
  return sentences.join(" ");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
