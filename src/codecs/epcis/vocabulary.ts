/**
 * Words and identifiers in one spelling: vocabulary as web addresses, GS1 keys as canonical Digital Links.
 *
 * Sources: the Core Business Vocabulary 2.0, section 8.9 (how the event hash spells values), the EPC Tag Data Standard
 * (EPC addresses) and GS1 Digital Link 1.2, section 4.11.
 */

export type Vocabulary = "BizStep" | "Disp" | "BTT" | "SDT" | "ER" | "Comp";

const CBV = "https://ref.gs1.org/cbv/";
const URN: Readonly<Record<string, Vocabulary>> = {
  bizstep: "BizStep",
  disp: "Disp",
  btt: "BTT",
  sdt: "SDT",
  er: "ER",
  comp: "Comp",
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** The words that may stand bare. One of no list is nobody's: what is not the standard's has an address. */
const WORDS: Partial<Readonly<Record<Vocabulary, ReadonlySet<string>>>> = {
  BizStep: words(
    "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting " +
      "decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting " +
      "installing killing loading other packing picking receiving removing repackaging repairing replacing reserving " +
      "retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting " +
      "unloading unpacking void_shipping",
  ),
  Disp: words(
    "active available completeness_inferred completeness_verified conformant container_closed container_open damaged " +
      "destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance " +
      "mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed " +
      "recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown",
  ),
};

const isBare = (text: string): boolean => /^\w+$/.test(text);

/** Whether a text without an address is a word of the list. */
export const isKnown = (vocabulary: Vocabulary, text: string): boolean =>
  !isBare(text) || WORDS[vocabulary]?.has(text) !== false;

/** `receiving`, `cbv:BizStep-receiving` and `urn:epcglobal:cbv:bizstep:receiving` are one word. */
export function word(vocabulary: Vocabulary, text: string): string {
  if (isBare(text)) return `${CBV}${vocabulary}-${text}`;
  const urn = /^urn:epcglobal:cbv:([a-z]+):(.+)$/.exec(text);
  const kind = urn ? URN[urn[1]!] : undefined;
  return kind === undefined ? address(text) : `${CBV}${kind}-${urn![2]}`;
}

/** `Temperature` and `gs1:Temperature` are a word of the GS1 web vocabulary. */
export const measure = (text: string): string =>
  /^\w[\w-]*$/.test(text) ? `https://gs1.org/voc/${text}` : address(text);

/** The short forms whose prefix the standard declares, written out. */
export const address = (text: string): string =>
  text
    .replace(/^gs1:/, "https://gs1.org/voc/")
    .replace(/^cbv:/, CBV)
    .replace(/^epcis:/, "https://ref.gs1.org/epcis/")
    .replace(/^https:\/\/ns\.gs1\.org\/cbv\//, CBV)
    .replace(/^https:\/\/(?:www|ref)\.gs1\.org\/voc\//, "https://gs1.org/voc/");

const LINK = "https://id.gs1.org/";

/** An identifier as its canonical Digital Link, at its finest level; what is no GS1 key stays as it is. */
export function canonicalLink(text: string): string {
  const urn = /^urn:epc:(id|class|idpat):([a-z]+):(\d{6,12})\.(.*)$/.exec(text);
  if (urn) return ofUrn(urn[1]!, urn[2]!, urn[3]!, urn[4]!) ?? text;
  return /^https?:\/\//.test(text) ? (ofLink(text) ?? text) : text;
}

/** Of an EPC address: the company prefix and what follows the dot behind it. */
function ofUrn(kind: string, scheme: string, prefix: string, rest: string): string | undefined {
  const pattern = kind === "idpat";
  const dot = rest.indexOf(".");
  const reference = dot === -1 ? rest : rest.slice(0, dot);
  const tail = dot === -1 ? undefined : rest.slice(dot + 1);
  const key = (digits: number) =>
    /^\d*$/.test(reference) && prefix.length + reference.length === digits
      ? withCheckDigit(prefix + reference)
      : undefined;
  const gtin = () =>
    /^\d+$/.test(reference) && prefix.length + reference.length === 13
      ? withCheckDigit(reference[0]! + prefix + reference.slice(1))
      : undefined;
  const serial = tail === undefined || tail === "" || (pattern && tail === "*") ? undefined : safe(tail);
  const link = (application: string, base: string | undefined, qualifier?: string, value?: string) =>
    base === undefined
      ? undefined
      : `${LINK}${application}/${base}${value === undefined ? "" : `${qualifier ?? ""}${value}`}`;

  switch (scheme) {
    case "sgtin":
      return link("01", gtin(), "/21/", serial);
    case "lgtin":
      return link("01", gtin(), "/10/", serial);
    case "upui":
      return link("01", gtin(), "/235/", serial);
    case "sscc": {
      const digits = prefix.length + rest.length === 17 && /^\d+$/.test(rest);
      return digits ? link("00", withCheckDigit(rest[0]! + prefix + rest.slice(1))) : undefined;
    }
    case "sgln":
      return link("414", key(12), "/254/", serial === "0" ? undefined : serial);
    case "pgln":
      return link("417", key(12));
    case "gsrn":
      return link("8018", key(17));
    case "gsrnp":
      return link("8017", key(17));
    case "gsin":
      return link("402", key(16));
    case "grai":
      return link("8003", key(12) === undefined ? undefined : `0${key(12)}`, "", serial);
    case "gdti":
      return link("253", key(12), "", serial);
    case "sgcn":
      return link("255", key(12), "", serial);
    case "giai":
      return link("8004", `${prefix}${safe(rest)}`);
    case "ginc":
      return link("401", `${prefix}${safe(rest)}`);
    case "cpi": {
      const last = rest.lastIndexOf(".");
      return last === -1
        ? undefined
        : link(
            "8010",
            `${prefix}${safe(rest.slice(0, last))}`,
            "/8011/",
            pattern ? undefined : rest.slice(last + 1),
          );
    }
    case "itip": {
      const [, piece, total, itemSerial] = /^(\d{2})\.(\d{2})\.(.+)$/.exec(tail ?? "") ?? [];
      const base = gtin();
      if (base === undefined || piece === undefined) return undefined;
      return link(
        "8006",
        `${base}${piece}${total}`,
        "/21/",
        itemSerial === "*" ? undefined : safe(itemSerial!),
      );
    }
    default:
      return undefined;
  }
}

/** Keys of a Digital Link, the qualifiers that make them finer (the finest first), and what the key looks like. */
const KEYS: Readonly<Record<string, readonly [form: RegExp, ...qualifiers: string[]]>> = {
  "00": [/^\d{18}$/],
  "01": [/^(?:\d{8}|\d{12,14})$/, "21", "10", "235"],
  "253": [/^\d{13}[^/]{0,17}$/],
  "255": [/^\d{13,25}$/],
  "401": [/^[^/]{1,30}$/],
  "402": [/^\d{17}$/],
  "414": [/^\d{13}$/, "254"],
  "417": [/^\d{13}$/],
  "8003": [/^\d{14}[^/]{0,16}$/],
  "8004": [/^[^/]{1,30}$/],
  "8006": [/^\d{18}$/, "21", "10"],
  "8010": [/^[^/]{1,30}$/, "8011"],
  "8017": [/^\d{18}$/],
  "8018": [/^\d{18}$/],
};

/** The words Digital Link 1.1 allowed in place of the numbers. */
const NUMBERS: Readonly<Record<string, string>> = {
  sscc: "00",
  gtin: "01",
  lot: "10",
  ser: "21",
  gdti: "253",
  gcn: "255",
  ginc: "401",
  gsin: "402",
  gln: "414",
  glnx: "254",
  party: "417",
  grai: "8003",
  giai: "8004",
  itip: "8006",
  cpid: "8010",
  cpsn: "8011",
  gsrnp: "8017",
  gsrn: "8018",
};

function ofLink(text: string): string | undefined {
  const path = text.replace(/^https?:\/\/[^/]*/, "").replace(/[?#].*$/, "");
  const steps = path
    .split("/")
    .slice(1, 41)
    .map((step) => (Object.hasOwn(NUMBERS, step) ? NUMBERS[step]! : step));
  for (let at = 0; at < steps.length - 1; at += 1) {
    const [form, ...qualifiers] = Object.hasOwn(KEYS, steps[at]!) ? KEYS[steps[at]!]! : [];
    const key = steps[at + 1]!;
    if (!form?.test(key)) continue;
    const base = `${LINK}${steps[at]}/${steps[at] === "01" ? key.padStart(14, "0") : key}`;
    for (const qualifier of qualifiers) {
      const found = steps.indexOf(qualifier, at + 2);
      if (found !== -1 && (found - at) % 2 === 0 && steps[found + 1])
        return `${base}/${qualifier}/${steps[found + 1]}`;
    }
    return base;
  }
  return undefined;
}

/** The check digit of GS1 keys: weights 3 and 1 from the right. */
function withCheckDigit(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    sum += Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 3 : 1);
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** Signs an EPC may hold and the path of an address may not. */
const safe = (text: string): string =>
  text.replace(/[!()*+,:]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
