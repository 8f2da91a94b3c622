/**
 * The elements of each segment, from the UN/EDIFACT data element directories D.93A to D.14B together.
 *
 * A word per element: `!` mandatory; `A9` text of up to nine characters, `N9` a number of up to nine digits; `(…)` a
 * composite; `[…]*9` a list of words that comes again; `+` says that more follow which are not checked. Where
 * directories differ the longer length and the weaker requirement stand, so a table serves every directory. Codes are
 * not compared with code lists: partners agree on their own.
 *
 * Source: UN/EDIFACT segment, composite and data element directories of UN/CEFACT; service segments from ISO 9735.
 */

/** C082, C058, C080, C059: a party in four spellings. */
const PARTY = "(A35 A17 A3) (A256 A256 A256 A256 A256) (A70 A70 A70 A70 A70 A3) (A256 A256 A256 A256)";
const PLACE = "(A35 A17 A3 A256)";
const CODED = "(A17 A17 A3 A512)";
const ITEM = "(A140 A3 A17 A3)";
const MEASURE = "(A17 N18 N18 N18 N3)";
const MARK = "(A70 A70 A3 A3 A3)";

export const SEGMENTS: Readonly<Record<string, string>> = {
  // Service segments
  UNS: "!A1",
  UCI: "!A14 !(!A35 A4 A35 A35) !(!A35 A4 A35 A35) !A3 A3 A3 (A3 A3 A6) A3 +",
  UCM: "!A14 !(!A6 !A3 !A3 !A3 A6 A6 A3) !A3 A3 A3 (A3 A3 A6) +",
  UCS: "!A6 A3",
  UCD: "!A3 !(!A3 A3 A6)",
  UCF: "!A14 (A35 A4) (A35 A4) !A3 A3 A3 (A3 A3 A6) +",

  // The head of a message
  BGM: "(A3 A17 A3 A70) (A70 A9 A9) A3 A3",
  DTM: "!(!A3 A35 A3)",
  FTX: "!A3 A3 (!A17 A17 A3) (A512 A512 A512 A512 A512) A3 A3",
  RFF: "!(!A3 A70 A6 A9 A6)",
  NAD: `!A3 ${PARTY} A35 (A9 A17 A3 A70) A17 A3`,
  LOC: `!A3 ${PLACE} (A35 A17 A3 A256) (A35 A17 A3 A256) A3`,
  CTA: "A3 (A17 A256)",
  COM: "!(!A512 A3) (A512 A3) (A512 A3)",
  FII: "!A3 (A35 A70 A70 A3) (A35 A17 A3 A35 A17 A3 A70 A70) A3",
  CUX: "(!A3 A3 A3 N4) (!A3 A3 A3 N4) N12 A3",
  TAX: "A3 (A3 A17 A3 A35) (A6 A17 A3) A15 (A7 A17 A3 A17 A12 A17 A3) A3 A20 A3 A3 A3",
  PAT: `A3 (!A17 A17 A3 A35 A35) (!A3 A3 A3 N3)`,
  PYT: "!A3 (A17 A17 A3 A35 A35) A3 A3 A3 N3 +",
  PAI: "(A3 A3 A3 A17 A3 A3)",
  TOD: "A3 A3 (A3 A17 A3 A70 A70)",
  TDT: "!A3 A17 (A3 A17) (A8 A17 A3 A35) (A17 A17 A3 A128) A3 (A3 A17 A3 A70 A3) (A9 A17 A3 A70 A3) A3 A3 +",
  TSR: "(!A3 A17 A3) (!A3 A17 A3)^5 (A3 A17 A3) (!A3 A17 A3) +",
  ALC: "!A3 (A35 A3) A3 A3 (A17 A17 A3 A256 A256)",
  APR: "A3 (N12 A3 A3) (!A3 A17 A3) +",
  AJT: "!A3 A6",
  ALI: "A3 A3 A3 A3 A3 A3 A3",
  INP: "(!A17 A17 A3) (!A3 A17 A3 A70) A3 +",
  DOC: "!(A3 A17 A3 A35) (A70 A3 A70 A3 A9 A9) A3 N2 N2",
  CDI: "!A3 (A3 A17 A3 A35) (!A3 A17 A3 A35)",
  CNT: "!(!A3 !N18 A8)",
  AUT: "!A35 A35",

  // Lines
  LIN: "A6 A3 (A35 A3 A17 A3) (!A3 A6) N2 A3",
  PIA: `!A3 [${ITEM}]*5`,
  IMD: `A3 (A17 A17 A3) (A17 A17 A3 A256 A256 A3) A3`,
  MEA: `!A3 (A3 A3 A3 A70) ${MEASURE} A3`,
  QTY: "!(!A3 !N35 A8)",
  QVR: "(N15 A3) A3 (A3 A17 A3 A70)",
  PRI: "(!A3 N15 A3 A3 N9 A8) A3",
  PCD: "!(!A3 N10 A3 A17 A3) A3",
  MOA: "!(!A3 N35 A3 A3 A3)",
  RNG: "!A3 (!A8 N18 N18)",
  RTE: "!(!A3 !N15 N9 A8) A3",
  PGI: "!A3 (A25 A17 A3 A70)",
  GIN: `!A3 [${MARK}]*5`,
  GIR: `!A3 [${MARK}]*5`,
  SCC: "!A3 A3 (A3 A3)",
  STG: "!A3 N2 N2",
  INV: "A3 A3 A3 A3 (!A3 A3 A35)",
  STS: `(A3 A17 A3) (A3 A17 A3 A35) ${CODED} ${CODED} ${CODED} ${CODED} ${CODED}`,
  DLI: "!A3 !A6",
  GIS: "(A3 A17 A3 A17) +",
  GEI: "!A3 (A3 A17 A3 A17) A7",
  TRU: "A35 A9 A9 A3 A17 +",
  RCS: "!A3 (A3 A3 A3 A35) A3 A3",
  CCI: "A3 (A3 A6 A3 A3 +) (A17 A17 A3 A256 A256) A3",
  CAV: "!(A17 A17 A3 A256 A256) +",

  // Packing and transport
  CPS: "!A35 A35 A3",
  PAC: "N8 (A3 A3 A3) (A17 A17 A3 A35 A17 A3) (A3 A256 A3 A256 A3) (A3 A8 A3 +) +",
  PCI: "A3 (A256 A256 A256 A256 A256 A256 A256 A256 A256 A256) A3 (A3 A17 A3)",
  EQD: "!A3 (A17 A17 A3 A3) (A10 A17 A3 A35) A3 A3 A3 +",
  EQA: "!A3 (A17 A17 A3 A3)",
  SEL: "A35 (A3 A17 A3 A35) A3 (A35 A35) +",
  HAN: "(A3 A17 A3 A512) (A7 A17 A3 A35)",
  DGS: "A3 (A7 A7 A10 +) +",
  SGP: "(A17 A17 A3 A3) N8",
  GID: "N6 (N8 A17 A17 A3 A35 A3)^4 +",
  CNI: "N5 (A70 A3 A70 A3 A9 A9) A4",
  DIM: "!A3 !(A8 N15 N15 N15)",
  DLM: "A3 (A3 A17 A3 A256) +",
  TMP: "!A3 (A15 A8)",
  ERC: "!(!A17 A17 A3)",
};

/** Segments of the standard whose elements are not checked. */
export const OTHER_SEGMENTS: ReadonlySet<string> = new Set(
  (
    "ADR API QVA ADS ADI AGR AIT APD APP APS ARD ARR ASD ASI ASP ATI ATT AUT BAS BCD BII BLI BUS CAM CAS CAV CCD CCI CDD CDI CDS CDV CED CEX " +
    "CGS CIN CLA CLI CLT CMN CMP CNX COD COI COM COT CRI CSD CST DAM DAV DFN DFN DIS DII DLM DMS DNT DRD DSG DSI DST DTI EDT EFI ELM ELU ELV " +
    "EMP EQI EQN ERI ERP EVE EVT FCA FDI FNS FNT FOR FRM FRQ FSQ FTI GDS GOR GPO GRU HDI HDR HDS HYN ICD ICI IDE IFD IFT IHC IMD IND " +
    "IRQ ITC ITD ITM LAN LKP LOC LTS MAP MEM MES MKS MOD MOV MSD MSG MTD NAA NME NMB NUN ODI ODS ORG OTI PAS PCC PDI PDT PER PGI PLI PMT PNA " +
    "POC POP POR POS PRC PRD PRE PRO PRT PRV PSD PSI PTY QRS QTI QUA RCI REF REL RFR RJL ROD RLS RPI RSL RUL SAL SCD SDT SEG SEQ SER SFI SMT SPR SPS SSR " +
    "STA STC STD STP TAX TBI TCC TCE TDI TEM TFF TIF TIZ TMD TPL TRF TRI TVL TXS TYP UGH UGS VEH VLI WEB WTO WTP"
  ).split(" "),
);
