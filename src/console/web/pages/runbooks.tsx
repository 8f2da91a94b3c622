/** Runbooks: which are called for now, what each asks to do, and the runs there were. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { RunbookLine, RunbookList, RunbookView } from "../../runbooks.ts";
import { get, useMay, useSystemTitle } from "../api.ts";
import { count } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { type Answered, useChange } from "../people-api.ts";

import { Exit, lasting, Steps } from "./run.tsx";

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
