/** What led to what as a drawing from the arrival downwards, and the same as a table. Each box and row opens its step. */
import { Link, useLocation } from "wouter";
import { layout } from "../../../std/layout.ts";
import type { LineageNode } from "../../../trace/index.ts";
import { absolute, many } from "../format.ts";
import { Word } from "../parts.tsx";
import { curve } from "./curve.ts";

const BOX = { width: 226, height: 52 };
const MARGIN = 14;
/** Letters of a title that fit into a box. */
const FITS = 25;

export function LineageGraph({ nodes }: { nodes: readonly LineageNode[] }) {
  const here = useSteps();
  const drawn = new Set(nodes.map(({ id }) => id));
  const links = nodes.flatMap(({ id, parent }) =>
    parent !== null && drawn.has(parent) ? [{ from: parent, to: id, label: { width: 0, height: 0 } }] : [],
  );
  const placed = layout(
    nodes.map(({ id }) => ({ id, ...BOX })),
    links,
  );
  const [width, height] = [placed.width + 2 * MARGIN, placed.height + 2 * MARGIN];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <div className="scroll lineage-graph" tabIndex={0}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose boxes are links is no fieldset. */}
      <svg
        className="diagram"
        style={{ width }}
        viewBox={`${-MARGIN} ${-MARGIN} ${width} ${height}`}
        role="group"
        aria-label={`What led to what: ${many(nodes.length, "thing")}. Press t for a table.`}
      >
        {placed.links.map(({ points }, index) => (
          <path key={`${links[index]!.from}>${links[index]!.to}`} className="arrow" d={curve(points)} />
        ))}
        {nodes.map(({ id, kind, title, detail, step, word }) => {
          const at = placed.boxes.get(id)!;
          const box = (
            <g
              key={id}
              className={`place place-${word === "done" ? "completed" : kind === "arrival" || kind === "person" ? "start" : kind}`}
              transform={`translate(${at.x - BOX.width / 2} ${at.y - BOX.height / 2})`}
            >
              <title>{[title, detail].filter(Boolean).join(": ")}</title>
              <rect width={BOX.width} height={BOX.height} rx="8" />
              <text className="place-name" x={BOX.width / 2} y="22">
                {short(title)}
              </text>{" "}
              <text className="place-here" x={BOX.width / 2} y="40">
                {short(detail ?? "")}
              </text>
            </g>
          );
          return step ? (
            <Link key={id} href={here(step)}>
              {box}
            </Link>
          ) : (
            box
          );
        })}
      </svg>
    </div>
  );
}

export function LineageTable({ nodes }: { nodes: readonly LineageNode[] }) {
  const here = useSteps();
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  return (
    <div className="scroll">
      <table>
        <caption className="sr">What led to what</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Because of</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ id, parent, title, detail, step, word, at }) => (
            <tr key={id}>
              <th scope="row">
                {step ? <Link href={here(step)}>{title}</Link> : title}
                {word ? <Word word={word} text={detail ?? word} /> : detail && <small>{detail}</small>}
              </th>
              <td>{parent === null ? "–" : (titles.get(parent) ?? "–")}</td>
              <td>{absolute(at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The address of a step on this page. */
function useSteps() {
  const [path] = useLocation();
  return ({ correlation, position }: { correlation: string; position: string }) =>
    `${path}?step=${encodeURIComponent(`${correlation}@${position}`)}`;
}

const short = (text: string): string => (text.length > FITS ? `${text.slice(0, FITS - 1)}…` : text);
