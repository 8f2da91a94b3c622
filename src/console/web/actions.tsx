/**
 * The buttons that change something, each with a question before it and an honest answer after it.
 *
 * Nothing is shown as done before the server said so: asked, accepted, and then the page shows what became of it at the
 * target. Dangerous buttons have no key and are not the default of a dialog.
 */
import type { UseMutationResult } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Permission } from "../../rights/permissions.ts";
import type { DeliveryView, ExceptionView, OpenQuestion, QuestionView } from "../../trace/index.ts";
import { useRefusals } from "./announce.tsx";
import { useMay, usePress } from "./api.ts";
import { absolute, amountsIn, capital } from "./format.ts";
import { useNow } from "./live.tsx";
import { Ago } from "./parts.tsx";

/** A modal question. It closes on Escape and on "Not now"; a refusal is said in it, with everything that was typed. */
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
  const { place, forgetRefusals } = useRefusals();
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
          forgetRefusals();
          onSubmit();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <div ref={place} />
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

/** A question that takes words, sends them with what is pressed, and closes once the server has taken it. */
export function AskWhy<const Sent, Answer>({
  title,
  verb,
  danger = false,
  label = "Why (kept in the audit)",
  least = 1,
  ready = true,
  press,
  sends,
  instead,
  onDone,
  onClose,
  children,
}: {
  title: string;
  /** What the button says. */
  verb: string;
  danger?: boolean;
  /** What the words are about. */
  label?: string;
  /** How many characters they have at least; 0: they may be left out. */
  least?: number;
  /** Whether all else that is asked for is there. */
  ready?: boolean;
  press: Pick<UseMutationResult<Answer, Error, Sent>, "isPending" | "mutate">;
  sends: (words: string) => Sent;
  /** Another answer to the same question; it is nobody's default. */
  instead?: { verb: string; ready: boolean; sends: (words: string) => Sent };
  /** Before it closes. */
  onDone?: (answer: Answer) => void;
  onClose: () => void;
  children?: ReactNode;
}) {
  const [typed, setTyped] = useState("");
  const words = typed.trim();
  const send = (sent: Sent) =>
    press.mutate(sent, {
      onSuccess: (answer) => {
        onDone?.(answer);
        onClose();
      },
    });
  const may = !press.isPending && words.length >= least;
  return (
    <Ask
      title={title}
      onClose={onClose}
      onSubmit={() => send(sends(words))}
      busy={press.isPending}
      submit={
        <>
          {instead && (
            <button
              type="button"
              className="button danger"
              disabled={!may || !instead.ready}
              onClick={() => send(instead.sends(words))}
            >
              {instead.verb}
            </button>
          )}
          <button
            type="submit"
            className={danger ? "button danger" : "button primary"}
            disabled={!may || !ready}
          >
            {verb}
          </button>
        </>
      }
    >
      {children}
      <label className="field">
        {label}
        <textarea
          rows={2}
          maxLength={2_000}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
    </Ask>
  );
}

export function AnswerButtons({ question }: { question: QuestionView | OpenQuestion }) {
  const press = usePress();
  const may = useMay();
  const [asking, ask] = useState<"approved" | "declined" | null>(null);
  if (question.verdict !== null || !may("answer")) return null;
  const verb = asking === "approved" ? "Approve" : "Decline";
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
        <AskWhy
          title={`${verb} ${question.approval}?`}
          verb={verb}
          danger={asking === "declined"}
          label="Comment"
          least={0}
          press={press}
          sends={(comment) => ({ act: "answer", question: question.id, verdict: asking, comment })}
          onClose={() => ask(null)}
        >
          {question.because && <p>{amountsIn(question.because)}</p>}
          <p className="muted">
            {asking === "approved"
              ? "The process goes on as planned."
              : "The process takes back what it did so far."}{" "}
            Your name and words are kept with it.
          </p>
        </AskWhy>
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
  const [booked, setBooked] = useState("");
  const mayDo = useMay();
  const may = possible.filter((each) => mayDo(NEEDS[each]));
  // Whoever is asked reads why it was refused, also when there is nothing to be done any more.
  if (may.length === 0 && asking === null) return null;
  const how = { press, onClose: () => ask(null) };
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
        <AskWhy
          {...how}
          title={`Send ${what} to ${system} again?`}
          verb="Try again"
          least={0}
          sends={(reason) => ({ act: "try again", delivery, tries, reason })}
        >
          <p>The same document under the same key: it cannot be booked twice.</p>
        </AskWhy>
      )}
      {asking === "cancel" && (
        <AskWhy
          {...how}
          title={`Give up ${what}?`}
          verb="Give up"
          danger
          sends={(reason) => ({ act: "cancel", delivery, tries, reason })}
        >
          <p>{system} will never get it. Later steps for the same document go on without it.</p>
        </AskWhy>
      )}
      {asking === "settle" && (
        <AskWhy
          {...how}
          title={`What became of ${what} at ${system}?`}
          verb="It was booked"
          least={0}
          ready={booked.trim() !== ""}
          sends={(reason) => ({ act: "settle", delivery, tries, booked: booked.trim(), reason })}
          instead={{
            verb: "It was not booked: send it again",
            ready: booked.trim() === "",
            sends: (reason) => ({ act: "settle", delivery, tries, booked: null, reason }),
          }}
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
        </AskWhy>
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
  const { right, verb, means } = ABOUT_NO_DELIVERY[act];
  const again = right === "try again";
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
        <AskWhy
          title={`${verb}: ${exception.title}?`}
          verb={verb}
          label={`${again ? "Why" : "What was done"} (kept in the audit)`}
          least={again ? 0 : 1}
          press={press}
          sends={(reason) =>
            again
              ? { act: "try again", delivery: exception.subject, reason }
              : { act: "resolve", exception: exception.id, reason }
          }
          onClose={() => ask(false)}
        >
          <p>{means}</p>
        </AskWhy>
      )}
    </>
  );
}
