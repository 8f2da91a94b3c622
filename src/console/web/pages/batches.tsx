/** Large files: how far each is, totals that add up, refused records with their places, and what can be done. */
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import type { BatchOutcomes, BatchView, RefusedView } from "../../../trace/index.ts";
import { AskWhy } from "../actions.tsx";
import { useBatch, useBatches, useMay, usePress } from "../api.ts";
import { count, many, span } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { Hidden } from "./hidden.tsx";

/** Every outcome a record may have, in the order of good news. */
const OUTCOMES: readonly (readonly [keyof BatchOutcomes, string, string])[] = [
  ["applied", "Applied", "Nothing they caused is open"],
  ["waiting", "Waiting", "On their way"],
  ["held", "Held", "A business rule says not now"],
  ["parked", "Parked", "A person decides: see Exceptions"],
  ["givenUp", "Given up", "By a person"],
  ["noChange", "No change", "Equal to what was known"],
  ["passedOver", "Passed over", "Not for this flow"],
  ["refused", "Refused", "Set aside with their place"],
];

const STATE: Readonly<Record<BatchView["state"], string>> = {
  waiting: "Waits for its turn",
  running: "Reading",
  paused: "Paused",
  finished: "Read to its end",
  failed: "Not read to its end",
};

export function BatchesPage() {
  const { data, error, refetch } = useBatches();
  return (
    <div className="page">
      <h1>Batches</h1>
      {error && !data && <Failed error={error} what="the batches" again={refetch} />}
      {!data && !error && <Loading label="the batches" rows={4} />}
      {data && data.batches.length === 0 && (
        <div className="card">
          <Empty>
            No large file was read yet. When a file arrives for a flow that reads records, its progress and
            its totals appear here.
          </Empty>
        </div>
      )}
      {data && data.batches.length > 0 && (
        <div className="card batch-list">
          <table>
            <thead>
              <tr>
                <th>File</th>
                <th>Read</th>
                <th className="right">Records</th>
                <th className="right">Applied</th>
                <th className="right">No change</th>
                <th className="right">Open</th>
                <th className="right">Refused</th>
              </tr>
            </thead>
            <tbody>
              {data.batches.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Link href={`/batches/${one.id}`} className="number">
                      {one.file}
                    </Link>
                    <br />
                    <small className="muted">
                      {STATE[one.state]}, <Ago at={one.updatedAt} />
                    </small>
                  </td>
                  <td>
                    <Progress one={one} />
                  </td>
                  <td className="right">{count(one.records)}</td>
                  <td className="right">{count(one.outcomes.applied)}</td>
                  <td className="right">{count(one.outcomes.noChange)}</td>
                  <td className="right">
                    {count(one.outcomes.waiting + one.outcomes.held + one.outcomes.parked)}
                  </td>
                  <td className="right">{count(one.outcomes.refused)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Hint command="xd batches --follow" />
    </div>
  );
}

/** How far the file was read, for those who see the bar and those who do not. */
function Progress({ one }: { one: BatchView }) {
  const percent = one.bytes === 0 ? 100 : Math.floor((100 * one.bytesRead) / one.bytes);
  return (
    <span className="batch-progress">
      <progress max={100} value={percent} aria-label={`${percent} percent of ${one.file} are read`} />
      <span>{percent} %</span>
    </span>
  );
}

export function BatchPage({ id }: { id: string }) {
  const [after, setAfter] = useState<readonly number[]>([0]);
  const from = after.at(-1) ?? 0;
  const [revealed, setRevealed] = useState<{ from: number; refused: readonly RefusedView[] } | null>(null);
  const { data, error, refetch } = useBatch(id, from);
  if (error && !data)
    return (
      <div className="page">
        <h1>Batch</h1>
        <Failed error={error} what="this batch" again={refetch} />
      </div>
    );
  if (!data)
    return (
      <div className="page">
        <h1>Batch</h1>
        <Loading label="the batch" rows={6} />
      </div>
    );
  const { batch } = data;
  const refused = revealed?.from === from ? revealed.refused : data.refused;
  return (
    <div className="page">
      <p>
        <Link href="/batches">Batches</Link>
      </p>
      <h1>{batch.file}</h1>
      <Section title={STATE[batch.state]} aside={<BatchButtons batch={batch} />}>
        <Progress one={batch} />
        {batch.reason && <p className="advice">{batch.reason}</p>}
        <p className="cause-facts">
          <span>flow {batch.flow}</span>
          <span>from {batch.source}</span>
          <span>
            {count(batch.bytesRead)} of {many(batch.bytes, "byte")}
          </span>
          {batch.startedAt && (
            <span>
              took {span(Date.parse(batch.finishedAt ?? batch.updatedAt) - Date.parse(batch.startedAt))}
            </span>
          )}
        </p>
      </Section>
      <Section title={many(batch.records, "record")}>
        <table className="batch-totals">
          <tbody>
            {OUTCOMES.map(([name, title, means]) => (
              <tr key={name}>
                <th scope="row">{title}</th>
                <td className="right">{count(batch.outcomes[name])}</td>
                <td className="muted">{means}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      <Refused
        batch={batch}
        refused={refused}
        reveal={
          <Hidden
            at={`/batches/${encodeURIComponent(id)}/reveal`}
            asking={{ after: from }}
            what="what they say"
            shown={{ refused }}
            onShown={(shown) => setRevealed({ from, refused: shown.refused })}
          />
        }
        back={after.length > 1 ? () => setAfter(after.slice(0, -1)) : undefined}
        on={refused.length === 100 ? () => setAfter([...after, refused.at(-1)?.record ?? from]) : undefined}
      />
      <Hint command={`xd batches ${batch.id}`} />
    </div>
  );
}

function Refused({
  batch,
  refused,
  reveal,
  back,
  on,
}: {
  batch: BatchView;
  refused: readonly RefusedView[];
  reveal: ReactNode;
  back: (() => void) | undefined;
  on: (() => void) | undefined;
}) {
  if (batch.outcomes.refused === 0) return null;
  return (
    <Section title={`Refused records (${count(batch.outcomes.refused)})`}>
      <p className="advice">
        They are set aside with their bytes, and the others went on. Mend the cause (a missing code, the
        mapping), then have them read again; or tell the sender which to correct in a new file.
      </p>
      <ul className="items">
        {refused.map(({ record, line, reason, text, readingAgain }) => (
          <li key={record}>
            <div className="needs-text">
              <p>
                <strong>
                  Record {count(record)}, line {count(line)}
                </strong>
                {readingAgain && <span className="muted"> waits to be read again</span>}
              </p>
              <p>{reason}</p>
              {text !== null && (
                <p>
                  <code>{text}</code>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {reveal}
      <div className="buttons">
        {back && (
          <button type="button" className="button" onClick={back}>
            Earlier
          </button>
        )}
        {on && (
          <button type="button" className="button" onClick={on}>
            Later
          </button>
        )}
      </div>
    </Section>
  );
}

/** Pausing and resuming harm nobody; what cannot be taken back is asked first. */
function BatchButtons({ batch }: { batch: BatchView }) {
  const press = usePress();
  const [asking, ask] = useState<"read refused again" | "give up" | null>(null);
  const may = useMay();
  if (!may("steer systems", "everywhere")) return null;
  const decision = (verdict: "pause" | "resume" | "read refused again" | "give up", reason = "") =>
    ({ act: "decide batch", batch: batch.id, verdict, reason }) as const;
  const open = batch.state === "running" || batch.state === "paused" || batch.state === "waiting";
  return (
    <div className="buttons">
      {batch.state === "running" && (
        <button
          type="button"
          className="button"
          disabled={press.isPending}
          onClick={() => press.mutate(decision("pause"))}
        >
          Pause
        </button>
      )}
      {batch.state === "paused" && (
        <button
          type="button"
          className="button primary"
          disabled={press.isPending}
          onClick={() => press.mutate(decision("resume"))}
        >
          Resume
        </button>
      )}
      {batch.outcomes.refused > 0 && !batch.readingAgain && (
        <button
          type="button"
          className="button"
          disabled={press.isPending}
          onClick={() => ask("read refused again")}
        >
          Read refused again…
        </button>
      )}
      {open && (
        <button
          type="button"
          className="button quiet"
          disabled={press.isPending}
          onClick={() => ask("give up")}
        >
          Give up…
        </button>
      )}
      {asking && (
        <AskWhy
          title={
            asking === "give up"
              ? `Read ${batch.file} no further?`
              : `Read ${many(batch.outcomes.refused, "refused record")} again?`
          }
          verb={asking === "give up" ? "Give up" : "Read again"}
          least={0}
          press={press}
          sends={(reason) => decision(asking, reason)}
          onClose={() => ask(null)}
        >
          <p>
            {asking === "give up"
              ? `${many(batch.records, "record")} were read and stay; the rest is not read, and the file goes to quarantine.`
              : "They are read with the mapping and codes of today. A record that was overtaken by a newer file puts its older content back."}
          </p>
        </AskWhy>
      )}
    </div>
  );
}
