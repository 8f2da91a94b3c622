/** Who looks after a document, the notes on it, and holding it: what a person says about all of it. */
import { useState } from "react";
import { Link } from "wouter";
import type { Story } from "../../../trace/index.ts";
import { AskWhy } from "../actions.tsx";
import { useMay, useSession } from "../api.ts";
import { Ago, Word } from "../parts.tsx";
import { useChange } from "../people-api.ts";

type Asked = "note" | "hold" | "release";

const ASK: Readonly<
  Record<Asked, { title: string; says: string; label: string; verb: string; done: string }>
> = {
  note: {
    title: "Leave a note",
    says: "It stands in the timeline for everybody who may see this document, with your name.",
    label: "What whoever looks next should know",
    verb: "Leave it",
    done: "Noted.",
  },
  hold: {
    title: "Put it on hold?",
    says: "From about a second on nothing of it is sent to any system, whatever else happens to it, until somebody lets it go on. What was sent before stays.",
    label: "Why (kept in the audit, and shown to everybody)",
    verb: "Hold it",
    done: "On hold: nothing of it is sent.",
  },
  release: {
    title: "Let it go on?",
    says: "What was held meanwhile is sent, each once.",
    label: "Why (kept in the audit)",
    verb: "Let it go on",
    done: "It goes on.",
  },
};

export function Tending({ story: { line, tended } }: { story: Story }) {
  const may = useMay();
  const { data: session } = useSession();
  const change = useChange();
  const [asking, ask] = useState<Asked | null>(null);
  const me = session?.actor ?? null;
  const path = `/documents/${encodeURIComponent(line.correlation)}`;
  const assign = (to: string | null, says: string) =>
    change.mutate({ path: `${path}/tend`, body: { assign: to }, says });
  return (
    <section className="tending" aria-label="Who looks after it">
      {tended.hold && (
        <p className="held">
          <Word word="on hold" /> {tended.hold.by}: {tended.hold.because}{" "}
          <span className="muted">
            Since <Ago at={tended.hold.at} /> nothing of it is sent.
          </span>
        </p>
      )}
      <div className="buttons">
        <span className="muted">
          {tended.assignedTo === null ? "Nobody looks after it." : `${tended.assignedTo} looks after it.`}
        </span>
        {may("tend") &&
          (tended.assignedTo === me && me !== null ? (
            <button
              type="button"
              className="button"
              disabled={change.isPending}
              onClick={() => assign(null, "It is nobody's again.")}
            >
              Give it back
            </button>
          ) : (
            <button
              type="button"
              className="button"
              disabled={change.isPending}
              onClick={() => assign(me, "You look after it.")}
            >
              Take it on
            </button>
          ))}
        {may("tend") && (
          <button type="button" className="button" onClick={() => ask("note")}>
            Note…
          </button>
        )}
        {may("decide") && (
          <button type="button" className="button" onClick={() => ask(tended.hold ? "release" : "hold")}>
            {tended.hold ? "Let it go on…" : "Hold…"}
          </button>
        )}
        <Link href={`/documents/compare?a=${encodeURIComponent(line.correlation)}`} className="button quiet">
          Compare with another
        </Link>
      </div>
      {asking && (
        <AskWhy
          title={ASK[asking].title}
          verb={ASK[asking].verb}
          label={ASK[asking].label}
          least={asking === "release" ? 0 : 1}
          press={change}
          sends={(words) =>
            asking === "note"
              ? { path: `${path}/tend`, body: { note: words }, says: ASK.note.done }
              : { path: `${path}/${asking}`, body: { reason: words }, says: ASK[asking].done }
          }
          onClose={() => ask(null)}
        >
          <p>{ASK[asking].says}</p>
        </AskWhy>
      )}
    </section>
  );
}
