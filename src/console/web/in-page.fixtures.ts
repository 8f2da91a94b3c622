/** What the browser tests have run inside a page: axe, and what axe does not look for. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs in the page: waits until it was painted. */
export const TWO_FRAMES =
  "new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))";

/** Runs in the page: contrast and what else depends on colours. */
export const RUN_AXE_ON_COLOURS = `axe.run(document.querySelector("main") ?? document, { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] }, resultTypes: ["violations"] })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) =>
    id + ": " + html.slice(0, 160) + " " + (failureSummary || "").slice(0, 200))))`;

/** Runs in the page: what axe does not look for in a part of a page: tables without a caption, controls smaller than 24 by 24 pixels, one id twice. */
export const UNSAID = `(() => {
  const bad = [];
  for (const control of document.querySelectorAll("button, input, textarea, select")) {
    const { width, height } = control.getBoundingClientRect();
    if (control.getClientRects().length > 0 && !control.matches(".entry-title, .node-title") && (width < 24 || height < 24))
      bad.push("small: " + control.outerHTML.slice(0, 80) + " " + width + " x " + height);
  }
  if (document.querySelectorAll("h1").length !== 1) bad.push("h1: " + document.querySelectorAll("h1").length);
  for (const table of document.querySelectorAll("table")) if (!table.caption) bad.push("no caption: " + table.className);
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) bad.push("id twice: " + id);
  return bad;
})()`;

/** Runs in the page: what axe finds serious or critical, by WCAG 2.2 A and AA and its best practices. */
const runAxe = (on: string) => `axe.run(${on}, {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  resultTypes: ["violations"],
}).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical" || impact === "moderate")
  .flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) =>
    id + ": " + help + " " + html.slice(0, 160) + " " + (failureSummary || "").slice(0, 200))))`;
export const RUN_AXE = runAxe("document");
export const RUN_AXE_ON_MAIN = runAxe('document.querySelector("main")');

/** Runs in the page: elements that would be animated. */
export const MOVING = `[...document.querySelectorAll("*")].filter((element) => {
  const { animationName, transitionDuration } = getComputedStyle(element);
  return animationName !== "none" || transitionDuration.split(",").some((each) => parseFloat(each) > 0);
}).map((element) => element.outerHTML.slice(0, 80))`;

/** Runs in the page: what makes it wider than its window, the innermost element first. */
export const WIDER = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *, header *, nav *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && !element.closest(".scroll, .sr, dialog"))
  .map((element) => element.outerHTML.slice(0, 90)).reverse().slice(0, 3).concat(document.documentElement.scrollWidth)`;
