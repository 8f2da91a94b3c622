/** Documents for the tests of this room, made up: ACME orders pumps from Meridian. */

export interface Dressing {
  readonly element?: string;
  readonly component?: string;
  readonly repetition?: string;
  readonly segment?: string;
  readonly lineBreak?: string;
  readonly type?: string;
  readonly functionalId?: string;
  readonly version?: string;
}

/** The segments of a purchase order between ST and SE, one a line, elements separated by `*`. */
export const order = (more: readonly string[] = []): string =>
  ["BEG*00*NE*PO-7**20261121", ...more, "PO1*1*2*EA*500.00**VN*PUMP-100", "CTT*1"].join("\n");

export const ORDER = [
  "BEG*00*NE*PO-7**20261121",
  "CUR*BY*EUR",
  "REF*CO*CUST-77",
  "N1*ST*ACME DOCK 4*92*D4",
  "N3*1 Dock Road",
  "N4*Lyon**69001*FR",
  "PO1*1*2*EA*500.00**VN*PUMP-100",
  "PID*F****Pump",
  "PO1*2*10*EA*5.00**VN*SEAL-9",
  "CTT*2",
].join("\n");

const FUNCTIONAL: Readonly<Record<string, string>> = { "850": "PO", "999": "FA" };

/** An interchange with one set made of these segments, dressed in the delimiters asked for. */
export function interchange(segments: string, dressing: Dressing = {}): string {
  const { element = "*", segment = "~", lineBreak = "\n", type = "850" } = dressing;
  const functionalId = dressing.functionalId ?? FUNCTIONAL[type] ?? "PO";
  const lines = segments.split("\n");
  const rest = [
    `GS*${functionalId}*ACME*MERIDIAN*20261121*0900*12*X*${dressing.version ?? "00401"}0`,
    `ST*${type}*0001`,
    ...lines,
    `SE*${lines.length + 2}*0001`,
    "GE*1*12",
    "IEA*1*000000012",
  ];
  const end = segment + (/^[\r\n]+$/.test(segment) ? "" : lineBreak);
  return isa(dressing) + rest.map((line) => line.replaceAll("*", element) + end).join("");
}

/** The header with its terminator and line break. */
export function isa(dressing: Dressing = {}): string {
  const {
    element = "*",
    component = ">",
    repetition = "U",
    segment = "~",
    lineBreak = "\n",
    version = "00401",
  } = dressing;
  const end = segment + (/^[\r\n]+$/.test(segment) ? "" : lineBreak);
  const header = `ISA*00*          *00*          *ZZ*ACME           *ZZ*MERIDIAN       *261121*0900*${repetition}*${version}*000000012*0*P*`;
  return header.replaceAll("*", element) + component + end;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
