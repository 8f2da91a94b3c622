/** How one signs in: the second factor, and one's password. Reached from one's name. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAnnounce } from "../announce.tsx";
import { change, hasOwnPassword, type SecondFactorView, useSession } from "../api.ts";
import { TakeEmergency } from "../emergency.tsx";
import { absolute, many } from "../format.ts";
import { Hint, Section } from "../parts.tsx";
import { GetFactor, RecoveryCodes } from "../second-factor.tsx";

export function YouPage() {
  const { data: session } = useSession();
  if (!session) return null;
  return (
    <div className="page">
      <h1>Your sign-in</h1>
      <TakeEmergency />
      {session.secondFactor?.possible && <Factor factor={session.secondFactor} />}
      {hasOwnPassword(session) ? (
        <>
          <NewPassword person={session.person.id} />
          <Hint command="xd people enrol" />
        </>
      ) : (
        <p className="muted">
          {session.via === "single sign-on"
            ? "You sign in with the company's account; its password and second factor are kept there."
            : "There is nothing to set up: nobody signs in here with a password of this console."}
        </p>
      )}
    </div>
  );
}

function Factor({ factor }: { factor: SecondFactorView }) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [getting, get] = useState(false);
  const [codes, show] = useState<readonly string[] | null>(null);
  const press = useMutation({
    mutationFn: (path: string) => change<{ recoveryCodes?: readonly string[] }>(queries, path, {}),
    onSuccess: ({ recoveryCodes = null }) => {
      show(recoveryCodes);
      if (!recoveryCodes) announce(true, "You sign in with your password alone now.");
    },
    onError: (error) => announce(false, error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["session"] }),
  });
  if (getting) {
    return (
      <Section title="A second factor">
        <GetFactor onDone={() => get(false)} />
      </Section>
    );
  }
  if (codes) {
    return (
      <Section title="New recovery codes">
        <RecoveryCodes codes={codes} onDone={() => show(null)} />
      </Section>
    );
  }
  if (factor.since === null) {
    return (
      <Section title="A second factor">
        <p className="section-text">
          You sign in with your password alone. With a second factor, somebody who learns it cannot sign in as
          you: a code of an app on your telephone is asked for as well.
        </p>
        <button type="button" className="button primary" onClick={() => get(true)}>
          Get a second factor
        </button>
      </Section>
    );
  }
  return (
    <Section title="Your second factor">
      <p className="section-text">
        Codes of your app are asked for since {absolute(factor.since)}. You have{" "}
        {many(factor.recoveryCodes, "recovery code")} left.
      </p>
      <div className="buttons">
        <button type="button" className="button" onClick={() => get(true)}>
          Use another app
        </button>
        <button
          type="button"
          className="button"
          disabled={press.isPending}
          onClick={() => press.mutate("/second-factor/recovery-codes")}
        >
          New recovery codes
        </button>
        {!factor.required && (
          <button
            type="button"
            className="button"
            disabled={press.isPending}
            onClick={() => press.mutate("/second-factor/remove")}
          >
            Do without
          </button>
        )}
      </div>
    </Section>
  );
}

function NewPassword({ person }: { person: string }) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const send = useMutation({
    mutationFn: () => change(queries, "/password", { old, password }),
    onSuccess: () => announce(true, "Your password is changed. You are signed out everywhere else."),
    onError: (error) => announce(false, error.message),
    onSettled: () => {
      setOld("");
      setPassword("");
      return queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  return (
    <Section title="Your password">
      <form
        className="narrow"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <input type="hidden" name="username" autoComplete="username" value={person} />
        <label className="field">
          Your password now
          <input
            type="password"
            required
            autoComplete="current-password"
            value={old}
            onChange={(event) => setOld(event.target.value)}
          />
        </label>
        <label className="field">
          A new one (12 characters or more)
          <input
            type="password"
            required
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={send.isPending || !old || !password}>
          Change it
        </button>
      </form>
    </Section>
  );
}
