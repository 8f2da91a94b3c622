/**
 * A process as a picture's raw material: boxes and arrows, from the paths its rehearsals walked.
 *
 * Only walked paths become arrows, so the picture is as honest as the tests. A milestone nobody has walked to is kept and
 * marked, because a missing test should be seen. Inputs that leave a process where it is are listed inside the box.
 */
import type { Process } from "../../processes/process.ts";
import type { Path } from "../../testing/rehearse.ts";

export type BoxKind = "start" | "milestone" | "question" | "completed" | "abandoned";

export interface Box {
  readonly id: string;
  readonly kind: BoxKind;
  readonly title: string;
  /** Inputs that are taken here and lead nowhere else. */
  readonly stays: readonly string[];
  /** False for a milestone no rehearsal reaches. */
  readonly walked: boolean;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** What leads there, in words, one line each. */
  readonly labels: readonly string[];
}

export interface Graph {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export function graphOf(process: Process, walked: readonly Path[]): Graph {
  const { header } = process;
  const milestones = Object.keys(header.milestones);
  const questions = new Set(Object.keys(header.approvals ?? {}));
  const met = new Set(walked.flatMap(({ from, to }) => [from, to]));
  const names = [
    "start",
    ...milestones,
    ...[...met].filter((name) => questions.has(name)),
    "completed",
    "abandoned",
  ];
  const boxes = [...new Set([...names, ...met])]
    .filter((name) => met.has(name) || milestones.includes(name))
    .map(
      (name): Box => ({
        id: name,
        kind: kindOf(name, milestones),
        title: name,
        stays: unique(
          walked.filter(({ from, to }) => from === name && to === name).map(({ by }) => spoken(by)),
        ),
        walked: met.has(name),
      }),
    );
  const arrows = new Map<string, { from: string; to: string; labels: string[] }>();
  for (const { from, by, to } of walked) {
    if (from === to) continue;
    const arrow = arrows.get(`${from}|${to}`) ?? { from, to, labels: [] };
    if (!arrow.labels.includes(spoken(by))) arrow.labels.push(spoken(by));
    arrows.set(`${from}|${to}`, arrow);
  }
  return { title: `${header.name} (version ${header.version})`, boxes, arrows: [...arrows.values()] };
}

/** `event:sales.order-captured` → "order captured"; `declined:credit review` → "credit review declined". */
export function spoken(address: string): string {
  const kind = address.slice(0, address.indexOf(":"));
  const name = address.slice(address.indexOf(":") + 1);
  if (kind === "event") return name.slice(name.indexOf(".") + 1).replaceAll("-", " ");
  return `${name} ${kind}`;
}

function kindOf(name: string, milestones: readonly string[]): BoxKind {
  if (name === "start" || name === "completed" || name === "abandoned") return name;
  return milestones.includes(name) ? "milestone" : "question";
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
