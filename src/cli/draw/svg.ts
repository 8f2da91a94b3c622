/**
 * Draws a process as an SVG file that needs nothing else: no script, no font, no network. Light and dark both read well.
 *
 * Milestones are solid boxes, questions put to people have a notch, the two ends are rounded. What only a missing test
 * would show is drawn dashed.
 */

import { layout, type Point } from "../../std/layout.ts";
import type { Box, Graph } from "./graph.ts";

const MARGIN = 24;
const TITLE_ROOM = 44;
const LINE = 15;
/** Advance of one character at 12 and 13 pixels in common sans-serif fonts, rounded up so that text never touches a border. */
const CHARACTER = { label: 6.3, title: 7.6 };

const STYLE = `
  .ground { fill: #ffffff } text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1c2733 }
  .heading { font-size: 16px; font-weight: 600 } .name { font-weight: 600; text-anchor: middle }
  .stays, .by { font-size: 12px; fill: #52606d; text-anchor: middle }
  .halo { fill: #ffffff } .box { stroke-width: 1.4 }
  .start .box { fill: #1c2733; stroke: #1c2733 } .start .name { fill: #ffffff }
  .milestone .box { fill: #eaf2fb; stroke: #2f6fb0 } .question .box { fill: #fff6e0; stroke: #b7791f }
  .completed .box { fill: #e5f6ec; stroke: #2b8a57 } .abandoned .box { fill: #fdeceb; stroke: #c0413a }
  .missing .box { fill: none; stroke-dasharray: 5 4 }
  .line { fill: none; stroke: #7b8794; stroke-width: 1.4 } .tip { fill: #7b8794 } .backward .line { stroke-dasharray: 2 4 }
  @media (prefers-color-scheme: dark) {
    .ground, .halo { fill: #10161d } text { fill: #e4e9ee } .stays, .by { fill: #a3b0bd }
    .start .box { fill: #e4e9ee; stroke: #e4e9ee } .start .name { fill: #10161d }
    .milestone .box { fill: #16283b; stroke: #6aa7e0 } .question .box { fill: #33280f; stroke: #e0a83c }
    .completed .box { fill: #12301f; stroke: #57b883 } .abandoned .box { fill: #3a1715; stroke: #e77a72 }
    .line { stroke: #8795a3 } .tip { fill: #8795a3 }
  }`;

export function toSvg(graph: Graph): string {
  const sizes = new Map(graph.boxes.map((box) => [box.id, sizeOf(box)]));
  const placed = layout(
    graph.boxes.map(({ id }) => ({ id, ...sizes.get(id)! })),
    graph.arrows.map(({ from, to, labels }) => ({
      from,
      to,
      label: {
        width: Math.max(...labels.map((label) => label.length)) * CHARACTER.label + 10,
        height: labels.length * LINE + 6,
      },
    })),
  );
  const width = Math.ceil(Math.max(placed.width, graph.title.length * 8.6) + 2 * MARGIN);
  const height = Math.ceil(placed.height + 2 * MARGIN + TITLE_ROOM);
  // The picture is centred when the heading is wider than it.
  const dx = (width - placed.width) / 2;
  const move = ({ x, y }: Point): Point => ({ x: x + dx, y: y + MARGIN + TITLE_ROOM });

  const lines = placed.links.map(({ points, backward }) => {
    const path = curve(points.map(move));
    return `<g class="${backward ? "backward" : "forward"}"><path class="line" d="${path}" marker-end="url(#tip)"/></g>`;
  });
  const labels = placed.links.map(({ link, label }, index) => {
    const { x, y } = move(label);
    const texts = graph.arrows[index]!.labels;
    const halo = `<rect class="halo" x="${round(x - link.label.width / 2 + 2)}" y="${round(y - link.label.height / 2 + 2)}" width="${round(link.label.width - 4)}" height="${round(link.label.height - 4)}" rx="3"/>`;
    const first = y - ((texts.length - 1) * LINE) / 2 + 4;
    return halo + texts.map((text, line) => textAt("by", x, first + line * LINE, text)).join("");
  });
  const boxes = graph.boxes.map((box) => boxAt(box, move(placed.boxes.get(box.id)!), sizes.get(box.id)!));

  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(graph.title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0.6 L7.4 4 L0 7.4 z"/></marker></defs>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="heading" x="${MARGIN}" y="${MARGIN + 10}">${escaped(graph.title)}</text>`,
    ...lines,
    ...labels,
    ...boxes,
    "</svg>",
  ].join("\n")}\n`;
}

function sizeOf({ title, stays, kind }: Box): { width: number; height: number } {
  const widest = Math.max(
    title.length * CHARACTER.title,
    ...stays.map((text) => (text.length + 2) * CHARACTER.label),
  );
  return { width: Math.max(kind === "start" ? 64 : 96, widest + 30), height: 34 + stays.length * LINE };
}

function boxAt(
  { kind, title, stays, walked }: Box,
  { x, y }: Point,
  size: { width: number; height: number },
): string {
  const [left, top] = [x - size.width / 2, y - size.height / 2];
  const radius = kind === "milestone" || kind === "question" ? 5 : Math.min(17, size.height / 2);
  const notch = 9;
  const shape =
    kind === "question"
      ? `<path class="box" d="M${round(left + notch)} ${round(top)} H${round(left + size.width - notch)} L${round(left + size.width)} ${round(y)} L${round(left + size.width - notch)} ${round(top + size.height)} H${round(left + notch)} L${round(left)} ${round(y)} z"/>`
      : `<rect class="box" x="${round(left)}" y="${round(top)}" width="${round(size.width)}" height="${round(size.height)}" rx="${radius}"/>`;
  const texts = stays.map((text, line) => textAt("stays", x, top + 37 + line * LINE, `↺ ${text}`));
  return `<g class="${kind}${walked ? "" : " missing"}">${shape}${textAt("name", x, top + 22, title)}${texts.join("")}</g>`;
}

/** A smooth line through the points: each piece leaves and arrives vertically. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let path = `M${round(first!.x)} ${round(first!.y)}`;
  let from = first!;
  for (const to of rest) {
    const bend = (to.y - from.y) / 2;
    path += ` C${round(from.x)} ${round(from.y + bend)} ${round(to.x)} ${round(to.y - bend)} ${round(to.x)} ${round(to.y)}`;
    from = to;
  }
  return path;
}

const textAt = (style: string, x: number, y: number, text: string) =>
  `<text class="${style}" x="${round(x)}" y="${round(y)}">${escaped(text)}</text>`;

const round = (number: number): number => Math.round(number * 10) / 10;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
