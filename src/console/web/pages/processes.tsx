/** Every process with where its documents stand, and one process: its diagram, where time is spent, its versions and questions. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { Link } from "wouter";
import type { ProcessLine, ProcessView } from "../../../trace/index.ts";
import { get } from "../api.ts";
import { capital, count, spanned } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { SpanButtons, useSpan } from "../span-of-time.tsx";
import { FunnelCard, isBusy } from "./funnels.tsx";
import { Diagram } from "./process-diagram.tsx";
import { ProcessVersions } from "./process-versions.tsx";
import { TimeSpent } from "./time-spent.tsx";
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
