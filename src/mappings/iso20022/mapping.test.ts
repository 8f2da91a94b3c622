/** Account and payment messages of ISO 20022 in canonical words and back. */
import { expect, test } from "vitest";
import { camt053, pain001, pain008 } from "../../codecs/iso20022/codec.ts";
import { toBytes } from "../../std/bytes.ts";
import { AROUND, holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { camt, pain, pain002, remt001 } from "./mapping.ts";

const json = (text: string) => JSON.parse(text);
const CODECS = { "pain.001": pain001(), "pain.008": pain008() };

holds(camt, FULL, json, () => (draft) => draft);
holds(pain, FULL, json, (document) => (draft) => {
  const codec = CODECS[document as keyof typeof CODECS];
  return codec.decode(codec.encode(draft));
});
holds({ "pain.002": pain002 }, FULL, json, () => (draft) => draft);
holds({ "remt.001": remt001 }, FULL, json, () => (draft) => draft);

test("what a statement says and no field carries stands beside the fact of its entry: interest, taxes, cards, whatever a bank adds", () => {
  const entry = (inside: string) =>
    `<Ntry><Amt Ccy="EUR">12.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-20</Dt></BookgDt><AcctSvcrRef>B</AcctSvcrRef>${inside}</Ntry>`;
  const document = camt053().decode(
    toBytes(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-20T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct><Intrst><Rate><Tp><Pctg>1.5</Pctg></Tp></Rate></Intrst>
${entry("")}${entry(`<CardTx><Card><PlainCardData><PAN>4111</PAN></PlainCardData></Card></CardTx><NtryDtls><TxDtls><Tax><TtlTaxAmt Ccy="EUR">2.00</TtlTaxAmt></Tax><Own lang="fr">Dîner</Own></TxDtls></NtryDtls>`)}
</Stmt></BkToCstmrStmt></Document>`),
  );
  const { messages, notCarried } = camt["camt.053"].read(document, AROUND);
  expect(messages.length).toBe(2);
  const beyond = /Intrst|CardTx|TxDtls/;
  expect(notCarried.filter(({ place }) => beyond.test(place))).toEqual([
    { place: "statements[0].entries[1].CardTx.Card.PlainCardData.PAN", value: "4111", message: 1 },
    { place: "statements[0].entries[1].NtryDtls.TxDtls.Tax.TtlTaxAmt.@Ccy", value: "EUR", message: 1 },
    { place: "statements[0].entries[1].NtryDtls.TxDtls.Tax.TtlTaxAmt", value: "2.00", message: 1 },
    { place: "statements[0].entries[1].NtryDtls.TxDtls.Own.@lang", value: "fr", message: 1 },
    { place: "statements[0].entries[1].NtryDtls.TxDtls.Own", value: "Dîner", message: 1 },
    { place: "statements[0].Intrst.Rate.Tp.Pctg", value: "1.5" },
  ]);
});
