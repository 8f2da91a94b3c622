/** Interchanges for the tests of this folder: Meridian Components and its customer ACME, both invented. */

/** An order of ACME, with everything an order usually says. */
export const ORDER = [
  "UNB+UNOC:3+5412345000013:14+4098765000016:14+261121:0930+IC-0001++ORDERS+++ACME-1'",
  "UNH+1+ORDERS:D:96A:UN:EAN008'",
  "BGM+220+PO-4711+9'",
  "DTM+137:20261121:102'",
  "DTM+2:202612011200:203'",
  "FTX+AAI+++Deliver to gate 3'",
  "RFF+CT:FRAME-7'",
  "NAD+BY+5412345000013::9++ACME S.A.+12 rue de l?'Atelier+Lyon++69001+FR'",
  "NAD+SU+4098765000016::9'",
  "NAD+DP+5412345000020::9++ACME Lyon+Quai 3+Lyon++69002+FR'",
  "CTA+OC+:J. Martin'",
  "COM+orders@acme.example:EM'",
  "CUX+2:EUR:9'",
  "LIN+1++4098765100013:EN'",
  "PIA+5+PUMP-100:SA+7781-A:IN'",
  "IMD+F++:::Pump, 100 l/min'",
  "QTY+21:10:PCE'",
  "PRI+AAA:500.00'",
  "LIN+2++4098765100020:EN'",
  "PIA+5+SEAL-9:SA'",
  "QTY+21:2.5:KGM'",
  "PRI+AAA:1200::NTP:100:KGM'",
  "UNS+S'",
  "MOA+79:5030.00'",
  "CNT+2:2'",
  "UNT+25+1'",
  "UNZ+1+IC-0001'",
].join("\n");

/** The smallest sound interchange with one message of this type and these segments. */
export function interchange(
  type: string,
  segments: readonly string[],
  how: { syntax?: string; release?: string } = {},
): string {
  return [
    `UNB+${how.syntax ?? "UNOC:3"}+ACME+MERIDIAN+${how.syntax?.endsWith("4") ? "20261121" : "261121"}:0930+77`,
    `UNH+1+${type}:D:${how.release ?? "96A"}:UN`,
    ...segments,
    `UNT+${segments.length + 2}+1`,
    "UNZ+1+77",
    "",
  ].join("'");
}
