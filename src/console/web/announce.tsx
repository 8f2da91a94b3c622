/**
 * What became of a button somebody pressed, said where it stays: the card with the button may be gone by then.
 *
 * Good news leaves by itself; what went wrong stays until it is closed. While a question is open, what went wrong is said in it.
 */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";

interface Announcement {
  readonly id: number;
  readonly good: boolean;
  readonly text: string;
}

interface Announcing {
  readonly announce: (good: boolean, text: string) => void;
  /** Has what goes wrong said in `place` until the function it returns is called; of several, in the last. */
  readonly sayIn: (place: Element) => () => void;
  readonly forgetRefusals: () => void;
}
const Context = createContext<Announcing>({
  announce: () => undefined,
  sayIn: () => () => undefined,
  forgetRefusals: () => undefined,
});
const GOOD_MS = 8_000;
let last = 0;

export function AnnounceProvider({ children }: { children: ReactNode }) {
  const [shown, show] = useState<readonly Announcement[]>([]);
  const [places, setPlaces] = useState<readonly Element[]>([]);
  const close = useCallback((id: number) => show((all) => all.filter((one) => one.id !== id)), []);
  const value = useMemo<Announcing>(
    () => ({
      announce: (good, text) => {
        last += 1;
        const id = last;
        show((all) => [...all.slice(-3), { id, good, text }]);
        if (good) setTimeout(() => close(id), GOOD_MS);
      },
      sayIn: (place) => {
        setPlaces((all) => [...all, place]);
        return () => setPlaces((all) => all.filter((one) => one !== place));
      },
      forgetRefusals: () => show((all) => all.filter(({ good }) => good)),
    }),
    [close],
  );
  // Nothing outside an open question can be read or reached.
  const question = places.at(-1);
  const said = (which: readonly Announcement[]) =>
    which.map(({ id, good, text }) => (
      <div
        key={id}
        className={`announcement ${good ? "" : "announcement-bad"}`}
        role={good ? "status" : "alert"}
      >
        <span>{text}</span>
        <button
          type="button"
          className="icon-button"
          aria-label="Close this message"
          onClick={() => close(id)}
        >
          ✕
        </button>
      </div>
    ));
  return (
    <Context value={value}>
      {children}
      <div className="announcements">{said(shown.filter(({ good }) => good || !question))}</div>
      {question && createPortal(said(shown.filter(({ good }) => !good)), question)}
    </Context>
  );
}

export const useAnnounce = () => useContext(Context).announce;

/** Where what goes wrong is said as long as a question is open, and how it is forgotten when the question is answered anew. */
export function useRefusals() {
  const { sayIn, forgetRefusals } = useContext(Context);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current ? sayIn(place.current) : undefined), [sayIn]);
  return { place, forgetRefusals };
}
