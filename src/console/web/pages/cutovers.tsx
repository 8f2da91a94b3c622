/** The cut-over board: each step that moves from one system to another, how well the two agree, what stands where, who switched and why. */
import { keepPreviousData, useMutation, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { WhatIf } from "../../../runtime/what-if.ts";
import type { CutoverView } from "../../../trace/cutovers.ts";
import { AskWhy } from "../actions.tsx";
import { useAnnounce } from "../announce.tsx";
import { change, get, useMay } from "../api.ts";
import { capital, count, many, pageOf } from "../format.ts";
import { Ago, Section, Word } from "../parts.tsx";
import { useChange } from "../people-api.ts";

/** Nothing tells of a step but the page asking; they are few. */
const AGAIN_MS = 3_000;

const STAGES: Readonly<Record<CutoverView["stage"], string>> = {
  legacy: "the first system books",
  shadow: "both book, the first counts",
  cloud: "the next system books",
};
const LEDGERS = { legacy: "the first", cloud: "the next" } as const;

/** Nothing where no step moves, and for who sees a part of the business only. */
export function Cutovers() {
  const may = useMay();
  const { data } = useRead({
    queryKey: ["cutovers"],
    queryFn: () => get<{ readonly cutovers: readonly CutoverView[] }>("/cutovers"),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
    enabled: may("view", "everywhere"),
  });
  return (data?.cutovers ?? []).map((cutover) => <Board key={cutover.id} cutover={cutover} />);
}

function Board({ cutover }: { cutover: CutoverView }) {
  const { id, step, entity, plant, stage, wanted, met, needed, inARow, score, compared, alike } = cutover;
  const { booked, half, switches } = cutover;
  return (
    <Section title={`${capital(step.replaceAll("-", " "))}, ${entity}, ${plant}: ${stage}`}>
      <p>
        {capital(STAGES[stage])}.{" "}
        {wanted && (
          <>
            {wanted.by} wants it to go to <strong>{wanted.to}</strong>: {wanted.reason}{" "}
            <Link href="/approvals">Decide</Link>
          </>
        )}
      </p>
      <dl className="counts">
        <div>
          <dt>Score</dt>
          <dd>{score}</dd>
        </div>
        <div>
          <dt>Alike</dt>
          <dd>
            {count(alike)} of {count(compared)}
          </dd>
        </div>
        <div>
          <dt>{met ? "Criterion met" : `In a row, of ${count(needed)}`}</dt>
          <dd>{count(inARow)}</dd>
        </div>
        <div>
          <dt>In the first ledger</dt>
          <dd>{count(booked.legacy)}</dd>
        </div>
        <div>
          <dt>In the next ledger</dt>
          <dd>{count(booked.cloud)}</dd>
        </div>
        <div>
          <dt>Booked by one only</dt>
          <dd>{half.length === 0 ? "0" : <Word word="needs a decision" text={count(half.length)} />}</dd>
        </div>
      </dl>
      <Asking cutover={cutover} />
      <Differing differing={cutover.differing} />
      <Replay id={id} compared={compared} />
      <Crossed cutover={cutover} />
      <PastUs foreign={cutover.foreign} />
      <Rows
        caption={`Switches of ${id}`}
        head={["Switch", "By", "Reason", "When"]}
        rows={switches.map(({ from, to, by, reason, at }) => ({
          key: at,
          cells: [`${from} → ${to}`, by, reason, <Ago key="at" at={at} />],
        }))}
      />
    </Section>
  );
}

const WISHES = {
  legacy: { button: "Back to the first…", title: "the first system books again" },
  shadow: { button: "Let both book…", title: "both book, and the first counts" },
  cloud: { button: "Let the next book…", title: "the next system books alone" },
} as const;

/** Somebody is asked; nothing moves before that is decided. */
function Asking({ cutover: { id, stage, wanted, met } }: { cutover: CutoverView }) {
  const may = useMay();
  const press = useChange();
  const [to, want] = useState<CutoverView["stage"] | null>(null);
  if (wanted !== null || !may("steer systems", "everywhere")) return null;
  const choices = (Object.keys(WISHES) as (keyof typeof WISHES)[]).filter(
    (one) => one !== stage && (one !== "cloud" || met),
  );
  return (
    <div className="buttons">
      {choices.map((one) => (
        <button key={one} type="button" className="button" onClick={() => want(one)}>
          {WISHES[one].button}
        </button>
      ))}
      {to !== null && (
        <AskWhy
          title={`Ask that ${WISHES[to].title}: ${id}?`}
          verb="Ask"
          press={press}
          sends={(reason) => ({
            path: `/cutovers/${encodeURIComponent(id)}/ask`,
            body: { to, reason },
            says: `It is asked whether ${id} may go to ${to}.`,
          })}
          onClose={() => want(null)}
        >
          <p>Nothing moves before somebody has agreed under Approvals.</p>
        </AskWhy>
      )}
    </div>
  );
}

function Rows({
  caption,
  head,
  rows,
}: {
  caption: string;
  head: readonly string[];
  rows: readonly { readonly key: string; readonly cells: readonly React.ReactNode[] }[];
}) {
  if (rows.length === 0) return null;
  return (
    <div className="scroll">
      <table>
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {head.map((one) => (
              <th scope="col" key={one}>
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key}>
              <th scope="row">{first}</th>
              {rest.map((cell, at) => (
                <td key={head[at + 1]} className="breaks">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const receipt = (document: string) => (
  <Link key={document} href={pageOf(`goodsReceipt/${document}`)} className="number">
    {document}
  </Link>
);

/** Differences by what they have in common; behind each cause its latest documents. */
function Differing({ differing }: { differing: CutoverView["differing"] }) {
  return differing.map(({ cause, count: documents, documents: latest }) => (
    <details key={cause}>
      <summary>
        {many(documents, "document")} differ by one cause: <strong>{cause}</strong>
      </summary>
      <Rows
        caption={`Documents that differ: ${cause}`}
        head={["Document", "Figure", "The first booked", "The next would hold"]}
        rows={latest.flatMap(({ document, differences }) =>
          differences.map(({ figure, live, shadow }) => ({
            key: `${document} ${figure}`,
            cells: [receipt(document), figure, live, shadow],
          })),
        )}
      />
    </details>
  ));
}

/** Asks what today's mapping would book of the documents compared so far. Nothing is sent by it. */
function Replay({ id, compared }: { id: string; compared: number }) {
  const may = useMay();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { mutate, data, isPending } = useMutation({
    mutationFn: () => change<WhatIf>(queries, `/cutovers/${encodeURIComponent(id)}/what-if`, {}),
    onError: (error) => announce(false, error.message),
  });
  if (compared === 0 || !may("replay", "everywhere")) return null;
  return (
    <>
      <p>
        <button type="button" className="button" disabled={isPending} onClick={() => mutate()}>
          {isPending ? "Replaying …" : "Replay with today's mapping"}
        </button>{" "}
        {data && (
          <span role="status">
            {count(data.alike)} of {count(data.replayed)} would be booked alike
            {data.whole ? "" : ", of the latest"}. Nothing was booked.
            {data.unclearCount > 0 && ` ${many(data.unclearCount, "document")} could not be asked about.`}
          </span>
        )}
      </p>
      {data && (
        <>
          <Differing differing={data.differing} />
          <Rows
            caption="Documents that could not be asked about"
            head={["Document", "Because"]}
            rows={data.unclear.map(({ document, because }) => ({
              key: document,
              cells: [receipt(document), because],
            }))}
          />
        </>
      )}
    </>
  );
}

/** What came before a switch and was booked after it. */
function Crossed({ cutover: { overlap, overlapped } }: { cutover: CutoverView }) {
  if (overlapped === 0) return null;
  return (
    <details>
      <summary>{many(overlapped, "document")} crossed a switch, and each finished as it had begun</summary>
      <Rows
        caption="Documents that crossed a switch"
        head={["Document", "Came at", "Booked during", "In the books of"]}
        rows={overlap.toReversed().map(({ document, came, during, ledger }) => ({
          key: document,
          cells: [receipt(document), came, during, LEDGERS[ledger]],
        }))}
      />
    </details>
  );
}

function PastUs({ foreign }: { foreign: CutoverView["foreign"] }) {
  return (
    <Rows
      caption="Entered directly where the step is not carried out any more"
      head={["Entered directly", "In", "By", "Worth", "Stands"]}
      rows={foreign.map(({ document, ledger, by, value, stands }) => ({
        key: `${ledger} ${document}`,
        cells: [document, LEDGERS[ledger], by, value, stands],
      }))}
    />
  );
}
