/** One run of a runbook: step by step with what its checks find, what was noted, and what it came to. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import type { Finding } from "../../../trace/checks.ts";
import type { RunFigures } from "../../../trace/runs.ts";
import type { FollowedRun, StepView } from "../../runbooks.ts";
import { AskWhy } from "../actions.tsx";
import { get, useMay, useSystemTitle } from "../api.ts";
import { count, span } from "../format.ts";
import { Ago, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { useChange } from "../people-api.ts";

/** A drill is over in seconds, so tenths of them count. */
export function lasting(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : span(ms);
}

export function RunPage({ id }: { id: string }) {
  const [closing, close] = useState(false);
  const { data, error, refetch } = useRead({
    queryKey: ["runs", id],
    queryFn: () => get<FollowedRun>(`/runs/${encodeURIComponent(id)}`),
    placeholderData: keepPreviousData,
    refetchInterval: 1_500,
  });
  const may = useMay();
  const titleOf = useSystemTitle();
  const open = data?.closedAt === null;
  return (
    <div className="page">
      <p>
        <Link href="/runbooks">Runbooks</Link>
      </p>
      {error && !data && <Failed error={error} what="the run" again={refetch} />}
      {!data && !error && <Loading label="the run" rows={8} />}
      {data && (
        <>
          <h1>
            {data.title}
            {data.system && <small className="muted"> {titleOf(data.system)}</small>}
          </h1>
          <p>{data.effect}</p>
          <p className="muted">
            {data.runbook}
            {data.drill ? ", a drill" : ""}, begun by {data.openedBy} <Ago at={data.openedAt} />
            {data.closedAt && (
              <>
                , closed <Ago at={data.closedAt} />
              </>
            )}
            .
          </p>
          {data.outcome && <p className="sentence">{data.outcome}</p>}
          {data.figures && <Figures figures={data.figures} />}
          <Steps steps={data.steps} {...(open && may("steer systems") ? { run: id } : {})} />
          <Exit exit={data.exit} />
          {open && may("steer systems") && (
            <div className="buttons">
              <button type="button" className="button primary" onClick={() => close(true)}>
                Close it…
              </button>
            </div>
          )}
          {closing && <Close run={data} onClose={() => close(false)} />}
        </>
      )}
      <Hint command="xd runbooks show" />
    </div>
  );
}

function Figures({ figures }: { figures: RunFigures }) {
  const parts: readonly (readonly [string, ReactNode, boolean])[] = [
    ["seen after", lasting(figures.noticedMs), true],
    ["away", lasting(figures.awayMs), true],
    ["drained in", lasting(figures.drainMs), true],
    ["recovered", `${count(figures.recovered)} of ${count(figures.queued)}`, true],
    ["left", count(figures.left), true],
    ["lost", count(figures.lost), figures.lost === 0],
  ];
  return (
    <dl className="score">
      {parts.map(([label, value, good]) => (
        <div key={label} className={good ? "" : "score-bad"}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What a check finds: icon, sentence and colour. */
export function Found({ finding: { ok, says } }: { finding: Finding }) {
  if (ok === null) return <span className="muted">{says}</span>;
  return <Word word={ok ? "done" : "waiting"} text={says} title={says} />;
}

export function Steps({ steps, run }: { steps: readonly StepView[]; run?: string }) {
  return (
    <Section title="Steps">
      <ol className="runbook-steps">
        {steps.map((step) => (
          <li key={step.number}>
            <div>
              <p>{step.do}</p>
              <Found finding={step.finding} />
              {step.note && <small className="muted"> “{step.note}”</small>}
            </div>
            {run && step.state === "open" && <StepButtons run={run} step={step} />}
            {step.state !== "open" && step.at && (
              <small className="muted">
                {step.state === "done" ? "✔ Done" : "– Left out"} by {step.by}, <Ago at={step.at} />
              </small>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function StepButtons({ run, step: { number, finding } }: { run: string; step: StepView }) {
  const change = useChange();
  const [asking, ask] = useState(false);
  const taking = (as: "done" | "skipped", note = "") => ({
    path: `/runs/${run}/steps/${number}`,
    body: { as, ...(note ? { note } : {}) },
    says: `Step ${number} is ${as}.`,
  });
  return (
    <span className="buttons">
      <button
        type="button"
        className="button"
        disabled={change.isPending}
        aria-label={`Step ${number} is done`}
        onClick={() => (finding.ok === true ? change.mutate(taking("done")) : ask(true))}
      >
        Done
      </button>
      <button
        type="button"
        className="button quiet"
        disabled={change.isPending}
        aria-label={`Leave out step ${number}`}
        onClick={() => change.mutate(taking("skipped"))}
      >
        Leave out
      </button>
      {asking && (
        <AskWhy
          title={`Step ${number} is done`}
          verb="Done"
          label={
            finding.ok === false
              ? "Why it is done all the same (kept with the run)"
              : "What was found (kept with the run)"
          }
          least={finding.ok === false ? 1 : 0}
          press={change}
          sends={(note) => taking("done", note)}
          onClose={() => ask(false)}
        >
          <p>{finding.says}</p>
        </AskWhy>
      )}
    </span>
  );
}

export function Exit({ exit }: { exit: readonly Finding[] }) {
  return (
    <Section title="It is over when">
      <ul className="runbook-exit">
        {/* What asks for the system says so once. */}
        {[...new Map(exit.map((finding) => [finding.says, finding])).values()].map((finding) => (
          <li key={finding.says}>
            <Found finding={finding} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Close({ run, onClose }: { run: FollowedRun; onClose: () => void }) {
  const change = useChange();
  const over = run.exit.every(({ ok }) => ok !== false);
  return (
    <AskWhy
      title={over ? "Close the run" : "Close the run although it is not over"}
      verb="Close"
      label="What it came to (kept with the run)"
      press={change}
      sends={(outcome) => ({
        path: `/runs/${run.id}/close`,
        body: { outcome, ...(over ? {} : { despite: true }) },
        says: "Closed.",
      })}
      onClose={onClose}
    >
      {!over && (
        <ul>
          {run.exit
            .filter(({ ok }) => ok === false)
            .map(({ says }) => (
              <li key={says}>{says}</li>
            ))}
        </ul>
      )}
    </AskWhy>
  );
}
