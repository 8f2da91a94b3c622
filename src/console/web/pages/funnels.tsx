/** How many documents of a process stand where: as a picture, as a table, and as one line of many processes. */
import type { CSSProperties } from "react";
import { Link } from "wouter";
import type { Funnel, How } from "../../../trace/index.ts";
import { useTwin } from "../charts.tsx";
import { brief, capital, count } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Section } from "../parts.tsx";
import { standingAt, useSpan } from "../span-of-time.tsx";

/** Whether anything entered, moved or stands in it. */
export const isBusy = ({ entered, before, stages }: Funnel): boolean =>
  entered + before.here > 0 || stages.some(({ here, reached }) => here + reached > 0);

const titleOf = ({ process }: Funnel): string => capital(process.replaceAll("-", " "));

export function FunnelCard({ funnel }: { funnel: Funnel }) {
  const [table, twin] = useTwin();
  const { label } = useSpan();
  const name = titleOf(funnel);
  return (
    <Section
      title={name}
      aside={
        <span className="card-aside">
          <span className="muted">
            {label}: {count(funnel.entered)} entered, {count(funnel.completed)} completed
            {funnel.abandoned > 0 ? `, ${count(funnel.abandoned)} given up` : ""}
          </span>
          {twin}
        </span>
      }
    >
      {table ? <FunnelTable funnel={funnel} name={name} /> : <FunnelPicture funnel={funnel} />}
    </Section>
  );
}

/** Where the flow divides before the next milestone, in words: nothing is said about what is zero. */
function Drops({
  stage,
  exact,
  rows,
}: {
  stage: Funnel["before"];
  exact: boolean;
  rows: (how: How) => string;
}) {
  const parts = (
    [
      ["someone", "needs a decision", stage.someone, stage.someone === 1 ? "needs someone" : "need someone"],
      ["waiting", "waiting", stage.waiting, "waiting"],
      ["normal", "moving", stage.normal, "in normal flow"],
    ] as const
  ).filter(([, , value]) => value > 0);
  return (
    <span className="drops">
      {parts.map(([key, icon, value, text]) => (
        <Link key={key} href={rows(key)} className={`drop drop-${key}`}>
          <Icon word={icon} />
          {/* Where counting stopped at its bound, more wait than is said and fewer are in normal flow. */}
          {key === "normal" && !exact ? "up to " : ""}
          {count(value)}
          {key === "waiting" && !exact ? "+" : ""} {text}
        </Link>
      ))}
    </span>
  );
}

function FunnelPicture({ funnel }: { funnel: Funnel }) {
  // What was reached in a span may have entered before it.
  const whole = Math.max(1, funnel.entered, ...funnel.stages.map(({ reached }) => reached));
  const stages = [
    { milestone: "entered", reached: funnel.entered, p50Ms: null, ...funnel.before },
    ...funnel.stages,
  ];
  return (
    <ol className="funnel" style={{ "--stages": stages.length } as CSSProperties}>
      {stages.map((stage) => (
        <li key={stage.milestone} className="stage">
          <span className="stage-name">{capital(stage.milestone)}</span>
          <span className="stage-count">{count(stage.reached)}</span>
          <span className="stage-bar" aria-hidden="true">
            <span
              style={{ height: stage.reached === 0 ? 0 : `${Math.max(3, (stage.reached / whole) * 100)}%` }}
            />
          </span>
          <Drops
            stage={stage}
            exact={funnel.exact}
            rows={(how) =>
              standingAt(funnel.process, stage.milestone === "entered" ? "" : stage.milestone, how)
            }
          />
          {stage.p50Ms !== null && (
            <span className="stage-stay">half go on within about {brief(stage.p50Ms)}</span>
          )}
        </li>
      ))}
    </ol>
  );
}

function FunnelTable({ funnel, name }: { funnel: Funnel; name: string }) {
  const stages = [
    { milestone: "entered", reached: funnel.entered, p50Ms: null, ...funnel.before },
    ...funnel.stages,
  ];
  return (
    <div className="scroll">
      <table>
        <caption className="sr">{name} by milestone</caption>
        <thead>
          <tr>
            <th scope="col">Milestone</th>
            <th scope="col" className="right">
              Reached
            </th>
            <th scope="col" className="right">
              Stand here now
            </th>
            <th scope="col" className="right">
              In normal flow
            </th>
            <th scope="col" className="right">
              Waiting for a system
            </th>
            <th scope="col" className="right">
              Need someone
            </th>
            <th scope="col" className="right">
              Half go on within about
            </th>
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.milestone}>
              <th scope="row">{capital(stage.milestone)}</th>
              <td className="right">{count(stage.reached)}</td>
              <td className="right">
                <Link
                  href={standingAt(
                    funnel.process,
                    stage.milestone === "entered" ? "" : stage.milestone,
                    null,
                  )}
                >
                  {count(stage.here)}
                </Link>
              </td>
              <td className="right">
                {funnel.exact ? "" : "up to "}
                {count(stage.normal)}
              </td>
              <td className="right">
                {count(stage.waiting)}
                {funnel.exact ? "" : "+"}
              </td>
              <td className="right">{count(stage.someone)}</td>
              <td className="right">{brief(stage.p50Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Processes in one table, a line each; every number of now leads to its rows. */
export function FunnelLines({ title, funnels }: { title: string; funnels: readonly Funnel[] }) {
  const { label } = useSpan();
  return (
    <Section
      title={title}
      aside={<span className="muted">Entered and completed: {label.toLowerCase()}</span>}
    >
      <div className="scroll">
        <table className="funnel-lines">
          <caption className="sr">{title}, by process</caption>
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col" className="right">
                Entered
              </th>
              <th scope="col" className="right">
                Completed
              </th>
              <th scope="col" className="right">
                Under way now
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
            {funnels.map((funnel) => (
              <FunnelLine key={funnel.process} funnel={funnel} />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function FunnelLine({ funnel }: { funnel: Funnel }) {
  const { process, entered, completed, before, stages, exact } = funnel;
  const sum = (of: "here" | How) => stages.reduce((total, stage) => total + stage[of], before[of]);
  const now = (of: "here" | How, more = "") => {
    const value = sum(of);
    if (value === 0) return "0";
    const query = new URLSearchParams({ process, ...(of === "here" ? {} : { how: of }) });
    return (
      <Link href={`/documents?${query}`} className={`drop-${of}`}>
        {count(value)}
        {more}
      </Link>
    );
  };
  return (
    <tr>
      <th scope="row">
        <Link href={`/processes/${encodeURIComponent(process)}`}>{titleOf(funnel)}</Link>
      </th>
      <td className="right">{count(entered)}</td>
      <td className="right">{count(completed)}</td>
      <td className="right">{now("here")}</td>
      <td className="right">{now("waiting", exact ? "" : "+")}</td>
      <td className="right">{now("someone")}</td>
    </tr>
  );
}
