/**
 * Keeps what is shown true: listens to the server's events and reads again what changed.
 *
 * Lists are never reordered under the pointer: the Documents page asks before it shows what is new. Silence is told from
 * a lost connection by the server's beat.
 */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useMay } from "./api.ts";

export type Liveness = "live" | "paused" | "stale" | "lost";

interface Live {
  readonly state: Liveness;
  /** When the server was heard last. */
  readonly heardAt: number;
  readonly paused: boolean;
  readonly pause: (paused: boolean) => void;
  /** Documents that changed since the page was opened or `seen` was called. */
  readonly changed: ReadonlySet<string>;
  readonly seen: () => void;
}

const Context = createContext<Live | null>(null);
/** Seconds without a beat until the page says so, and until it is greyed. */
const STALE_MS = 12_000;
const LOST_MS = 60_000;

const isDeciding = () => window.document.querySelector("dialog[open]") !== null;

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [heardAt, setHeardAt] = useState(() => Date.now());
  const [now, setNow] = useState(() => Date.now());
  const [paused, pause] = useState(false);
  const [changed, setChanged] = useState<ReadonlySet<string>>(() => new Set());
  /** Something may have changed while nobody listened. */
  const missed = useRef(false);
  const shown = useShown();
  // Whoever may see nothing of the business is told nothing of it.
  const hears = useMay()("view");

  useEffect(() => {
    // A browser allows a server six connections; pages nobody looks at give theirs back and catch up when they are shown.
    if (paused || !shown || !hears) return;
    let heldBack = false;
    const refresh = (documents: readonly string[] | null) => {
      // What somebody is deciding about stays as it is until they decided.
      if (isDeciding()) {
        heldBack = true;
        return;
      }
      if (documents === null || documents.length > 0) {
        setChanged((before) => new Set([...before, ...(documents ?? ["*"])]));
      }
      queries.invalidateQueries({
        predicate: ({ queryKey: [kind, about] }) =>
          kind === "home" ||
          kind === "systems" ||
          kind === "exceptions" ||
          kind === "find" ||
          (kind === "story" && (documents === null || documents.includes(String(about)))) ||
          // An answer may arrive for a step that is open.
          (kind === "step" && (documents === null || documents.includes(String(about)))),
      });
    };
    if (missed.current) {
      missed.current = false;
      refresh(null);
    }
    const source = new EventSource("/api/live");
    const heard = () => setHeardAt(Date.now());
    source.addEventListener("beat", heard);
    source.addEventListener("changed", (event) => {
      heard();
      refresh((JSON.parse((event as MessageEvent<string>).data) as { documents: string[] | null }).documents);
    });
    source.addEventListener("open", () => {
      if (missed.current) {
        missed.current = false;
        refresh(null);
      }
      heard();
    });
    source.addEventListener("error", () => {
      missed.current = true;
    });
    // A dialog may be closed or taken away; only looking tells in both cases that it is gone.
    const looking = setInterval(() => {
      if (!heldBack || isDeciding()) return;
      heldBack = false;
      refresh(null);
    }, 300);
    return () => {
      source.close();
      clearInterval(looking);
      missed.current = true;
    };
  }, [queries, paused, shown, hears]);

  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 2_000);
    return () => clearInterval(tick);
  }, []);

  const silent = now - heardAt;
  const state: Liveness = paused
    ? "paused"
    : silent > LOST_MS
      ? "lost"
      : silent > STALE_MS
        ? "stale"
        : "live";
  const value = useMemo(
    () => ({ state, heardAt, paused, pause, changed, seen: () => setChanged(new Set<string>()) }),
    [state, heardAt, paused, changed],
  );
  return <Context value={value}>{children}</Context>;
}

/** Whether somebody can see this page: not in a tab behind others. */
function useShown(): boolean {
  const [shown, setShown] = useState(() => !window.document.hidden);
  useEffect(() => {
    const look = () => setShown(!window.document.hidden);
    window.document.addEventListener("visibilitychange", look);
    return () => window.document.removeEventListener("visibilitychange", look);
  }, []);
  return shown;
}

export function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error("useLive needs a LiveProvider around it.");
  return live;
}

/** The time, ticking every ten seconds; everything that shows an age shares it. */
const Clock = createContext(Date.now());
export function ClockProvider({ children }: { children: ReactNode }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(tick);
  }, []);
  return <Clock value={now}>{children}</Clock>;
}
export const useNow = () => useContext(Clock);
