/** What stands around every page: search, whether what is shown is live, colours, who looks, and the menu. */
import { type FormEvent, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { useHome, useMay, useSession } from "./api.ts";
import { count, span } from "./format.ts";
import { useLive, useNow } from "./live.tsx";
import { usePages } from "./places.ts";
import { useQuery } from "./query.ts";
import { useSpan } from "./span-of-time.tsx";
import { chooseTheme, type Theme, theme } from "./theme.ts";
import { WhoMenu } from "./who.tsx";

export function TopBar({ onKeys }: { onKeys: () => void }) {
  const { data: session } = useSession();
  const sees = useMay()("view");
  const [, go] = useLocation();
  const [params] = useQuery();
  const [text, setText] = useState(params.get("search") ?? "");
  // The box shows what the page shows: going back to an earlier search brings its words back too.
  const asked = params.get("search");
  useEffect(() => {
    if (asked !== null) setText(asked);
  }, [asked]);
  const search = (event: FormEvent) => {
    event.preventDefault();
    const typed = text.trim();
    go(typed === "" ? "/documents" : `/documents?search=${encodeURIComponent(typed)}`);
  };
  return (
    <header className="top">
      <Link href="/" className="brand">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>{session?.name ?? "Crossdock"}</span>
      </Link>
      {/* biome-ignore lint/a11y/useSemanticElements: <search> is not known to every browser we serve. */}
      <form className="search" role="search" onSubmit={search} hidden={!sees}>
        <label htmlFor="search" className="sr">
          Search by any number
        </label>
        <input
          id="search"
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder="Order, PO, invoice, shipment, SSCC, bank reference…"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <kbd>/</kbd>
      </form>
      <div className="top-right">
        {sees && <LiveDot />}
        <ThemeSwitch />
        <button
          type="button"
          className="icon-button"
          onClick={onKeys}
          title="Keys (?)"
          aria-label="Show the keys"
        >
          ?
        </button>
        <WhoMenu />
      </div>
    </header>
  );
}

export function Menu() {
  const pages = usePages();
  const [location] = useLocation();
  const { data } = useHome(useSpan().query);
  const here = (path: string) =>
    path === "/"
      ? location === "/"
      : location.startsWith(path) ||
        (path === "/documents" && location.startsWith("/d/")) ||
        (path === "/exceptions" && location.startsWith("/causes/"));
  return (
    <nav className="menu" aria-label="Pages">
      <ul>
        {pages.map(({ path, title }) => (
          <li key={path}>
            <Link href={path} aria-current={here(path) ? "page" : undefined}>
              {title}
              {path === "/exceptions" && data && data.needs.documents > 0 && (
                <span className="badge" title={`${data.needs.documents} documents need someone`}>
                  {count(data.needs.documents)}
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function LiveDot() {
  const { state, paused, pause } = useLive();
  const says = { live: "Live", paused: "Paused", stale: "Not current", lost: "Not current" }[state];
  return (
    <button
      type="button"
      className={`live live-${state}`}
      onClick={() => pause(!paused)}
      title={
        paused ? "Updates are paused. Press p to go on." : "Updates arrive by themselves. Press p to pause."
      }
    >
      <span className="live-dot" aria-hidden="true" />
      {says}
    </button>
  );
}

/** Says so when what is shown may be old; nothing else on the page has to. */
export function Staleness() {
  const { state, heardAt } = useLive();
  const now = useNow();
  if (state !== "stale" && state !== "lost") return null;
  return (
    <div className={`stale stale-${state}`} role="alert">
      No word from the console for {span(now - heardAt)}. What you see may be old; orders keep flowing.
    </div>
  );
}

function ThemeSwitch() {
  const [chosen, choose] = useState<Theme>(theme);
  const next: Theme = chosen === "system" ? "light" : chosen === "light" ? "dark" : "system";
  const label = { system: "as the system", light: "light", dark: "dark" }[chosen];
  return (
    <button
      type="button"
      className="icon-button"
      title={`Colours: ${label}`}
      aria-label={`Colours: ${label}. Change to ${next}.`}
      onClick={() => {
        chooseTheme(next);
        choose(next);
      }}
    >
      {{ system: "◐", light: "☀", dark: "☾" }[chosen]}
    </button>
  );
}
