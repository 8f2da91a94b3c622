/** The small pieces every page is made of: status, milestones, ages, copying, and what is shown when there is nothing. */
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { Link } from "wouter";
import type { DocumentLine, MilestoneView, Money, Status, StatusWord } from "../../trace/index.ts";
import { STATUSES } from "../../trace/status.ts";
import { Problem, useMay } from "./api.ts";
import { absolute, capital, money, pageOf, relative } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useNow } from "./live.tsx";

const slug = (word: string) => word.replaceAll(" ", "-");

/** A status word: icon, text and colour, the same everywhere. */
export function Word({ word, text, title }: { word: StatusWord; text?: string; title?: string }) {
  const { label, meaning } = STATUSES[word];
  return (
    <span className={`word word-${slug(word)}`} title={title ?? `${label}: ${meaning}`}>
      <Icon word={word} />
      {text ?? label}
    </span>
  );
}

export function StatusPill({ status }: { status: Status }) {
  return (
    <span className="status">
      <Word word={status.word} text={status.text} {...(status.because ? { title: status.because } : {})} />
      {status.late && (
        <span className="word word-late" title="Past the time its next milestone was due">
          <Icon word="late" />
          Late
        </span>
      )}
    </span>
  );
}

/** Takes a table along as a file for spreadsheets, of the kind one likes. */
export function SaveSheet({ name, query, title }: { name: string; query: string; title: string }) {
  return (["csv", "xlsx"] as const).map((file) => (
    <a
      key={file}
      className="button quiet"
      href={`/api/${name}.${file}?${query}`}
      download={`crossdock-${name}.${file}`}
      title={title}
    >
      Save as {file === "csv" ? "CSV" : "Excel"}
    </a>
  ));
}

/** A moment as its age; the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={absolute(at)}>
      {relative(at, now)}
    </time>
  );
}

const MARK: Readonly<Record<MilestoneView["state"], string>> = {
  reached: "reached",
  partly: "partly reached",
  open: "not yet",
  late: "late",
  withdrawn: "taken back",
};

/** How far a document has come, as a row of dots with a sentence for those who do not see them. */
export function Dots({ milestones }: { milestones: readonly MilestoneView[] }) {
  if (milestones.length === 0) return <span className="muted">no process</span>;
  const reached = milestones.filter(({ state }) => state === "reached");
  const last = reached.at(-1);
  const sentence = `${reached.length} of ${milestones.length} milestones${last ? `, last ${last.name}` : ""}`;
  return (
    <span
      className="dots"
      role="img"
      aria-label={sentence}
      title={milestones.map((one) => `${capital(one.name)}: ${MARK[one.state]}`).join("\n")}
    >
      {milestones.map(({ name, state }) => (
        <span key={name} className={`dot dot-${state}`} />
      ))}
    </span>
  );
}

export function Amount({ value }: { value: Money | null | undefined }) {
  return value ? <span className="amount">{money(value)}</span> : <span className="muted">–</span>;
}

export function DocumentLink({ line }: { line: Pick<DocumentLine, "correlation" | "number"> }) {
  return (
    <Link href={pageOf(line.correlation)} className="number">
      {line.number}
    </Link>
  );
}

type About = { readonly subjectKind: string; readonly subject: string };

/** Where an exception leads beside its document: to what arrived, or to the large file; null where it is about neither. */
function placeOf({ subjectKind, subject }: About): readonly [place: string, title: string] | null {
  const batch = /^batch\/([\da-f-]{36})\|/.exec(subject)?.[1];
  if (batch !== undefined) return [`/batches/${batch}`, "The file and its records"];
  return subjectKind === "arrival" ? [`/arrivals/${subject.split("#")[0]}`, "What arrived"] : null;
}

export function SubjectLink({ of }: { of: About }) {
  const may = useMay();
  const place = may("view bodies") ? placeOf(of) : null;
  return place && <Link href={place[0]}>{place[1]}</Link>;
}

/** What an exception is about, where it is about no document: a link to it, or what it is called. */
export function Subject({ of }: { of: About }) {
  const may = useMay();
  return may("view bodies") && placeOf(of) ? <SubjectLink of={of} /> : <code>{of.subject}</code>;
}

/** Copies a text and says so. */
export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
  const [said, say] = useState(label);
  return (
    <button
      type="button"
      className="button quiet"
      onClick={async () => {
        try {
          await navigator.clipboard.writeText(text);
          say("Copied");
        } catch {
          say("Press Ctrl-C");
        }
        setTimeout(() => say(label), 1_600);
      }}
    >
      <span aria-live="polite">{said}</span>
    </button>
  );
}

/** The same thing on the command line. */
export function Hint({ command }: { command: string }) {
  return (
    <p className="hint">
      <span className="hint-label">On the command line</span>
      <code>{command}</code>
      <Copy text={command} />
    </p>
  );
}

export function Section({
  title,
  aside,
  children,
  className = "",
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** What will appear here, why it is empty, one next step. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

type Pages = Pick<UseInfiniteQueryResult, "hasNextPage" | "fetchNextPage" | "isFetchingNextPage">;

/** The button under a list that goes on; nothing where it does not. */
export function More({
  of: { hasNextPage, fetchNextPage, isFetchingNextPage },
  label = "Show more",
}: {
  of: Pages;
  label?: ReactNode;
}) {
  if (!hasNextPage) return null;
  return (
    <p className="center">
      <button
        type="button"
        className="button"
        disabled={isFetchingNextPage}
        onClick={() => void fetchNextPage()}
      >
        {isFetchingNextPage ? "Loading…" : label}
      </button>
    </p>
  );
}

/** Our own failures: what happened, what it means for the business, what to do. */
export function Failed({ error, what, again }: { error: unknown; what: string; again?: () => void }) {
  const missing = error instanceof Problem && error.status === 404;
  return (
    <div className="failed" role="alert">
      <p>
        <strong>{missing ? "Not found." : `We could not load ${what}.`}</strong>{" "}
        {error instanceof Error ? error.message : "Orders keep flowing."}
      </p>
      {again && !missing && (
        <button type="button" className="button" onClick={again}>
          Load again
        </button>
      )}
    </div>
  );
}

export function Loading({ rows = 4, label }: { rows?: number; label: string }) {
  return (
    <div className="loading" role="status" aria-label={`Loading ${label}`}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey bars have no identity.
        <span key={index} className="bar" />
      ))}
    </div>
  );
}
