/** Colours appear where they are wanted, and foreign text never drives the terminal. */
import { expect, test } from "vitest";
import { harmless, paintFor, wantsColour } from "./terminal.ts";

test.each([
  ["a terminal", { isTTY: true }, {}, [], true],
  ["a pipe", { isTTY: false }, {}, [], false],
  ["NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, [], false],
  ["an empty NO_COLOR, which says nothing", { isTTY: true }, { NO_COLOR: "" }, [], true],
  ["--no-color", { isTTY: true }, {}, ["--no-color"], false],
  ["a dumb terminal", { isTTY: true }, { TERM: "dumb" }, [], false],
])("colours with %s: %#", (_name, stream, environment, args, wanted) => {
  expect(wantsColour(stream, environment, args)).toBe(wanted);
});

test("a message body cannot drive the terminal", () => {
  expect(harmless("a\u001b[2Jb\u001b]0;title\u0007c\u0000d\u009be")).toBe("abcde");
  expect(harmless("line one\nline\ttwo")).toBe("line one\nline\ttwo");
});

test("without colours text stays as it is", () => {
  expect(paintFor(false).bad("no")).toBe("no");
  expect(paintFor(true).bad("no")).toBe("\u001b[31mno\u001b[39m");
});
