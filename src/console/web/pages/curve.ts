/** How a link of a diagram is drawn through its points, as the path of an SVG. */
import type { Point } from "../../../std/layout.ts";

/** A smooth line through the points: each piece leaves and arrives vertically. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let path = `M${first!.x} ${first!.y}`;
  let from = first!;
  for (const to of rest) {
    const bend = (to.y - from.y) / 2;
    path += ` C${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}
