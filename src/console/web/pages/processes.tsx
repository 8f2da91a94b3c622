/** Every process with where its documents stand, and one process as it really runs: diagram, steps, time spent. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import { layout } from "../../../std/layout.ts";
import type { ProcessLine, ProcessView, Stay } from "../../../trace/index.ts";
import { get } from "../api.ts";
import { useTwin } from "../charts.tsx";
import { brief, capital, count, many, spanned } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { SpanButtons, standingAt, useSpan } from "../span-of-time.tsx";
import { curve } from "./curve.ts";
import { FunnelCard, isBusy } from "./funnels.tsx";
import { ProcessVersions } from "./process-versions.tsx";

export function ProcessesPage() {
  const { query } = useSpan();
  const { data, error, refetch } = useRead({
    queryKey: ["home", "processes", query],
    queryFn: () => get<{ processes: readonly ProcessLine[]; asOf: string }>(`/processes?${query}`),
    placeholderData: keepPreviousData,
  });
  const busy = data?.processes.filter(({ funnel }) => isBusy(funnel)) ?? [];
  const idle = data?.processes.filter(({ funnel }) => !isBusy(funnel)) ?? [];
  return (
    <div className="page">
      <h1>Processes</h1>
      <SpanButtons />
      {error && !data && <Failed error={error} what="the processes" again={refetch} />}
      {!data && !error && <Loading label="the processes" rows={6} />}
      {data?.processes.length === 0 && (
        <div className="card">
          <Empty>No process is installed. Facts that arrive still appear under Documents.</Empty>
        </div>
      )}
      {busy.map((process) => (
        <div key={process.name} className="process-line">
          <p>
            <Link href={`/processes/${encodeURIComponent(process.name)}`} className="number">
              {process.title}
            </Link>{" "}
            <small>
              version {process.version}, {process.owner}
            </small>{" "}
            {process.summary}
          </p>
          <FunnelCard funnel={process.funnel} />
        </div>
      ))}
      {idle.length > 0 && (
        <Section
          title={busy.length === 0 ? "Nothing is under way in this time" : "Nothing under way in this time"}
        >
          <div className="scroll">
            <table>
              <caption className="sr">Processes nothing is under way in</caption>
              <thead>
                <tr>
                  <th scope="col">Process</th>
                  <th scope="col">What it is for</th>
                  <th scope="col">Owner</th>
                </tr>
              </thead>
              <tbody>
                {idle.map(({ name, title, version, summary, owner }) => (
                  <tr key={name}>
                    <th scope="row">
                      <Link href={`/processes/${encodeURIComponent(name)}`}>{title}</Link>{" "}
                      <small className="muted">version {version}</small>
                    </th>
                    <td>{summary}</td>
                    <td>{owner}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      {data && (
        <p className="as-of">
          As of <Ago at={data.asOf} />.
        </p>
      )}
      <Hint command="xd process list" />
    </div>
  );
}

export function ProcessPage({ name }: { name: string }) {
  const { query, label } = useSpan();
  const { data, error, refetch } = useRead({
    queryKey: ["home", "process", name, query],
    queryFn: () =>
      get<{ process: ProcessView; asOf: string }>(`/processes/${encodeURIComponent(name)}?${query}`),
    placeholderData: keepPreviousData,
  });
  if (!data)
    return (
      <div className="page">
        <h1>{name}</h1>
        {error ? (
          <Failed error={error} what="this process" again={refetch} />
        ) : (
          <Loading label="this process" rows={8} />
        )}
      </div>
    );
  const { process, asOf } = data;
  return (
    <div className="page">
      <header className="document-head">
        <p className="crumb">
          <Link href="/processes">Processes</Link> / {process.owner}
        </p>
        <div className="document-title">
          <h1>{process.title}</h1>
          <span className="also">
            <small>Version</small> {process.version}
          </span>
          <span className="also">
            <small>{label}</small> {count(process.funnel.entered)} entered, {count(process.funnel.completed)}{" "}
            completed{process.funnel.abandoned > 0 ? `, ${count(process.funnel.abandoned)} given up` : ""}
          </span>
        </div>
        <p>{process.summary}</p>
      </header>
      <SpanButtons />
      <div className="columns">
        <Diagram process={process} />
        <div className="column">
          <TimeSpent stays={process.stays} />
          <Questions process={process} />
          <ProcessVersions name={name} />
        </div>
      </div>
      <p className="as-of">
        As of <Ago at={asOf} />. Steps are counted as they are taken; who stands where is now.
      </p>
      <Hint command={`xd process draw ${name}`} />
    </div>
  );
}

const BOX = { width: 186, height: 56 };
/** Steps drawn: the most taken; the table has all. */
const STEPS_DRAWN = 24;

/** Mined from what happened: only steps that were really taken are drawn, with how often. */
function Diagram({ process }: { process: ProcessView }) {
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

/** How long was stood at each milestone before the next step: half of all, and nine of ten. */
export function TimeSpent({ stays }: { stays: readonly Stay[] }) {
  const [table, twin] = useTwin();
  const known = stays.filter(({ count: times }) => times > 0);
  const longest = Math.max(1, ...known.map(({ p90Ms }) => p90Ms ?? 0));
  // Between seconds and days only a logarithm shows both.
  const share = (ms: number | null) =>
    ms === null ? 0 : Math.max(2, (100 * Math.log1p(ms / 1_000)) / Math.log1p(longest / 1_000));
  return (
    <Section title="Where time is spent" aside={twin}>
      {known.length === 0 && (
        <Empty>No milestone was left in this time, so there is nothing to measure.</Empty>
      )}
      {known.length > 0 && table && <StayTable stays={stays} />}
      {known.length > 0 && !table && (
        <ul className="stays">
          {known.map((stay) => (
            <li key={stay.milestone}>
              <span className="stay-name">{capital(stay.milestone)}</span>
              <span className="stay-bars" aria-hidden="true">
                <span className="stay-90" style={{ width: `${share(stay.p90Ms)}%` }} />
                <span className="stay-50" style={{ width: `${share(stay.p50Ms)}%` }} />
              </span>
              <span className="stay-says">
                half within about {brief(stay.p50Ms)}, nine of ten within {brief(stay.p90Ms)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {known.length > 0 && (
        <p className="muted">
          Time at a milestone until the next step, on a logarithmic scale. Times are known to within a factor
          of 1.4.
        </p>
      )}
    </Section>
  );
}

function StayTable({ stays }: { stays: readonly Stay[] }) {
  return (
    <div className="scroll">
      <table>
        <caption className="sr">Time spent at each milestone</caption>
        <thead>
          <tr>
            <th scope="col">Milestone</th>
            <th scope="col" className="right">
              Left it
            </th>
            <th scope="col" className="right">
              Half within about
            </th>
            <th scope="col" className="right">
              Nine of ten within about
            </th>
          </tr>
        </thead>
        <tbody>
          {stays.map((stay) => (
            <tr key={stay.milestone}>
              <th scope="row">{capital(stay.milestone)}</th>
              <td className="right">{count(stay.count)}</td>
              <td className="right">{brief(stay.p50Ms)}</td>
              <td className="right">{brief(stay.p90Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Questions({ process }: { process: ProcessView }) {
  if (process.approvals.length + process.timers.length === 0) return null;
  return (
    <Section title="What it asks and waits for">
      <table>
        <caption className="sr">Questions and timers of this process</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Who or how long</th>
            <th scope="col" className="right">
              Open now
            </th>
          </tr>
        </thead>
        <tbody>
          {process.approvals.map(({ name, by, within }) => {
            const open = process.questions.find(({ approval }) => approval === name)?.open ?? 0;
            return (
              <tr key={name}>
                <th scope="row">{capital(name)}</th>
                <td>
                  {by}, within {spanned(within)}
                </td>
                <td className="right">{open === 0 ? "0" : <Link href="/exceptions">{count(open)}</Link>}</td>
              </tr>
            );
          })}
          {process.timers.map(({ name, span: long }) => (
            <tr key={name}>
              <th scope="row">{capital(name)}</th>
              <td>after {spanned(long)}</td>
              <td className="right">–</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
