/** People and roles, API keys, sessions, and the configuration as it was read. One tab each, in the address. */
import { useMay } from "../api.ts";
import { many } from "../format.ts";
import { Ago, Empty, Failed, Hint, Loading, Section } from "../parts.tsx";
import { useChange, usePeople, useSessions, useSettings } from "../people-api.ts";
import { useQuery } from "../query.ts";
import { KeysTab } from "./admin-keys.tsx";
import { PeopleTab } from "./admin-people.tsx";

const TABS = {
  people: "People",
  roles: "Roles",
  keys: "API keys",
  sessions: "Sessions",
  settings: "Settings",
} as const;
type Tab = keyof typeof TABS;
/** For whoever may see people and change nothing about them. */
const READABLE: readonly Tab[] = ["people", "roles"];

export function AdminPage() {
  const [params, setParams] = useQuery();
  const asked = params.get("tab") ?? "";
  const may = useMay();
  const tabs = (Object.keys(TABS) as Tab[]).filter((each) => may("administer") || READABLE.includes(each));
  const tab = tabs.find((each) => each === asked) ?? "people";
  const choose = (name: Tab) =>
    setParams((before) => {
      before.set("tab", name);
      return before;
    });
  return (
    <div className="page">
      <h1>Admin</h1>
      <nav className="buttons" aria-label="Parts of the administration">
        {tabs.map((name) => (
          <button
            key={name}
            type="button"
            className={name === tab ? "button primary" : "button"}
            aria-pressed={name === tab}
            onClick={() => choose(name)}
          >
            {TABS[name]}
          </button>
        ))}
      </nav>
      {
        {
          people: <PeopleTab />,
          roles: <RolesTab />,
          keys: <KeysTab />,
          sessions: <SessionsTab />,
          settings: <SettingsTab />,
        }[tab]
      }
    </div>
  );
}

function RolesTab() {
  const { data, error, refetch } = usePeople();
  if (error && !data) return <Failed error={error} what="the roles" again={refetch} />;
  if (!data) return <Loading label="the roles" rows={8} />;
  const roles = Object.entries(data.roles);
  return (
    <Section title="What each role may do">
      <div className="scroll">
        <table className="matrix">
          <caption className="sr">Permissions by role</caption>
          <thead>
            <tr>
              <th>May</th>
              {roles.map(([name, { title, summary }]) => (
                <th key={name} title={summary} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Object.entries(data.permissions).map(([permission, does]) => (
              <tr key={permission}>
                <th scope="row">
                  {permission}
                  <br />
                  <small className="muted">{does}</small>
                </th>
                {roles.map(([name, { may }]) => (
                  <td key={name}>
                    {(may as readonly string[]).includes(permission) ? (
                      "✔ yes"
                    ) : (
                      <span className="muted">–</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function SessionsTab() {
  const { data, error, refetch } = useSessions();
  const change = useChange();
  if (error && !data) return <Failed error={error} what="the sessions" again={refetch} />;
  if (!data) return <Loading label="the sessions" />;
  return (
    <Section title={`${many(data.sessions.length, "session")} open`}>
      {data.sessions.length === 0 && <Empty>Nobody is signed in. Whoever signs in appears here.</Empty>}
      {data.sessions.length > 0 && (
        <div className="scroll">
          <table>
            <caption className="sr">Who is signed in, the latest first</caption>
            <thead>
              <tr>
                <th>Person</th>
                <th>From</th>
                <th>Since</th>
                <th>Last seen</th>
                <th>
                  <span className="sr">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.sessions.map(({ id, person, via, address, agent, startedAt, seenAt }) => (
                <tr key={id}>
                  <td>
                    {person}
                    <br />
                    <small className="muted">by {via}</small>
                  </td>
                  <td>
                    {address}
                    <br />
                    <small className="muted">{agent}</small>
                  </td>
                  <td>
                    <Ago at={startedAt} />
                  </td>
                  <td>
                    <Ago at={seenAt} />
                  </td>
                  <td>
                    <button
                      type="button"
                      className="button"
                      aria-label={`End the session of ${person}`}
                      onClick={() =>
                        change.mutate({ path: `/admin/sessions/${id}/end`, says: `${person} is signed out.` })
                      }
                    >
                      End
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function SettingsTab() {
  const { data, error, refetch } = useSettings();
  if (error && !data) return <Failed error={error} what="the settings" again={refetch} />;
  if (!data) return <Loading label="the settings" />;
  const rows = [
    ...data.settings,
    { name: "contracts", value: String(data.contracts) },
    { name: "flows", value: String(data.flows) },
    { name: "processes", value: data.processes.join(", ") },
  ];
  return (
    <>
      <p className="muted">
        As the running dock read it. It is changed in its file and its environment, reviewed and started
        again; never here.
      </p>
      <Section title="Configuration">
        <div className="scroll">
          <table>
            <caption className="sr">Settings</caption>
            <thead>
              <tr>
                <th>Setting</th>
                <th>Value</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, value }) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td className="breaks">{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Section title={many(data.connections.length, "connection")}>
        <div className="scroll">
          <table>
            <caption className="sr">Connections</caption>
            <thead>
              <tr>
                <th>Connection</th>
                <th>Connector</th>
                <th>Owner</th>
              </tr>
            </thead>
            <tbody>
              {data.connections.map(({ name, title, owner, connector }) => (
                <tr key={name}>
                  <td>
                    {title} <small className="muted">{name}</small>
                  </td>
                  <td>{connector}</td>
                  <td>{owner}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Hint command="xd settings" />
    </>
  );
}
