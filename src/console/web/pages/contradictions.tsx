/** What contradicts: who says what since when, the message most likely missing, and the button that mends it. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Mending } from "../../../runtime/dock.ts";
import type { AgreementLine, Contradiction, FindingView } from "../../../trace/agreement.ts";
import { AskWhy } from "../actions.tsx";
import { get, useMay, usePress } from "../api.ts";
import { capital, count, span } from "../format.ts";
import { useNow } from "../live.tsx";
import { Ago, Amount, DocumentLink, Empty, Failed, Loading, More, Section } from "../parts.tsx";
import { useQuery } from "../query.ts";

export function Contradictions({ agreement }: { agreement: AgreementLine }) {
  const [query, set] = useQuery();
  const milestone = query.get("milestone");
  const list = useInfiniteQuery({
    // Another count is another list: what the heading says is what is shown below it.
    queryKey: ["agreements", agreement.name, milestone, agreement.differ],
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams();
      if (milestone) asked.set("milestone", milestone);
      if (pageParam) asked.set("after", pageParam);
      return get<{ contradictions: readonly Contradiction[]; next: string | null }>(
        `/agreements/${encodeURIComponent(agreement.name)}/contradictions?${asked}`,
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 5_000,
  });
  const { data, error, refetch } = list;
  const all = data?.pages.flatMap(({ contradictions }) => contradictions) ?? [];
  if (agreement.differ === 0 && all.length === 0)
    return (
      <Section title={`${agreement.title} that contradict`}>
        <Empty>
          No system contradicts another. What differs longer than its grace appears here, with the message
          most likely missing and what mends it.
        </Empty>
      </Section>
    );
  return (
    <Section
      title={`${agreement.title} that contradict (${count(agreement.differ)})`}
      aside={
        milestone && (
          <button
            type="button"
            className="button quiet"
            onClick={() =>
              set((before) => {
                before.delete("milestone");
                return before;
              })
            }
          >
            Only {milestone} ✕
          </button>
        )
      }
    >
      {error && !data && <Failed error={error} what="the contradictions" again={refetch} />}
      {!data && !error && <Loading label="the contradictions" />}
      <ul className="items">
        {all.map((one) => (
          <li key={one.subject}>
            <div className="needs-text">
              <p>
                {one.document?.correlation === one.subject ? (
                  <DocumentLink line={one.document} />
                ) : (
                  <>
                    {named(one.subject)}
                    {one.document && (
                      <>
                        {" "}
                        of <DocumentLink line={one.document} />
                      </>
                    )}
                  </>
                )}{" "}
                <Amount value={one.worth} />
                {one.lookedAt && (
                  <span className="muted">
                    {" "}
                    systems asked <Ago at={one.lookedAt} />
                  </span>
                )}
              </p>
              {one.findings
                .filter(({ stand }) => stand === "differ")
                .map((finding) => (
                  <Finding key={finding.milestone} subject={one.subject} finding={finding} />
                ))}
            </div>
          </li>
        ))}
      </ul>
      <More of={list} />
    </Section>
  );
}

/** `lot/L-7` → "Lot L-7", `position/SEAL-9/WH-LYO` → "Position SEAL-9/WH-LYO". */
const named = (subject: string): string => {
  const cut = subject.indexOf("/");
  const words = subject.slice(0, cut).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${capital(words)} ${subject.slice(cut + 1)}`;
};

/** What each opinion reads as. */
const SAYS = { reached: "says yes", "not reached": "says no", "cannot tell": "cannot tell" } as const;

function Finding({ subject, finding }: { subject: string; finding: FindingView }) {
  const now = useNow();
  const { milestone, words, figures, remedy, since, accepted } = finding;
  return (
    <div className="finding">
      <h3>
        {capital(milestone)}
        {since && <span className="muted"> for {span(now - Date.parse(since))}</span>}
      </h3>
      <table>
        <caption className="sr">Who says what about {milestone}</caption>
        <thead>
          <tr>
            <th scope="col">System</th>
            <th scope="col">{capital(milestone)}</th>
            {figures.map(({ name }) => (
              <th scope="col" key={name} className="right">
                {capital(name)}
              </th>
            ))}
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {words.map(({ system, title, opinion, at, because, asked, figures: held }) => (
            <tr key={system}>
              <th scope="row">{title}</th>
              <td>{because ?? (opinion === "cannot tell" && held ? "keeps figures" : SAYS[opinion])}</td>
              {figures.map(({ name }) => (
                <td key={name} className="right">
                  {held?.[name] ?? "–"}
                </td>
              ))}
              <td>
                {at ? (
                  <>
                    {asked ? "asked " : ""}
                    <Ago at={at} />
                  </>
                ) : (
                  "–"
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {remedy && (
        <p className="advice">
          {remedy.missing && <>Most likely missing: {remedy.missing}. </>}
          {remedy.advice}
        </p>
      )}
      {remedy?.explained && <p className="muted">{remedy.explained.because} It is shown there, not twice.</p>}
      {accepted !== null ? (
        <p className="muted">Accepted as it is: {accepted}</p>
      ) : (
        <Buttons subject={subject} finding={finding} />
      )}
    </div>
  );
}

/** Each act with the right it asks for, and its label. */
const ACTS: Readonly<Record<Mending, { may: Parameters<ReturnType<typeof useMay>>[0]; label: string }>> = {
  "send again": { may: "replay", label: "Send again" },
  "send as new": { may: "replay as new", label: "Send as new" },
  "try again": { may: "try again", label: "Try again" },
  "take its report": { may: "decide", label: "Take its report" },
  "ask again": { may: "try again", label: "Ask again" },
  accept: { may: "decide", label: "Accept as it is" },
};

function Buttons({ subject, finding: { milestone, remedy } }: { subject: string; finding: FindingView }) {
  const may = useMay();
  const press = usePress();
  const [asking, ask] = useState<Mending | null>(null);
  const first = remedy && remedy.act in ACTS && remedy.explained === null ? (remedy.act as Mending) : null;
  const acts = ([first, "ask again", "accept"] as const).filter(
    (act): act is Mending => act !== null && may(ACTS[act].may),
  );
  return (
    <div className="buttons">
      {acts.map((act) => (
        <button
          key={act}
          type="button"
          className={act === first ? "button primary" : "button"}
          disabled={press.isPending}
          onClick={() => ask(act)}
        >
          {ACTS[act].label}…
        </button>
      ))}
      {asking && (
        <AskWhy
          title={`${ACTS[asking].label}?`}
          verb={ACTS[asking].label}
          press={press}
          sends={(reason) => ({ act: "mend", subject, milestone, how: asking, reason })}
          onClose={() => ask(null)}
        >
          <p>
            {asking === first
              ? remedy?.advice
              : asking === "accept"
                ? "What is shown is closed with your reason. The systems go on differing, and it is shown again when that changes."
                : "Every system is asked what it holds now. Questions change nothing."}
          </p>
        </AskWhy>
      )}
    </div>
  );
}
