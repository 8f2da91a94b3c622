/**
 * Finds the message in what banks send around it: a business application header beside it, an envelope around both,
 * prefixes, a namespace left out.
 */
import { at, brokenAt, child, textAt, type XmlElement } from "../xml/tree.ts";

/** What a message is called by the standard, and the element its content stands in. */
export interface NamedBody {
  readonly name: string;
  readonly body: string;
}

const NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:";
/** As networks and national banks wrote it before: `urn:swift:xsd:$pain.001.002.02`, `…/de/pain.001.001.03.ch.02.xsd`. */
const ELDER =
  /^(?:urn:swift:xsd:\$?|urn:sepade:xsd:|https?:\/\/www\.six-interbank-clearing\.com\/de\/)([a-z]{4}\.\d{3}\.\d{3}\.\d{2}(?:\.ch\.\d{2})?)(?:\.xsd)?$/;
/** Banks wrap a message in a handful of envelopes; a search without bound is a trap. */
const DEPTH = 6;

/** The content of the document and its type, e.g. `camt.053.001.08`; the bare name where the namespace is left out. */
export function openDocument<Kind extends NamedBody>(
  root: XmlElement,
  kinds: readonly Kind[],
): { kind: Kind; body: XmlElement; messageType: string } {
  const document = documentIn(root);
  if (!document) throw brokenAt(root, "a Document of ISO 20022", root.name);
  const expected = kinds.map(({ body }) => body).join(", ");
  const content = document.children[0];
  // Version 1 put the version into the name of the body, or named it after the message: pain.001.001.02.
  const found = kinds.flatMap((kind) => {
    const body = document.children.find(
      ({ name }) => name.replace(/V\d\d$/, "") === kind.body || name.startsWith(`${kind.name}.001.`),
    );
    return body ? [{ kind, body }] : [];
  })[0];
  if (!found) throw brokenAt(document, expected, content?.name ?? "nothing");
  const { namespace } = document;
  const version = versionIn(namespace);
  if (namespace !== "" && !version.startsWith(found.kind.name)) {
    throw brokenAt(document, `the namespace ${NAMESPACE}${found.kind.name}…`, namespace);
  }
  return { ...found, messageType: version || found.kind.name };
}

/** What a namespace says the message is, e.g. `camt.053.001.08`; "" where it is none of the standard. */
const versionIn = (namespace: string): string =>
  namespace.startsWith(NAMESPACE) ? namespace.slice(NAMESPACE.length) : (ELDER.exec(namespace)?.[1] ?? "");

/** The first Document, at the root or some levels in. */
export function documentIn(root: XmlElement, depth = DEPTH): XmlElement | undefined {
  if (root.name === "Document") return root;
  if (depth === 0) return undefined;
  for (const inner of root.children) {
    const found = documentIn(inner, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** A message of ISO 20022 whatever it is: what its header and its namespace say. */
export interface Envelope {
  /** `pacs.008.001.07`; of the header alone `head.001.001.01`. */
  readonly messageType: string;
  /** The name of the element with the content; "" where only a header came. */
  readonly body: string;
  /** BizMsgIdr. */
  readonly messageId?: string;
  /** MsgDefIdr: what the header says the message is. */
  readonly announced?: string;
  readonly createdAt?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Reads only what stands around and at the top of a message. @throws {ContractBroken} when header and message disagree */
export function envelopeOf(root: XmlElement): Envelope {
  const header = headerIn(root, DEPTH);
  const document = documentIn(root);
  const body = document?.children[0];
  if (document !== undefined && body === undefined) throw brokenAt(document, "a message", "nothing");
  if (document === undefined && header === undefined)
    throw brokenAt(root, "a Document or an AppHdr of ISO 20022", root.name);
  const { namespace } = document ?? header ?? root;
  const announced = textAt(header, "MsgDefIdr");
  const stated = versionIn(namespace);
  if (document && announced !== "" && stated !== "" && !stated.startsWith(announced.slice(0, 8)))
    throw brokenAt(document, `a message ${announced}, as its header says`, stated);
  return {
    messageType: stated || announced || (body?.name ?? ""),
    body: body?.name ?? "",
    ...said("messageId", textAt(header, "BizMsgIdr")),
    ...said("announced", announced),
    ...said("createdAt", textAt(header, "CreDt")),
    ...said("from", sideOf(child(header, "Fr"))),
    ...said("to", sideOf(child(header, "To"))),
  };
}

function headerIn(root: XmlElement, depth: number): XmlElement | undefined {
  if (root.name === "AppHdr") return root;
  if (depth === 0 || root.name === "Document") return undefined;
  for (const inner of root.children) {
    const found = headerIn(inner, depth - 1);
    if (found) return found;
  }
  return undefined;
}

function sideOf(side: XmlElement | undefined): string {
  const bank = at(side, "FIId", "FinInstnId");
  const company = child(side, "OrgId");
  return (
    textAt(bank, "BICFI") ||
    textAt(bank, "ClrSysMmbId", "MmbId") ||
    textAt(bank, "Othr", "Id") ||
    textAt(company, "Id", "OrgId", "AnyBIC") ||
    textAt(company, "Nm") ||
    textAt(bank, "Nm")
  );
}

const said = <Name extends string>(name: Name, text: string): { readonly [key in Name]?: string } =>
  text === "" ? {} : ({ [name]: text } as { [key in Name]: string });
