/**
 * What an EPCIS event says: the same value whichever syntax and version it came in.
 *
 * Names are those of EPCIS 2.0. Words of the Core Business Vocabulary are web addresses (`https://ref.gs1.org/cbv/…`),
 * times and decimals are text as written, identifiers as sent. Extensions carry their full namespace.
 */

export const EVENT_TYPES = [
  "ObjectEvent",
  "AggregationEvent",
  "TransactionEvent",
  "TransformationEvent",
  "AssociationEvent",
] as const;
/** Of versions before 2.0; read as the ObjectEvent it is another spelling of. */
export const QUANTITY_EVENT = "QuantityEvent";

export type EventType = (typeof EVENT_TYPES)[number];

/** A field of the sender's own, or of master data about the instance (`ilmd`), nested as it came. */
export interface EpcisExtension {
  /** `{http://ns.example.com/epcis}colour`. */
  readonly name: string;
  readonly value?: string;
  readonly children: readonly EpcisExtension[];
}

export interface EpcisQuantity {
  readonly epcClass: string;
  /** Absent where it is not known. */
  readonly quantity?: string;
  /** UN/ECE Recommendation 20; absent for counted instances. */
  readonly uom?: string;
  readonly extensions?: readonly EpcisExtension[];
}

/** A business transaction, a source or a destination with its type. */
export interface EpcisTyped {
  readonly type?: string;
  readonly id: string;
  readonly extensions?: readonly EpcisExtension[];
}

export interface EpcisPlace {
  readonly id: string;
  readonly extensions: readonly EpcisExtension[];
}

/** Attributes of sensor metadata or a sensor report by their EPCIS names; decimals as written. */
export interface EpcisSensorPart {
  readonly fields: Readonly<Record<string, string>>;
  readonly extensions: readonly EpcisExtension[];
}

export interface EpcisSensor {
  readonly metadata?: EpcisSensorPart;
  readonly reports: readonly EpcisSensorPart[];
  readonly extensions: readonly EpcisExtension[];
}

export interface EpcisErrorDeclaration {
  readonly declarationTime: string;
  /** `https://ref.gs1.org/cbv/ER-incorrect_data` or `…ER-did_not_occur`. */
  readonly reason?: string;
  readonly correctiveEventIds: readonly string[];
  readonly extensions: readonly EpcisExtension[];
}

export interface EpcisEvent {
  readonly type: EventType;
  readonly eventTime: string;
  readonly eventTimeZoneOffset: string;
  readonly recordTime?: string;
  readonly eventId?: string;
  /** The event was wrong: this says when, why and what stands in its place. */
  readonly errorDeclaration?: EpcisErrorDeclaration;
  readonly certificationInfo: readonly string[];
  readonly action?: "ADD" | "OBSERVE" | "DELETE";
  readonly parentId?: string;
  readonly epcs: readonly string[];
  readonly childEpcs: readonly string[];
  readonly inputEpcs: readonly string[];
  readonly outputEpcs: readonly string[];
  readonly quantities: readonly EpcisQuantity[];
  readonly childQuantities: readonly EpcisQuantity[];
  readonly inputQuantities: readonly EpcisQuantity[];
  readonly outputQuantities: readonly EpcisQuantity[];
  readonly transformationId?: string;
  readonly bizStep?: string;
  readonly disposition?: string;
  readonly persistentDisposition?: {
    readonly set: readonly string[];
    readonly unset: readonly string[];
    readonly extensions?: readonly EpcisExtension[];
  };
  readonly readPoint?: EpcisPlace;
  readonly bizLocation?: EpcisPlace;
  readonly bizTransactions: readonly EpcisTyped[];
  readonly sources: readonly EpcisTyped[];
  readonly destinations: readonly EpcisTyped[];
  readonly sensors: readonly EpcisSensor[];
  readonly ilmd: readonly EpcisExtension[];
  readonly extensions: readonly EpcisExtension[];
}

export interface EpcisDocument {
  readonly syntax: "xml" | "json";
  readonly schemaVersion?: string;
  readonly creationDate?: string;
  readonly events: readonly EpcisEvent[];
  /** Parts of the document around the events that are not carried, by path: headers, master data, query names. */
  readonly notCarried: readonly string[];
}

/** Lists by the field of the event: the name in EPCIS, and what an entry is called in XML. */
export const EPC_LISTS = {
  epcs: "epcList",
  childEpcs: "childEPCs",
  inputEpcs: "inputEPCList",
  outputEpcs: "outputEPCList",
} as const;
export const QUANTITY_LISTS = {
  quantities: "quantityList",
  childQuantities: "childQuantityList",
  inputQuantities: "inputQuantityList",
  outputQuantities: "outputQuantityList",
} as const;
export const TYPED_LISTS = {
  bizTransactions: ["bizTransactionList", "bizTransaction", "BTT"],
  sources: ["sourceList", "source", "SDT"],
  destinations: ["destinationList", "destination", "SDT"],
} as const;

/** In the order of the canonical form. */
export const METADATA = [
  "time",
  "startTime",
  "endTime",
  "deviceID",
  "deviceMetadata",
  "rawData",
  "dataProcessingMethod",
  "bizRules",
] as const;
export const REPORT = [
  "type",
  "exception",
  "deviceID",
  "deviceMetadata",
  "rawData",
  "dataProcessingMethod",
  "time",
  "microorganism",
  "chemicalSubstance",
  "value",
  "component",
  "stringValue",
  "booleanValue",
  "hexBinaryValue",
  "uriValue",
  "minValue",
  "maxValue",
  "meanValue",
  "sDev",
  "percRank",
  "percValue",
  "uom",
  "coordinateReferenceSystem",
] as const;
/** Sent in reports although the canonical form does not know it. */
export const REPORT_MORE = ["bizRules"] as const;
/** Decimals among them. */
export const MEASURED: ReadonlySet<string> = new Set([
  "value",
  "minValue",
  "maxValue",
  "meanValue",
  "sDev",
  "percRank",
  "percValue",
]);
