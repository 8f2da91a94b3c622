/** Getting a second factor, and proving again who one is. The picture is drawn here: nothing of it leaves the page. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Ask } from "./actions.tsx";
import { change, type Proof, proveWith, useSession } from "./api.ts";
import { Copy } from "./parts.tsx";
import { qrCode } from "./qr.ts";

/** A field for six digits, or a recovery code. */
export function CodeField({
  label,
  value,
  onChange,
  focused = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  focused?: boolean;
}) {
  return (
    <label className="field">
      {label}
      <input
        value={value}
        required
        // biome-ignore lint/a11y/noAutofocus: it appears because of what the person just did, and is the next thing to fill in.
        autoFocus={focused}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={40}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

/** A QR code as a picture; nothing when the text is too long for one. */
function Qr({ text }: { text: string }) {
  const rows = qrCode(text);
  if (!rows) return null;
  const side = rows.length + 8;
  const path = rows
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : [])))
    .join("");
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label="Picture for an authenticator app"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

/** Shows the picture, asks for its first code, and then the recovery codes, which are seen once. */
export function GetFactor({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const begin = useMutation({
    mutationFn: () => change<{ secret: string; uri: string }>(queries, "/second-factor/begin", {}),
  });
  const confirm = useMutation({
    mutationFn: () =>
      change<{ recoveryCodes: readonly string[] }>(queries, "/second-factor/confirm", { code }),
    // It began a new session.
    onSuccess: () => queries.invalidateQueries({ queryKey: ["session"] }),
    onError: () => setCode(""),
  });
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={onDone} />;
  if (!begin.data) {
    return (
      <>
        <p>
          You need an authenticator app on a telephone, such as Aegis, FreeOTP, 2FAS, Google or Microsoft
          Authenticator. It shows a new code each half minute, also without a network.
        </p>
        <Failure error={begin.error} />
        <button
          type="button"
          className="button primary"
          disabled={begin.isPending}
          onClick={() => begin.mutate()}
        >
          Show the picture
        </button>
      </>
    );
  }
  const { secret, uri } = begin.data;
  const spaced = secret.match(/.{1,4}/g)!.join(" ");
  return (
    <form
      className="narrow"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <p>Scan this with the app, then type in the code it shows.</p>
      <Qr text={uri} />
      <p className="muted">
        Without a camera, type in: <code className="breaks">{spaced}</code> <Copy text={secret} />
      </p>
      <p>
        <a href={uri}>Open it in an app on this device</a>
      </p>
      <CodeField label="The code the app shows" value={code} onChange={setCode} focused />
      <Failure error={confirm.error} />
      <button type="submit" className="button primary" disabled={confirm.isPending || code.trim().length < 6}>
        Confirm
      </button>
    </form>
  );
}

/** Codes for whoever loses the app. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <>
      <p>
        <strong>Keep these recovery codes</strong> where you keep other important things. Each lets you in
        once without the app. They are not shown again.
      </p>
      <ul className="recovery-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="buttons">
        <Copy text={codes.join("\n")} label="Copy all" />
        <button type="button" className="button primary" onClick={onDone}>
          I have kept them
        </button>
      </div>
    </>
  );
}

function Failure({ error }: { error: Error | null }) {
  return error ? (
    <p className="failed" role="alert">
      {error.message}
    </p>
  ) : null;
}

const ASKED: Readonly<Record<Proof, string>> = {
  password: "Your password",
  code: "A code of your second factor",
  "single sign-on": "",
};

/**
 * Asks whoever is here to prove that it is them, when the server wants it for something they pressed; what they pressed goes on
 * by itself then. One of it stands beside the pages.
 */
export function Prover() {
  const queries = useQueryClient();
  const { data: session } = useSession();
  const [asked, ask] = useState<{ how: Proof; end: (proven: boolean) => void } | null>(null);
  const [typed, setTyped] = useState("");
  useEffect(() => proveWith((how) => new Promise((end) => ask({ how, end }))), []);
  const prove = useMutation({
    mutationFn: () =>
      change(queries, "/prove", asked?.how === "code" ? { code: typed } : { password: typed }),
    onSuccess: () => close(true),
    onError: () => setTyped(""),
  });
  if (!asked) return null;
  const close = (proven: boolean) => {
    asked.end(proven);
    ask(null);
    setTyped("");
    prove.reset();
  };
  const { how } = asked;
  const here = encodeURIComponent(`${window.location.pathname}${window.location.search}`);
  return (
    <Ask
      title="Prove it is you"
      onClose={() => close(false)}
      onSubmit={() => prove.mutate()}
      busy={prove.isPending}
      submit={
        how !== "single sign-on" && (
          <button type="submit" className="button primary" disabled={prove.isPending || typed === ""}>
            It is me
          </button>
        )
      }
    >
      <p>
        This decides about others, about rights or about keys. It goes on once you have shown who you are.
      </p>
      {how === "single sign-on" ? (
        session?.providers?.map(({ name, title }) => (
          <p key={name}>
            <a className="button primary" href={`/api/single-sign-on/${name}/start?again=1&to=${here}`}>
              Sign in again: {title}
            </a>
          </p>
        ))
      ) : how === "code" ? (
        <CodeField label={ASKED.code} value={typed} onChange={setTyped} focused />
      ) : (
        <label className="field">
          {ASKED.password}
          <input
            type="password"
            // biome-ignore lint/a11y/noAutofocus: it appears because of what the person just did, and is the next thing to fill in.
            autoFocus
            autoComplete="current-password"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      <Failure error={prove.error} />
    </Ask>
  );
}
