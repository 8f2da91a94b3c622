/** Who did what, and why; whether nobody has touched the record since; and the record as a file. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAnnounce } from "../announce.tsx";
import { change, get, type Session } from "../api.ts";
import { absolute, many } from "../format.ts";
import { Empty, Failed, Hint, Loading, More, Section } from "../parts.tsx";
import { useAudit } from "../people-api.ts";
import { useQuery } from "../query.ts";
import { Archives } from "./archives.tsx";

const FILTERS = [
  ["person", "Person", "maria"],
  ["action", "Did", "sign in"],
  ["subject", "To (or a part of it)", "SO-10045"],
] as const;

export function AuditPage() {
  const [params, setParams] = useQuery();
  const filter = new URLSearchParams(
    FILTERS.flatMap(([name]) => (params.get(name) ? [[name, params.get(name)!]] : [])),
  ).toString();
  const list = useAudit(filter);
  const { data, error, refetch } = list;
  const lines = data?.pages.flatMap((page) => page.lines) ?? [];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget);
    setParams((before) => {
      for (const [name] of FILTERS) {
        const value = String(said.get(name) ?? "").trim();
        if (value) before.set(name, value);
        else before.delete(name);
      }
      return before;
    });
  };
  return (
    <div className="page">
      <h1>Audit</h1>
      <Chain />
      <form className="audit-filter" onSubmit={submit} key={filter}>
        {FILTERS.map(([name, label, example]) => (
          <label className="field" key={name}>
            {label}
            <input name={name} defaultValue={params.get(name) ?? ""} placeholder={example} maxLength={100} />
          </label>
        ))}
        <button type="submit" className="button primary">
          Show
        </button>
        <Export filter={filter} />
      </form>
      {error && !data && <Failed error={error} what="the audit" again={refetch} />}
      {!data && !error && <Loading label="the audit" rows={10} />}
      {data && (
        <div className="card">
          {lines.length === 0 ? (
            <Empty>
              {filter
                ? "Nothing fits these filters. Empty a field to see more."
                : "Nobody has done anything yet."}
            </Empty>
          ) : (
            <div className="scroll">
              <table>
                <caption className="sr">Acts of people, the latest first</caption>
                <thead>
                  <tr>
                    <th>When</th>
                    <th>Who</th>
                    <th>Did</th>
                    <th>To</th>
                    <th>Because</th>
                  </tr>
                </thead>
                <tbody>
                  {lines.map(({ id, at, actor, action, subject, reason, facts }) => (
                    <tr key={id}>
                      <td>
                        <time dateTime={at}>{absolute(at)}</time>
                      </td>
                      <td>{actor}</td>
                      <td>{action}</td>
                      <td className="breaks">
                        {subject}
                        {facts && facts !== "{}" && (
                          <details>
                            <summary>Facts</summary>
                            <pre className="exact">{facts}</pre>
                          </details>
                        )}
                      </td>
                      <td>{reason ?? ""}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </div>
      )}
      <More of={list} label="Show older ones" />
      <Hint command="xd audit tail --lines 50" />
      <Archives />
    </div>
  );
}

interface ChainView {
  readonly lines: number;
  readonly head: string;
  readonly broken: { readonly id: string; readonly because: string } | null;
  readonly asOf: string;
}

function Chain() {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const verify = useMutation({
    mutationFn: () => change<ChainView>(queries, "/audit/verify", {}),
    onError: (error) => announce(false, error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["audit"] }),
  });
  const { data } = verify;
  return (
    <Section
      title="Has anybody touched it?"
      aside={
        <button type="button" className="button" disabled={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? "Verifying…" : "Verify now"}
        </button>
      }
    >
      <p className="section-text" role="status">
        {!data && "Each line's hash covers the line before it. Verifying reads all of them again."}
        {data && data.broken === null && (
          <>
            ✔ {many(data.lines, "line")}, unbroken at {absolute(data.asOf)}. The last hash is{" "}
            <code className="breaks">{data.head}</code>; written down elsewhere, it shows later that no line
            was cut off.
          </>
        )}
        {data?.broken && (
          <strong>
            ✕ The chain breaks at line {data.broken.id}. {data.broken.because}
          </strong>
        )}
      </p>
    </Section>
  );
}

/** The filtered lines as CSV. Asked for by a POST, because exporting leaves a line of its own. */
function Export({ filter }: { filter: string }) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const session = await queries.fetchQuery({
        queryKey: ["session"],
        queryFn: () => get<Session>("/session"),
      });
      const response = await fetch("/api/audit/export", {
        method: "POST",
        headers: { "content-type": "application/json", [session.tokenHeader]: session.token },
        body: JSON.stringify(Object.fromEntries(new URLSearchParams(filter))),
      });
      if (!response.ok) throw new Error(((await response.json()) as { detail: string }).detail);
      const link = window.document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = "audit.csv";
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      announce(false, (error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className="button" disabled={busy} onClick={() => void save()}>
      Save as CSV
    </button>
  );
}
