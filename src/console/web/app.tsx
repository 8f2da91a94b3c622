/** The application: who is signed in, which page the address means, and what stands around it. */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { needs } from "../../rights/permissions.ts";
import { AnnounceProvider } from "./announce.tsx";
import { useMay, useSession } from "./api.ts";
import { ChartsProvider } from "./charts.tsx";
import { EmergencyBar } from "./emergency.tsx";
import { zone } from "./format.ts";
import { KeySheet, useKeyboard } from "./keys.tsx";
import { ClockProvider, LiveProvider } from "./live.tsx";
import { Mishap } from "./mishap.tsx";
import { ArrivalPage } from "./pages/arrival.tsx";
import { BatchesPage, BatchPage } from "./pages/batches.tsx";
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
import { BEGIN, type MenuPage, pageAt, useBeginning, useMayOpen, usePages } from "./places.ts";
import { useQuery } from "./query.ts";
import { Prover } from "./second-factor.tsx";
import { SessionEnds } from "./session-ends.tsx";
import { Menu, Staleness, TopBar } from "./top-bar.tsx";
import { SeeingAs, YourPart } from "./who.tsx";

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
const ComparePage = lazy(async () => ({ default: (await import("./pages/compare.tsx")).ComparePage }));
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
const RunPage = lazy(async () => ({ default: (await import("./pages/run.tsx")).RunPage }));

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
  const openPalette = useCallback(() => showPalette(true), []);
  useKeyboard(openKeys, openPalette);
  const [location, go] = useLocation();
  const mayOpen = useMayOpen();
  const page = pageAt(location);
  const barred = page !== undefined && !mayOpen(page) ? page : null;
  // Whoever just signed in begins where their role works; whoever may see nothing of the business begins there instead of at Home.
  const beginning = useBeginning();
  const begins =
    location === BEGIN || (barred && location === "/" && beginning !== "/") ? beginning : undefined;
  useEffect(() => {
    if (begins !== undefined) go(begins, { replace: true });
  }, [begins, go]);
  const [query] = useQuery();
  const wall = location === "/" && query.get("tv") === "1";
  useEffect(() => {
    window.document.documentElement.toggleAttribute("data-wall", wall);
  }, [wall]);
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
      <div className="bars">
        <SeeingAs />
        <EmergencyBar />
      </div>
      <TopBar onKeys={openKeys} />
      <Menu />
      <main id="main" ref={main} tabIndex={-1}>
        <SessionEnds />
        {sees && <Staleness />}
        <YourPart />
        <Mishap place={location}>
          <ChartsProvider>
            <Suspense fallback={<Loading label="the page" />}>
              {begins !== undefined ? null : barred ? (
                <NotYours page={barred} />
              ) : (
                <Switch>
                  <Route path="/" component={HomePage} />
                  <Route path="/documents" component={DocumentsPage} />
                  <Route path="/documents/compare" component={ComparePage} />
                  <Route path="/exceptions" component={ExceptionsPage} />
                  <Route path="/causes/:id">{({ id }) => <CausePage id={id} />}</Route>
                  <Route path="/arrivals/:id">{({ id }) => <ArrivalPage id={id} />}</Route>
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
        <p className="zone">Times are in {zone()}, the zone of this browser.</p>
      </main>
      <Prover />
      {palette && <Palette pages={pages} onClose={() => showPalette(false)} onKeys={openKeys} />}
      {keys && <KeySheet pages={pages} onClose={() => showKeys(false)} />}
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
