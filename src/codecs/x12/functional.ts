/**
 * Functional acknowledgements received: X12 997 and 999 as plain data.
 *
 * What a partner says about what we sent: the group and sets he names, whether he took them, and where he found fault.
 * Writing acknowledgements for what *we* received is in `acknowledge.ts`.
 */
import {
  type Loop,
  loopsOf,
  type Node,
  type Segment,
  segmentNamed,
  segmentsNamed,
  textOf,
  type X12Set,
} from "./document.ts";
import { given } from "./parties.ts";

/** AK501 / IK501 / AK901 in words. `M`, `W` and `X` (security failures) count as rejected. */
export type AcknowledgedAs = "accepted" | "accepted with errors" | "partially accepted" | "rejected";

export interface ElementFault {
  /** AK401: element number, component number, repetition. */
  readonly element: string;
  readonly component?: string;
  /** AK403, e.g. `1` mandatory element missing, `7` invalid code, `8` invalid date. */
  readonly code: string;
  /** AK404: the bad value, as the partner repeats it. */
  readonly found?: string;
}

export interface SegmentFault {
  readonly segment: string;
  /** AK302: its place in the set, ST being 1. */
  readonly position: string;
  readonly loop?: string;
  /** AK304, e.g. `3` mandatory segment missing. */
  readonly code?: string;
  readonly elements: readonly ElementFault[];
}

export interface AcknowledgedSet {
  /** AK201 and AK202: type and control number of the set we sent. */
  readonly type: string;
  readonly controlNumber: string;
  readonly verdict: AcknowledgedAs;
  /** AK502 to AK506. */
  readonly codes: readonly string[];
  readonly faults: readonly SegmentFault[];
}

export interface FunctionalAcknowledgement {
  /** AK101 and AK102: functional id and control number of the group we sent. */
  readonly functionalId: string;
  readonly groupControlNumber: string;
  readonly verdict: AcknowledgedAs;
  /** AK902, AK903, AK904 as sent. */
  readonly setsIncluded: string;
  readonly setsReceived: string;
  readonly setsAccepted: string;
  /** AK905 to AK909. */
  readonly codes: readonly string[];
  /** Sets named one by one. A partner may leave accepted sets unnamed. */
  readonly sets: readonly AcknowledgedSet[];
}

/** Reads a 997 or a 999. */
export function readFunctionalAcknowledgement(set: X12Set): FunctionalAcknowledgement {
  const ak1 = segmentNamed(set.body, "AK1");
  const ak9 = segmentNamed(set.body, "AK9");
  return {
    functionalId: textOf(ak1, 1),
    groupControlNumber: textOf(ak1, 2),
    verdict: inWords(textOf(ak9, 1)),
    setsIncluded: textOf(ak9, 2),
    setsReceived: textOf(ak9, 3),
    setsAccepted: textOf(ak9, 4),
    codes: codesOf(ak9, 5, 9),
    sets: loopsOf(set.body, "AK2").map(readSet),
  };
}

function readSet({ children }: Loop): AcknowledgedSet {
  const ak2 = segmentNamed(children, "AK2");
  const verdict = segmentNamed(children, "AK5") ?? segmentNamed(children, "IK5");
  return {
    type: textOf(ak2, 1),
    controlNumber: textOf(ak2, 2),
    verdict: inWords(textOf(verdict, 1)),
    codes: codesOf(verdict, 2, 6),
    faults: [...loopsOf(children, "AK3"), ...loopsOf(children, "IK3")].map((loop) =>
      readFault(loop.children),
    ),
  };
}

function readFault(nodes: readonly Node[]): SegmentFault {
  const at = segmentNamed(nodes, "AK3") ?? segmentNamed(nodes, "IK3");
  const elements = [
    ...segmentsNamed(nodes, "AK4"),
    ...loopsOf(nodes, "IK4").flatMap(({ children }) => segmentsNamed(children, "IK4")),
  ];
  return {
    segment: textOf(at, 1),
    position: textOf(at, 2),
    ...given("loop", textOf(at, 3)),
    ...given("code", textOf(at, 4)),
    elements: elements.map((fault) => ({
      element: textOf(fault, 1),
      ...given("component", textOf(fault, 1, 2)),
      code: textOf(fault, 3),
      ...given("found", textOf(fault, 4)),
    })),
  };
}

function codesOf(from: Segment | undefined, first: number, last: number): string[] {
  const codes: string[] = [];
  for (let at = first; at <= last; at += 1) if (textOf(from, at) !== "") codes.push(textOf(from, at));
  return codes;
}

function inWords(code: string): AcknowledgedAs {
  if (code === "A") return "accepted";
  if (code === "E") return "accepted with errors";
  return code === "P" ? "partially accepted" : "rejected";
}
