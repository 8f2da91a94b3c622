/**
 * Documents whose codecs already give plain data (UBL, B2MML, EPCIS, ISO 20022, MT940, BAI2, Sparkplug) and IDocs, as trees.
 *
 * What a codec read and could not name is part of the tree, under `beyond`, so it is listed with the rest. Line numbers and copies
 * of what stands elsewhere (raw fields, notes of the reader) say nothing and are left out.
 */
import type { B2mmlDocument } from "../../codecs/b2mml/codec.ts";
import type { Bai2Document } from "../../codecs/bai2/codec.ts";
import type { EpcisDocument } from "../../codecs/epcis/codec.ts";
import type { Idoc, IdocSegment } from "../../codecs/idoc/codec.ts";
import type {
  BankDocument,
  PaymentInitiation,
  PaymentStatusReport,
  RemittanceAdvice,
} from "../../codecs/iso20022/codec.ts";
import type { Mt940Document } from "../../codecs/mt940/codec.ts";
import type { SparkplugPayload } from "../../codecs/sparkplug/codec.ts";
import { type UblKind, type UblMessage, ublMessage } from "../../codecs/ubl/codec.ts";
import type { Tree } from "../place.ts";
import type { Format } from "../table.ts";

const placeOf = (id: string): string => id.replace(/\/(\d+)(?=\/|$)/g, "[$1]").replaceAll("/", ".");
const isList = (): boolean => false;

const plain = <Document>(
  name: string,
  bookkeeping: readonly string[],
  draftOf: (tree: Tree) => Document = (tree) => tree as Document,
  place: Format<Document>["placeOf"] = placeOf,
): Format<Document> => {
  return {
    name,
    isList,
    placeOf: place,
    treeOf: (document) => document as Tree,
    draftOf,
    bookkeeping: new Set(bookkeeping),
  };
};

/** Documents that list what has no field in `notCarried`: it is named by its path from the part it stands in. */
const listing = <Document>(
  name: string,
  bookkeeping: readonly string[],
  draftOf?: (tree: Tree) => Document,
): Format<Document> =>
  plain(name, [...bookkeeping, "path"], draftOf, (id, tree) => {
    const [, part, index] = /^(.*?)\/?notCarried\/(\d+)\/text$/.exec(id) ?? [];
    if (part === undefined) return placeOf(id);
    const holder = part.split("/").reduce<Tree>((at, step) => (step === "" ? at : (at[step] as Tree)), tree);
    const { path } = (holder.notCarried as readonly { readonly path: string }[])[Number(index)]!;
    return [placeOf(part), ...path.split("/")].filter((step) => step !== "").join(".");
  });
const iso20022 = <Document>(draftOf?: (tree: Tree) => Document): Format<Document> =>
  listing("ISO 20022", ["messageType"], draftOf);

export const bankDocuments: Format<BankDocument> = iso20022();
export const paymentOrders: Format<PaymentInitiation> = iso20022((tree) => ({
  ...(tree as unknown as PaymentInitiation),
  messageType: "",
  payments: (tree.payments as Tree[]).map((payment) => ({
    ...payment,
    transactions: (payment.transactions as Tree[]).map((one) => ({
      remittance: [],
      ...one,
      structured: ((one.structured ?? []) as Tree[]).map((each) => ({ additional: [], ...each })),
    })),
  })) as unknown as PaymentInitiation["payments"],
}));
export const paymentStatuses: Format<PaymentStatusReport> = iso20022();
export const remittanceAdvices: Format<RemittanceAdvice> = iso20022();
export const mt940Documents: Format<Mt940Document> = plain("MT940", [
  "line",
  "fields",
  "head",
  "end",
  "notes",
  "subfields",
]);
export const bai2Documents: Format<Bai2Document> = plain("BAI2", ["line", "records", "notes"]);
export const epcisDocuments: Format<EpcisDocument> = plain<EpcisDocument>("EPCIS", ["syntax"], (tree) => ({
  ...(tree as unknown as EpcisDocument),
  notCarried: [],
  events: ((tree.events ?? []) as Tree[]).map(
    (event) =>
      ({
        ...EMPTY_EVENT,
        ...event,
        readPoint: { extensions: [], ...(event.readPoint as Tree) },
        bizLocation: { extensions: [], ...(event.bizLocation as Tree) },
      }) as unknown as EpcisDocument["events"][number],
  ),
  syntax: "json",
}));
export const sparkplugPayloads: Format<SparkplugPayload> = plain("Sparkplug B", ["seq"]);
export const b2mmlDocuments: Format<B2mmlDocument> = listing("B2MML", ["line"], (tree) => ({
  ...EMPTY_B2MML,
  ...(tree as unknown as B2mmlDocument),
}));

const EMPTY_B2MML = {
  schedules: [],
  performances: [],
  definitions: [],
  lots: [],
  testResults: [],
  notCarried: [],
};

const EMPTY_EVENT = {
  certificationInfo: [],
  epcs: [],
  childEpcs: [],
  inputEpcs: [],
  outputEpcs: [],
  quantities: [],
  childQuantities: [],
  inputQuantities: [],
  outputQuantities: [],
  bizTransactions: [],
  sources: [],
  destinations: [],
  sensors: [],
  ilmd: [],
  extensions: [],
};

/** A UBL document: its body; what the layout does not know is under `beyond`, by its path. */
export const ublDocuments: Format<UblMessage> = {
  name: "UBL",
  isList,
  placeOf: (id) => (id.startsWith("beyond/") ? id.slice(id.indexOf("|") + 1) : placeOf(id)),
  treeOf: ({ body, notCarried }) => ({
    ...(body as unknown as Tree),
    beyond: Object.fromEntries(notCarried.map(({ path, text }, at) => [`${at}|${path}`, text || "elements"])),
  }),
  draftOf: (tree, type) => ublMessage(type as UblKind, tree as never),
};

/** An IDoc: segments by their types, fields by their names; the control record under `EDI_DC40`. */
export const idocs: Format<Idoc> = {
  name: "IDoc",
  isList: (name) => /^[EZ][12]/.test(name),
  placeOf: (id) => placeOf(id).replace(/\[0\](?=\.)/g, ""),
  treeOf: ({ segments, control }) => {
    const tree = segmentTree(segments);
    // Who sent it to whom is the matter of the connection; the rest of the control record is bookkeeping of the sender.
    return { ...tree, EDI_DC40: { MESTYP: control.MESTYP ?? "", IDOCTYP: control.IDOCTYP ?? "" } };
  },
  draftOf: ({ EDI_DC40, ...tree }) => ({
    control: { TABNAM: "EDI_DC40", ...(EDI_DC40 as Record<string, string> | undefined) },
    segments: treeSegments(tree),
  }),
  bookkeeping: new Set(["EDI_DC40"]),
};

function segmentTree(segments: readonly IdocSegment[]): Tree {
  const tree: Tree = {};
  for (const { type, fields, children, rest } of segments) {
    const list = (tree[type] ?? []) as Tree[];
    tree[type] = list;
    const trimmed = Object.entries(fields).map(([name, value]) => [name, value.trim()]);
    list.push({
      ...Object.fromEntries(trimmed),
      ...(rest === undefined ? {} : { rest: rest.trim() }),
      ...segmentTree(children),
    });
  }
  return tree;
}

const treeSegments = (tree: Tree): IdocSegment[] =>
  Object.entries(tree).flatMap(([type, held]) =>
    Array.isArray(held)
      ? (held as Tree[]).map((one) => ({
          type,
          fields: Object.fromEntries(
            Object.entries(one).flatMap(([name, value]) =>
              typeof value === "string" ? [[name, value]] : [],
            ),
          ),
          children: treeSegments(one),
        }))
      : [],
  );
