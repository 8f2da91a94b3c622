/**
 * Reads EDIFACT documents that are held in memory as a whole.
 *
 * What is found wrong stands in the document beside what was read; a document is refused only where there is no interchange
 * in it, or more than its limits allow. How messages are read is for `reader.ts`.
 */
import type { Bytes } from "../../std/bytes.ts";
import { Bodies } from "../segments/bodies.ts";
import { broken } from "../segments/findings.ts";
import { readAll, WholeDocument } from "../segments/reader.ts";
import type {
  EdifactDocument,
  EdifactGroup,
  EdifactInterchange,
  EdifactMessage,
  Node,
  Problem,
} from "./document.ts";
import { nothingRead } from "./envelope-rules.ts";
import { type EdifactLimits, LIMITS } from "./limits.ts";
import { MessageReader } from "./message-reader.ts";
import { EventReader } from "./reader.ts";
import { envelopeTag, type SegmentToken, type Written } from "./token.ts";
import { Tokens } from "./tokens.ts";

/**
 * Reads a document held in memory.
 *
 * Refused messages stay in the document with their findings, so that the good ones go on and a CONTRL can be written.
 *
 * @throws {ContractBroken} when there is no interchange to be read at all, or a limit is passed
 */
export function readDocument(bytes: Bytes, limits: EdifactLimits = LIMITS): EdifactDocument {
  const whole = new WholeDocument("An EDIFACT", bytes, limits);
  const interchanges: EdifactInterchange[] = [];
  const problems: Problem[] = [];
  let groups: EdifactGroup[] = [];
  let messages: EdifactMessage[] = [];
  const tokens = new Tokens(limits);
  const bodies = new Bodies<Node>();
  const reader = new EventReader(
    tokens,
    limits,
    (event, written) => {
      switch (event.kind) {
        case "message":
          messages.push(bodies.keep(event.message, written && (() => readAgain(tokens, written, limits))));
          whole.count(event.message.segmentCount);
          break;
        case "group":
          whole.count();
          groups.push({ ...event.group, messages });
          messages = [];
          break;
        case "interchange":
          whole.count();
          if (messages.length > 0) groups.push(loose(messages));
          interchanges.push({ ...event.interchange, groups });
          groups = [];
          messages = [];
          break;
        case "stray":
          problems.push(event.problem);
          break;
      }
    },
    () => {
      if (messages.length > 0) groups.push(loose(messages));
      messages = [];
    },
  );
  readAll(bytes, reader);
  tokens.onTolerated(() => {});
  if (interchanges.length > 0) return { interchanges, problems };
  throw broken(problems[0] ?? nothingRead());
}

/** The body of a message that was read before and ended with its UNT. */
function readAgain(tokens: Tokens, written: Written, limits: EdifactLimits): readonly Node[] {
  tokens.goTo(written);
  const next = () => tokens.next() as SegmentToken;
  const reader = new MessageReader(next().segment, limits);
  for (;;) {
    const token = next();
    if (envelopeTag(token) === "UNT")
      return reader.end(token.segment, token.segment.line ?? 0, tokens.number, "UNT").body;
    reader.add(token.segment, token.fault);
  }
}

const loose = (messages: readonly EdifactMessage[]): EdifactGroup => ({
  type: "",
  reference: "",
  messages,
  problems: [],
  verdict: "accepted",
});
