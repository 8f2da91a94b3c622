/**
 * Whether an instance that began under one version of a process can go on under another, and with which state. Pure.
 *
 * Until it is moved an instance keeps the version it began with. What must stay true: nothing it has reached, waits for or has kept
 * loses its meaning. So the other version must know every milestone it stands at, every timer and question it waits for and every
 * input it keeps, and the state must keep its shape; else it stays, and the reason says what is missing.
 */
import { Compile } from "typebox/compile";
import { address, type Input, type Process } from "./process.ts";

/** What is looked at of an instance. */
export interface Standing {
  readonly state: unknown;
  readonly milestones: readonly { readonly name: string; readonly withdrawn?: string }[];
  readonly timers: readonly { readonly name: string }[];
  readonly questions: readonly { readonly approval: string }[];
  readonly kept: readonly { readonly input: Input }[];
}

/** The state it goes on with, or why it stays, in a sentence. */
export type Moved = { readonly state: unknown } | { readonly stays: string };

/** Moves an instance that began under version `from` to `to`. */
export function moved(from: number, to: Process, standing: Standing): Moved {
  const { header, reactions } = to;
  const stays = (what: string): Moved => ({ stays: `${header.name} version ${header.version} ${what}.` });
  for (const { name, withdrawn } of standing.milestones)
    if (withdrawn === undefined && !Object.hasOwn(header.milestones, name))
      return stays(`has no milestone "${name}", which it has reached`);
  for (const { name } of standing.timers)
    if (!Object.hasOwn(header.timers ?? {}, name) || !reactions.has(`elapsed:${name}`))
      return stays(`knows no timer "${name}", which is running`);
  for (const { approval } of standing.questions)
    if (!Object.hasOwn(header.approvals ?? {}, approval) || !reactions.has(`approved:${approval}`))
      return stays(`knows no question "${approval}", which is open`);
  for (const { input } of standing.kept)
    if (!reactions.has(address(input))) return stays(`does not react to ${address(input)}, which it keeps`);
  let state: unknown;
  try {
    const takesOver = header.takesOver?.[from];
    state = takesOver ? takesOver(standing.state as never) : standing.state;
  } catch (error) {
    return stays(`cannot take its state over: ${error instanceof Error ? error.message : String(error)}`);
  }
  const shape = Compile(header.state);
  if (shape.Check(state)) return { state };
  const [first] = shape.Errors(state);
  const field = first?.instancePath.slice(1).replaceAll("/", ".") || "the whole";
  return stays(`wants another state: ${field} ${first?.message ?? "is not as expected"}`);
}
