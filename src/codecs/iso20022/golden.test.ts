/**
 * Account messages beside what another project's reader (genkgo/camt, in PHP) made of them, value by value.
 *
 * Its JSON is a walk over its getters. Ours is told in its words below, one function for each of its classes; every getter of
 * the golden is compared, and one without a word here must be empty there. An empty text, an empty list of charges and null are the
 * same "nothing"; amounts are compared in minor units, moments in UTC.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import Big from "big.js";
import { expect, test } from "vitest";
import {
  type BankAccount,
  type BankDocument,
  type BankEntry,
  type BankParty,
  type BankStatement,
  type BankTransaction,
  type BankTransactionCode,
  bankMessage,
  type StructuredRemittance,
} from "./codec.ts";

const SAMPLES = process.env.CROSSDOCK_SAMPLES ?? path.join(import.meta.dirname, "../../../../shared/samples");
const FOLDER = path.join(SAMPLES, "bank/genkgo__camt/test/data");

type Json = Record<string, unknown>;

if (!existsSync(FOLDER)) {
  test.skip("camt samples (skipped: no samples)", () => {});
} else {
  test.each(globSync("*.json", { cwd: FOLDER }).sort())("%s is met value by value", (file) => {
    const golden = JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")) as Json;
    const kind = `camt.0${/camt0?(5\d)/.exec(file)?.[1]}` as "camt.053";
    const document = bankMessage(kind).decode(readFileSync(path.join(FOLDER, file.replace(/json$/, "xml"))));
    const messages: string[] = [];
    compare(golden, message(document), "message", messages);
    expect(messages).toEqual([]);
  });

  test.each(globSync("camt*.xml", { cwd: FOLDER, exclude: ["*wrong*"] }).sort())(
    "%s is written without loss",
    (file) => {
      const codec = bankMessage(`camt.0${/camt0?(5\d)/.exec(file)?.[1]}` as "camt.053");
      const read = carried(codec.decode(readFileSync(path.join(FOLDER, file))));
      expect(codec.decode(codec.encode(read))).toEqual({
        ...read,
        messageType: `${read.messageType.slice(0, 13)}08`,
      });
    },
  );

  test.each(globSync("*wrong*.xml", { cwd: FOLDER }))("%s is refused", (file) => {
    expect(() => bankMessage("camt.053").decode(readFileSync(path.join(FOLDER, file)))).toThrow(
      /expected .* found/,
    );
  });
}

/** Without what has no field: it is listed, and not written. */
const carried = (document: BankDocument): BankDocument =>
  JSON.parse(JSON.stringify(document, (name, value: unknown) => (name === "notCarried" ? undefined : value)));

/** Walks the golden; ours may say more, never less or otherwise. */
function compare(golden: unknown, ours: unknown, at: string, messages: string[], holder?: Json): void {
  if (golden === "__RECURSIVITY__") return;
  if (isNothing(golden)) {
    if (!isNothing(ours)) messages.push(`${at}: expected nothing, found ${JSON.stringify(ours)}`);
  } else if (Array.isArray(golden)) {
    const found = Array.isArray(ours) ? ours : [];
    if (at.endsWith("getRelatedAgents")) {
      const first = (holder?.getRelatedAgent ?? null) as unknown;
      const said = golden
        .map((one) => (one === "__RECURSIVITY__" ? first : one))
        .filter((one) => !saysNothing(one));
      if (said.length !== found.length)
        messages.push(`${at}: expected ${said.length} of it, found ${found.length}`);
      said.forEach((one, index) => {
        compare(one, found[index], `${at}[${index}]`, messages);
      });
      return;
    }
    if (found.length !== golden.length)
      messages.push(`${at}: expected ${golden.length} of it, found ${found.length}`);
    else
      golden.forEach((one, index) => {
        compare(one, found[index], `${at}[${index}]`, messages);
      });
  } else if (typeof golden === "object") {
    const found = (ours ?? {}) as Json;
    for (const [key, value] of Object.entries(golden as Json)) {
      // An agent of whom nothing is said counts for it; the others are compared in their list.
      if (key !== "__CLASS__" && key !== "getRelatedAgent")
        compare(value, found[key], `${at}.${key}`, messages, golden as Json);
    }
  } else if (golden !== ours) messages.push(`${at}: expected ${golden}, found ${JSON.stringify(ours)}`);
}

/** A class of which every getter gives nothing. */
const saysNothing = (value: unknown): boolean =>
  isNothing(value) ||
  (typeof value === "object" &&
    Object.entries(value as Json).every(([key, inner]) => key === "__CLASS__" || saysNothing(inner)));

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && Object.values(value).every(isNothing));

const message = (document: BankDocument): Json => ({
  getGroupHeader: {
    getMessageId: document.messageId,
    getCreatedOn: moment(document.createdAt),
    getAdditionalInformation: document.additionalInfo,
    getPagination: document.page && { getPageNumber: document.page.number },
    getOriginalBusinessQuery: document.query && {
      getMessageId: document.query.messageId,
      getMessageNameId: document.query.messageType,
      getCreatedOn: moment(document.query.createdAt),
    },
    getMessageRecipient: document.recipient && {
      ...party(document.recipient, document.messageType),
      getCountryOfResidence: document.recipient.residence,
    },
  },
  getRecords: document.statements.map(record),
  // Of a message with several statements it tells the entries of the last.
  getEntries: document.statements
    .at(-1)
    ?.entries.map((one, index) => entry(one, index, document.statements.at(-1)!)),
});

const record = (statement: BankStatement): Json => ({
  getId: statement.id,
  getCreatedOn: moment(statement.createdAt),
  getElectronicSequenceNumber: statement.electronicSequence,
  getLegalSequenceNumber: statement.legalSequence,
  getFromDate: moment(statement.from),
  getToDate: moment(statement.to),
  getCopyDuplicateIndicator: statement.copy,
  getPagination: statement.page && { getPageNumber: statement.page.number },
  getAdditionalInformation: statement.additionalInfo,
  getAccount: account(statement.account),
  getBalances: statement.balances.map((balance) => ({
    getAmount: money(balance),
    getDate: moment(balance.date),
    getType: BALANCES[balance.type],
  })),
  getEntries: statement.entries.map((one, index) => entry(one, index, statement)),
});

const BALANCES: Readonly<Record<string, string>> = {
  OPBD: "opening",
  PRCD: "opening",
  OPAV: "opening_available",
  CLBD: "closing",
  CLAV: "closing_available",
  FWAV: "forward_available",
  INFO: "information",
  ITBD: "interim",
  ITAV: "interim_available",
  XPCD: "expected_credit",
};

const account = ({ iban, otherId, name, scheme, issuer }: BankAccount): Json => ({
  getIdentification: iban ?? otherId,
  getId: otherId,
  getIban: iban && { getIban: iban },
  getName: name,
  getSchemeName: scheme,
  getIssuer: issuer,
});

const entry = (of: BankEntry, index: number, statement: BankStatement): Json => ({
  getIndex: index,
  getRecord: { ...record({ ...statement, entries: [] }), getEntries: ["the same"] },
  getAmount: money(of),
  getBookingDate: moment(of.bookedOn),
  getValueDate: moment(of.valueOn),
  getStatus: of.status,
  getReversalIndicator: of.reversal,
  getReference: of.reference,
  getAccountServicerReference: of.bankReference,
  getCreditDebitIndicator: indicator(of.creditDebit),
  getAdditionalInfo: of.additionalInfo,
  getBatchPaymentId: of.batch?.paymentInformationId,
  getBankTransactionCode: code(of.code),
  getCharges: charges(of),
  getTransactionDetail: of.transactions[0] && transaction(of.transactions[0], of),
  getTransactionDetails: of.transactions.map((one) => transaction(one, of)),
});

const transaction = (of: BankTransaction, inside: BankEntry): Json => {
  const parties = partiesOf(of);
  const agents = [of.creditor, of.debtor].flatMap((one) =>
    one?.bic === undefined && one?.bankName === undefined
      ? []
      : [{ getRelatedAgentType: { getBIC: one.bic, getName: one.bankName } }],
  );
  return {
    getAdditionalTransactionInformation: of.additionalInfo,
    getAmount:
      of.amount && money({ amount: of.amount, currency: of.currency ?? "", creditDebit: inside.creditDebit }),
    getBankTransactionCode: code(of.code),
    // It tells the direction of the entry, also where the transaction has its own.
    getCreditDebitIndicator: indicator(inside.creditDebit),
    getAmountDetails: of.moved && money({ ...of.moved, creditDebit: inside.creditDebit }),
    getCharges: charges(of),
    getRelatedAgents: agents,
    getRelatedAgent: agents[0],
    getReference: {
      getEndToEndId: of.endToEndId,
      getInstructionId: of.instructionId,
      getTransactionId: of.transactionId,
      getMessageId: of.messageId,
      getPaymentInformationId: of.paymentInformationId,
      getMandateId: of.mandateId,
      getChequeNumber: of.chequeNumber,
      getAccountServicerReference: of.bankReference,
      getUuidEndToEndReference: of.uetr,
      getClearingSystemReference: of.clearingReference,
      getProprietaries: (of.ownReferences ?? []).map(({ type, reference }) => ({
        getType: type,
        getReference: reference,
      })),
    },
    getRelatedParties: parties,
    getRemittanceInformation: remittance(of),
    getReturnInformation: of.returnReason,
    getRelatedDates: of.acceptedAt,
  };
};

function charges({
  charges: all = [],
  chargesTotal: total,
}: Pick<BankEntry, "charges" | "chargesTotal">): Json | undefined {
  if (all.length === 0 && total === undefined) return undefined;
  const records = all.map((charge) => ({
    getAmount: money({ ...charge, creditDebit: charge.creditDebit ?? "credit" }),
    getChargesIncludedIndicator: charge.included,
    getIdentification: charge.type,
  }));
  return {
    getTotalChargesAndTaxAmount: total && money({ ...total, creditDebit: "credit" }),
    getRecords: records,
    getRecord: records[0],
  };
}

/** In its order: creditor, ultimate creditor, debtor, ultimate debtor. */
const partiesOf = ({ creditor, ultimateCreditor, debtor, ultimateDebtor }: BankTransaction): Json[] =>
  [creditor, ultimateCreditor, debtor, ultimateDebtor].flatMap((one) =>
    one === undefined || onlyBank(one)
      ? []
      : [{ getAccount: accountOf(one), getRelatedPartyType: party(one) }],
  );

/** An agent without its party is told among the agents. */
const onlyBank = ({ bic: _, bankName: __, clearingMember: ___, ...others }: BankParty): boolean =>
  Object.keys(others).length === 0;

const accountOf = ({ iban, account: number, accountName }: BankParty): Json | undefined =>
  iban === undefined && number === undefined
    ? undefined
    : account({ iban, otherId: number, name: accountName } as BankAccount);

const party = (of: BankParty, messageType = ""): Json => ({
  getName: of.name,
  getAddress: addressOf(of),
  getIdentification: identification(of, messageType),
});

function addressOf(of: BankParty): Json | undefined {
  if (of.address === undefined && of.country === undefined && of.postal === undefined) return undefined;
  const derived = [
    [of.postal?.street, of.postal?.building],
    [of.postal?.postalCode, of.postal?.town],
  ].filter((parts) => parts.some((part) => part !== undefined)).length;
  return {
    getCountry: of.country,
    getStreetName: of.postal?.street,
    getBuildingNumber: of.postal?.building,
    getPostCode: of.postal?.postalCode,
    getTownName: of.postal?.town,
    getCountrySubDivision: of.postal?.subdivision,
    getDepartment: of.postal?.department,
    getSubDepartment: of.postal?.subDepartment,
    getAddressLines: of.address?.slice(0, of.address.length - derived),
  };
}

function identification({ identification: id }: BankParty, messageType: string): Json | undefined {
  if (!id) return undefined;
  const [other] = id.other;
  const by = (name: string) => id.other.find(({ scheme }) => scheme === name)?.id;
  return {
    // Version 2 has one element for BIC and BEI, which it tells as both.
    getBei: by("BEI") ?? (messageType.endsWith(".02") ? id.bic : undefined),
    getBic: id.bic,
    getIbei: by("IBEI"),
    getEangln: by("EANGLN"),
    getIdentification: id.kind === "organisation" ? other?.id : undefined,
    getOtherId: other?.id,
    getOtherIssuer: other?.issuer,
    getOtherSchemeName: other?.scheme,
    getBirthDate: moment(id.birthDate),
    getProvinceOfBirth: id.birthProvince,
    getCityOfBirth: id.birthCity,
    getCountryOfBirth: id.birthCountry,
  };
}

const code = (of: BankTransactionCode | undefined): Json => ({
  getDomain: of?.domain && {
    getCode: of.domain,
    getFamily: { getCode: of.family, getSubFamilyCode: of.subFamily },
  },
  getProprietary: of?.proprietary && { getCode: of.proprietary, getIssuer: of.issuer },
});

function remittance(of: BankTransaction): Json | undefined {
  const structured = of.structured.map(block);
  const unstructured = of.remittance.map((text) => ({ getMessage: text }));
  if (structured.length + unstructured.length === 0) return undefined;
  const [first] = structured;
  // Its message is the first text, or the creditor's reference; it tells the reference only where there is no text.
  const single = of.structured.find(({ creditorReference }) => creditorReference !== undefined);
  return {
    getMessage: unstructured[0]?.getMessage ?? single?.creditorReference,
    getCreditorReferenceInformation: of.remittance.length > 0 ? undefined : reference(single),
    getStructuredBlock: first,
    getStructuredBlocks: structured,
    getUnstructuredBlock: unstructured[0],
    getUnstructuredBlocks: unstructured,
  };
}

const block = (of: StructuredRemittance): Json => ({
  getAdditionalRemittanceInformation: of.additional[0],
  getCreditorReferenceInformation: reference(of),
});

const CODES: ReadonlySet<string> = new Set(["SCOR", "RADM", "RPIN", "FXDR", "DISP", "PUOR"]);

const reference = (of: StructuredRemittance | undefined): Json | undefined =>
  of?.creditorReference === undefined
    ? undefined
    : {
        getRef: of.creditorReference,
        getCode: CODES.has(of.creditorReferenceType ?? "") ? of.creditorReferenceType : undefined,
        getProprietary: CODES.has(of.creditorReferenceType ?? "") ? undefined : of.creditorReferenceType,
      };

const indicator = (of: "credit" | "debit"): string => (of === "credit" ? "CRDT" : "DBIT");

const DECIMALS: Readonly<Record<string, number>> = { JPY: 0 };

function money(of: { amount: string; currency: string; creditDebit: "credit" | "debit" }): Json {
  const minor = new Big(of.amount).times(new Big(10).pow(DECIMALS[of.currency] ?? 2)).toFixed();
  return {
    getAmount: of.creditDebit === "debit" && minor !== "0" ? `-${minor}` : minor,
    getCurrency: { getCode: of.currency },
  };
}

const moment = (text: string | undefined): Json | undefined =>
  text === undefined ? undefined : { "0": `${new Date(text).toISOString().slice(0, 19)}+00:00` };
