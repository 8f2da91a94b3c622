/** What stands beside a document's story: who says what, its numbers, what no field carries, its processes, related documents. */
import { useState } from "react";
import { Link } from "wouter";
import type { Story } from "../../../trace/index.ts";
import { absolute, capital, clock, pageOf } from "../format.ts";
import { Icon } from "../icons.tsx";
import { useNow } from "../live.tsx";
import { Ago, Dots, Section, StatusPill } from "../parts.tsx";

export function Opinions({ story: { opinions } }: { story: Story }) {
  const now = useNow();
  if (opinions.rows.length === 0) return null;
  return (
    <Section title="Who says what">
      <div className="scroll">
        <table className="opinions">
          <caption className="sr">What each system last said about each milestone</caption>
          <thead>
            <tr>
              <th scope="col">Milestone</th>
              {opinions.systems.map(({ name, title }) => (
                <th key={name} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {opinions.rows.map((row) => (
              <tr key={`${row.milestone}${row.subject}`} className={row.stand === "differ" ? "differ" : ""}>
                <th scope="row">
                  {capital(row.milestone)}
                  {row.subject && <small>{row.subject.slice(row.subject.indexOf("/") + 1)}</small>}
                  {row.stand === "settling" && (
                    <small title="They have differed for less than ten minutes: the news is on its way">
                      on its way
                    </small>
                  )}
                  {row.stand === "differ" && <small className="no">they disagree</small>}
                </th>
                {row.said.map((said, index) => (
                  <td key={opinions.systems[index]!.name}>
                    {said === null ? (
                      <span className="muted" title="It has not said anything about this">
                        –
                      </span>
                    ) : (
                      <span className={said.reached ? "yes" : "no"} title={absolute(said.at)}>
                        {said.reached ? "✔ yes" : "✕ no"}
                        <small>{clock(said.at, now, false)}</small>
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** Numbers people ask for come first; the rest follows in the order it became known. */
const FOREMOST = [
  "order",
  "customerReference",
  "erpOrder",
  "shipment",
  "trackingNumber",
  "sscc",
  "invoice",
  "payment",
];
/** Kinds of numbers shown before the rest has to be asked for. */
const KINDS_SHOWN = 10;

export function Numbers({ story: { keys } }: { story: Story }) {
  const [all, showAll] = useState(false);
  const place = (type: string) => (FOREMOST.indexOf(type) + FOREMOST.length + 1) % (FOREMOST.length + 1);
  const kinds = new Map<string, Story["keys"][number][]>();
  for (const key of keys.toSorted((a, b) => place(a.type) - place(b.type))) {
    kinds.set(key.label, [...(kinds.get(key.label) ?? []), key]);
  }
  const shown = [...kinds].slice(0, all ? undefined : KINDS_SHOWN);
  return (
    <Section title="Its numbers">
      <dl className="numbers">
        {shown.map(([label, of]) => (
          <div key={label}>
            <dt>{label}</dt>
            {of.map((key) => (
              <dd key={key.value} title={key.systemTitle ? `Given by ${key.systemTitle}` : undefined}>
                {key.value}
                {key.systemTitle && <small> {key.systemTitle}</small>}
              </dd>
            ))}
          </div>
        ))}
      </dl>
      {kinds.size > KINDS_SHOWN && (
        <button type="button" className="button quiet" aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? "Show fewer" : `Show ${kinds.size - KINDS_SHOWN} more kinds`}
        </button>
      )}
    </Section>
  );
}

/** What documents say that no field of ours carries, by place; the values are in the step, hidden as personal data is. */
export function Left({
  story: { notCarried },
  open,
}: {
  story: Story;
  open: (step: { correlation: string; position: string }) => void;
}) {
  if (notCarried.length === 0) return null;
  return (
    <Section title="Not carried">
      <ul className="facts">
        {notCarried.map(({ way, title, systemTitle, places, step }) => (
          <li key={`${way}${step.position}${systemTitle}`}>
            <button type="button" className="button quiet" onClick={() => open(step)}>
              {title}
            </button>{" "}
            {way === "read" ? "as read from" : "as written for"} {systemTitle}
            <br />
            <small>
              {places.slice(0, 12).join(", ")}
              {places.length > 12 && `, and ${places.length - 12} more`}
            </small>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Processes({ story: { instances } }: { story: Story }) {
  if (instances.length === 0) return null;
  return (
    <Section title="Process">
      {instances.map((one) => (
        <div key={`${one.process}:${one.key}`} className="process">
          <p>
            <strong>{capital(one.process.replaceAll("-", " "))}</strong> version {one.version}, {one.status},
            began <Ago at={one.startedAt} />
          </p>
          {one.timers.length > 0 && (
            <ul className="facts">
              {one.timers.map(({ name, due }) => (
                <li key={name}>
                  <Icon word="late" /> {capital(name)} <Ago at={due} />
                </li>
              ))}
            </ul>
          )}
          {one.undo.length > 0 && (
            <p className="muted">If it is given up, this is sent: {one.undo.join(", ").toLowerCase()}.</p>
          )}
          {one.notes.length > 0 && (
            <ul className="facts">
              {one.notes.slice(-6).map((note, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: notes are only ever added at the end.
                <li key={index}>
                  {note.text} {note.at && <Ago at={note.at} />}
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </Section>
  );
}

export function Related({ story: { related } }: { story: Story }) {
  if (related.length === 0) return null;
  return (
    <Section title="Related documents">
      <ul className="related">
        {related.map((line) => (
          <li key={line.correlation}>
            <Link href={pageOf(line.correlation)} className="number">
              {line.number}
            </Link>{" "}
            <small>
              {line.kind}, through {line.through.label.toLowerCase()} {line.through.value}
            </small>
            <Dots milestones={line.milestones} /> <StatusPill status={line.status} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
