/** The shell: where things are, the search that reaches everything, keys, and whether what is shown is live. */
import { type FormEvent, lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { needs, type Permission } from "../../rights/permissions.ts";
import { AnnounceProvider } from "./announce.tsx";
import { useHome, useMay, useSession } from "./api.ts";
import { ChartsProvider } from "./charts.tsx";
import { count, span } from "./format.ts";
import { ClockProvider, LiveProvider, useLive, useNow } from "./live.tsx";
import { Mishap } from "./mishap.tsx";
import { BatchesPage, BatchPage } from "./pages/batches.tsx";
import { useDemonstration } from "./pages/demonstration.tsx";
import { DocumentPage } from "./pages/document.tsx";
import { DocumentsPage } from "./pages/documents.tsx";
import { ExceptionsPage } from "./pages/exceptions.tsx";
import { HomePage } from "./pages/home.tsx";
import { ProcessesPage, ProcessPage } from "./pages/processes.tsx";
import { EnrolPage, Outside, SignInPage, WelcomePage } from "./pages/sign-in.tsx";
import { SystemPage } from "./pages/system.tsx";
import { SystemsPage } from "./pages/systems.tsx";
import { Palette } from "./palette.tsx";
import { Failed, Loading } from "./parts.tsx";
import { useQuery } from "./query.ts";
import { Prover } from "./second-factor.tsx";
import { SessionEnds } from "./session-ends.tsx";
import { useSpan } from "./span-of-time.tsx";
import { chooseTheme, type Theme, theme } from "./theme.ts";
import { SeeingAs, WhoMenu, YourPart } from "./who.tsx";

/** Pages few people open are fetched when one does; the shell stays light for everybody. */
const AdminPage = lazy(async () => ({ default: (await import("./pages/admin.tsx")).AdminPage }));
const ApprovalsPage = lazy(async () => ({ default: (await import("./pages/approvals.tsx")).ApprovalsPage }));
const YouPage = lazy(async () => ({ default: (await import("./pages/you.tsx")).YouPage }));
const AuditPage = lazy(async () => ({ default: (await import("./pages/audit.tsx")).AuditPage }));

const ContractsPage = lazy(async () => ({ default: (await import("./pages/contracts.tsx")).ContractsPage }));
const ContractPage = lazy(async () => ({ default: (await import("./pages/contracts.tsx")).ContractPage }));
const ReconciliationPage = lazy(async () => ({
  default: (await import("./pages/reconciliation.tsx")).ReconciliationPage,
}));
const CausePage = lazy(async () => ({ default: (await import("./pages/cause.tsx")).CausePage }));
const PeriodsPage = lazy(async () => ({ default: (await import("./pages/periods.tsx")).PeriodsPage }));
const PeriodPage = lazy(async () => ({ default: (await import("./pages/periods.tsx")).PeriodPage }));
const InsightsPage = lazy(async () => ({ default: (await import("./pages/insights.tsx")).InsightsPage }));

const DeveloperPage = lazy(async () => ({ default: (await import("./pages/developer.tsx")).DeveloperPage }));
const EventsPage = lazy(async () => ({ default: (await import("./pages/events.tsx")).EventsPage }));

const MappingsPage = lazy(async () => ({ default: (await import("./pages/mappings.tsx")).MappingsPage }));

const BulkActsPage = lazy(async () => ({ default: (await import("./pages/bulk-acts.tsx")).BulkActsPage }));
const PromisesPage = lazy(async () => ({ default: (await import("./pages/promises.tsx")).PromisesPage }));

const RunbooksPage = lazy(async () => ({ default: (await import("./pages/runbooks.tsx")).RunbooksPage }));
const RunbookPage = lazy(async () => ({ default: (await import("./pages/runbooks.tsx")).RunbookPage }));
const RunPage = lazy(async () => ({ default: (await import("./pages/runbooks.tsx")).RunPage }));

/** The pages in the menu, and the key that follows `g`. */
interface MenuPage {
  readonly path: string;
  readonly title: string;
  readonly key: string;
  /** Only for those who may; `everywhere`: for all of the business. */
  readonly may?: Permission;
  readonly everywhere?: true;
  /** Also for everybody where simulated systems run. */
  readonly demonstration?: true;
}
const PAGES: readonly MenuPage[] = [
  { path: "/", title: "Home", key: "h", may: "view" },
  { path: "/documents", title: "Documents", key: "d", may: "view" },
  { path: "/exceptions", title: "Exceptions", key: "e", may: "view" },
  { path: "/systems", title: "Systems", key: "s", may: "view" },
  { path: "/processes", title: "Processes", key: "p", may: "view" },
  { path: "/reconciliation", title: "Reconciliation", key: "r", may: "view" },
  { path: "/periods", title: "Periods", key: "f", may: "view" },
  { path: "/runbooks", title: "Runbooks", key: "o", may: "view" },
  { path: "/batches", title: "Batches", key: "b", may: "view" },
  { path: "/bulk", title: "Bulk acts", key: "u", may: "view" },
  { path: "/promises", title: "Promises", key: "n", may: "view", everywhere: true },
  { path: "/contracts", title: "Contracts", key: "c", may: "view" },
  { path: "/insights", title: "Insights", key: "i", may: "view" },
  { path: "/approvals", title: "Approvals", key: "v" },
  { path: "/audit", title: "Audit", key: "a", may: "see audit", everywhere: true },
  { path: "/admin", title: "Admin", key: "m", may: "see people", everywhere: true },
  { path: "/dev", title: "Developer", key: "l", may: "develop", everywhere: true, demonstration: true },
];

/** What is asked of whoever opens a page that is in no menu. */
const BEHIND: readonly Omit<MenuPage, "title" | "key">[] = [
  { path: "/d/", may: "view" },
  { path: "/causes/", may: "view" },
  { path: "/runs/", may: "view" },
  { path: "/dev/events", may: "view bodies" },
  { path: "/dev/mappings", may: "develop", everywhere: true },
];

/** Whether somebody may open a page; not known yet while it is not known whether simulated systems run. */
function useMayOpen(): (page: Omit<MenuPage, "title" | "key">) => boolean {
  const { data } = useDemonstration();
  const may = useMay();
  return (page) =>
    page.may === undefined ||
    may(page.may, page.everywhere ? "everywhere" : "somewhere") ||
    (page.demonstration === true && data?.available === true);
}

/** Pages whose part does not run here, or that one may not open, are left out. */
function usePages(): readonly MenuPage[] {
  return PAGES.filter(useMayOpen());
}

/** What the page at an address asks for; the longest address that fits is its own. */
const pageAt = (location: string) =>
  [...PAGES, ...BEHIND]
    .filter(({ path }) => (path === "/" ? location === "/" : location.startsWith(path)))
    .toSorted((left, right) => right.path.length - left.path.length)[0];

/** In place of a page somebody may not open: what it takes, and who has it. Nothing of it was asked for. */
function NotYours({ page }: { page: Pick<MenuPage, "may" | "everywhere"> }) {
  const { data: session } = useSession();
  const may = useMay();
  const has = page.may !== undefined && may(page.may);
  return (
    <div className="page">
      <h1>This page is not for you</h1>
      <p>
        {session?.roles.length === 0
          ? "You have no role yet. An administrator can give you one."
          : has
            ? "It is about all of the business, and you see a part of it."
            : page.may && needs(page.may)}
      </p>
    </div>
  );
}

/** Whoever is not signed in sees the sign-in in place of every page, and the page they wanted afterwards. */
export function App() {
  const { data: session, error, refetch } = useSession();
  const [location] = useLocation();
  // Until the recovery codes were kept: the session counts as whole as soon as the second factor does.
  const [enrolling, enrol] = useState(false);
  const owed = session?.secondFactor?.owed ?? false;
  useEffect(() => {
    if (owed) enrol(true);
  }, [owed]);
  if (error)
    return <Outside>{<Failed error={error} what="the console" again={() => void refetch()} />}</Outside>;
  if (!session) return null;
  if (location === "/welcome") return <WelcomePage />;
  if (!session.signedIn) return <SignInPage session={session} />;
  if (owed || enrolling) return <EnrolPage session={session} onDone={() => enrol(false)} />;
  return <Inside />;
}

function Inside() {
  return (
    <ClockProvider>
      <LiveProvider>
        <AnnounceProvider>
          <Shell />
        </AnnounceProvider>
      </LiveProvider>
    </ClockProvider>
  );
}

function Shell() {
  const sees = useMay()("view");
  const [keys, showKeys] = useState(false);
  const [palette, showPalette] = useState(false);
  const pages = usePages();
  const openKeys = useCallback(() => showKeys(true), []);
  useKeyboard(
    () => showKeys((shown) => !shown),
    () => showPalette(true),
  );
  const [location, go] = useLocation();
  const mayOpen = useMayOpen();
  const page = pageAt(location);
  const barred = page !== undefined && !mayOpen(page) ? page : null;
  // Whoever may see nothing of the business begins where they have something to do.
  const begins = barred && location === "/" ? pages.find(({ may }) => may !== undefined)?.path : undefined;
  useEffect(() => {
    if (begins !== undefined) go(begins, { replace: true });
  }, [begins, go]);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // A new page is a new place: say its name to those who listen instead of look.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs because the place changed.
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <SeeingAs />
      <TopBar onKeys={() => showKeys(true)} />
      <Menu />
      <main id="main" ref={main} tabIndex={-1}>
        <SessionEnds />
        {sees && <Staleness />}
        <YourPart />
        <Mishap place={location}>
          <ChartsProvider>
            <Suspense fallback={<Loading label="the page" />}>
              {barred ? (
                <NotYours page={barred} />
              ) : (
                <Switch>
                  <Route path="/" component={HomePage} />
                  <Route path="/documents" component={DocumentsPage} />
                  <Route path="/exceptions" component={ExceptionsPage} />
                  <Route path="/causes/:id">{({ id }) => <CausePage id={id} />}</Route>
                  <Route path="/periods" component={PeriodsPage} />
                  <Route path="/periods/:ledger/:day">
                    {({ ledger, day }) => <PeriodPage ledger={ledger} day={day} />}
                  </Route>
                  <Route path="/systems" component={SystemsPage} />
                  <Route path="/systems/:name">{({ name }) => <SystemPage name={name} />}</Route>
                  <Route path="/processes" component={ProcessesPage} />
                  <Route path="/processes/:name">{({ name }) => <ProcessPage name={name} />}</Route>
                  <Route path="/runbooks" component={RunbooksPage} />
                  <Route path="/runbooks/:id">{({ id }) => <RunbookPage id={id} />}</Route>
                  <Route path="/runs/:id">{({ id }) => <RunPage id={id} />}</Route>
                  <Route path="/contracts" component={ContractsPage} />
                  <Route path="/contracts/:name">{({ name }) => <ContractPage name={name} />}</Route>
                  <Route path="/reconciliation" component={ReconciliationPage} />
                  <Route path="/insights" component={InsightsPage} />
                  <Route path="/dev" component={DeveloperPage} />
                  <Route path="/dev/events" component={EventsPage} />
                  <Route path="/dev/mappings" component={MappingsPage} />
                  <Route path="/bulk" component={BulkActsPage} />
                  <Route path="/promises" component={PromisesPage} />
                  <Route path="/batches" component={BatchesPage} />
                  <Route path="/batches/:id">{({ id }) => <BatchPage id={id} />}</Route>
                  <Route path="/approvals" component={ApprovalsPage} />
                  <Route path="/you" component={YouPage} />
                  <Route path="/audit" component={AuditPage} />
                  <Route path="/admin" component={AdminPage} />
                  <Route path="/d/*">{() => <DocumentPage correlation={namedByPath()} />}</Route>
                  <Route>
                    <div className="page">
                      <h1>Nothing is here</h1>
                      <p>
                        This page does not exist. <Link href="/">Go home</Link>, or press / and search for a
                        number.
                      </p>
                    </div>
                  </Route>
                </Switch>
              )}
            </Suspense>
          </ChartsProvider>
        </Mishap>
      </main>
      <Prover />
      {palette && <Palette pages={pages} onClose={() => showPalette(false)} onKeys={openKeys} />}
      {keys && <KeySheet onClose={() => showKeys(false)} />}
    </>
  );
}

/**
 * The document the address names. Read from the address itself: a number may hold `%`, `?` or `#`, which the router
 * decodes halfway.
 */
function namedByPath(): string {
  const path = window.location.pathname.slice("/d/".length);
  try {
    return path.split("/").map(decodeURIComponent).join("/");
  } catch {
    return path;
  }
}

function TopBar({ onKeys }: { onKeys: () => void }) {
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

function Menu() {
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
function Staleness() {
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

/** `/` searches, `g` and a letter go to a page, `p` pauses, `?` shows the keys, Escape goes back one layer. */
function useKeyboard(toggleKeys: () => void, openPalette: () => void) {
  const [location, go] = useLocation();
  const { paused, pause } = useLive();
  const goTo = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.matches("input, textarea, select, [contenteditable]");
      if (event.ctrlKey || event.metaKey || event.altKey) {
        if (event.key.toLowerCase() === "k" && !event.altKey) {
          event.preventDefault();
          if (!window.document.querySelector("dialog[open]")) openPalette();
        }
        return;
      }
      if (typing || window.document.querySelector("dialog[open]")) return;
      const waiting = Date.now() - goTo.current < 1_200;
      goTo.current = 0;
      const page = waiting ? PAGES.find(({ key }) => key === event.key) : undefined;
      if (page) go(page.path);
      else if (event.key === "g") goTo.current = Date.now();
      else if (event.key === "p") pause(!paused);
      else if (event.key === "?") toggleKeys();
      else if (event.key === "/") {
        event.preventDefault();
        const input = window.document.getElementById("search") as HTMLInputElement | null;
        input?.focus();
        input?.select();
      } else if (event.key === "Escape" && location.startsWith("/d/") && !event.defaultPrevented) {
        if (new URLSearchParams(window.location.search).has("step")) go(window.location.pathname);
        else if (window.history.length > 1) window.history.back();
        else go("/documents");
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [location, go, paused, pause, toggleKeys, openPalette]);
}

function KeySheet({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const keys: readonly [string, string][] = [
    ["Ctrl K", "Go to any page, document, system or action"],
    ["/", "Search by any number"],
    ["g h", "Home"],
    ["g d", "Documents"],
    ["g e", "Exceptions"],
    ["g s", "Systems"],
    ["g p", "Processes"],
    ["g r", "Reconciliation"],
    ["g f", "Periods"],
    ["g o", "Runbooks"],
    ["g b", "Batches"],
    ["g c", "Contracts"],
    ["g i", "Insights"],
    ["g v", "Approvals"],
    ["g a", "Audit"],
    ["g m", "Admin"],
    ["g l", "Developer, where simulated systems run"],
    ["t", "Every chart as a table, and back"],
    ["1 2 3", "On a document: business, all steps, every try"],
    ["p", "Pause and resume updates"],
    ["Esc", "Back one layer"],
    ["?", "This sheet"],
  ];
  return (
    <dialog ref={dialog} className="ask" aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
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
