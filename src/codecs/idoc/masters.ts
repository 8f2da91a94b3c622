/**
 * Master data of IDocs in business words: materials (MATMAS) with their units and plants, customers (DEBMAS) with their sales areas.
 *
 * As in `business.ts`, numbers stay text and every filled field without a word is listed.
 */
import type { Idoc } from "./segments.ts";
import { required, Teller, type Told } from "./teller.ts";

export interface IdocMaterial extends Told {
  readonly number: string;
  readonly type?: string;
  readonly group?: string;
  readonly baseUnit?: string;
  readonly gtin?: string;
  readonly netWeight?: string;
  readonly grossWeight?: string;
  readonly weightUnit?: string;
  readonly deleted: boolean;
  readonly descriptions: readonly { readonly language?: string; readonly text?: string }[];
  readonly plants: readonly string[];
  /** `numerator` base units are `denominator` of the unit. */
  readonly units: readonly {
    readonly unit?: string;
    readonly numerator?: string;
    readonly denominator?: string;
    readonly gtin?: string;
  }[];
}

/** A material (MATMAS). An IDoc of several materials gives one for each `E1MARAM`, all with what is not carried of the whole. */
export function readIdocMaterials(idoc: Idoc): IdocMaterial[] {
  const say = new Teller(idoc);
  say.one(idoc.segments, "E1MARAM");
  const materials = say.of(idoc.segments, "E1MARAM").map((one) => ({
    number: required(say, one, "MATNR"),
    ...say.text(one, "MTART", "type"),
    ...say.text(one, "MATKL", "group"),
    ...say.text(one, "MEINS", "baseUnit"),
    ...say.text(one, "EAN11", "gtin"),
    ...say.decimal(one, "NTGEW", "netWeight"),
    ...say.decimal(one, "BRGEW", "grossWeight"),
    ...say.text(one, "GEWEI", "weightUnit"),
    deleted: say.value(one, "LVORM") === "X" || say.value(one, "MSGFN") === "003",
    descriptions: say.of(one.children, "E1MAKTM").map((each) => {
      const iso = say.text(each, "SPRAS_ISO", "language");
      const short = say.text(each, "SPRAS", "language");
      return { ...short, ...iso, ...say.text(each, "MAKTX", "text") };
    }),
    plants: say.of(one.children, "E1MARCM").map((each) => say.value(each, "WERKS")),
    units: say.of(one.children, "E1MARMM").map((each) => ({
      ...say.text(each, "MEINH", "unit"),
      ...say.decimal(each, "UMREZ", "numerator"),
      ...say.decimal(each, "UMREN", "denominator"),
      ...say.text(each, "EAN11", "gtin"),
    })),
  }));
  const notCarried = say.notCarried();
  return materials.map((material) => ({ ...material, notCarried }));
}

export interface IdocCustomer extends Told {
  readonly number: string;
  readonly names: readonly string[];
  readonly street?: string;
  readonly city?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly language?: string;
  readonly vatNumber?: string;
  readonly blocked: boolean;
  readonly salesAreas: readonly {
    readonly organisation?: string;
    readonly channel?: string;
    readonly division?: string;
    readonly currency?: string;
    readonly paymentTerms?: string;
  }[];
  readonly companyCodes: readonly { readonly code?: string; readonly paymentTerms?: string }[];
}

/** A customer (DEBMAS). */
export function readIdocCustomers(idoc: Idoc): IdocCustomer[] {
  const say = new Teller(idoc);
  say.one(idoc.segments, "E1KNA1M");
  const customers = say.of(idoc.segments, "E1KNA1M").map((one) => ({
    number: required(say, one, "KUNNR"),
    names: ["NAME1", "NAME2", "NAME3", "NAME4"]
      .map((name) => say.value(one, name))
      .filter((name) => name !== ""),
    ...say.text(one, "STRAS", "street"),
    ...say.text(one, "ORT01", "city"),
    ...say.text(one, "PSTLZ", "postalCode"),
    ...say.text(one, "LAND1", "country"),
    ...say.text(one, "SPRAS_ISO", "language"),
    ...say.text(one, "STCEG", "vatNumber"),
    blocked: say.value(one, "AUFSD") !== "" || say.value(one, "SPERR") === "X",
    salesAreas: say.of(one.children, "E1KNVVM").map((each) => ({
      ...say.text(each, "VKORG", "organisation"),
      ...say.text(each, "VTWEG", "channel"),
      ...say.text(each, "SPART", "division"),
      ...say.text(each, "WAERS", "currency"),
      ...say.text(each, "ZTERM", "paymentTerms"),
    })),
    companyCodes: say.of(one.children, "E1KNB1M").map((each) => ({
      ...say.text(each, "BUKRS", "code"),
      ...say.text(each, "ZTERM", "paymentTerms"),
    })),
  }));
  const notCarried = say.notCarried();
  return customers.map((customer) => ({ ...customer, notCarried }));
}
