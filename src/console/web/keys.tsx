/**
 * What single keys do, everywhere, and the sheet that lists them. Who speaks to their computer, or whose hands slip, switches all
 * single keys off (WCAG 2.2, 2.1.4); the choice is kept on this machine. Ctrl K and Escape are no single keys and stay.
 */
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useAnnounce } from "./announce.tsx";
import { useLive } from "./live.tsx";
import { type MenuPage, PAGES } from "./places.ts";

const PLACE = "crossdock.single-keys";

function areOn(): boolean {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true;
  }
}

function switchKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, "off");
  } catch {
    // A browser that keeps nothing has them on again with the next page.
  }
}

const dialogIsOpen = () => window.document.querySelector("dialog[open]") !== null;

/** Hears single keys: not while somebody types or decides, not with Ctrl and the like, and not when they are switched off. */
export function useSingleKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const typing = (event.target as HTMLElement).matches("input, textarea, select, [contenteditable]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || dialogIsOpen()) return;
      if (event.key === "Escape" || areOn()) latest.current(event);
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}

/** Things a list leads to, in the order they are read. */
const ROWS = "main :is(tbody th a, a.number, .entry-title, .cause .card-aside a)";

/** Moves the focus to the next row, or the one before; from elsewhere to the first that can be seen. */
function moveTo(step: 1 | -1): void {
  const rows = [...window.document.querySelectorAll<HTMLElement>(ROWS)].filter(
    (row) => row.getClientRects().length > 0,
  );
  const at = rows.indexOf(window.document.activeElement as HTMLElement);
  const next = at < 0 ? rows.find((row) => row.getBoundingClientRect().top > 0) : rows[at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** `/` searches, `g` and a letter go to a page, `j` and `k` move along a list, `p` pauses, `?` shows the keys, Escape goes back. */
export function useKeyboard(showKeys: () => void, openPalette: () => void): void {
  const [location, go] = useLocation();
  const { paused, pause } = useLive();
  const announce = useAnnounce();
  const goTo = useRef(0);
  const copy = (text: string, what: string) =>
    navigator.clipboard?.writeText(text).then(
      () => announce(true, `${what} is copied.`),
      () => announce(false, `The browser does not let the page copy. ${what}: ${text}`),
    );
  const acts: Readonly<Record<string, () => unknown>> = {
    g: () => {
      goTo.current = Date.now();
    },
    j: () => moveTo(1),
    k: () => moveTo(-1),
    o: () => {
      const { activeElement } = window.document;
      if (activeElement?.matches(ROWS)) (activeElement as HTMLElement).click();
    },
    y: () => copy(window.location.href, "The link of this page"),
    c: () => {
      const command = window.document.querySelector(".hint code")?.textContent;
      if (command) copy(command, "The command of this page");
    },
    p: () => pause(!paused),
    "?": showKeys,
    "/": () => {
      const input = window.document.getElementById("search") as HTMLInputElement | null;
      input?.focus();
      input?.select();
    },
    Escape: () => {
      if (!location.startsWith("/d/")) return;
      if (new URLSearchParams(window.location.search).has("step")) go(window.location.pathname);
      else if (window.history.length > 1) window.history.back();
      else go("/documents");
    },
  };
  useSingleKeys((event) => {
    const waiting = Date.now() - goTo.current < 1_200;
    goTo.current = 0;
    const page = waiting ? PAGES.find(({ key }) => key === event.key) : undefined;
    if (page) return go(page.path);
    if (event.defaultPrevented || !Object.hasOwn(acts, event.key)) return;
    // The slash would be typed into the box it leads to.
    if (event.key === "/") event.preventDefault();
    acts[event.key]?.();
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      if (!dialogIsOpen()) openPalette();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [openPalette]);
}

/** `pages` are those whoever looks may open. */
export function KeySheet({ pages, onClose }: { pages: readonly MenuPage[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, set] = useState(areOn);
  useEffect(() => dialog.current?.showModal(), []);
  const keys: readonly (readonly [string, string])[] = [
    ["Ctrl K", "Go to any page, document, system or action"],
    ["/", "Search by any number"],
    ["j k", "Along a list: the next, the one before"],
    ["o", "Open what has the focus, as Enter does"],
    ["t", "Every chart as a table, and back"],
    ["1 2 3", "On a document: business, all steps, every try"],
    ["y", "Copy the link of this page"],
    ["c", "Copy the command that shows the same"],
    ["p", "Pause and resume updates"],
    ["Esc", "Back one layer"],
    ["?", "This sheet"],
    ...pages.map(({ key, title }) => [`g ${key}`, title] as const),
  ];
  return (
    <dialog ref={dialog} className="ask" aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <label className="check keys-switch">
        <input
          type="checkbox"
          checked={on}
          onChange={({ target: { checked } }) => {
            switchKeys(checked);
            set(checked);
          }}
        />{" "}
        Single keys do something
      </label>
      <dl className="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className="ask-buttons">
        <button type="button" className="button primary" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}
