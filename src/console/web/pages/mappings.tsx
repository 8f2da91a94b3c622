/** A flow tried on a document: typed in or recorded; what comes of it with the mapping row behind each field. Nothing is sent. */
import { useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import type { FlowTrial, TrialOutcome } from "../../../runtime/flow-trial.ts";
import type { RecordedInput } from "../../../trace/index.ts";
import { change, get, Problem } from "../api.ts";
import { absolute, many } from "../format.ts";
import { Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { DeveloperTabs } from "./developer-tabs.tsx";
import { Columns } from "./side-by-side.tsx";
import { Body } from "./step-panel.tsx";

interface FlowLine {
  readonly name: string;
  readonly title: string;
  readonly direction: "in" | "out";
  readonly format: string;
  readonly contracts: readonly string[];
  readonly sample: string | null;
}

export function MappingsPage() {
  const [query] = useQuery();
  const { data, error, refetch } = useRead({
    queryKey: ["flows"],
    queryFn: () => get<{ flows: readonly FlowLine[] }>("/flows"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const flow = data?.flows.find(({ name }) => name === query.get("flow")) ?? data?.flows[0];
  return (
    <div className="page">
      <h1>Mappings</h1>
      <DeveloperTabs />
      <p className="muted">
        Try a flow on a document. The walk, the formats and the codes are those of live traffic; nothing is
        kept and nothing is sent.
      </p>
      {error && !data && <Failed error={error} what="the flows" again={refetch} />}
      {!data && !error && <Loading label="the flows" rows={6} />}
      {data && !flow && (
        <div className="card">
          <Empty>This dock carries nothing: its configuration has no flows.</Empty>
        </div>
      )}
      {data && flow && <Playground key={flow.name} flow={flow} flows={data.flows} />}
    </div>
  );
}

const TYPED = "";

function Playground({ flow, flows }: { flow: FlowLine; flows: readonly FlowLine[] }) {
  const [query, setQuery] = useQuery();
  const queries = useQueryClient();
  const [text, setText] = useState(flow.sample ?? "");
  const [recorded, setRecorded] = useState(query.get("input") ?? TYPED);
  const { data: inputs } = useRead({
    queryKey: ["flow inputs", flow.name],
    queryFn: () =>
      get<{ inputs: readonly RecordedInput[] }>(`/flows/${encodeURIComponent(flow.name)}/inputs`),
  });
  const trial = useMutation({
    mutationFn: (input: object) =>
      change<FlowTrial>(queries, `/flows/${encodeURIComponent(flow.name)}/try`, input),
  });
  const { mutate } = trial;
  // What a link names is tried at once.
  useEffect(() => {
    if (recorded !== TYPED) mutate(inputOf(recorded));
  }, [recorded, mutate]);
  const go = (name: string, input: string) =>
    setQuery(
      (before) => {
        before.set("flow", name);
        if (input === TYPED) before.delete("input");
        else before.set("input", input);
        return before;
      },
      { replace: true },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate(recorded === TYPED ? { text } : inputOf(recorded));
  };
  const known = inputs?.inputs ?? [];
  const isKnown = recorded === TYPED || known.some((one) => idOf(one) === recorded);
  return (
    <>
      <form className="card trial" onSubmit={submit} aria-label="Try a flow">
        <div className="filters">
          <label>
            <span>Flow</span>
            <select value={flow.name} onChange={({ target: { value } }) => go(value, TYPED)}>
              {(["in", "out"] as const).map((direction) => (
                <optgroup key={direction} label={direction === "in" ? "What arrives" : "What is sent"}>
                  {flows
                    .filter((one) => one.direction === direction)
                    .map(({ name }) => (
                      <option key={name}>{name}</option>
                    ))}
                </optgroup>
              ))}
            </select>
          </label>
          <label>
            <span>Tried on</span>
            <select
              value={recorded}
              onChange={({ target: { value } }) => {
                setRecorded(value);
                go(flow.name, value);
              }}
            >
              <option value={TYPED}>what is typed in below</option>
              {!isKnown && <option value={recorded}>{recorded}</option>}
              {known.map((one) => (
                <option key={idOf(one)} value={idOf(one)}>
                  {one.title}, {absolute(one.at)}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" className="button primary" disabled={trial.isPending}>
            {trial.isPending ? "Trying…" : "Try"}
          </button>
        </div>
        <p className="muted">
          {flow.title}
          {flow.format && `, ${flow.format}`}; <code>{flow.contracts.join(", ")}</code>
        </p>
        {recorded === TYPED ? (
          <label className="trial-text">
            <span>
              {flow.direction === "in" ? "The document as it arrives" : "The data of a message, as JSON"}
            </span>
            <textarea
              rows={12}
              spellCheck={false}
              value={text}
              onChange={({ target: { value } }) => setText(value)}
            />
          </label>
        ) : (
          <p className="muted">
            {known.find((one) => idOf(one) === recorded)?.detail ??
              "The bytes stay where they are; what its contract hides is hidden here too."}
          </p>
        )}
      </form>
      {trial.error && (
        <p className="failed" role="alert">
          {trial.error instanceof Problem ? trial.error.message : "It could not be tried."}
        </p>
      )}
      {trial.data && <Came trial={trial.data} />}
      <Hint
        command={`xd map ${flow.name} ${recorded === TYPED ? "document.txt" : recorded.replace(/^(\w+) /, "--$1 ")}`}
      />
    </>
  );
}

/** `arrival <id>` or `event <position>`, as the address keeps it. */
const idOf = ({ arrival, event }: RecordedInput): string =>
  arrival === undefined ? `event ${event}` : `arrival ${arrival}`;
function inputOf(id: string): object {
  const [kind = "", ...name] = id.split(" ");
  return { [kind]: name.join(" ") };
}

function Came({ trial }: { trial: FlowTrial }) {
  const { outcomes, refused, passedOver, lookedUp, document } = trial;
  return (
    <>
      <p className="found" role="status">
        {trial.direction === "in"
          ? `${many(outcomes.length, "message")} would be published`
          : outcomes.length === 0
            ? "Nothing would be sent"
            : "One document would be sent"}
        {refused.length > 0 ? `, ${many(refused.length, "part")} refused` : ""}
        {passedOver.length > 0 ? `, ${many(passedOver.length, "part")} passed over` : ""}.
      </p>
      {refused.map(({ part, reason, facts }) => (
        <div key={part} className="needs-card">
          <div className="needs-text">
            <p>
              <strong>Part {part} is refused.</strong> {reason}
            </p>
            {facts.length > 0 && (
              <dl className="numbers">
                {facts.map(({ name, value }) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            )}
          </div>
        </div>
      ))}
      {passedOver.map(({ part, because }) => (
        <p key={part} className="muted">
          Part {part} is passed over: {because}.
        </p>
      ))}
      {outcomes.map((outcome, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of one trial have no other name.
        <Made key={index} outcome={outcome} />
      ))}
      {document && (
        <Section
          title="As it would be sent"
          aside={<code>{document.mediaType}</code>}
          className="trial-document"
        >
          <Body data={document.text} />
        </Section>
      )}
      {trial.hides && trial.direction === "out" && (
        <p className="muted">
          The document itself is not shown: it holds what the contract hides of a recorded message.
        </p>
      )}
      {lookedUp.length > 0 && (
        <Section title="Looked up">
          <ul className="facts">
            {lookedUp.map(({ label, what, value, found }) => (
              <li key={`${label} ${value}`}>
                {label}: {what} <strong>{value}</strong>{" "}
                {found === null ? (
                  "is not known"
                ) : (
                  <>
                    is <strong>{found}</strong>
                  </>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Made({ outcome }: { outcome: TrialOutcome }) {
  const [whole, showWhole] = useState(false);
  return (
    <Section
      title={`${outcome.title}${outcome.isAnswer ? " (answer to the sender)" : ""}`}
      aside={
        <button type="button" className="button quiet" aria-pressed={whole} onClick={() => showWhole(!whole)}>
          {whole ? "Field by field" : "The message whole"}
        </button>
      }
    >
      <p className="muted">
        <code>
          {outcome.contract} v{outcome.version}
        </code>
      </p>
      {whole ? <Body data={outcome.data} /> : <Columns data={outcome} />}
    </Section>
  );
}
