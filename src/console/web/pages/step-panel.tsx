/** One step: what was sent, what came back, every try. Bodies as they stand in the journal; hidden fields stay hidden. */
import { useEffect, useRef, useState } from "react";
import type { Step } from "../../../trace/index.ts";
import { useStep } from "../api.ts";
import { absolute } from "../format.ts";
import { Ago, Copy, Failed, Loading, StatusPill } from "../parts.tsx";
import { HiddenStep } from "./hidden.tsx";
import { SideBySidePanel } from "./side-by-side.tsx";

type Tab = "sent" | "side" | "back" | "tries";

export function StepPanel({
  of,
  close,
}: {
  of: { correlation: string; position: string };
  close: () => void;
}) {
  const { data: step, error, refetch } = useStep(of.correlation, of.position);
  const [tab, setTab] = useState<Tab>("sent");
  const panel = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newly opened step is brought into view once.
  useEffect(() => {
    setTab("sent");
    panel.current?.scrollIntoView({ block: "nearest" });
  }, [of.correlation, of.position]);
  const isCommand = step?.kind === "command" || (step?.deliveries.length ?? 0) > 0;
  const tries = step?.deliveries.reduce((sum, { attempts }) => sum + attempts, 0) ?? 0;
  return (
    <section className="card step" ref={panel} aria-label="One step">
      <header className="card-head">
        <h2>{step?.title ?? "Step"}</h2>
        <button
          type="button"
          className="icon-button"
          onClick={close}
          aria-label="Close this step"
          title="Close (Esc)"
        >
          ✕
        </button>
      </header>
      {error && !step ? <Failed error={error} what="this step" again={refetch} /> : null}
      {!step && !error && <Loading label="this step" />}
      {step && (
        <>
          <p className="muted">
            {step.summary ? `${step.summary} ` : ""}
            {step.sourceTitle}, <time dateTime={step.recordedAt}>{absolute(step.recordedAt)}</time>.{" "}
            <code>
              {step.contract} v{step.version}
            </code>
          </p>
          <div className="tabs" role="tablist" aria-label="What to show of this step">
            <TabButton
              tab="sent"
              now={tab}
              set={setTab}
              label={isCommand ? "What was sent" : "What it says"}
            />
            <TabButton tab="side" now={tab} set={setTab} label="Side by side" />
            {isCommand && (
              <TabButton
                tab="back"
                now={tab}
                set={setTab}
                label={`What came back (${step.answers.length})`}
              />
            )}
            {isCommand && <TabButton tab="tries" now={tab} set={setTab} label={`Tries (${tries})`} />}
          </div>
          {tab === "side" ? <SideBySidePanel of={of} /> : <HiddenStep of={of} about="step" shown={step} />}
          {tab === "sent" && <Body data={step.data} />}
          {tab === "sent" && <Left step={step} />}
          {isCommand && tab === "back" && (
            <div role="tabpanel">
              {step.answers.length === 0 && <p className="empty">Nothing has come back yet.</p>}
              {step.answers.map((answer) => (
                <div key={answer.position}>
                  <h3>
                    {answer.title} <small>{absolute(answer.recordedAt)}</small>
                  </h3>
                  <Body data={answer.data} />
                </div>
              ))}
            </div>
          )}
          {isCommand && tab === "tries" && (
            <div role="tabpanel">
              {step.deliveries.map((delivery) => (
                <div key={delivery.key} className="tries">
                  <p>
                    <strong>{delivery.connectionTitle}</strong> <StatusPill status={delivery.status} />
                  </p>
                  <p className="muted">
                    {delivery.attempts === 1 ? "One try" : `${delivery.attempts} tries`}, last change{" "}
                    <Ago at={delivery.updatedAt} />. Key <code>{delivery.key}</code>
                  </p>
                  <ol>
                    {delivery.tries.map((one) => (
                      <li key={`${one.at}${one.outcome}`}>
                        <time dateTime={one.at}>{absolute(one.at)}</time> <strong>{one.outcome}</strong>
                        {one.reason && <small>{one.reason}</small>}
                      </li>
                    ))}
                  </ol>
                </div>
              ))}
            </div>
          )}
        </>
      )}
    </section>
  );
}

/** What the document it was read from says beyond it, and what the documents written from it have no place for. */
function Left({ step }: { step: Step }) {
  const lists = [
    { about: `Not carried from what ${step.sourceTitle} sent`, all: step.notCarried },
    ...step.deliveries.map(({ connectionTitle, notCarried }) => ({
      about: `No place in the document for ${connectionTitle}`,
      all: notCarried,
    })),
  ].filter(({ all }) => all.length > 0);
  return lists.map(({ about, all }) => (
    <div key={about}>
      <h3>{about}</h3>
      <dl className="numbers">
        {all.map(({ place, value }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place may stand there twice, and the list never changes.
          <div key={index}>
            <dt>
              <code>{place}</code>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  ));
}

function TabButton({ tab, now, set, label }: { tab: Tab; now: Tab; set: (tab: Tab) => void; label: string }) {
  return (
    <button type="button" role="tab" aria-selected={tab === now} onClick={() => set(tab)}>
      {label}
    </button>
  );
}

/** A body as text that can be read, selected and copied; nothing in it is ever interpreted. */
export function Body({ data }: { data: unknown }) {
  const text = typeof data === "string" ? data : (JSON.stringify(data, null, 2) ?? "");
  return (
    <div className="body">
      <Copy text={text} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
