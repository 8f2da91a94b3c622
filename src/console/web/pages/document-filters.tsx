/** What Documents is narrowed by: what documents are, how they stand, where in a process; and the filters kept on this machine. */
import type { InputHTMLAttributes } from "react";
import type { How, StatusWord } from "../../../trace/index.ts";
import { STATUSES } from "../../../trace/status.ts";
import { useHome, useSession } from "../api.ts";
import { capital, money } from "../format.ts";
import { KeptFilters } from "../kept-filters.tsx";
import { useQuery } from "../query.ts";
import { useSpan } from "../span-of-time.tsx";

const HOWS: Readonly<Record<How, string>> = {
  someone: "need someone",
  waiting: "wait for a system",
  normal: "in normal flow",
};
const howOf = (asked: string | null): How | null =>
  asked && Object.hasOwn(HOWS, asked) ? (asked as How) : null;
const processTitle = (name: string) => capital(name.replaceAll("-", " "));

/** What a query of this page asks for, in words. */
function sentenceOf(query: URLSearchParams): string {
  const search = query.get("search")?.trim();
  return search ? `Number ${search}` : chosenWords(query).join(" · ") || "The latest";
}

/** What documents may be chosen by, as the address and the API name it. */
const CHOSEN = ["process", "at", "how", "kind", "plant", "over", "of", "status", "late"] as const;

/** The part of the address the API takes; empty when nothing is chosen. Without a process nobody stands anywhere. */
export function chosenOf(query: URLSearchParams): string {
  const chosen = new URLSearchParams();
  for (const name of CHOSEN) {
    const value = query.get(name);
    if ((name === "at" || name === "how") && !query.get("process")) continue;
    // Empty means something for one of them: before the first milestone.
    if (name === "at" ? value !== null : value) chosen.set(name, value ?? "");
  }
  return chosen.toString();
}

/** The same in words: "Order to cash · at allocated · orders · plant LYON · late · over €5,000.00". */
export function chosenWords(query: URLSearchParams): string[] {
  const chosen = new URLSearchParams(chosenOf(query));
  const [process, at, how, kind, plant, over, of, status, late] = CHOSEN.map((name) => chosen.get(name));
  const [amount = "", currency = ""] = over?.split(" ") ?? [];
  const inWay = howOf(how ?? null);
  return [
    process ? processTitle(process) : "",
    at === "" ? "before the first milestone" : at ? `at ${at}` : "",
    inWay ? HOWS[inWay] : "",
    kind ? capital(kind) : "",
    plant ? `plant ${plant}` : "",
    late ? "late" : "",
    of ? `looked after by ${of}` : "",
    over ? `over ${money({ amount, currency })}` : "",
    status && Object.hasOwn(STATUSES, status) ? STATUSES[status as StatusWord].label.toLowerCase() : "",
  ].filter(Boolean);
}

/** Choosing by what documents are and how they stand. What is typed counts once the box is left, or by Enter. */
function Choosing({ types }: { types: readonly string[] }) {
  const [params, setQuery] = useQuery();
  const me = useSession().data?.actor;
  const set = (name: (typeof CHOSEN)[number], value: string) =>
    setQuery((before) => {
      before.delete("search");
      if (value === "") before.delete(name);
      else before.set(name, value);
      return before;
    });
  const kind = params.get("kind") ?? "";
  const typed = (name: "plant" | "over", label: string, more: InputHTMLAttributes<HTMLInputElement>) => (
    <label>
      <span>{label}</span>
      <input
        key={params.get(name) ?? ""}
        {...more}
        defaultValue={params.get(name) ?? ""}
        onBlur={({ target }) => {
          const value = target.value.trim();
          if (value !== (params.get(name) ?? "") && target.reportValidity()) set(name, value);
        }}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") currentTarget.blur();
        }}
      />
    </label>
  );
  return (
    <>
      <label>
        <span>Kind</span>
        <select value={kind} onChange={({ target }) => set("kind", target.value)}>
          <option value="">all</option>
          {[...new Set([...types, ...(kind === "" ? [] : [kind])])].map((type) => (
            <option key={type} value={type}>
              {capital(type)}
            </option>
          ))}
        </select>
      </label>
      {typed("plant", "Plant", { placeholder: "any", size: 8 })}
      {typed("over", "Worth over", {
        placeholder: "5000 EUR",
        size: 12,
        pattern: "\\d{1,15}(\\.\\d{1,6})? [A-Z]{3}",
        title: "An amount and its currency, such as 5000 EUR",
      })}
      <label>
        <span>Status</span>
        <select value={params.get("status") ?? ""} onChange={({ target }) => set("status", target.value)}>
          <option value="">any</option>
          {Object.entries(STATUSES).map(([word, { label }]) => (
            <option key={word} value={word}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={params.get("late") === "true"}
          onChange={({ target }) => set("late", target.checked ? "true" : "")}
        />{" "}
        Late
      </label>
      {me && (
        <label className="check">
          <input
            type="checkbox"
            checked={params.get("of") === me}
            onChange={({ target }) => set("of", target.checked ? me : "")}
          />{" "}
          Mine
        </label>
      )}
    </>
  );
}

/** No milestone is called so; the empty one is before the first. */
const ANYWHERE = "*";

/** Choosing a place in a process, and the filters kept on this machine. */
export function Filters() {
  const [params, setQuery] = useQuery();
  const { data } = useHome(useSpan().query);
  const process = params.get("process");
  const funnel = data?.funnels.find((one) => one.process === process);
  const set = (change: (query: URLSearchParams) => void) =>
    setQuery((before) => {
      before.delete("search");
      change(before);
      return before;
    });
  return (
    <div className="filters">
      <Choosing types={[...new Set(data?.funnels.map(({ keyType }) => keyType) ?? [])]} />
      <label>
        <span>Process</span>
        <select
          value={process ?? ""}
          onChange={({ target: { value } }) =>
            set((query) => {
              for (const name of ["process", "at", "how"]) query.delete(name);
              if (value !== "") query.set("process", value);
            })
          }
        >
          <option value="">any</option>
          {data?.funnels.map(({ process: name }) => (
            <option key={name} value={name}>
              {processTitle(name)}
            </option>
          ))}
        </select>
      </label>
      {process !== null && (
        <>
          <label>
            <span>Stands at</span>
            <select
              value={params.get("at") ?? ANYWHERE}
              onChange={({ target: { value } }) =>
                set((query) => (value === ANYWHERE ? query.delete("at") : query.set("at", value)))
              }
            >
              <option value={ANYWHERE}>anywhere</option>
              <option value="">before the first milestone</option>
              {funnel?.stages.map(({ milestone }) => (
                <option key={milestone} value={milestone}>
                  {milestone}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>How</span>
            <select
              value={howOf(params.get("how")) ?? ""}
              onChange={({ target: { value } }) =>
                set((query) => (value === "" ? query.delete("how") : query.set("how", value)))
              }
            >
              <option value="">all of them</option>
              {Object.entries(HOWS).map(([how, words]) => (
                <option key={how} value={how}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
      <KeptFilters page="/documents" name={sentenceOf(params)} query={params.toString()} />
    </div>
  );
}
