/** What this dock speaks: every event and command with owner, version, keys, who publishes and who consumes it, shape and sample. */
import { useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Marked } from "../../../trace/mask.ts";
import type { Seen } from "../../../trace/observed.ts";
import { change, get } from "../api.ts";
import { count, many, spanned } from "../format.ts";
import { Copy, Empty, Failed, Hint, Loading, Section, Word } from "../parts.tsx";
import { useQuery } from "../query.ts";
import { SeenLately } from "./contract-seen.tsx";

interface Party {
  readonly flow: string;
  readonly title: string;
}
interface Card {
  readonly name: string;
  readonly version: number;
  readonly kind: "event" | "command";
  readonly owner: string;
  readonly summary: string;
  readonly criticality: string;
  readonly compatibility: string;
  readonly keys: readonly string[];
  readonly publishers: readonly Party[];
  readonly consumers: readonly Party[];
}

/** What a criticality means, as the contracts declare it. */
const CRITICALITY: Readonly<Record<string, string>> = {
  C1: "financial or legal",
  C2: "a promise to a customer or a plant",
  C3: "operational",
  C4: "informational",
};

const used = ({ publishers, consumers }: Card): boolean => publishers.length + consumers.length > 0;

export function ContractsPage() {
  const [query, setQuery] = useQuery();
  const { data, error, refetch } = useRead({
    queryKey: ["contracts"],
    queryFn: () => get<{ contracts: readonly Card[] }>("/contracts"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const wanted = (query.get("search") ?? "").trim().toLowerCase();
  const all = query.get("all") === "1";
  const set = (name: string, value: string) =>
    setQuery(
      (before) => {
        if (value === "") before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const shown = (data?.contracts ?? []).filter(
    (card) =>
      (all || wanted !== "" || used(card)) &&
      `${card.name} ${card.summary} ${card.owner}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="page">
      <h1>Contracts</h1>
      <div className="filters">
        <label>
          <span>Find a contract</span>
          <input
            type="search"
            value={query.get("search") ?? ""}
            placeholder="order, invoice, an owner…"
            onChange={(event) => set("search", event.target.value)}
          />
        </label>
        <label>
          <span>Show</span>
          <select value={all ? "1" : ""} onChange={(event) => set("all", event.target.value)}>
            <option value="">those a flow or process uses</option>
            <option value="1">all of them</option>
          </select>
        </label>
      </div>
      {error && !data && <Failed error={error} what="the contracts" again={refetch} />}
      {!data && !error && <Loading label="the contracts" rows={8} />}
      {data && (
        <>
          <p className="muted" role="status">
            {many(shown.length, "contract")} of {count(data.contracts.length)}
          </p>
          <div className="card">
            {shown.length === 0 ? (
              <Empty>Nothing matches. Try another word, or show all of them.</Empty>
            ) : (
              <div className="scroll">
                <table className="contracts">
                  <caption className="sr">Contracts</caption>
                  <thead>
                    <tr>
                      <th scope="col">Contract</th>
                      <th scope="col">Means</th>
                      <th scope="col">Owner</th>
                      <th scope="col">Class</th>
                      <th scope="col">From</th>
                      <th scope="col">To</th>
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map((card) => (
                      <tr key={card.name}>
                        <th scope="row">
                          <Link href={`/contracts/${encodeURIComponent(card.name)}`} className="number">
                            {card.name}
                          </Link>
                          <small>
                            {card.kind}, version {card.version}
                          </small>
                        </th>
                        <td>{card.summary}</td>
                        <td>{card.owner}</td>
                        <td title={CRITICALITY[card.criticality]}>{card.criticality}</td>
                        <td>{named(card.publishers)}</td>
                        <td>{named(card.consumers)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </div>
        </>
      )}
      <Hint command="xd contracts list" />
    </div>
  );
}

const named = (parties: readonly Party[]): string =>
  [...new Set(parties.map(({ flow, title }) => (title === "process" ? flow : title)))].join(", ") || "–";

export function ContractPage({ name }: { name: string }) {
  const { data, error, refetch } = useRead({
    queryKey: ["contracts", name],
    queryFn: () =>
      get<{
        contract: Card;
        schema: unknown;
        sample: unknown;
        hidden: readonly Marked[];
        keptFor: string | null;
        says: string | null;
        seen: Seen;
      }>(`/contracts/${encodeURIComponent(name)}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data)
    return (
      <div className="page">
        <h1>{name}</h1>
        {error ? (
          <Failed error={error} what="this contract" again={refetch} />
        ) : (
          <Loading label="this contract" rows={6} />
        )}
      </div>
    );
  const { contract, schema, sample, hidden, keptFor, says, seen } = data;
  return (
    <div className="page">
      <header className="document-head">
        <p className="crumb">
          <Link href="/contracts">Contracts</Link> / {contract.owner}
        </p>
        <div className="document-title">
          <h1>{contract.name}</h1>
          <span className="also">
            <small>{contract.kind}, version</small> {contract.version}
          </span>
          <span className="also">
            <small>Class</small> {contract.criticality}: {CRITICALITY[contract.criticality] ?? ""}
          </span>
        </div>
        <p>
          {contract.summary} {says ? `It says that “${says}” is reached. ` : ""}Changes are{" "}
          {contract.compatibility} compatible.
        </p>
      </header>
      <div className="columns">
        <div className="column">
          <Parties
            title="Comes from"
            parties={contract.publishers}
            empty="No flow publishes it; a process or a person may."
          />
          <SeenLately seen={seen} />
          <TryIt name={contract.name} sample={sample} />
          <Json title="Shape (JSON Schema)" data={schema} />
        </div>
        <div className="column">
          <Parties
            title="Goes to"
            parties={contract.consumers}
            empty="Nobody uses it here; it is kept in the journal."
          />
          <Hidden hidden={hidden} keptFor={keptFor} />
          <Json title="Sample" data={sample} />
        </div>
      </div>
      <p className="muted">Keys it is found by: {contract.keys.join(", ") || "none"}.</p>
      <Hint command={`xd contracts check ${contract.name} body.json`} />
    </div>
  );
}

function Parties({ title, parties, empty }: { title: string; parties: readonly Party[]; empty: string }) {
  return (
    <Section title={title}>
      {parties.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : (
        <ul className="facts">
          {parties.map(({ flow, title: system }) => (
            <li key={flow}>
              {system === "process" ? (
                <Link href={`/processes/${encodeURIComponent(flow.split("@")[0] ?? flow)}`}>{flow}</Link>
              ) : (
                <>
                  {system} <small>{flow}</small>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** What is hidden until somebody says why, and for how long it is kept. */
function Hidden({ hidden, keptFor }: { hidden: readonly Marked[]; keptFor: string | null }) {
  return (
    <Section title="What is hidden">
      {hidden.length === 0 ? (
        <Empty>No field of it is personal or secret.</Empty>
      ) : (
        <ul className="facts">
          {hidden.map(({ place, mark }) => (
            <li key={place}>
              <code>{place}</code> <small>{mark}</small>
            </li>
          ))}
        </ul>
      )}
      <p className="muted">
        {keptFor === null
          ? "Kept as long as everything else."
          : keptFor === "for ever"
            ? "Kept for ever."
            : `Kept for ${spanned(keptFor)}.`}
      </p>
    </Section>
  );
}

/** A body somebody wants to send, held against the contract; nothing of it is kept. */
function TryIt({ name, sample }: { name: string; sample: unknown }) {
  const queries = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(sample, null, 2));
  const check = useMutation({
    mutationFn: () =>
      change<{ keeps: boolean; problem: string | null; expected: string | null }>(
        queries,
        `/contracts/${encodeURIComponent(name)}/check`,
        { text },
      ),
  });
  const { data, error } = check;
  return (
    <Section title="Does it keep the contract?">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate();
        }}
      >
        <label className="field">
          A body, as JSON
          <textarea
            rows={10}
            spellCheck={false}
            maxLength={60_000}
            required
            className="code"
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              check.reset();
            }}
          />
        </label>
        <div className="buttons">
          <button type="submit" className="button primary" disabled={check.isPending}>
            Check
          </button>
          <span role="status">
            {data?.keeps && <Word word="done" text="It keeps the contract" />}
            {data?.keeps === false && (
              <>
                <Word word="needs data fix" text="It does not" /> {data.problem}
                {data.expected !== null &&
                  !data.problem?.includes(data.expected) &&
                  ` Expected: ${data.expected}.`}
              </>
            )}
            {error?.message}
          </span>
        </div>
      </form>
    </Section>
  );
}

function Json({ title, data }: { title: string; data: unknown }) {
  const text = JSON.stringify(data, null, 2) ?? "";
  return (
    <Section title={title}>
      <div className="body">
        <Copy text={text} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
        <pre tabIndex={0}>{text}</pre>
      </div>
    </Section>
  );
}
