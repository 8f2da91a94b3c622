/**
 * Charts people read at a glance, each with a table twin that says exactly the same, and a point that follows the arrow keys.
 *
 * Drawn as SVG in the colours of the tokens; nothing moves by itself. `t` turns every chart of a page into its table.
 */
import {
  createContext,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useState,
} from "react";
import { clock } from "./format.ts";
import { useSingleKeys } from "./keys.tsx";
import { useNow } from "./live.tsx";

export interface Series {
  readonly name: string;
  /** Which colour: of the tokens ok, again, bad, waiting, hold, accent, muted. */
  readonly tone: "ok" | "again" | "bad" | "waiting" | "hold" | "accent" | "muted";
  /** One a part; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

const Tables = createContext(false);

/** Around a page: `t` shows tables instead of charts. */
export function ChartsProvider({ children }: { children: ReactNode }) {
  const [tables, show] = useState(false);
  useSingleKeys(({ key }) => {
    if (key === "t") show((before) => !before);
  });
  return <Tables value={tables}>{children}</Tables>;
}

/** Whether a chart is shown as its table: by `t`, or by its own button. */
export function useTwin(): [boolean, ReactNode] {
  const all = useContext(Tables);
  const [own, set] = useState<boolean | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key speaks for all charts, and over their own buttons.
  useEffect(() => set(null), [all]);
  const table = own ?? all;
  return [
    table,
    <button
      key="twin"
      type="button"
      className="button quiet"
      aria-pressed={table}
      title="Press t for all"
      onClick={() => set(!table)}
    >
      {table ? "Show picture" : "Show table"}
    </button>,
  ];
}

const WIDTH = 540;
const HEIGHT = 170;
const LEFT = 56;
const BOTTOM = 22;
const TOP = 10;

/** A chart over time: bars stacked on each other, lines, or a filled area. */
export function TimeChart({
  title,
  at,
  series,
  kind,
  format,
  table,
}: {
  title: string;
  /** The beginning of each part, RFC 3339. */
  at: readonly string[];
  series: readonly Series[];
  kind: "bars" | "lines" | "area";
  format: (value: number) => string;
  /** Show the table instead. */
  table: boolean;
}) {
  const now = useNow();
  const [point, setPoint] = useState<number | null>(null);
  const says = useId();
  const moment = (part: number) => clock(at[part] ?? "", now, false);
  if (table) return <TimeTable title={title} at={at} series={series} format={format} />;
  const known = series.some(({ values }) => values.some((value) => value !== null && value > 0));
  if (!known) return <p className="empty">Nothing happened in this time.</p>;

  const heights = at.map((_, part) => {
    const values = series.map(({ values: of }) => of[part] ?? 0);
    return kind === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
  });
  const top = ceiling(Math.max(...heights, 1));
  const width = (WIDTH - LEFT) / at.length;
  const x = (part: number) => LEFT + part * width;
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const ticks = [0, top / 2, top];
  const labels = [0, Math.floor(at.length / 3), Math.floor((2 * at.length) / 3), at.length - 1];
  const onKey = (event: KeyboardEvent) => {
    const last = at.length - 1;
    const from = point ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setPoint(Math.min(last, Math.max(0, to)));
  };
  const sentence = (part: number) =>
    `${moment(part)}: ${series
      .map(({ name, values }) => `${name} ${values[part] == null ? "–" : format(values[part])}`)
      .join(", ")}`;
  return (
    <div className="chart">
      {/* biome-ignore lint/a11y/useSemanticElements: an image has no parts to move along. */}
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="group"
        aria-label={`${title}. Arrow keys move along it; press t for a table.`}
        aria-describedby={says}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
        tabIndex={0}
        onKeyDown={onKey}
        onBlur={() => setPoint(null)}
        onMouseLeave={() => setPoint(null)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {labels.map((part, index) => (
          <text
            key={at[part]}
            className="tick"
            x={index === labels.length - 1 ? WIDTH : x(part)}
            y={HEIGHT - 5}
            textAnchor={index === labels.length - 1 ? "end" : "start"}
          >
            {moment(part)}
          </text>
        ))}
        {kind === "bars"
          ? at.map((when, part) => {
              let below = 0;
              return (
                <g key={when}>
                  {series.map(({ name, tone, values }) => {
                    const value = values[part] ?? 0;
                    const bar = (
                      <rect
                        key={name}
                        className={`tone-${tone}`}
                        x={x(part) + width * 0.08}
                        width={width * 0.84}
                        y={y(below + value)}
                        height={Math.max(0, y(below) - y(below + value))}
                      />
                    );
                    below += value;
                    return value > 0 ? bar : null;
                  })}
                </g>
              );
            })
          : series.map(({ name, tone, values }) => (
              <g key={name} className={`tone-${tone}`}>
                {kind === "area" && (
                  <path
                    className="fill"
                    d={`M${x(0)} ${y(0)} ${values.map((value, part) => `L${x(part) + width / 2} ${y(value ?? 0)}`).join(" ")} L${WIDTH} ${y(0)} Z`}
                  />
                )}
                <path className="stroke" d={lineOf(values, (part) => x(part) + width / 2, y)} />
                {values.map((value, part) =>
                  value !== null &&
                  (values[part - 1] ?? null) === null &&
                  (values[part + 1] ?? null) === null ? (
                    <circle
                      key={at[part]}
                      cx={x(part) + width / 2}
                      cy={y(value)}
                      r="2.5"
                      className="dot-alone"
                    />
                  ) : null,
                )}
              </g>
            ))}
        {at.map((when, part) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys do the same.
          <rect
            key={when}
            className={point === part ? "hit hit-here" : "hit"}
            x={x(part)}
            width={width}
            y={TOP}
            height={HEIGHT - TOP - BOTTOM}
            onMouseEnter={() => setPoint(part)}
          />
        ))}
      </svg>
      <p className="legend">
        {series.map(({ name, tone }) => (
          <span key={name}>
            <i className={`swatch tone-${tone}`} aria-hidden="true" />
            {name}
          </span>
        ))}
        <span id={says} className="reading" role="status">
          {point === null ? "" : sentence(point)}
        </span>
      </p>
    </div>
  );
}

/** A line that breaks where nothing is known. */
function lineOf(
  values: readonly (number | null)[],
  x: (part: number) => number,
  y: (value: number) => number,
): string {
  let path = "";
  for (const [part, value] of values.entries()) {
    if (value === null) continue;
    path += `${(values[part - 1] ?? null) === null ? "M" : "L"}${x(part).toFixed(1)} ${y(value).toFixed(1)} `;
  }
  return path;
}

/** The next round number: 1, 2 or 5 times a power of ten. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

function TimeTable({
  title,
  at,
  series,
  format,
}: {
  title: string;
  at: readonly string[];
  series: readonly Series[];
  format: (value: number) => string;
}) {
  const now = useNow();
  const parts = at
    .map((when, part) => ({ when, part }))
    .filter(({ part }) => series.some(({ values }) => (values[part] ?? 0) !== 0))
    .toReversed();
  return (
    <div className="scroll chart-table">
      <table>
        <caption className="sr">{title}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.length === 0 && (
            <tr>
              <td colSpan={series.length + 1}>Nothing happened in this time.</td>
            </tr>
          )}
          {parts.map(({ when, part }) => (
            <tr key={when}>
              <th scope="row">
                <time dateTime={when}>{clock(when, now, false)}</time>
              </th>
              {series.map(({ name, values }) => (
                <td key={name} className="right">
                  {values[part] == null ? "–" : format(values[part])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
