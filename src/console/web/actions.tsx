/**
 * The buttons that change something, each with a question before it and an honest answer after it.
 *
 * Nothing is shown as done before the server said so: asked, accepted, and then the page shows what became of it at the
 * target. Dangerous buttons have no key and are not the default of a dialog.
 */
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Permission } from "../../rights/permissions.ts";
import type { DeliveryView, ExceptionView, OpenQuestion, QuestionView } from "../../trace/index.ts";
import { useMay, usePress } from "./api.ts";
import { absolute, amountsIn, capital } from "./format.ts";
import { useNow } from "./live.tsx";
import { Ago } from "./parts.tsx";

/** A modal question. Closes on Escape, on "Not now", and when `busy` work succeeded. */
export function Ask({
  title,
  children,
  onClose,
  onSubmit,
  submit,
  busy,
}: {
  title: string;
  children: ReactNode;
  onClose: () => void;
  onSubmit: () => void;
  submit: ReactNode;
  busy: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="ask" aria-labelledby={id} onClose={onClose} onCancel={onClose}>
      <form
        method="dialog"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <div className="ask-buttons">
          <button type="button" className="button" onClick={onClose}>
            Not now
          </button>
          <span aria-busy={busy}>{submit}</span>
        </div>
      </form>
    </dialog>
  );
}

/** Asks for a reason; it is kept in the audit. */
export function Why({
  value,
  onChange,
  label = "Why (kept in the audit)",
}: {
  value: string;
  onChange: (value: string) => void;
  label?: string;
}) {
  return (
    <label className="field">
      {label}
      <textarea rows={2} maxLength={2_000} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

export function AnswerButtons({ question }: { question: QuestionView | OpenQuestion }) {
  const press = usePress();
  const may = useMay();
  const [asking, ask] = useState<"approved" | "declined" | null>(null);
  const [comment, setComment] = useState("");
  if (question.verdict !== null || !may("answer")) return null;
  const send = (verdict: "approved" | "declined") =>
    press.mutate({ act: "answer", question: question.id, verdict, comment }, { onSuccess: () => ask(null) });
  return (
    <div className="buttons">
      <button
        type="button"
        className="button primary"
        disabled={press.isPending || press.isSuccess}
        onClick={() => ask("approved")}
      >
        Approve…
      </button>
      <button
        type="button"
        className="button"
        disabled={press.isPending || press.isSuccess}
        onClick={() => ask("declined")}
      >
        Decline…
      </button>
      {asking && (
        <Ask
          title={`${asking === "approved" ? "Approve" : "Decline"} ${question.approval}?`}
          onClose={() => ask(null)}
          onSubmit={() => send(asking)}
          busy={press.isPending}
          submit={
            <button
              type="submit"
              className={asking === "approved" ? "button primary" : "button danger"}
              disabled={press.isPending}
            >
              {asking === "approved" ? "Approve" : "Decline"}
            </button>
          }
        >
          {question.because && <p>{amountsIn(question.because)}</p>}
          <p className="muted">
            {asking === "approved"
              ? "The process goes on as planned."
              : "The process takes back what it did so far."}{" "}
            Your name and words are kept with it.
          </p>
          <Why value={comment} onChange={setComment} label="Comment" />
        </Ask>
      )}
    </div>
  );
}

/** A question and its buttons, as a card. */
export function QuestionCard({
  question,
  heading,
}: {
  question: QuestionView | OpenQuestion;
  heading?: ReactNode;
}) {
  const now = useNow();
  const open = question.verdict === null;
  return (
    <article className="needs-card needs-hold">
      <div className="needs-text">
        <h3>
          {heading}
          {capital(question.approval)}
        </h3>
        <p>{amountsIn(question.because ?? "The process waits for an answer.")}</p>
        <p className="muted">
          Asked of {question.askedOf} <Ago at={question.askedAt} />
          {open && (
            <>
              , answer {Date.parse(question.dueAt) < now ? "was due" : "due"}{" "}
              <time dateTime={question.dueAt} title={absolute(question.dueAt)}>
                <Ago at={question.dueAt} />
              </time>
            </>
          )}
          {!open && `, ${question.verdict} by ${question.answeredBy ?? "nobody"}`}
        </p>
      </div>
      <AnswerButtons question={question} />
    </article>
  );
}

type May = DeliveryView["may"][number];

const NEEDS: Readonly<Record<May, Permission>> = {
  settle: "decide",
  "try again": "try again",
  cancel: "decide",
};

/** What a person may do about one delivery; `may` says what there is to be done, `tries` how often it was tried. `system` is the target's name, `what` the thing sent. */
export function DeliveryButtons({
  delivery,
  tries,
  may: possible,
  system,
  what,
}: {
  delivery: string;
  tries?: number | undefined;
  may: readonly May[];
  system: string;
  what: string;
}) {
  const press = usePress();
  const [asking, ask] = useState<May | null>(null);
  const [reason, setReason] = useState("");
  const [booked, setBooked] = useState("");
  const mayDo = useMay();
  const may = possible.filter((each) => mayDo(NEEDS[each]));
  if (may.length === 0) return null;
  const close = () => ask(null);
  const frozen = press.isPending || press.isSuccess;
  return (
    <div className="buttons">
      {may.includes("settle") && (
        <button type="button" className="button primary" disabled={frozen} onClick={() => ask("settle")}>
          I have checked…
        </button>
      )}
      {may.includes("try again") && (
        <button type="button" className="button primary" disabled={frozen} onClick={() => ask("try again")}>
          Try again…
        </button>
      )}
      {may.includes("cancel") && (
        <button type="button" className="button" disabled={frozen} onClick={() => ask("cancel")}>
          Give up…
        </button>
      )}
      {asking === "try again" && (
        <Ask
          title={`Send ${what} to ${system} again?`}
          onClose={close}
          onSubmit={() => press.mutate({ act: "try again", delivery, tries, reason }, { onSettled: close })}
          busy={press.isPending}
          submit={
            <button type="submit" className="button primary" disabled={press.isPending}>
              Try again
            </button>
          }
        >
          <p>The same document under the same key: it cannot be booked twice.</p>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
      {asking === "cancel" && (
        <Ask
          title={`Give up ${what}?`}
          onClose={close}
          onSubmit={() => press.mutate({ act: "cancel", delivery, tries, reason }, { onSettled: close })}
          busy={press.isPending}
          submit={
            <button
              type="submit"
              className="button danger"
              disabled={press.isPending || reason.trim() === ""}
            >
              Give up
            </button>
          }
        >
          <p>{system} will never get it. Later steps for the same document go on without it.</p>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
      {asking === "settle" && (
        <Ask
          title={`What became of ${what} at ${system}?`}
          onClose={close}
          onSubmit={() =>
            booked.trim() &&
            press.mutate(
              { act: "settle", delivery, tries, booked: booked.trim(), reason },
              { onSettled: close },
            )
          }
          busy={press.isPending}
          submit={
            <>
              <button
                type="button"
                className="button danger"
                disabled={press.isPending || booked.trim() !== ""}
                onClick={() =>
                  press.mutate({ act: "settle", delivery, tries, booked: null, reason }, { onSettled: close })
                }
              >
                It was not booked: send it again
              </button>
              <button
                type="submit"
                className="button primary"
                disabled={press.isPending || booked.trim() === ""}
              >
                It was booked
              </button>
            </>
          }
        >
          <p>Look in {system} first. If it is there, give its number; if it is not, it is sent again.</p>
          <label className="field">
            Its number in {system}
            <input
              value={booked}
              maxLength={200}
              onChange={(event) => setBooked(event.target.value)}
              placeholder="e.g. 4500001"
            />
          </label>
          <Why value={reason} onChange={setReason} />
        </Ask>
      )}
    </div>
  );
}

const ABOUT_NO_DELIVERY = {
  "go on": {
    right: "try again",
    verb: "Let it go on",
    means: "The process takes again what it stopped at, and everything that came after it, in order.",
  },
  "read again": {
    right: "try again",
    verb: "Read it again",
    means:
      "What arrived is read as it came, by the flow as it is now. What can be read goes in; what came again meanwhile is not taken twice. Its sender was told no: tell them.",
  },
  "dealt with": {
    right: "decide",
    verb: "Dealt with",
    means: "The item leaves the list. Nothing is sent and nothing is booked by this.",
  },
} as const;
type AboutNoDelivery = keyof typeof ABOUT_NO_DELIVERY;
type AboutSubject = Pick<ExceptionView, "id" | "title" | "subjectKind" | "subject" | "resolvedAt">;

/**
 * What a person may do about an exception that is about no delivery: let a stopped process take its input again, have what
 * arrived read again, or say that the matter is dealt with.
 */
export function ExceptionButtons({ exception }: { exception: AboutSubject }) {
  const may = useMay();
  if (exception.resolvedAt !== null || exception.subjectKind === "delivery") return null;
  const { subjectKind, subject } = exception;
  const acts: readonly AboutNoDelivery[] =
    subjectKind === "instance"
      ? ["go on"]
      : subjectKind === "arrival" && !subject.includes("#")
        ? ["read again", "dealt with"]
        : ["dealt with"];
  return (
    <div className="buttons">
      {acts
        .filter((act) => may(ABOUT_NO_DELIVERY[act].right))
        .map((act) => (
          <ExceptionButton key={act} exception={exception} act={act} />
        ))}
    </div>
  );
}

function ExceptionButton({ exception, act }: { exception: AboutSubject; act: AboutNoDelivery }) {
  const press = usePress();
  const [asking, ask] = useState(false);
  const [reason, setReason] = useState("");
  const { right, verb, means } = ABOUT_NO_DELIVERY[act];
  const again = right === "try again";
  const send = () =>
    press.mutate(
      again
        ? { act: "try again", delivery: exception.subject, reason }
        : { act: "resolve", exception: exception.id, reason },
      { onSettled: () => ask(false) },
    );
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={press.isPending || press.isSuccess}
        onClick={() => ask(true)}
      >
        {verb}…
      </button>
      {asking && (
        <Ask
          title={`${verb}: ${exception.title}?`}
          onClose={() => ask(false)}
          onSubmit={send}
          busy={press.isPending}
          submit={
            <button
              type="submit"
              className="button primary"
              disabled={press.isPending || (!again && reason.trim() === "")}
            >
              {verb}
            </button>
          }
        >
          <p>{means}</p>
          <Why
            value={reason}
            onChange={setReason}
            label={`${again ? "Why" : "What was done"} (kept in the audit)`}
          />
        </Ask>
      )}
    </>
  );
}
