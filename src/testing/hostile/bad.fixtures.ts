/** Codecs that do what none may, so that the fuzzer is seen to notice. */
import { ContractBroken } from "../../std/errors.ts";
import type { Subject } from "./subject.ts";

const bad = (name: string, act: (first: number) => unknown): Subject => ({
  name,
  seeds: () => [Uint8Array.of(7, 7, 7)],
  pieces: [],
  read: (body) => (body[0] === 7 || body.length === 0 ? undefined : act(body[0]!)),
});

export const SUBJECTS: readonly Subject[] = [
  bad("stranger", () => {
    throw new TypeError("cannot read properties of undefined");
  }),
  bad("mumbler", () => {
    throw new ContractBroken("no");
  }),
  bad("hanger", () => {
    for (;;);
  }),
  bad("glutton", () => {
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, () => kept.length));
  }),
  bad("dawdler", () => {
    const before = process.threadCpuUsage().user;
    while (process.threadCpuUsage().user < before + 300_000);
  }),
];
