/**
 * How an interchange begins: the service string advice UNA, or the default characters where there is none.
 *
 * The syntax identifier and version are looked up in UNB here, before UNB is read as a segment, because they decide what
 * separates repetitions and how bytes spell characters.
 */
import type { ServiceCharacters, Tolerance } from "./document.ts";

/** What must be known before the first segment of an interchange can be cut off. */
export interface Opening {
  readonly characters: ServiceCharacters;
  readonly advice: boolean;
  /** UNB 0001 and 0002, `""` where they cannot be read. */
  readonly syntax: string;
  readonly version: string;
  /** How many characters stand before UNB. */
  readonly length: number;
  readonly lineBreak: string;
  readonly tolerated: readonly Tolerance[];
}

/** UNOA and everything since: `:+.? '`. */
const DEFAULT = { component: ":", element: "+", decimal: ".", release: "?", segment: "'" };
/** UNOB before version 4, without UNA: the information separators of ISO 646. Nothing can be released. */
const LEVEL_B = { component: "\x1f", element: "\x1d", decimal: ".", segment: "\x1c" };

/** How far the opening is looked for. UNA, a line break and the longest UNB take about 250 characters. */
export const OPENING_CHARS = 600;

/**
 * Reads the opening of an interchange from the text beginning with UNA or UNB, or says why it cannot be read.
 * `seen` are the next `OPENING_CHARS` characters, or fewer at the end of the input.
 */
export function readOpening(seen: string): Opening | string {
  return seen.startsWith("UNA") ? advised(seen) : unadvised(seen);
}

function advised(seen: string): Opening | string {
  const tolerated: Tolerance[] = [];
  let length = 9;
  let lineEnded = false;
  if (!/^\s*UNB/.test(unwrapped(seen.slice(9)))) {
    if (!/^[\r\n]*UNB/.test(unwrapped(seen.slice(8)))) return "UNA without UNB behind its six characters";
    // `UNA:+.?'` — the reserved blank was left out.
    length = 8;
    tolerated.push("service string advice of eight characters");
  }
  const [component, element, decimal, release, reserved] = seen.slice(3, 8);
  let segment = seen[length - 1]!;
  if (segment === "\r" || segment === "\n") {
    lineEnded = true;
    segment = lineEnd(seen.slice(length - 1));
    tolerated.push("line breaks as segment terminators");
  }
  const rest = unwrapped(seen.slice(length)).trimStart();
  const { syntax, version } = syntaxOf(rest.slice(3), element!, component!);
  const repetition = length === 9 && version >= "4" && reserved !== " " ? reserved : undefined;
  const characters: ServiceCharacters = {
    component: component!,
    element: element!,
    decimal: decimal!,
    ...(release === " " ? {} : { release: release! }),
    ...(repetition === undefined ? {} : { repetition }),
    segment,
  };
  const fault = clash(characters);
  if (fault) return fault;
  const blank = /^\s*/.exec(seen.slice(length))![0];
  return {
    characters,
    advice: true,
    syntax,
    version,
    length: length + blank.length,
    lineBreak: lineEnded ? "" : breakOf(blank || afterFirst(seen.slice(length), characters)),
    tolerated,
  };
}

function unadvised(seen: string): Opening | string {
  const element = seen[3];
  if (element !== "+" && element !== LEVEL_B.element) {
    return `UNB followed by ${JSON.stringify(element ?? "nothing")}, and no UNA to say what separates elements`;
  }
  const base: ServiceCharacters = element === "+" ? DEFAULT : LEVEL_B;
  const { syntax, version } = syntaxOf(unwrapped(seen.slice(3)), base.element, base.component);
  const characters = element === "+" && version >= "4" ? { ...base, repetition: "*" } : base;
  // One segment a line and nothing else to end it: some translators write the line break alone.
  const lineEnded = /^[^'\r\n]*(?:\r\n?|\n)[ \t]*UN[HG]\+/.test(seen);
  const told = lineEnded ? { ...characters, segment: lineEnd(seen) } : characters;
  return {
    characters: told,
    advice: false,
    syntax,
    version,
    length: 0,
    lineBreak: lineEnded ? "" : breakOf(afterFirst(seen, characters)),
    tolerated: lineEnded ? ["line breaks as segment terminators"] : [],
  };
}

/** The letters of UNB behind its tag: `+UNOC:3+…`. */
function syntaxOf(text: string, element: string, component: string): { syntax: string; version: string } {
  if (text[0] !== element) return { syntax: "", version: "" };
  const [syntax = "", version = ""] = text.slice(1, 40).split(element, 1)[0]!.split(component);
  return { syntax: syntax.trim().slice(0, 4), version: version.trim().slice(0, 1) };
}

/** What ends a line of this text: LF, or CR where it stands alone. */
const lineEnd = (text: string): string => (/\r(?!\n)|\n/.exec(text)?.[0] === "\r" ? "\r" : "\n");

const unwrapped = (text: string): string => text.replace(/[\r\n]/g, "");

/** What stands between the first terminator and the next segment. */
function afterFirst(seen: string, { segment, release }: ServiceCharacters): string {
  let at = seen.indexOf(segment);
  while (at > 0 && release !== undefined && seen[at - 1] === release) at = seen.indexOf(segment, at + 1);
  return at === -1 ? "" : /^\s*/.exec(seen.slice(at + 1, at + 5))![0];
}

const breakOf = (blank: string): string => /\r\n|\r|\n/.exec(blank)?.[0] ?? "";

function clash({ component, element, release, repetition, segment }: ServiceCharacters): string | undefined {
  const marks = [component, element, release, repetition, segment].filter((mark) => mark !== undefined);
  if (new Set(marks).size < marks.length) return "UNA naming one character for two services";
  const odd = marks.find((mark) => mark === "\0" || mark > "~" || /[A-Za-z0-9 ]/.test(mark));
  return odd === undefined ? undefined : `UNA naming ${JSON.stringify(odd)} as a service character`;
}
