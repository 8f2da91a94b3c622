/** The pages before the console: signing in, and what a link leads to. Whoever comes back finds the page they wanted. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useId, useState } from "react";
import { useLocation } from "wouter";
import { ROLES, type RoleName } from "../../../rights/permissions.ts";
import { change, Problem, post, type Session } from "../api.ts";
import { Failed, Loading } from "../parts.tsx";
import { BEGIN } from "../places.ts";
import { CodeField, GetFactor, Prover } from "../second-factor.tsx";

/** A page of its own, without the menu. */
export function Outside({ children }: { children: ReactNode }) {
  return (
    <main id="main" className="outside">
      <div className="outside-card card">
        <img src="/icon.svg" alt="" width="36" height="36" />
        {children}
      </div>
    </main>
  );
}

/** The page to show after signing in: the one that was asked for, or where one begins. Home as such asks for none. */
function wanted(): string {
  const { pathname, search } = window.location;
  const to = `${pathname}${search.replace(/[?&]sign-in=\w+/, "")}`;
  return to === "/" || pathname === "/welcome" ? BEGIN : to;
}

/** Sends a form, and reads everything anew once somebody is signed in. */
function useEntering(path: string) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  return useMutation({
    mutationFn: (body: object) => post(path, body),
    onSuccess: async () => {
      if (wanted() === BEGIN) go(BEGIN, { replace: true });
      // What somebody else saw before is not theirs.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      await queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
}

/** Why a single sign-on did not work, by the word in the address; never a text somebody else could write there. */
const NOT_WORKED: Readonly<Record<string, string>> = {
  refused: "That account may not sign in here. Ask an administrator.",
  provider: "The company's sign-in does not answer as it should. Try again in a moment.",
  expired: "That took too long, or began in another browser. Sign in again.",
};

/** Ways to sign in that are kept elsewhere. A plain address, because it leaves the console. */
function Elsewhere({ session }: { session: Session }) {
  const how = new URLSearchParams(window.location.search).get("sign-in") ?? "";
  return (
    <>
      {Object.hasOwn(NOT_WORKED, how) && (
        <p className="failed" role="alert">
          {NOT_WORKED[how]}
        </p>
      )}
      {session.providers?.map(({ name, title }) => (
        <p key={name}>
          <a
            className="button primary"
            href={`/api/single-sign-on/${name}/start?to=${encodeURIComponent(wanted())}`}
          >
            {title}
          </a>
        </p>
      ))}
    </>
  );
}

export function SignInPage({ session }: { session: Session }) {
  const entering = useEntering("/sign-in");
  const [person, setPerson] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asking, ask] = useState(false);
  useTitle("Sign in");
  return (
    <Outside>
      <h1>Sign in to {session.name}</h1>
      <Elsewhere session={session} />
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          entering.mutate(
            { person, password, ...(asking ? { code } : {}) },
            {
              onError: (error) => {
                setCode("");
                if (error instanceof Problem && error.needsCode) return ask(true);
                ask(false);
                setPassword("");
              },
            },
          );
        }}
      >
        <Field label="Name you sign in with" value={person} onChange={setPerson} autoComplete="username" />
        <Field
          label="Password"
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="current-password"
        />
        {asking && (
          <CodeField label="Code of your app, or a recovery code" value={code} onChange={setCode} focused />
        )}
        {/* To be asked for a code is no mishap. */}
        <Said error={isFirstAsked(entering.error) ? null : entering.error} />
        <button
          type="submit"
          className="button primary"
          disabled={entering.isPending || !person || !password || (asking && code.trim().length < 6)}
        >
          Sign in
        </button>
      </form>
      {session.needsSetup ? (
        <p className="muted">
          Nobody can administer this console yet. <code>crossdock start</code> prints a link that makes the
          first administrator; <code>npm start</code> prints one that opens the demonstration.
        </p>
      ) : (
        <p className="muted">Forgotten it? An administrator can send you a link to choose a new one.</p>
      )}
    </Outside>
  );
}

/** Whether the password was right and nothing is wrong yet: the code is asked for. */
const isFirstAsked = (error: Error | null): boolean =>
  error instanceof Problem && error.title === "Second factor";

/** Shown in place of the console to whoever needs a second factor for their role, and has none. */
export function EnrolPage({ session, onDone }: { session: Session; onDone: () => void }) {
  const queries = useQueryClient();
  const out = useMutation({
    mutationFn: () => change(queries, "/sign-out", {}),
    onSettled: () => {
      onDone();
      return queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  useTitle("A second factor");
  return (
    <Outside>
      <h1>One more thing, {session.person.name}</h1>
      <p>Your role asks for a second factor when you sign in. It takes two minutes, once.</p>
      <GetFactor onDone={onDone} />
      <p>
        <button type="button" className="button quiet" disabled={out.isPending} onClick={() => out.mutate()}>
          Sign out
        </button>
      </p>
      <Prover />
    </Outside>
  );
}

interface Opened {
  readonly kind: "setup" | "invitation" | "demonstration";
  readonly person: { readonly id: string; readonly name: string; readonly needsCode: boolean } | null;
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly RoleName[];
  }[];
}

/** What a link leads to. The token stands behind the # and leaves the address as soon as it was read. */
export function WelcomePage() {
  const [token] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(null, "", "/welcome");
  }, []);
  useTitle("Welcome");
  const { data, error } = useQuery({
    queryKey: ["link", token],
    queryFn: () => post<Opened>("/links/open", { token }),
    enabled: token !== "",
    retry: false,
  });
  if (token === "") return <Gone />;
  if (error)
    return error instanceof Problem && error.status === 410 ? (
      <Gone />
    ) : (
      <Outside>
        <Failed error={error} what="the link" />
      </Outside>
    );
  if (!data)
    return (
      <Outside>
        <Loading label="the link" rows={2} />
      </Outside>
    );
  if (data.kind === "demonstration") return <ChoosePerson token={token} people={data.people} />;
  if (data.kind === "setup") return <FirstPerson token={token} />;
  return (
    <ChoosePassword
      token={token}
      name={data.person?.name ?? ""}
      needsCode={data.person?.needsCode ?? false}
    />
  );
}

function Gone() {
  return (
    <Outside>
      <h1>This link is no longer good</h1>
      <p>
        It was used, or has run out. Ask whoever sent it for a new one. The link of a demonstration is printed
        by every <code>npm start</code>.
      </p>
      <a className="button" href="/">
        Sign in
      </a>
    </Outside>
  );
}

function ChoosePerson({ token, people }: { token: string; people: Opened["people"] }) {
  const entering = useEntering("/links/demonstration");
  return (
    <Outside>
      <h1>Who would you like to be?</h1>
      <p>
        These are the people of the demonstration. Each may do what their role allows; what you do is kept in
        the audit under their name. You can change at any time with this link.
      </p>
      <Said error={entering.error} />
      <ul className="people-choice">
        {people.map(({ id, name, roles }) => (
          <li key={id}>
            <button
              type="button"
              className="person-choice"
              disabled={entering.isPending}
              onClick={() => entering.mutate({ token, person: id })}
            >
              <strong>{name}</strong>
              <span>{roles.map((role) => ROLES[role]?.title ?? role).join(", ")}</span>
              <span className="muted">{ROLES[roles[0]!]?.summary}</span>
            </button>
          </li>
        ))}
      </ul>
    </Outside>
  );
}

function FirstPerson({ token }: { token: string }) {
  const entering = useEntering("/links/set-up");
  const [person, setPerson] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Outside>
      <h1>Be the first administrator</h1>
      <p>You add the others and say what each of them may do. This link works once.</p>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          entering.mutate({ token, person, name, password });
        }}
      >
        <Field label="Your name" value={name} onChange={setName} autoComplete="name" />
        <Field label="Name you sign in with" value={person} onChange={setPerson} autoComplete="username" />
        <Field
          label="Password (12 characters or more)"
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="new-password"
        />
        <Said error={entering.error} />
        <button
          type="submit"
          className="button primary"
          disabled={entering.isPending || !person || !name || !password}
        >
          Begin
        </button>
      </form>
    </Outside>
  );
}

function ChoosePassword({ token, name, needsCode }: { token: string; name: string; needsCode: boolean }) {
  const entering = useEntering("/links/accept");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Outside>
      <h1>Welcome, {name}</h1>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          entering.mutate({ token, password, ...(needsCode ? { code } : {}) });
        }}
      >
        <Field
          label="Choose a password (12 characters or more)"
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="new-password"
        />
        {needsCode && (
          <CodeField label="Code of your app, or a recovery code" value={code} onChange={setCode} />
        )}
        <Said error={entering.error} />
        <button
          type="submit"
          className="button primary"
          disabled={entering.isPending || !password || (needsCode && code.trim().length < 6)}
        >
          Begin
        </button>
      </form>
    </Outside>
  );
}

function Field({
  label,
  value,
  onChange,
  type = "text",
  autoComplete,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "password";
  autoComplete: string;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        required
        autoCapitalize="none"
        spellCheck={false}
        autoComplete={autoComplete}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

function Said({ error }: { error: Error | null }) {
  return error ? (
    <p className="failed" role="alert">
      {error.message}
    </p>
  ) : null;
}

function useTitle(title: string) {
  useEffect(() => {
    window.document.title = `${title} · Crossdock`;
  }, [title]);
}
