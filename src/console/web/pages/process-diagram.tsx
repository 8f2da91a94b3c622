/** A process as it really ran: the steps that were taken, drawn, and as a table. */
import { Link } from "wouter";
import { layout } from "../../../std/layout.ts";
import type { ProcessView } from "../../../trace/index.ts";
import { useTwin } from "../charts.tsx";
import { capital, count, many } from "../format.ts";
import { Section } from "../parts.tsx";
import { standingAt } from "../span-of-time.tsx";
import { curve } from "./curve.ts";

const BOX = { width: 186, height: 56 };
/** Steps drawn: the most taken; the table has all. */
const STEPS_DRAWN = 24;

/** Mined from what happened: only steps that were really taken are drawn, with how often. */
export function Diagram({ process }: { process: ProcessView }) {
  const [table, twin] = useTwin();
  const { funnel, steps } = process;
  const drawn = steps.slice(0, STEPS_DRAWN);
  const places = [
    { id: "start", title: "Start", stage: funnel.before, kind: "start", milestone: "" },
    ...funnel.stages.map((stage) => ({
      id: stage.milestone,
      title: capital(stage.milestone),
      stage,
      kind: "milestone",
      milestone: stage.milestone,
    })),
    ...(drawn.some(({ to }) => to === "completed")
      ? [{ id: "completed", title: "Completed", stage: null, kind: "completed", milestone: null }]
      : []),
    ...(drawn.some(({ to }) => to === "abandoned")
      ? [{ id: "abandoned", title: "Given up", stage: null, kind: "abandoned", milestone: null }]
      : []),
  ];
  const ids = new Set(places.map(({ id }) => id));
  const links = drawn
    .filter(({ from, to }) => ids.has(from) && ids.has(to) && from !== to)
    .map(({ from, to, count: times }) => ({
      from,
      to,
      times,
      label: { width: count(times).length * 8 + 14, height: 18 },
      never: false,
    }));
  // A milestone nobody has come to yet has its place below the one before it.
  for (const [index, { id, kind }] of places.entries()) {
    const before = places[index - 1];
    if (kind === "milestone" && before && !links.some(({ to }) => to === id))
      links.push({ from: before.id, to: id, times: 0, label: { width: 1, height: 18 }, never: true });
  }
  const placed = layout(
    places.map(({ id }) => ({ id, ...BOX })),
    links,
  );
  const most = Math.max(1, ...links.map(({ times }) => times));
  const margin = 14;
  return (
    <Section title="As it really runs" aside={twin}>
      {steps.length === 0 && (
        <p className="muted">No step was taken in this time; the numbers in the boxes are of now.</p>
      )}
      {table ? (
        <StepTable process={process} />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a drawing whose boxes are links is no fieldset.
        <svg
          className="diagram"
          style={{ maxWidth: Math.ceil(placed.width + 2 * margin) }}
          viewBox={`${-margin} ${-margin} ${placed.width + 2 * margin} ${placed.height + 2 * margin}`}
          role="group"
          aria-label={`${process.title}: ${many(steps.length, "kind")} of steps were taken. Press t for a table.`}
        >
          <defs>
            <marker
              id="tip"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="15"
              markerHeight="15"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path className="tip" d="M0 0.6 L7.4 4 L0 7.4 z" />
            </marker>
          </defs>
          {placed.links.map(({ points, backward }, index) => (
            <path
              key={`${links[index]!.from}>${links[index]!.to}`}
              className={links[index]!.never || backward ? "arrow arrow-back" : "arrow"}
              d={curve(points)}
              strokeWidth={1 + (2.5 * links[index]!.times) / most}
              markerEnd="url(#tip)"
            />
          ))}
          {placed.links.map(({ label }, index) =>
            links[index]!.never ? null : (
              <g key={`${links[index]!.from}>${links[index]!.to}`}>
                <rect
                  className="halo"
                  x={label.x - links[index]!.label.width / 2}
                  y={label.y - 9}
                  width={links[index]!.label.width}
                  height={18}
                  rx="4"
                />
                <text className="times" x={label.x} y={label.y + 4}>
                  {count(links[index]!.times)}
                </text>
              </g>
            ),
          )}
          {places.map(({ id, title, stage, kind, milestone }) => {
            const at = placed.boxes.get(id)!;
            const box = (
              <g
                key={id}
                className={`place place-${kind}`}
                transform={`translate(${at.x - BOX.width / 2} ${at.y - BOX.height / 2})`}
              >
                <rect width={BOX.width} height={BOX.height} rx="8" />
                <text className="place-name" x={BOX.width / 2} y="23">
                  {title}
                </text>{" "}
                <text className="place-here" x={BOX.width / 2} y="43">
                  {stage === null
                    ? ""
                    : stage.here === 0
                      ? "nobody here"
                      : [
                          `${count(stage.here)} here`,
                          stage.someone > 0
                            ? `${count(stage.someone)} need${stage.someone === 1 ? "s" : ""} someone`
                            : "",
                          stage.waiting > 0 ? `${count(stage.waiting)} waiting` : "",
                        ]
                          .filter(Boolean)
                          .slice(0, 2)
                          .join(", ")}
                </text>
              </g>
            );
            return milestone === null || stage === null || stage.here === 0 ? (
              box
            ) : (
              <Link key={id} href={standingAt(process.name, milestone, null)}>
                {box}
              </Link>
            );
          })}
        </svg>
      )}
    </Section>
  );
}

function StepTable({ process }: { process: ProcessView }) {
  const name = (id: string) => (id === "abandoned" ? "Given up" : capital(id));
  const stages = [{ milestone: "", ...process.funnel.before }, ...process.funnel.stages];
  return (
    <>
      <div className="scroll">
        <table>
          <caption className="sr">Who stands where now</caption>
          <thead>
            <tr>
              <th scope="col">Milestone</th>
              <th scope="col" className="right">
                Here now
              </th>
              <th scope="col" className="right">
                Waiting
              </th>
              <th scope="col" className="right">
                Need someone
              </th>
            </tr>
          </thead>
          <tbody>
            {stages.map((stage) => (
              <tr key={stage.milestone}>
                <th scope="row">{stage.milestone === "" ? "Before the first" : capital(stage.milestone)}</th>
                <td className="right">
                  {stage.here === 0 ? (
                    "0"
                  ) : (
                    <Link href={standingAt(process.name, stage.milestone, null)}>{count(stage.here)}</Link>
                  )}
                </td>
                <td className="right">{count(stage.waiting)}</td>
                <td className="right">{count(stage.someone)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="scroll">
        <table>
          <caption className="sr">Steps that were taken</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" className="right">
                Times
              </th>
            </tr>
          </thead>
          <tbody>
            {process.steps.map(({ from, to, count: times }) => (
              <tr key={`${from}>${to}`}>
                <th scope="row">{name(from)}</th>
                <td>{name(to)}</td>
                <td className="right">{count(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
