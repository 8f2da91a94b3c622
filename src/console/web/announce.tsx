/**
 * What became of a button somebody pressed, said where it stays: the card with the button may be gone by then.
 *
 * Good news leaves by itself; what went wrong stays until it is closed.
 */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

interface Announcement {
  readonly id: number;
  readonly good: boolean;
  readonly text: string;
}

const Context = createContext<(good: boolean, text: string) => void>(() => undefined);
const GOOD_MS = 8_000;
let last = 0;

export function AnnounceProvider({ children }: { children: ReactNode }) {
  const [shown, show] = useState<readonly Announcement[]>([]);
  const close = useCallback((id: number) => show((all) => all.filter((one) => one.id !== id)), []);
  const announce = useCallback(
    (good: boolean, text: string) => {
      last += 1;
      const id = last;
      show((all) => [...all.slice(-3), { id, good, text }]);
      if (good) setTimeout(() => close(id), GOOD_MS);
    },
    [close],
  );
  const value = useMemo(() => announce, [announce]);
  return (
    <Context value={value}>
      {children}
      <div className="announcements">
        {shown.map(({ id, good, text }) => (
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
        ))}
      </div>
    </Context>
  );
}

export const useAnnounce = () => useContext(Context);
