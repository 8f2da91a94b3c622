/** What arrived, as it came: who sent it, why it was set aside, what can be done, and its words. */
import { useQueryClient, useQuery as useRead } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import type { ArrivalView } from "../../../trace/index.ts";
import { MASKED } from "../../../trace/mask.ts";
import { ExceptionButtons } from "../actions.tsx";
import { get } from "../api.ts";
import { count, many } from "../format.ts";
import { Ago, Failed, Hint, Loading, Section } from "../parts.tsx";
import { Hidden } from "./hidden.tsx";

const STATE = {
  accepted: "It was taken in",
  quarantined: "It was set aside",
  conflict: "It says otherwise than what came before under its name",
} as const;

export function ArrivalPage({ id }: { id: string }) {
  const queries = useQueryClient();
  const queryKey = ["arrival", id];
  const { data, error, refetch } = useRead({
    queryKey,
    queryFn: () => get<ArrivalView>(`/arrivals/${encodeURIComponent(id)}`),
  });
  useEffect(() => () => queries.removeQueries({ queryKey: ["arrival", id] }), [queries, id]);
  return (
    <div className="page">
      <p>
        <Link href="/exceptions">Exceptions</Link>
      </p>
      <h1>{data ? data.name : "What arrived"}</h1>
      {error && !data && <Failed error={error} what="what arrived" again={refetch} />}
      {!data && !error && <Loading label="what arrived" rows={6} />}
      {data && (
        <>
          <Section title={STATE[data.state]}>
            <p className="cause-facts">
              <span>from {data.sourceTitle}</span>
              <span>flow {data.flow}</span>
              <span>{many(data.bytes, "byte")}</span>
              {data.mediaType && <span>{data.mediaType}</span>}
              <Ago at={data.receivedAt} />
            </p>
            <ul className="items">
              {data.exceptions.map((one) => (
                <li key={one.id}>
                  <div className="needs-text">
                    <p>
                      {one.resolvedAt === null ? (
                        <Link href={`/causes/${one.cause}`}>{one.title}</Link>
                      ) : (
                        one.title
                      )}
                    </p>
                    <p>{one.reason}</p>
                    {one.resolvedAt !== null && (
                      <p className="muted">
                        Closed <Ago at={one.resolvedAt} />: {one.resolution}
                      </p>
                    )}
                  </div>
                  <ExceptionButtons exception={{ ...one, subjectKind: "arrival", subject: data.id }} />
                </li>
              ))}
            </ul>
          </Section>
          <Section
            title={data.complete ? "As it came" : `As it came: the first of ${count(data.bytes)} bytes`}
          >
            {data.text === MASKED ? (
              <p className="muted">
                It could not be read, so nobody can say which part of it is personal: all of it is hidden.
              </p>
            ) : (
              <pre className="exact">{data.text}</pre>
            )}
            <Hidden
              at={`/arrivals/${encodeURIComponent(id)}/reveal`}
              asking={{}}
              what="what it says"
              shown={data}
              onShown={(shown) => queries.setQueryData(queryKey, shown)}
            />
          </Section>
        </>
      )}
      <Hint command={`xd arrival ${id}`} />
    </div>
  );
}
