/** The people who may sign in: their roles, invitations, and being disabled. */
import { type FormEvent, useState } from "react";
import { ROLES, type RoleName } from "../../../rights/permissions.ts";
import { AskWhy } from "../actions.tsx";
import { useMay, useSession } from "../api.ts";
import { many } from "../format.ts";
import { Ago, Copy, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { type Answered, type People, useChange, usePeople } from "../people-api.ts";
import { roleText } from "../who.tsx";

export function PeopleTab() {
  const { data, error, refetch } = usePeople();
  const change = useChange();
  const may = useMay();
  const [shown, show] = useState<{ text: string; link: string } | null>(null);
  if (error && !data) return <Failed error={error} what="the people" again={refetch} />;
  if (!data) return <Loading label="the people" rows={8} />;
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    const [person, name, email] = ["person", "name", "email"].map((each) =>
      String(said.get(each) ?? "").trim(),
    );
    change.mutate(
      {
        path: "/admin/people",
        body: { person, name, ...(email ? { email } : {}) },
        says: `${name} is added. Invite them, then give a role.`,
      },
      { onSuccess: () => form.reset() },
    );
  };
  const invite = (id: string, name: string) =>
    change.mutate(
      { path: `/admin/people/${encodeURIComponent(id)}/link`, says: `The invitation of ${name} is made.` },
      { onSuccess: ({ link }: Answered) => link && show({ text: `The invitation of ${name}`, link }) },
    );
  return (
    <>
      <Section title={many(data.people.length, "person").replace("persons", "people")}>
        {data.people.length === 0 ? (
          <Empty>Nobody is here yet. Add the first person below.</Empty>
        ) : (
          <div className="scroll">
            <table>
              <caption className="sr">People and their roles</caption>
              <thead>
                <tr>
                  <th>Person</th>
                  <th>Roles</th>
                  <th>Last seen</th>
                  <th>
                    <span className="sr">What can be done</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.people.map((person) => (
                  <PersonLine
                    key={person.id}
                    person={person}
                    onInvite={() => invite(person.id, person.name)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      {shown && <Handed title={shown.text} link={shown.link} />}
      {may("administer") && (
        <Section title="Add somebody">
          <form className="audit-filter section-text" onSubmit={add}>
            <label className="field">
              Name
              <input name="name" required maxLength={100} />
            </label>
            <label className="field">
              Signs in as
              <input name="person" required maxLength={100} autoCapitalize="none" spellCheck={false} />
            </label>
            <label className="field">
              E-mail (optional)
              <input name="email" type="email" maxLength={200} />
            </label>
            <button type="submit" className="button primary" disabled={change.isPending}>
              Add
            </button>
          </form>
        </Section>
      )}
      <Hint command="xd people" />
    </>
  );
}

/** A link somebody is let in by, shown once to whoever hands it over. */
export function Handed({ title, link }: { title: string; link: string }) {
  return (
    <Section title={title}>
      <p className="section-text">
        It works once, for three days, for whoever has it. Send it on a way only that person reads.
      </p>
      <p className="section-text">
        <code className="breaks">{link}</code> <Copy text={link} />
      </p>
    </Section>
  );
}

function PersonLine({ person, onInvite }: { person: People["people"][number]; onInvite: () => void }) {
  const change = useChange();
  const may = useMay();
  const { data: session } = useSession();
  const [asking, ask] = useState<"role" | "disable" | "enable" | "reset" | "see as" | null>(null);
  const [role, setRole] = useState<RoleName>("viewer");
  const [parts, setParts] = useState({ domains: "", plants: "", entities: "" });
  const at = `/admin/people/${encodeURIComponent(person.id)}`;
  const disabled = person.disabledAt !== null;
  // Nobody changes their own rights, and some only look.
  const administers = may("administer") && session?.actor !== person.id;
  const list = (text: string) => {
    const all = text.split(/[\s,;]+/).filter(Boolean);
    return all.length > 0 ? all : null;
  };
  const asks = {
    role: {
      title: `Give ${person.name} a role`,
      verb: "Give",
      path: `${at}/roles`,
      body: {
        role,
        domains: list(parts.domains),
        plants: list(parts.plants),
        entities: list(parts.entities),
      },
      says: `${person.name} is ${ROLES[role].title.toLowerCase()} now.`,
    },
    reset: {
      title: `Reset the second factor of ${person.name}?`,
      verb: "Reset",
      path: `${at}/second-factor/reset`,
      body: {},
      says: `The second factor of ${person.name} is taken away.`,
    },
    "see as": {
      title: `See the console as ${person.name}?`,
      verb: "See",
      path: "/see-as",
      body: { person: person.id },
      says: `You see the console as ${person.name}.`,
    },
    disable: {
      title: `Disable ${person.name}?`,
      verb: "Disable",
      path: `${at}/disable`,
      body: {},
      says: `${person.name} may not sign in any more.`,
    },
    enable: {
      title: `Enable ${person.name}?`,
      verb: "Enable",
      path: `${at}/enable`,
      body: {},
      says: `${person.name} may sign in again.`,
    },
  };
  return (
    <tr className={disabled ? "dimmed" : ""}>
      <td>
        <strong>{person.name}</strong>
        <br />
        <small className="muted">
          {person.id}
          {person.issuer && `, by ${person.issuer}`}
          {person.demonstration && ", demonstration"}
          {person.secondFactorSince && ", second factor"}
          {disabled && ", disabled"}
          {!person.hasPassword && !person.issuer && !person.demonstration && ", not invited yet"}
        </small>
      </td>
      <td>
        <ul className="roles">
          {person.roles.map((given) => (
            <li key={given.id}>
              {roleText(given)}
              {given.source === "claims" && <small className="muted"> by single sign-on</small>}
              {given.source !== "claims" && administers && (
                <button
                  type="button"
                  className="button quiet"
                  aria-label={`Take away: ${roleText(given)} of ${person.name}`}
                  onClick={() =>
                    change.mutate({ path: `${at}/roles/${given.id}/take`, says: "The role is taken away." })
                  }
                >
                  Take away
                </button>
              )}
            </li>
          ))}
          {person.roles.length === 0 && <li className="muted">none</li>}
        </ul>
      </td>
      <td>{person.lastSeenAt ? <Ago at={person.lastSeenAt} /> : <span className="muted">never</span>}</td>
      <td>
        {administers && (
          <div className="buttons">
            <button type="button" className="button" disabled={disabled} onClick={() => ask("role")}>
              Give a role…
            </button>
            {!person.issuer && !person.demonstration && (
              <button type="button" className="button" disabled={disabled} onClick={onInvite}>
                {person.hasPassword ? "New password link" : "Invite"}
              </button>
            )}
            {person.secondFactorSince && (
              <button type="button" className="button" onClick={() => ask("reset")}>
                Reset second factor…
              </button>
            )}
            {may("see as") && (
              <button type="button" className="button" disabled={disabled} onClick={() => ask("see as")}>
                See as…
              </button>
            )}
            <button type="button" className="button" onClick={() => ask(disabled ? "enable" : "disable")}>
              {disabled ? "Enable…" : "Disable…"}
            </button>
          </div>
        )}
        {asking && (
          <AskWhy
            title={asks[asking].title}
            verb={asks[asking].verb}
            least={0}
            press={change}
            sends={(reason) => {
              const { path, body, says } = asks[asking];
              return { path, body: reason ? { ...body, reason } : body, says };
            }}
            onDone={() => asking === "see as" && window.location.assign("/")}
            onClose={() => ask(null)}
          >
            {asking === "role" && (
              <>
                <label className="field">
                  Role
                  <select value={role} onChange={(event) => setRole(event.target.value as RoleName)}>
                    {(Object.keys(ROLES) as RoleName[]).map((name) => (
                      <option key={name} value={name}>
                        {ROLES[name].title}
                      </option>
                    ))}
                  </select>
                </label>
                <p className="muted">{ROLES[role].summary}</p>
                {(
                  [
                    ["plants", "Only plants or warehouses (empty: all)"],
                    ["domains", "Only domains, such as sales finance (empty: all)"],
                    ["entities", "Only legal entities (empty: all)"],
                  ] as const
                ).map(([part, label]) => (
                  <label className="field" key={part}>
                    {label}
                    <input
                      value={parts[part]}
                      onChange={(event) => setParts({ ...parts, [part]: event.target.value })}
                    />
                  </label>
                ))}
              </>
            )}
            {asking === "see as" && (
              <p>You see what they may see, and change nothing. It is kept in the audit under your name.</p>
            )}
            {asking === "reset" && (
              <p>
                They are signed out everywhere, and sign in with their password alone until they have a new
                one. Be sure that it is them who asks: call them on a number you know. It takes a second
                administrator, where there is one.
              </p>
            )}
            {asking === "disable" && <p>They are signed out everywhere at once.</p>}
          </AskWhy>
        )}
      </td>
    </tr>
  );
}
