/** What the dock saved people: counted here, valued by the assumptions of whoever looks, which live in the address. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { type FocusEvent, type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import type { SavedKind, SavedLine, Savings } from "../../../trace/index.ts";
import { get } from "../api.ts";
import { count, money } from "../format.ts";
import { Failed, Loading, SaveSheet, Section } from "../parts.tsx";
import { useQuery } from "../query.ts";

const ASSUMED = ["document", "copy", "contradiction", "doubt", "hour"] as const;
/** Kept on this machine as filters are; the address is how assumptions are shared. */
const PLACE = "crossdock.assumptions";

const LED_TO: Readonly<
  Record<SavedKind, { readonly why: string; readonly to: (name: string) => string | null }>
> = {
  document: {
    why: "Nobody was asked about them and nothing had to be mended, from the first message to the end of the process.",
    to: (name) => `/processes/${encodeURIComponent(name)}`,
  },
  copy: {
    why: "The same message came again under its number. It was answered with the first receipt, and nothing was booked twice.",
    to: () => null,
  },
  contradiction: {
    why: "Two systems said different things about the same document, and people were shown which and since when.",
    to: () => "/reconciliation",
  },
  doubt: {
    why: "A system took a document or did not, and its answer was lost. It was asked before anything was sent again.",
    to: (name) => `/systems/${encodeURIComponent(name)}`,
  },
};

const range = ({ from, to }: { from: string; to: string }): string =>
  from === to ? from : `${from} – ${to}`;
const worthOf = (worth: Savings["worth"]): string =>
  worth === null
    ? "–"
    : [...new Set([worth.from, worth.to])]
        .map((amount) => money({ amount, currency: worth.currency }))
        .join(" – ");

function keptAssumptions(): URLSearchParams {
  try {
    return new URLSearchParams(localStorage.getItem(PLACE) ?? "");
  } catch {
    return new URLSearchParams();
  }
}
function keepAssumptions(asked: URLSearchParams): void {
  try {
    localStorage.setItem(PLACE, asked.toString());
  } catch {
    // A browser that keeps nothing still has them in the address.
  }
}

/** The assumptions of the address; of an address without any, those kept here. */
function useAssumptions(): readonly [
  URLSearchParams,
  (name: (typeof ASSUMED)[number], value: string) => void,
] {
  const [query, setQuery] = useQuery();
  const asked = new URLSearchParams();
  for (const name of ASSUMED) {
    const value = query.get(name);
    if (value) asked.set(name, value);
  }
  const isEmpty = asked.size === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept is taken once, when the page opens.
  useEffect(() => {
    const kept = isEmpty ? keptAssumptions() : null;
    if (kept === null || kept.size === 0) return;
    setQuery(
      (before) => {
        for (const name of ASSUMED) {
          const value = kept.get(name);
          if (value) before.set(name, value);
        }
        return before;
      },
      { replace: true },
    );
  }, []);
  const assume = (name: (typeof ASSUMED)[number], value: string) => {
    if (value === "") asked.delete(name);
    else asked.set(name, value);
    keepAssumptions(asked);
    setQuery(
      (before) => {
        if (value === "") before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  };
  return [asked, assume];
}

export function SavingsSection({ hours }: { hours: string }) {
  const [asked, assume] = useAssumptions();
  const query = new URLSearchParams([["hours", hours], ...asked]);
  const { data, error, refetch } = useRead({
    queryKey: ["savings", query.toString()],
    queryFn: () => get<Savings>(`/savings?${query}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  const typed = (name: (typeof ASSUMED)[number], label: string, more: object) => (
    <input
      key={asked.get(name) ?? ""}
      {...more}
      aria-label={label}
      defaultValue={asked.get(name) ?? ""}
      onBlur={({ target }: FocusEvent<HTMLInputElement>) => {
        const value = target.value.trim();
        if (value !== (asked.get(name) ?? "") && target.reportValidity()) assume(name, value);
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Enter") currentTarget.blur();
      }}
    />
  );
  return (
    <Section
      title="What no person had to do"
      aside={
        data && (
          <span className="buttons">
            <SaveSheet name="savings" query={query.toString()} title="The audit keeps who took it" />
          </span>
        )
      }
    >
      {error && <Failed error={error} what="what was saved" again={refetch} />}
      {!data && !error && <Loading label="what was saved" rows={5} />}
      {data && (
        <>
          <p className="muted">
            The counts are what happened. Minutes and the price of an hour are your own assumptions: this page
            knows none, and a case without one has no value. Worth = cases × minutes ÷ 60 × price of an hour.
          </p>
          <p className="savings-hour">
            <span>An hour of a person costs</span>
            {typed("hour", "An hour of a person costs", {
              placeholder: "65.00 EUR",
              size: 12,
              pattern: "\\d{1,6}(\\.\\d{1,2})? [A-Z]{3}",
              title: "An amount and its currency, such as 65.00 EUR",
            })}
          </p>
          <div className="scroll">
            <table className="savings">
              <caption className="sr">What was saved, by kind</caption>
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col" className="right">
                    Cases
                  </th>
                  <th scope="col">Minutes for one</th>
                  <th scope="col" className="right">
                    Hours
                  </th>
                  <th scope="col" className="right">
                    Worth
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.lines.map((line) => (
                  <OneLine
                    key={line.kind}
                    line={line}
                    input={typed(line.kind, `Minutes for one: ${line.title}`, {
                      placeholder: "10-15",
                      size: 8,
                      pattern: "\\d{1,4}(\\.\\d{1,2})?(-\\d{1,4}(\\.\\d{1,2})?)?",
                      title: "Minutes such as 10, or 10-15",
                    })}
                  />
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">Together, where minutes are assumed</th>
                  <td />
                  <td />
                  <td className="right">{data.hours ? range(data.hours) : "–"}</td>
                  <td className="right">{worthOf(data.worth)}</td>
                </tr>
              </tfoot>
            </table>
          </div>
        </>
      )}
    </Section>
  );
}

function OneLine({ line, input }: { line: SavedLine; input: ReactNode }) {
  const { why, to } = LED_TO[line.kind];
  return (
    <tr>
      <th scope="row">
        {line.title}
        <small className="muted">{why}</small>
        {line.parts.length > 0 && (
          <ul className="savings-parts">
            {line.parts.map(({ name, title, count: cases, of }) => {
              const place = to(name);
              return (
                <li key={name}>
                  {place === null ? title : <Link href={place}>{title}</Link>}: {count(cases)}
                  {of === null ? "" : ` of ${count(of)} completed`}
                </li>
              );
            })}
          </ul>
        )}
      </th>
      <td className="right">{count(line.count)}</td>
      <td>{input}</td>
      <td className="right">{line.hours ? range(line.hours) : "–"}</td>
      <td className="right">{worthOf(line.worth)}</td>
    </tr>
  );
}
