/** IDocs of our own making for the tests: an order for pumps, flat and as XML. */
const data = (name: string, number: number, parent: number, level: number, sdata: string) =>
  `${name.padEnd(30)}100${"0000000000004711"}${String(number).padStart(6, "0")}${String(parent).padStart(6, "0")}${String(level).padStart(2, "0")}${sdata}`;

export const control = `${"EDI_DC40  1000000000000004711740 3012  ORDERS05".padEnd(99)}ORDERS`;

const at = (fields: readonly (readonly [offset: number, text: string])[]) =>
  fields.reduce((record, [offset, text]) => record.padEnd(offset) + text, "");

export const order = [
  control,
  data(
    "E2EDK01005",
    1,
    0,
    1,
    at([
      [4, "EUR"],
      [79, "NB"],
      [83, "PO-7781"],
    ]),
  ),
  data("E2EDK03", 2, 0, 2, "01220260228"),
  data(
    "E2EDKA1003",
    3,
    0,
    2,
    at([
      [0, "WE"],
      [3, "C-2001"],
      [37, "ACME Corp"],
      [282, "Lyon"],
    ]),
  ),
  data("E2EDKT1002", 4, 0, 2, "Z001E"),
  data("E2EDKT2001", 5, 4, 3, "Ring the bell"),
  data(
    "E2EDP01011",
    6,
    0,
    2,
    at([
      [0, "000010"],
      [11, "5"],
      [26, "EA"],
      [29, "5"],
      [44, "EA"],
      [54, "500.00"],
      [78, "2500.00-"],
    ]),
  ),
  data(
    "E2EDP20001",
    7,
    6,
    3,
    at([
      [0, "5"],
      [30, "20260310"],
    ]),
  ),
  data("E2EDP19003", 8, 6, 3, "002PUMP-100"),
  data("Z2PUMP000", 9, 6, 3, "RED       XL"),
  data(
    "E2EDS01",
    10,
    0,
    2,
    at([
      [0, "002"],
      [3, "2500.00"],
      [24, "EUR"],
    ]),
  ),
  "",
].join("\n");

export const xml = `<?xml version="1.0"?>
<ORDERS05><IDOC BEGIN="1">
  <EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><DOCNUM>4711</DOCNUM><IDOCTYP>ORDERS05</IDOCTYP><MESTYP>ORDERS</MESTYP></EDI_DC40>
  <E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY><BELNR>PO-7781</BELNR></E1EDK01>
  <E1EDP01 SEGMENT="1"><POSEX>000010</POSEX><MENGE>5</MENGE><MENEE>EA</MENEE>
    <E1EDP19 SEGMENT="1"><QUALF>002</QUALF><IDTNR>PUMP-100 &amp; seal</IDTNR></E1EDP19>
    <Z1PUMP SEGMENT="1"><COLOUR>RED</COLOUR></Z1PUMP>
  </E1EDP01>
</IDOC></ORDERS05>`;
