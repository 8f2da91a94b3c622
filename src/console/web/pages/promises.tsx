/** Promises: answers given on old values while a system was silent, what hangs on them, and how each was made true. */
import { keepPreviousData, useQuery as useRead } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { PromisesView, PromiseView } from "../../../trace/promises.ts";
import { get } from "../api.ts";
import { capital, count, many, pageOf } from "../format.ts";
import { Ago, Amount, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";

/** Nothing tells of a promise but the page asking; it is few rows. */
const AGAIN_MS = 5_000;
/** Rows drawn at once; more when asked. */
const DRAWN = 50;

export function PromisesPage() {
  const { data, error, refetch } = useRead({
    queryKey: ["promises"],
    queryFn: () => get<PromisesView>("/promises"),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  return (
    <div className="page">
      <h1>Promises</h1>
      {error && !data && <Failed error={error} what="the promises" again={refetch} />}
      {!data && !error && <Loading label="the promises" rows={6} />}
      {data && data.promises.length === 0 && (
        <div className="card">
          <Empty>
            Nothing was promised on old values. While a system is silent, what it said last may be answered
            within a limit; such answers appear here, and what became of them when it spoke again.
          </Empty>
        </div>
      )}
      {data && data.exposure.length > 0 && <Exposure exposure={data.exposure} />}
      {data && data.promises.length > 0 && <Promises {...data} />}
      <Hint command="xd promises" />
    </div>
  );
}

function Exposure({ exposure }: { exposure: PromisesView["exposure"] }) {
  return (
    <Section title="What hangs on open promises">
      <dl className="counts">
        {exposure.map(({ inquiry, promises, money }) => (
          <div key={inquiry}>
            <dt>
              {capital(inquiry)}: {many(promises, "promise")}
            </dt>
            {money.map((sum) => (
              <dd key={sum.currency}>
                <Amount value={sum} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </Section>
  );
}

const STATES: Readonly<Record<PromiseView["state"], string>> = {
  open: "to be made true",
  kept: "kept",
  differs: "differs",
};

function Promises({ promises, exposure }: Pick<PromisesView, "promises" | "exposure">) {
  const [drawn, draw] = useState(DRAWN);
  const open = exposure.reduce((sum, of) => sum + of.promises, 0);
  const listed = promises.filter(({ state }) => state === "open").length;
  const shown = promises.slice(0, drawn);
  const left = promises.length - shown.length;
  return (
    <Section title={`${count(open)} to be made true, ${count(promises.length - listed)} settled lately`}>
      <div className="scroll">
        <table>
          <caption className="sr">Promises, those still to be made true first</caption>
          <thead>
            <tr>
              <th scope="col">Answered</th>
              <th scope="col">To</th>
              <th scope="col">On the word of</th>
              <th scope="col" className="right">
                Worth
              </th>
              <th scope="col">Became</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((promise) => (
              <tr key={promise.id}>
                <th scope="row">
                  {capital(promise.inquiry)}
                  <small>
                    given <Ago at={promise.givenAt} />
                  </small>
                </th>
                <td className="breaks">
                  {promise.givenTo.includes("/") ? (
                    <Link href={pageOf(promise.givenTo)} className="number">
                      {promise.givenTo.slice(promise.givenTo.indexOf("/") + 1)}
                    </Link>
                  ) : (
                    promise.givenTo
                  )}
                </td>
                <td>
                  <Ago at={promise.saidAt} />
                </td>
                <td className="right">
                  <Amount value={promise.worth} />
                </td>
                <td>
                  <strong>{STATES[promise.state]}</strong>
                  {promise.difference !== null && (
                    <>
                      {" by "}
                      {promise.worth ? (
                        <Amount value={{ ...promise.worth, amount: promise.difference }} />
                      ) : (
                        promise.difference
                      )}
                    </>
                  )}
                  {promise.settledAt !== null && (
                    <>
                      {", "}
                      <Ago at={promise.settledAt} />
                    </>
                  )}
                  {promise.reason !== null && <small>{promise.reason}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && (
        <button type="button" className="button" onClick={() => draw(drawn + DRAWN)}>
          Show {Math.min(left, DRAWN)} more of the other {count(left)}
        </button>
      )}
      {open > listed && (
        <p className="muted">The oldest {count(listed)} of those to be made true are listed.</p>
      )}
    </Section>
  );
}
