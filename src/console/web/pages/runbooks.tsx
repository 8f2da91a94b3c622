/** Runbooks: which are called for now, the runs there were, and one of them step by step with what its checks find. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Finding } from "../../../trace/checks.ts";
import type { RunFigures } from "../../../trace/runs.ts";
import type { FollowedRun, RunbookLine, RunbookList, RunbookView, StepView } from "../../runbooks.ts";
import { Ask, Why } from "../actions.tsx";
import { get, useMay, useSystemTitle } from "../api.ts";
import { count, span } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { type Answered, useChange } from "../people-api.ts";

const runPage = (id: string) => `/runs/${encodeURIComponent(id)}`;

export function RunbooksPage() {
  const { data, error, refetch } = useRead({
    queryKey: ["runbooks"],
    queryFn: () => get<RunbookList>("/runbooks"),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  const called = data?.runbooks.filter(({ calledFor }) => calledFor.length > 0) ?? [];
  return (
    <div className="page">
      <h1>Runbooks</h1>
      <p className="muted">
        What people do when a system is in trouble, step by step, with what is so right now beside each step.
      </p>
      {error && !data && <Failed error={error} what="the runbooks" again={refetch} />}
      {!data && !error && <Loading label="the runbooks" rows={8} />}
      {data && (
        <>
          <Section title={called.length === 0 ? "None is called for" : "Called for now"}>
            {called.length === 0 ? (
              <Empty>Every system that a runbook is about answers, and nothing is set aside there.</Empty>
            ) : (
              called.map((runbook) => <Called key={runbook.id} runbook={runbook} />)
            )}
          </Section>
          <Section title="All">
            <div className="scroll">
              <table>
                <caption className="sr">Runbooks, when each is needed, and its rehearsal</caption>
                <thead>
                  <tr>
                    <th scope="col">Runbook</th>
                    <th scope="col">When</th>
                    <th scope="col">Rehearse</th>
                  </tr>
                </thead>
                <tbody>
                  {data.runbooks.map((runbook) => (
                    <tr key={runbook.id}>
                      <th scope="row">
                        <Link href={`/runbooks/${runbook.id}`} className="number">
                          {runbook.title}
                        </Link>
                        <small>{runbook.id}</small>
                      </th>
                      <td>{runbook.when}</td>
                      <td>{runbook.canRehearse ? <Rehearse runbook={runbook} /> : "–"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Section>
          <Runs runs={data.runs} />
        </>
      )}
      <Hint command="xd runbooks" />
    </div>
  );
}

function Called({ runbook }: { runbook: RunbookLine }) {
  const titleOf = useSystemTitle();
  return (
    <article className="needs-card">
      <div className="needs-text">
        <h3>{runbook.title}</h3>
        <p>{runbook.effect}</p>
        {runbook.calledFor.map(({ system, because }) => (
          <p key={system} className="muted">
            {titleOf(system)}: {because}
          </p>
        ))}
      </div>
      <div className="buttons">
        {runbook.calledFor.map(({ system }) => (
          <Follow key={system} runbook={runbook.id} system={system} />
        ))}
      </div>
    </article>
  );
}

/** Opens a run and goes there. */
function Follow({ runbook, system }: { runbook: string; system: string }) {
  const title = useSystemTitle()(system);
  const go = useGoing();
  const may = useMay();
  return (
    <button
      type="button"
      className="button primary"
      disabled={go.busy || !may("steer systems")}
      title={may("steer systems") ? undefined : "This takes somebody who may steer systems"}
      onClick={() =>
        go.press(`/runbooks/${runbook}/runs`, { system }, `${runbook} is followed for ${title}.`)
      }
    >
      Follow it for {title}
    </button>
  );
}

function Rehearse({ runbook: { id, title } }: { runbook: RunbookLine }) {
  const go = useGoing();
  const may = useMay();
  return (
    <button
      type="button"
      className="button quiet"
      disabled={go.busy || !may("steer systems", "everywhere")}
      aria-label={`Rehearse: ${title}`}
      onClick={() => go.press(`/demonstration/drills/${id}`, {}, `${id} is being rehearsed.`)}
    >
      Rehearse
    </button>
  );
}

/** Presses a button whose answer names a run, and opens that run. */
function useGoing() {
  const change = useChange();
  const [, navigate] = useLocation();
  return {
    busy: change.isPending,
    press: (path: string, body: object, says: string) =>
      change.mutate(
        { path, body, says },
        {
          onSuccess: (said) => {
            const { run } = said as Answered & { run?: string };
            if (run) navigate(runPage(run));
          },
        },
      ),
  };
}

function Runs({ runs }: { runs: RunbookList["runs"] }) {
  const titleOf = useSystemTitle();
  if (runs.length === 0) return null;
  return (
    <Section title="Lately">
      <div className="scroll">
        <table>
          <caption className="sr">Runs of runbooks, the latest first, and what they came to</caption>
          <thead>
            <tr>
              <th scope="col">Runbook</th>
              <th scope="col">Begun</th>
              <th scope="col">By</th>
              <th scope="col">Came to</th>
              <th scope="col" className="right">
                Recovered
              </th>
              <th scope="col" className="right">
                Drained in
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <th scope="row">
                  <Link href={runPage(run.id)} className="number">
                    {run.title}
                  </Link>
                  <small>
                    {run.runbook}
                    {run.system ? `, ${titleOf(run.system)}` : ""}
                    {run.drill ? ", a drill" : ""}
                  </small>
                </th>
                <td>
                  <Ago at={run.openedAt} />
                </td>
                <td>{run.openedBy}</td>
                <td>{run.outcome ?? <Word word="moving" text="Under way" />}</td>
                <td className="right">
                  {run.figures ? `${count(run.figures.recovered)} of ${count(run.figures.queued)}` : "–"}
                </td>
                <td className="right">{lasting(run.figures?.drainMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** A drill is over in seconds, so tenths of them count. */
function lasting(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : span(ms);
}

export function RunbookPage({ id }: { id: string }) {
  const [system, choose] = useState<string | null>(null);
  const { data, error, refetch } = useRead({
    queryKey: ["runbooks", id, system],
    queryFn: () =>
      get<RunbookView>(
        `/runbooks/${encodeURIComponent(id)}${system ? `?system=${encodeURIComponent(system)}` : ""}`,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 3_000,
  });
  return (
    <div className="page">
      <p>
        <Link href="/runbooks">Runbooks</Link>
      </p>
      {error && !data && <Failed error={error} what="the runbook" again={refetch} />}
      {!data && !error && <Loading label="the runbook" rows={8} />}
      {data && (
        <>
          <h1>{data.title}</h1>
          <p>{data.effect}</p>
          <p className="muted">
            {data.id}. {data.when}
          </p>
          <label className="field">
            About
            <select value={system ?? ""} onChange={(event) => choose(event.target.value || null)}>
              <option value="">choose a system</option>
              {data.systems.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <Steps steps={data.steps} />
          <Exit exit={data.exit} />
          <div className="buttons">{system && <Follow runbook={data.id} system={system} />}</div>
        </>
      )}
      <Hint command={`xd runbooks show ${id}`} />
    </div>
  );
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
function Found({ finding: { ok, says } }: { finding: Finding }) {
  if (ok === null) return <span className="muted">{says}</span>;
  return <Word word={ok ? "done" : "waiting"} text={says} title={says} />;
}

function Steps({ steps, run }: { steps: readonly StepView[]; run?: string }) {
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
  const [note, setNote] = useState("");
  const take = (as: "done" | "skipped") =>
    change.mutate(
      {
        path: `/runs/${run}/steps/${number}`,
        body: { as, ...(note ? { note } : {}) },
        says: `Step ${number} is ${as}.`,
      },
      { onSuccess: () => ask(false) },
    );
  return (
    <span className="buttons">
      <button
        type="button"
        className="button"
        disabled={change.isPending}
        aria-label={`Step ${number} is done`}
        onClick={() => (finding.ok === true ? take("done") : ask(true))}
      >
        Done
      </button>
      <button
        type="button"
        className="button quiet"
        disabled={change.isPending}
        aria-label={`Leave out step ${number}`}
        onClick={() => take("skipped")}
      >
        Leave out
      </button>
      {asking && (
        <Ask
          title={`Step ${number} is done`}
          onClose={() => ask(false)}
          onSubmit={() => take("done")}
          busy={change.isPending}
          submit={
            <button
              type="submit"
              className="button primary"
              disabled={change.isPending || (finding.ok === false && note.trim() === "")}
            >
              Done
            </button>
          }
        >
          <p>{finding.says}</p>
          <Why
            value={note}
            onChange={setNote}
            label={
              finding.ok === false
                ? "Why it is done all the same (kept with the run)"
                : "What was found (kept with the run)"
            }
          />
        </Ask>
      )}
    </span>
  );
}

function Exit({ exit }: { exit: readonly Finding[] }) {
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
  const [outcome, say] = useState("");
  const over = run.exit.every(({ ok }) => ok !== false);
  const submit = () =>
    change.mutate(
      {
        path: `/runs/${run.id}/close`,
        body: { outcome, ...(over ? {} : { despite: true }) },
        says: "Closed.",
      },
      { onSuccess: onClose },
    );
  return (
    <Ask
      title={over ? "Close the run" : "Close the run although it is not over"}
      onClose={onClose}
      onSubmit={submit}
      busy={change.isPending}
      submit={
        <button type="submit" className="button primary" disabled={change.isPending || outcome.trim() === ""}>
          Close
        </button>
      }
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
      <Why value={outcome} onChange={say} label="What it came to (kept with the run)" />
    </Ask>
  );
}
