/** Two documents side by side: what differs between them, and what is the same. */
import { useQuery as useRead } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link } from "wouter";
import { type ComparedRow, compared, firstStep } from "../../../trace/compared.ts";
import type { Step, Story } from "../../../trace/index.ts";
import { type Documents, get, useMay } from "../api.ts";
import { many, pageOf } from "../format.ts";
import { Empty, Failed, Hint, Loading } from "../parts.tsx";
import { useQuery } from "../query.ts";

const PART: Readonly<Record<ComparedRow["part"], string>> = {
  document: "About it",
  milestones: "How far it is",
  deliveries: "What was sent",
  "first message": "What it said first",
};

/** A document by any of its numbers, or null when nobody knows it: the one of that very number before those that only name it. */
async function found(number: string): Promise<string | null> {
  const { documents } = await get<Documents>(`/documents?search=${encodeURIComponent(number)}&limit=25`);
  const own = documents.find((one) => one.correlation === number || one.number === number);
  const led = documents.find(
    ({ process, matched }) => process !== null && matched?.some(({ exact }) => exact),
  );
  return (own ?? led ?? documents[0])?.correlation ?? null;
}

/** What is compared of one: its story, and the message it began with where that may be seen. */
const useSide = (correlation: string | null, bodies: boolean) =>
  useRead({
    queryKey: ["compare", correlation, bodies],
    enabled: correlation !== null,
    queryFn: async () => {
      const path = `/documents/${encodeURIComponent(correlation!)}`;
      const story = await get<Story>(path);
      const first = bodies ? firstStep(story) : null;
      return { story, data: first === null ? null : (await get<Step>(`${path}/steps/${first}`)).data };
    },
  });

export function ComparePage() {
  const [query, setQuery] = useQuery();
  const bodies = useMay()("view bodies");
  const [all, showAll] = useState(false);
  const [left, right] = [query.get("a"), query.get("b")];
  const [one, other] = [useSide(left, bodies), useSide(right, bodies)];
  const choose = (a: string | null, b: string | null) =>
    setQuery((before) => {
      for (const [name, value] of [
        ["a", a],
        ["b", b],
      ] as const)
        if (value === null) before.delete(name);
        else before.set(name, value);
      return before;
    });
  const failed = one.error ?? other.error;
  const rows = one.data && other.data ? compared(one.data, other.data) : null;
  return (
    <div className="page">
      <h1>Two documents side by side</h1>
      <Choice left={left} right={right} choose={choose} />
      {failed && <Failed error={failed} what="one of them" again={() => void one.refetch()} />}
      {!failed && left !== null && right !== null && !rows && <Loading label="both documents" rows={6} />}
      {rows && one.data && other.data && (
        <Rows rows={rows} left={one.data.story} right={other.data.story} all={all} showAll={showAll} />
      )}
      {rows && (
        <Hint
          command={`xd documents compare ${one.data!.story.line.number} ${other.data!.story.line.number}`}
        />
      )}
    </div>
  );
}

const numberOf = (correlation: string | null): string =>
  correlation?.slice(correlation.indexOf("/") + 1) ?? "";

/** Which two; by any of their numbers. */
function Choice({
  left,
  right,
  choose,
}: {
  left: string | null;
  right: string | null;
  choose: (left: string | null, right: string | null) => void;
}) {
  const [numbers, setNumbers] = useState([numberOf(left), numberOf(right)] as const);
  const [unknown, setUnknown] = useState<string | null>(null);
  useEffect(() => setNumbers([numberOf(left), numberOf(right)]), [left, right]);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const both = await Promise.all(numbers.map((each) => found(each.trim())));
    const missing = numbers.find((_, index) => both[index] === null);
    setUnknown(missing ?? null);
    if (missing === undefined) choose(both[0]!, both[1]!);
  };
  return (
    <form className="filters" onSubmit={send}>
      {(["One", "The other"] as const).map((label, index) => (
        <label key={label}>
          <span>{label}</span>
          <input
            required
            value={numbers[index]}
            placeholder="any number"
            onChange={({ target }) =>
              setNumbers(index === 0 ? [target.value, numbers[1]] : [numbers[0], target.value])
            }
          />
        </label>
      ))}
      <button type="submit" className="button primary">
        Compare
      </button>
      {unknown !== null && (
        <span role="alert" className="due-late">
          Nothing here has the number {unknown}.
        </span>
      )}
    </form>
  );
}

function Rows({
  rows,
  left,
  right,
  all,
  showAll,
}: {
  rows: readonly ComparedRow[];
  left: Story;
  right: Story;
  all: boolean;
  showAll: (all: boolean) => void;
}) {
  const differ = rows.filter(({ same }) => same !== true);
  const shown = all ? rows : differ;
  return (
    <>
      <div className="side-tools">
        <label>
          <input type="checkbox" checked={!all} onChange={({ target }) => showAll(!target.checked)} /> Only
          differences
        </label>
        <span className="muted" role="status">
          {differ.length} of {many(rows.length, "thing")} differ or are hidden
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty>They say the same.</Empty>
      ) : (
        <div className="card">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
          <div className="scroll" tabIndex={0}>
            <table className="compare">
              <caption className="sr">What the two documents say, side by side</caption>
              <thead>
                <tr>
                  <th scope="col">What</th>
                  {[left, right].map(({ line }) => (
                    <th key={line.correlation} scope="col">
                      <Link href={pageOf(line.correlation)}>{line.number}</Link>
                    </th>
                  ))}
                  <th scope="col">Same</th>
                </tr>
              </thead>
              {(Object.keys(PART) as ComparedRow["part"][]).map((part) => {
                const of = shown.filter((row) => row.part === part);
                return (
                  of.length > 0 && (
                    <tbody key={part}>
                      <tr>
                        <th scope="rowgroup" colSpan={4}>
                          {PART[part]}
                        </th>
                      </tr>
                      {of.map(({ what, left: a, right: b, same }) => (
                        <tr key={what} className={same === false ? "compare-differs" : ""}>
                          <th scope="row">{part === "first message" ? <code>{what}</code> : what}</th>
                          <td>{a ?? <span className="muted">–</span>}</td>
                          <td>{b ?? <span className="muted">–</span>}</td>
                          <td>{same === null ? "hidden" : same ? "yes" : "differs"}</td>
                        </tr>
                      ))}
                    </tbody>
                  )
                );
              })}
            </table>
          </div>
        </div>
      )}
    </>
  );
}
