/** The keys of machines that call the gateway: made, shown once, ended. */
import { type FormEvent, useState } from "react";
import { many } from "../format.ts";
import { Ago, Copy, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { type Answered, useChange, useKeys } from "../people-api.ts";

/** What narrows a key, as scopes: words with spaces or commas between them. */
const narrowed = (what: string, said: FormData): string[] =>
  (String(said.get(what) ?? "").match(/[^\s,]+/g) ?? []).map((each) => `${what}:${each}`);

export function KeysTab() {
  const { data, error, refetch } = useKeys();
  const change = useChange();
  const [made, setMade] = useState<string | null>(null);
  if (error && !data) return <Failed error={error} what="the keys" again={refetch} />;
  if (!data) return <Loading label="the keys" />;
  const now = Date.now();
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    change.mutate(
      {
        path: "/admin/keys",
        body: {
          name: String(said.get("name")).trim(),
          scopes: [
            ...said.getAll("scopes").map(String),
            ...narrowed("from", said),
            ...narrowed("customer", said),
          ],
        },
        says: "The key is made. It is shown this once.",
      },
      {
        onSuccess: ({ key }: Answered) => {
          setMade(key ?? null);
          form.reset();
        },
      },
    );
  };
  return (
    <>
      {made && (
        <Section title="The new key">
          <p className="section-text">
            <code className="breaks">{made}</code> <Copy text={made} /> Keep it now: it is shown this once and
            kept nowhere.
          </p>
        </Section>
      )}
      <Section title={many(data.keys.length, "API key")}>
        {data.keys.length === 0 ? (
          <Empty>No machine has a key yet. Make one below, one for each program that calls.</Empty>
        ) : (
          <div className="scroll">
            <table>
              <caption className="sr">API keys, the newest first</caption>
              <thead>
                <tr>
                  <th>Client</th>
                  <th>May</th>
                  <th>Last used</th>
                  <th>Ends</th>
                  <th>
                    <span className="sr">What can be done</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.keys.map(({ id, name, scopes, lastUsedAt, expiresAt, revokedAt }) => {
                  const over = revokedAt !== null || Date.parse(expiresAt) < now;
                  return (
                    <tr key={id} className={over ? "dimmed" : ""}>
                      <td>
                        <strong>{name}</strong>
                        <br />
                        <small className="muted">{id}</small>
                      </td>
                      <td>{scopes.join(", ")}</td>
                      <td>{lastUsedAt ? <Ago at={lastUsedAt} /> : <span className="muted">never</span>}</td>
                      <td>{revokedAt ? "ended" : <Ago at={expiresAt} />}</td>
                      <td>
                        {!over && (
                          <button
                            type="button"
                            className="button"
                            aria-label={`End the key ${id} of ${name}`}
                            onClick={() =>
                              change.mutate({
                                path: `/admin/keys/${id}/revoke`,
                                says: "The key opens nothing any more, five seconds from now at the latest.",
                              })
                            }
                          >
                            End
                          </button>
                        )}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      <Section title="Make a key">
        <form className="section-text" onSubmit={add}>
          <label className="field">
            Client (lower-case words with hyphens)
            <input name="name" required maxLength={63} placeholder="web-shop" />
          </label>
          <fieldset className="scopes">
            <legend>May</legend>
            {Object.entries(data.scopes).map(([scope, does]) => (
              <label key={scope}>
                <input type="checkbox" name="scopes" value={scope} /> <strong>{scope}</strong> {does}
              </label>
            ))}
          </fieldset>
          <label className="field">
            Only from these addresses or networks (left out: from anywhere)
            <input name="from" maxLength={500} placeholder="203.0.113.0/24 198.51.100.7" />
          </label>
          <label className="field">
            Only orders of these customers (left out: of all)
            <input name="customer" maxLength={500} placeholder="C-NORTH" />
          </label>
          <button type="submit" className="button primary" disabled={change.isPending}>
            Make a key
          </button>
        </form>
      </Section>
      <Hint command="xd clients list" />
    </>
  );
}
