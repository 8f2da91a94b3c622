/** One field: its characters turned into a value, and back to exactly as many characters. */
import { ContractBroken } from "../../std/errors.ts";
import type { FixedField } from "./layout.ts";

export interface Place {
  readonly line: number;
  readonly record: string;
}

export function brokenField(place: Place, field: string, expected: string, found: string): ContractBroken {
  const shown = found.length > 40 ? `${found.slice(0, 40)}…` : found;
  return new ContractBroken(
    `Line ${place.line}, ${place.record}, ${field}: expected ${expected}, found "${shown}".`,
    {
      facts: { line: place.line, record: place.record, field, expected, found: shown },
    },
  );
}

/** The value, or `undefined` where an optional field is blank. */
export function readField(raw: string, field: FixedField, place: Place): string | undefined {
  const { name, type = "text", optional = false, is } = field;
  const text = raw.trim();
  const blank = text === "" || (type === "date" && /^0+$/.test(text));
  if (blank) {
    if (optional || (type === "text" && is === undefined)) return optional ? undefined : "";
    throw brokenField(place, name, expectation(field), raw);
  }
  const value =
    type === "text"
      ? raw.trimEnd()
      : type === "digits"
        ? digits(raw, field, place)
        : type === "decimal"
          ? decimal(text, field, place)
          : date(text, field, place);
  if (is !== undefined && value !== is) throw brokenField(place, name, is, value);
  return value;
}

const expectation = ({ type = "text", is }: FixedField): string =>
  is ?? { text: "a text", digits: "digits", decimal: "a number", date: "a date" }[type];

function digits(raw: string, { name }: FixedField, place: Place): string {
  if (!/^\d+$/.test(raw.trim())) throw brokenField(place, name, "digits", raw);
  return raw.trim();
}

/** The last digit of a signed COBOL number: `{` is +0, `A` to `I` +1 to +9, `}` is -0, `J` to `R` -1 to -9. */
const OVERPUNCH = "{ABCDEFGHI}JKLMNOPQR";

function decimal(text: string, { name, scale, sign = "none" }: FixedField, place: Place): string {
  let number = text;
  let negative = false;
  if (sign === "leading" && /^[+-]/.test(text)) {
    negative = text[0] === "-";
    number = text.slice(1).trimStart();
  } else if (sign === "trailing" && /[+-]$/.test(text)) {
    negative = text.endsWith("-");
    number = text.slice(0, -1).trimEnd();
  } else if (sign === "overpunch") {
    const last = OVERPUNCH.indexOf(text.at(-1)!);
    if (last !== -1) {
      negative = last >= 10;
      number = text.slice(0, -1) + String(last % 10);
    }
  }
  const form = scale === undefined ? /^\d+(?:\.\d+)?$/ : /^\d+$/;
  if (!form.test(number)) throw brokenField(place, name, scale === undefined ? "a number" : "digits", text);
  let value = number;
  if (scale !== undefined && scale > 0) {
    const filled = number.padStart(scale + 1, "0");
    value = `${filled.slice(0, -scale)}.${filled.slice(-scale)}`;
  }
  value = value.replace(/^0+(?=\d)/, "");
  return negative && /[1-9]/.test(value) ? `-${value}` : value;
}

const DATES = {
  yyyymmdd: [/^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)$/, ["year", "month", "day"]],
  yymmdd: [/^(?<year>\d\d)(?<month>\d\d)(?<day>\d\d)$/, ["year", "month", "day"]],
  ddmmyyyy: [/^(?<day>\d\d)(?<month>\d\d)(?<year>\d{4})$/, ["day", "month", "year"]],
  ddmmyy: [/^(?<day>\d\d)(?<month>\d\d)(?<year>\d\d)$/, ["day", "month", "year"]],
  mmddyyyy: [/^(?<month>\d\d)(?<day>\d\d)(?<year>\d{4})$/, ["month", "day", "year"]],
} as const;

function date(text: string, { name, format = "yyyymmdd" }: FixedField, place: Place): string {
  const parts = DATES[format][0].exec(text)?.groups;
  const short = Number(parts?.year);
  const year = parts?.year?.length === 2 ? (short < 70 ? 2_000 : 1_900) + short : short;
  const [month, day] = [Number(parts?.month), Number(parts?.day)];
  const exact = new Date(Date.UTC(year, month - 1, day));
  if (!parts || exact.getUTCMonth() !== month - 1 || exact.getUTCDate() !== day) {
    throw brokenField(place, name, `a date ${format}`, text);
  }
  return `${String(year).padStart(4, "0")}-${parts.month}-${parts.day}`;
}

/** @throws {ContractBroken} when the value does not fit */
export function writeField(value: string | undefined, field: FixedField, place: Place): string {
  const {
    name,
    width,
    type = "text",
    scale,
    sign = "none",
    format = "yyyymmdd",
    optional = false,
    is,
  } = field;
  if (value === undefined || value === "") {
    if (optional || (type === "text" && value === "" && is === undefined)) return " ".repeat(width);
    throw brokenField(place, name, expectation(field), "nothing");
  }
  if (is !== undefined && value !== is) throw brokenField(place, name, is, value);
  if (/[\0\r\n]/.test(value)) throw brokenField(place, name, "one line of text", value);
  const within = (text: string, filled: string) => {
    if (text.length > width) throw brokenField(place, name, `at most ${width} characters`, value);
    return filled;
  };
  if (type === "text") return within(value, value.padEnd(width));
  if (type === "digits") {
    if (!/^\d+$/.test(value)) throw brokenField(place, name, "digits", value);
    return within(value, value.padStart(width, "0"));
  }
  if (type === "date") {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? [];
    if (year === undefined) throw brokenField(place, name, "a date YYYY-MM-DD", value);
    const parts = { year: format.includes("yyyy") ? year : year.slice(2), month: month!, day: day! };
    const text = DATES[format][1].map((part) => parts[part]).join("");
    return within(text, text.padEnd(width));
  }
  const [, minus, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  if (whole === undefined) throw brokenField(place, name, "a decimal", value);
  if (minus !== "" && sign === "none") throw brokenField(place, name, "no negative number", value);
  if (scale !== undefined && fraction.slice(scale).replace(/0+$/, "") !== "") {
    throw brokenField(place, name, `at most ${scale} decimals`, value);
  }
  const plain =
    scale === undefined
      ? value.replace("-", "")
      : `${whole}${fraction.slice(0, scale).padEnd(scale, "0")}`.replace(/^0+(?=\d)/, "");
  const room = sign === "leading" || sign === "trailing" ? width - 1 : width;
  if (plain.length > room) throw brokenField(place, name, `at most ${room} digits`, value);
  const number = plain.padStart(room, "0");
  if (sign === "leading") return `${minus === "" ? "+" : "-"}${number}`;
  if (sign === "trailing") return `${number}${minus === "" ? "+" : "-"}`;
  if (sign !== "overpunch") return number;
  return number.slice(0, -1) + OVERPUNCH[Number(number.at(-1)) + (minus === "" ? 0 : 10)]!;
}
