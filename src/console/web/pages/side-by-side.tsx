/** A step in three columns: what arrived, the message, what is sent; and under each field the rule that carried it. */
import { useState } from "react";
import type { Placed, SideDocument, SideRow } from "../../../runtime/field-rows.ts";
import type { SideBySide } from "../../../runtime/side-by-side.ts";
import { useSideBySide } from "../api.ts";
import { count } from "../format.ts";
import { Empty, Failed, Loading } from "../parts.tsx";
import { HiddenStep } from "./hidden.tsx";

/** Rows drawn at first; a body of thousands of fields is searched rather than scrolled. */
const SHOWN = 200;

export function SideBySidePanel({ of }: { of: { correlation: string; position: string } }) {
  const { data, error, refetch } = useSideBySide(of.correlation, of.position);
  if (error && !data) return <Failed error={error} what="the comparison" again={refetch} />;
  if (!data) return <Loading label="the comparison" />;
  return (
    <div role="tabpanel">
      <p className="muted">
        <Side
          name="Arrived"
          side={data.arrived}
          otherwise="Nothing arrived for it: a process or a person began it."
        />{" "}
        <Side name="Sent" side={data.sent} otherwise="Nothing is sent of it." /> Made again by the flows of
        today.
      </p>
      <Columns data={data} />
      <HiddenStep of={of} about="side by side" shown={data} />
    </div>
  );
}

/** The message between what arrived and what is sent; a side nothing stands on has no column. */
export function Columns({ data }: { data: SideBySide }) {
  const [onlyDifferent, differ] = useState(false);
  const [search, find] = useState("");
  const [all, showAll] = useState(false);
  const sought = search.trim().toLowerCase();
  const rows = data.rows.filter(
    (row) => (!onlyDifferent || !row.same) && (sought === "" || textOf(row).includes(sought)),
  );
  const shown = all ? rows : rows.slice(0, SHOWN);
  return (
    <>
      <div className="side-tools">
        <label>
          <input type="checkbox" checked={onlyDifferent} onChange={(event) => differ(event.target.checked)} />{" "}
          Only differences
        </label>
        <label>
          Search{" "}
          <input
            type="search"
            value={search}
            onChange={(event) => find(event.target.value)}
            placeholder="Field, value or rule"
          />
        </label>
        <span className="muted" role="status">
          {count(rows.length)} of {count(data.rows.length)}
          {data.whole ? "" : "+"} fields
        </span>
      </div>
      {rows.length === 0 ? (
        <Empty>Nothing matches.</Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        <div className="scroll side-scroll" tabIndex={0}>
          <table className="side">
            <caption className="sr">What arrived, the message and what is sent, field by field</caption>
            <thead>
              <tr>
                {data.arrived && <th scope="col">What arrived</th>}
                <th scope="col">{data.contract}</th>
                {data.sent && <th scope="col">What is sent</th>}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a place may stand there twice, and the list never changes.
                <tr key={index} className={row.same ? "" : "side-differs"}>
                  {data.arrived && (
                    <Cell
                      placed={row.arrived}
                      rule={row.ruleIn}
                      none={row.path === null ? "" : "not in it"}
                    />
                  )}
                  <td>
                    {row.path === null ? (
                      <span className="muted">no field</span>
                    ) : (
                      <>
                        <code>{row.path}</code>
                        <span className="side-value">{row.value}</span>
                      </>
                    )}
                  </td>
                  {data.sent && (
                    <Cell placed={row.sent} rule={row.ruleOut} none={row.path === null ? "" : "not sent"} />
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < rows.length && (
        <button type="button" className="button quiet" onClick={() => showAll(true)}>
          Show all {count(rows.length)}
        </button>
      )}
    </>
  );
}

function Cell({ placed, rule, none }: { placed: Placed | null; rule: string; none: string }) {
  return (
    <td>
      {placed ? (
        <>
          <code>{placed.place}</code>
          <span className="side-value">{placed.value}</span>
        </>
      ) : (
        <span className="muted">{rule === "" ? "" : none}</span>
      )}
      {rule !== "" && <small>{rule}</small>}
    </td>
  );
}

function Side({ name, side, otherwise }: { name: string; side: SideDocument | null; otherwise: string }) {
  if (!side) return otherwise;
  return (
    <>
      {name}: {side.systemTitle}, flow <code>{side.flow}</code>
      {side.format && ` (${side.format})`}. {side.problem}
    </>
  );
}

const textOf = ({ path, value, arrived, sent, ruleIn, ruleOut }: SideRow): string =>
  [path, value, arrived?.place, arrived?.value, sent?.place, sent?.value, ruleIn, ruleOut]
    .join(" ")
    .toLowerCase();
