/**
 * One act on all of a cause: choose and freeze, look at exactly what would be sent, try one first, then the rest, and watch until
 * each is confirmed at its target.
 *
 * Nothing counts as done because a button was pressed. The one that leads on is where the focus is, so the keyboard follows.
 */
import { keepPreviousData, useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { CorrectedBefore, Offer } from "../../../trace/corrections.ts";
import type { Group } from "../../../trace/index.ts";
import type { SelectionDetail } from "../../../trace/selections.ts";
import { useAnnounce } from "../announce.tsx";
import { change, get, useMay } from "../api.ts";
import { capital, count, many, pageOf } from "../format.ts";
import { Ago, Amount, Failed, Loading, Section } from "../parts.tsx";
import { useChange } from "../people-api.ts";
import { useQuery } from "../query.ts";

type Act = "try again" | "fix" | "cancel" | "close";
type Offered = Partial<Readonly<Record<Act, { readonly title: string; readonly means: string }>>>;

const CLOSE = { title: "Close", means: "you have dealt with them; nothing is sent" };
/** What one may do about all of a cause, by what it is about; the same words as on the command line. The first is offered first. */
const ACTS = {
  sent: {
    "try again": {
      title: "Try again",
      means: "the same documents under the same keys: nothing can be booked twice",
    },
    fix: { title: "Fix data", means: "correct what they carry, then send it under the same keys" },
    cancel: { title: "Give up", means: "they are never sent; what waits behind them moves on" },
  },
  arrived: {
    close: CLOSE,
    "try again": {
      title: "Read again",
      means:
        "what arrived is read as it came, by the flow as it is now; what came again meanwhile is not taken twice",
    },
  },
  other: { close: CLOSE },
} as const satisfies Record<string, Offered>;
type About = keyof typeof ACTS;

const NEEDS = { "try again": "try again", fix: "fix data", cancel: "decide", close: "decide" } as const;

/** What a cause is about: something to be sent or gone on with, something that came and was set aside, or neither. */
export const aboutOf = (items: readonly { readonly subjectKind: string }[]): About =>
  items.some(({ subjectKind }) => subjectKind === "delivery" || subjectKind === "instance")
    ? "sent"
    : items.some(({ subjectKind }) => subjectKind === "arrival")
      ? "arrived"
      : "other";

export function Acts({ group, about }: { group: Omit<Group, "items">; about: About }) {
  const may = useMay();
  const [, set] = useQuery();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const offered: Offered = ACTS[about];
  const acts = (Object.keys(offered) as Act[]).filter((each) => may(NEEDS[each]));
  const [act, choose] = useState<Act>(offered.fix && group.class === "data" ? "fix" : (acts[0] ?? "close"));
  const [said, say] = useState({ path: "", was: "", value: "", reason: "" });
  const [taken, take] = useState<readonly Offer[]>([]);
  const [busy, work] = useState(false);
  if (acts.length === 0 || group.class === "unclear outcome") return null;
  const freeze = async (event: FormEvent) => {
    event.preventDefault();
    work(true);
    const typed = {
      path: said.path.trim(),
      value: said.value,
      ...(said.was === "" ? {} : { was: said.was }),
    };
    const changes = [
      ...taken.map(({ path, was, value, documents }) => ({ path, was, value, documents })),
      ...(typed.path === "" ? [] : [typed]),
    ];
    try {
      const { id } = await change<SelectionDetail>(queries, "/selections", {
        act,
        chosen: { cause: group.id },
        reason: said.reason,
        ...(act === "fix" ? { changes } : {}),
      });
      set((query) => {
        query.set("bulk", id);
        return query;
      });
    } catch (error) {
      announce(false, (error as Error).message);
    } finally {
      work(false);
    }
  };
  const field = (name: keyof typeof said, label: string, required = true) => (
    <label className="field">
      {label}
      <input
        value={said[name]}
        required={required}
        maxLength={name === "reason" ? 2_000 : 300}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target: { value } }) => say({ ...said, [name]: value })}
      />
    </label>
  );
  return (
    <Section
      title={group.open === 1 ? "Do something about it" : `Do something about all ${count(group.open)}`}
    >
      <form className="acts" onSubmit={freeze}>
        <fieldset className="zoom" hidden={acts.length === 1}>
          <legend className="sr">What to do</legend>
          {acts.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={act === each}
              onClick={() => choose(each)}
              title={offered[each]?.means}
            >
              {offered[each]?.title}
            </button>
          ))}
        </fieldset>
        <p className="muted">
          {capital(offered[act]?.means ?? "")}
          {act !== "close" && group.open > 1 ? ". One is tried first." : "."}
        </p>
        {act === "fix" && (
          <>
            <Before cause={group.id} taken={taken} take={take} />
            <div className="fields">
              {field("path", "Field, such as customer or lines[].item", taken.length === 0)}
              {field("was", "Only where it says (may stay empty)", false)}
              {field("value", "What to put there", taken.length === 0)}
            </div>
          </>
        )}
        {field("reason", "Why (kept in the audit)")}
        <div className="buttons">
          <button type="submit" className="button primary" disabled={busy || !acts.includes(act)}>
            Look at what would happen
          </button>
          <span className="muted">
            Nothing is done yet: the choice is written down, and nothing joins it later.
          </span>
        </div>
      </form>
    </Section>
  );
}

const changed = (by: string, field: string, before: unknown, after: unknown, system: string) =>
  `${by} changed ${field} from ${quoted(before)} to ${quoted(after)} for ${system}`;

const keyOf = ({ path, was, value }: Offer) => JSON.stringify([path, was, value]);

/** What was corrected before in the documents that stand; what fits one of them is taken over by whoever ticks it. */
function Before({
  cause,
  taken,
  take,
}: {
  cause: string;
  taken: readonly Offer[];
  take: (offers: readonly Offer[]) => void;
}) {
  const may = useMay();
  const { data } = useRead({
    queryKey: ["cause", cause, "corrected before"],
    queryFn: () => get<CorrectedBefore>(`/causes/${encodeURIComponent(cause)}/corrected-before`),
    enabled: may("view bodies"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data || data.corrected.length === 0) return null;
  const { offers, corrected } = data;
  return (
    <fieldset className="before">
      <legend>
        Corrected before in these documents{offers.length === 0 && "; none of it fits what stands"}
      </legend>
      {offers.map((offer) => (
        <label key={keyOf(offer)}>
          <input
            type="checkbox"
            checked={taken.some((one) => keyOf(one) === keyOf(offer))}
            onChange={({ target: { checked } }) =>
              take([...taken.filter((one) => keyOf(one) !== keyOf(offer)), ...(checked ? [offer] : [])])
            }
          />
          <span>
            {changed(offer.by, offer.field, offer.was, offer.value, offer.systemTitle)} <Ago at={offer.at} />.{" "}
            <strong>
              Do the same to <code>{offer.path}</code> in {many(offer.documents.length, "document")}
            </strong>
          </span>
        </label>
      ))}
      <details>
        <summary>All that was corrected in them</summary>
        <ul>
          {corrected.flatMap(({ delivery, document, by, at, systemTitle, taken: holds, fields }) =>
            fields.map(({ path, before, after }) => (
              <li key={`${delivery} ${at} ${path}`}>
                {changed(by, path, before, after, systemTitle)} <Ago at={at} />, in{" "}
                <Link href={pageOf(document)}>{document.slice(document.indexOf("/") + 1)}</Link>
                {!holds && "; it has not taken it"}.
              </li>
            )),
          )}
        </ul>
      </details>
    </fieldset>
  );
}

const MOVING_MS = 700;
/** Nothing of it is under way: what was just pressed is, also before its first item was asked. */
const rests = ({ state, totals }: SelectionDetail) =>
  state !== "running" && state !== "trying one" && totals.asked === 0;

export function Bulk({ id }: { id: string }) {
  const [, set] = useQuery();
  const { data, error, refetch } = useRead({
    queryKey: ["selection", id],
    queryFn: () => get<SelectionDetail>(`/selections/${encodeURIComponent(id)}?limit=100`),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data: seen } }) => (seen && rests(seen) ? 5_000 : MOVING_MS),
  });
  const away = () =>
    set((query) => {
      query.delete("bulk");
      return query;
    });
  return (
    <Section
      title={data ? `${capital(data.act)}: ${many(data.totals.selected, "item")}` : "A bulk act"}
      aside={
        <button type="button" className="button quiet" onClick={away}>
          Choose anew
        </button>
      }
    >
      {error && !data && <Failed error={error} what="this bulk act" again={refetch} />}
      {!data && !error && <Loading label="this bulk act" />}
      {data && <Progress seen={data} />}
      {data && <Next seen={data} />}
      {data && <Tallies seen={data} />}
      {data?.state === "frozen" && <Preview id={id} />}
    </Section>
  );
}

function Progress({ seen: { totals, money, reason, frozenBy, frozenAt, state } }: { seen: SelectionDetail }) {
  const done = totals.applied + totals.failedAgain + totals.skipped;
  return (
    <>
      <progress
        className="bulk-bar"
        max={Math.max(1, totals.selected)}
        value={done}
        aria-label="Items with an outcome"
      />
      <p role="status">
        <strong>
          {count(totals.applied)} of {count(totals.selected)} confirmed
        </strong>
        {` · ${count(totals.failedAgain)} failed again · ${count(totals.skipped)} left out · ${count(totals.waiting)} waiting`}
      </p>
      <p className="cause-facts">
        {money.map((sum) => (
          <span key={sum.currency}>
            at risk <Amount value={sum} />
          </span>
        ))}
        <span>{state}</span>
        <span>
          chosen by {frozenBy} <Ago at={frozenAt} />: {reason}
        </span>
      </p>
    </>
  );
}

/** The one button that leads on has the focus when it appears. */
function Next({ seen: { id, state, totals, second, approvedBy } }: { seen: SelectionDetail }) {
  const press = useChange();
  const lead = useRef<HTMLButtonElement>(null);
  const may = useMay();
  const step = state === "frozen" ? "one" : state === "tried one" && totals.waiting > 0 ? "rest" : null;
  // A button that still waits for its answer cannot have the focus; whoever works elsewhere by now keeps it there.
  useEffect(() => {
    const { activeElement, body } = window.document;
    const free = activeElement === null || activeElement === body || activeElement.id === "main";
    if (step !== null && !press.isPending && free) lead.current?.focus();
  }, [step, press.isPending]);
  const word = (said: "try one" | "run" | "stop", says: string) =>
    press.mutate({ path: `/selections/${encodeURIComponent(id)}/decide`, body: { word: said }, says });
  const waits = totals.waiting > 0;
  if (!may("try again")) return null;
  return (
    <>
      {second !== null && approvedBy === null && state === "frozen" && (
        <p className="advice">It takes a second person: {second} It waits on the page Approvals then.</p>
      )}
      <div className="buttons">
        {step === "one" && waits && (
          <button
            ref={lead}
            type="button"
            className="button primary"
            disabled={press.isPending}
            onClick={() => word("try one", "One is tried; it shows here when its target confirmed it.")}
          >
            {totals.waiting > 1 ? "Try one first" : "Try it"}
          </button>
        )}
        {step === "rest" && (
          <button
            ref={lead}
            type="button"
            className="button primary"
            disabled={press.isPending}
            onClick={() => word("run", "The rest is under way.")}
          >
            Do the other {count(totals.waiting)}
          </button>
        )}
        {step === "one" && totals.waiting > 1 && (
          <button
            type="button"
            className="button"
            disabled={press.isPending}
            onClick={() => word("run", "All of them are under way.")}
          >
            All {count(totals.waiting)} at once
          </button>
        )}
        {waits && state !== "stopped" && (
          <button
            type="button"
            className="button"
            disabled={press.isPending}
            onClick={() => word("stop", "Nothing more is begun; what was not asked is left out.")}
          >
            Stop
          </button>
        )}
      </div>
    </>
  );
}

/** What each would do, what is left out and why, and what failed again. */
function Tallies({ seen: { would, left, failed } }: { seen: SelectionDetail }) {
  const lines = [
    ...failed.map((one) => ({ ...one, as: "failed again: " })),
    ...left.map((one) => ({ ...one, as: "left out: " })),
    ...would.map((one) => ({ ...one, as: "" })),
  ];
  return (
    <ul className="history">
      {lines.map(({ as, text, items }) => (
        <li key={as + text}>
          <strong>{count(items)} ×</strong> {as}
          {text}
        </li>
      ))}
    </ul>
  );
}

interface Previewed {
  readonly delivery: string;
  readonly connection: string;
  readonly subject: string;
  readonly skip: string | null;
  readonly payload: string | null;
  readonly differences: readonly {
    readonly path: string;
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
  readonly problem: string | null;
}

const PREVIEWED = 5;
const quoted = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** The very payloads, for those who may see bodies. */
function Preview({ id }: { id: string }) {
  const may = useMay();
  const { data } = useRead({
    queryKey: ["selection", id, "preview"],
    queryFn: () =>
      get<{ items: readonly Previewed[] }>(
        `/selections/${encodeURIComponent(id)}/preview?limit=${PREVIEWED}`,
      ),
    enabled: may("view bodies"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data) return null;
  return (
    <details>
      <summary>
        Exactly what would be sent{data.items.length > 1 ? `, for the first ${data.items.length}` : ""}
      </summary>
      {data.items.map(({ delivery, subject, connection, skip, payload, differences, problem }) => (
        <article key={delivery} className="previewed">
          <h3>
            {subject} → {connection}
          </h3>
          {(skip ?? problem) && <p>{skip ?? problem}</p>}
          {differences.length > 0 && (
            <ul>
              {differences.map(({ path, before, after }) => (
                <li key={path}>
                  <code>{path}</code>: {quoted(before)} → {quoted(after)}
                </li>
              ))}
            </ul>
          )}
          {payload !== null && <pre className="exact">{payload}</pre>}
        </article>
      ))}
    </details>
  );
}
