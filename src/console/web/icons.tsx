/**
 * The icons of the status words, drawn: the characters of the status table look different in every font, or are missing.
 *
 * Line drawings on a 16 × 16 grid in the colour of the text. Always beside a word, so hidden from those who listen.
 */
import type { ReactNode } from "react";
import type { StatusWord } from "../../trace/index.ts";

const hourglass = <path d="M4 2h8M4 14h8M5 2c0 4 6 4.5 6 12M11 2c0 4-6 4.5-6 12" />;
const clock = (
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.5V8l2.5 1.8" />
  </>
);
const mark = (
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.6v4M8 11.2v.2" />
  </>
);
const question = (
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M6.2 6.3c.2-2.3 3.6-2.2 3.6 0 0 1.4-1.8 1.5-1.8 2.8M8 11.4v.2" />
  </>
);

const DRAWN: Readonly<Record<StatusWord | "late", ReactNode>> = {
  "on track": <path d="m3 8.5 3.2 3.2L13 5" />,
  moving: <path d="M2.5 8h10M9 4.5 12.5 8 9 11.5" />,
  "trying again": <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" />,
  waiting: hourglass,
  "on hold": <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2.4" />,
  "needs data fix": <path d="m3 13 .6-2.9 7-7 2.3 2.3-7 7zM9 4.7l2.3 2.3" />,
  "needs a check": question,
  "needs a decision": mark,
  done: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.2 8.3 2 2 3.6-4.1" />
    </>
  ),
  replaced: <path d="M2.5 5.5h7a3 3 0 0 1 0 6H6M8 9l-2.5 2.5L8 14" />,
  cancelled: <path d="m4 4 8 8M12 4l-8 8" />,
  late: clock,
};

export function Icon({ word }: { word: StatusWord | "late" }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {DRAWN[word]}
    </svg>
  );
}
