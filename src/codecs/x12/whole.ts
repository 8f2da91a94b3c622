/**
 * Reads X12 documents that are held in memory as a whole.
 *
 * What is found wrong stands in the document beside what was read; a document is refused only where there is no interchange
 * in it, or more than its limits allow. How sets are read is for `reader.ts`.
 */
import type { Bytes } from "../../std/bytes.ts";
import { Bodies } from "../segments/bodies.ts";
import { broken } from "../segments/findings.ts";
import { readAll, WholeDocument } from "../segments/reader.ts";
import type { Node, Problem, X12Document, X12Group, X12Interchange, X12Set } from "./document.ts";
import { nothingRead } from "./envelope-rules.ts";
import { LIMITS, type X12Limits } from "./limits.ts";
import { EventReader, type Written } from "./reader.ts";
import { envelopeSegment, envelopeTag, SetReader } from "./set-reader.ts";
import { type SegmentToken, Tokens } from "./tokens.ts";

/**
 * Reads a document held in memory.
 *
 * Refused sets stay in the document with their findings, so that the good ones go on and an acknowledgement can be
 * written.
 *
 * @throws {ContractBroken} when there is no interchange to be read at all, or a limit is passed
 */
export function readDocument(bytes: Bytes, limits: X12Limits = LIMITS): X12Document {
  const whole = new WholeDocument("An X12", bytes, limits);
  const interchanges: X12Interchange[] = [];
  const problems: Problem[] = [];
  let groups: X12Group[] = [];
  let sets: X12Set[] = [];
  const tokens = new Tokens(limits.segmentBytes);
  const bodies = new Bodies<Node>();
  const reader = new EventReader(tokens, limits, (event, written) => {
    switch (event.kind) {
      case "set":
        sets.push(bodies.keep(event.set, written && (() => readAgain(tokens, written))));
        whole.count(event.set.segmentCount);
        break;
      case "group":
        whole.count();
        groups.push({ ...event.group, sets });
        sets = [];
        break;
      case "interchange":
        whole.count();
        interchanges.push({ ...event.interchange, groups });
        groups = [];
        break;
      case "stray":
        problems.push(event.problem);
        break;
    }
  });
  readAll(bytes, reader);
  tokens.onTolerated(() => {});
  if (interchanges.length > 0) return { interchanges, problems };
  throw broken(problems[0] ?? nothingRead());
}

/** The body of a set that was read before and ended with its SE. */
function readAgain(tokens: Tokens, { at, line, place }: Written): readonly Node[] {
  tokens.goTo(at, line, place.delimiters);
  const next = () => tokens.next() as SegmentToken;
  const reader = new SetReader(envelopeSegment(next()), place);
  for (let token = next(); ; token = next()) {
    if (envelopeTag(token) === "SE") return reader.end(envelopeSegment(token), token.line, "SE").body;
    reader.add(token);
  }
}
