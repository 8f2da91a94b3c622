/** Progress is a bar in place where somebody watches, and few lines where nobody does. */
import { expect, test } from "vitest";
import { rememberingTerminal } from "../testing/terminal.ts";
import { progress } from "./progress.ts";

test("on a terminal a bar is drawn again in its place, ten times a second at most, with what is left at this pace", () => {
  const drawn: string[] = [];
  const terminal = { ...rememberingTerminal(), redraw: (text: string) => void drawn.push(text) };
  let now = 0;
  const { show, end } = progress(terminal, () => now);
  for (const [at, done] of [
    [0, 0],
    [50, 1],
    [1_000, 5],
    [2_000, 10],
  ] as const) {
    now = at;
    show(done, 10, `${done} of 10`);
  }
  end();
  expect(drawn).toEqual([
    `${"░".repeat(30)}  0 of 10`,
    `${"█".repeat(15)}${"░".repeat(15)}  5 of 10  about 0:01 left`,
    `${"█".repeat(30)}  10 of 10`,
  ]);
});

test("elsewhere there is a line for each tenth, or after ten seconds, and the last state is always said", () => {
  const terminal = rememberingTerminal();
  let now = 0;
  const { show, end } = progress(terminal, () => now);
  for (let done = 0; done <= 35; done += 1) {
    now += 100;
    show(done, 100, `${done} of 100`);
  }
  end();
  expect(terminal.remarked().split("\n")).toEqual([
    "0 of 100",
    "10 of 100",
    "20 of 100",
    "30 of 100",
    "35 of 100",
  ]);
});
