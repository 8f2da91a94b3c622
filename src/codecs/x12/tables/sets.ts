/**
 * The transaction sets: which segments and loops they have, in which order and how often.
 *
 * Three areas a set: header, detail, summary. A word per segment: `!` mandatory, `*9` at most so often, `*` without a
 * bound, otherwise once; braces hold the rest of the loop the segment opens. Versions 003010 to 005010 share a table:
 * what any of them allows is allowed, what all of them demand is demanded. Adding a set is adding a record here.
 */
export interface SetRecord {
  readonly type: string;
  /** GS01 of the groups it travels in. */
  readonly functionalId: string;
  readonly name: string;
  /** Only of versions before this one, which had another layout. */
  readonly before?: string;
  readonly areas: readonly [header: string, detail?: string, summary?: string];
}

const ADDRESS = "N2*2 N3*2 N4* REF*12 PER*";
const CARRIAGE = "TD1*2 TD5*12 TD3*12 TD4*5";
const ADDRESS_OF_ORDER = `N2*2 N3*2 N4* NX2* REF*12 PER* SI* FOB SCH*200 ${CARRIAGE} PKG*200 MSG*`;
const N9 = "N9*1000{DTM* MEA*40 PWK* EFI* MSG*1000 NTE*}";
const ORDER_TERMS =
  "CUR REF* PER*3 TAX* FOB* CTP* PAM*10 CSH*25 TC2* SAC*25{CUR CTP TXI*} ITD* DIS*20 INC DTM*10 LIN*5 SI* PID*200 MEA*40 " +
  `PWK*25 PKG*200 ${CARRIAGE} MAN*10 PCT* CTB*5 TXI*`;
const LINE_TERMS =
  "LIN*10 SI* CUR CN1 PO3*25 CTP*{CUR} PAM*10 MEA*40 PID*1000{MEA*10} PWK*25 PO4* REF* PER*5 SAC*25{CUR CTP TXI*} IT8*25 " +
  `CSH* ITD*2 DIS*20 INC TAX*3 FOB* SDQ*500 IT3*5 DTM*10 TC2* ${CARRIAGE} PCT* MAN* MSG* SPI* TXI* CTB*`;
const LINE_PARTS =
  `QTY*{SI*} SCC*{} SCH*200{${CARRIAGE} REF*} PKG*200{MEA*} LS LDT*{QTY* MSG REF*} LE ${N9} N1*200{${ADDRESS_OF_ORDER} DTM* LDT*} ` +
  "SLN*1000{MSG* SI* PID*1000 PO3* TC2* ADV* DTM*10 CTP* PAM*10 PO4 TAX* ACK*104 SAC*25{CUR CTP TXI*} QTY*{SI*} N9*{DTM* MSG*} " +
  `N1*10{${ADDRESS}}} AMT*{REF* PCT*} LM*{LQ!*}`;
const SUMMARY_OF_ORDER = "CTT{AMT*}";
const MARKS = `LM*{LQ*}`;

export const SETS: readonly SetRecord[] = [
  {
    type: "850",
    functionalId: "PO",
    name: "purchase order",
    areas: [
      `BEG! ${ORDER_TERMS} LDT*{QTY* MTX* REF*} AMT*{REF* DTM* PCT* FA1*{FA2*}} ${N9} N1*200{${ADDRESS_OF_ORDER}} LM*{LQ!*} ` +
        `SPI*{REF* DTM* MSG* N1*{${ADDRESS} N9* G61* MSG*} CB1*{REF* DTM* LDT MSG}} ADV*{DTM* MTX*}`,
      `PO1!*100000{${LINE_TERMS} ${LINE_PARTS}}`,
      SUMMARY_OF_ORDER,
    ],
  },
  {
    type: "855",
    functionalId: "PR",
    name: "purchase order acknowledgement",
    areas: [
      `BAK! ${ORDER_TERMS} AMT*{REF* DTM* PCT*} ${N9} N1*200{${ADDRESS_OF_ORDER}} LM*{LQ!*} ADV*{DTM* MTX*}`,
      `PO1*100000{${LINE_TERMS} ACK*104{DTM*} ${LINE_PARTS}}`,
      SUMMARY_OF_ORDER,
    ],
  },
  {
    type: "860",
    functionalId: "PC",
    name: "purchase order change",
    areas: [
      `BCH! ${ORDER_TERMS} LDT*{QTY* MTX* REF*} AMT*{REF* DTM* PCT*} ${N9} N1*200{${ADDRESS_OF_ORDER}} LM*{LQ!*} SPI*{REF* DTM* MSG*}`,
      `POC*{${LINE_TERMS} ACK*104{DTM*} ${LINE_PARTS}}`,
      SUMMARY_OF_ORDER,
    ],
  },
  {
    type: "865",
    functionalId: "CA",
    name: "purchase order change acknowledgement",
    areas: [
      `BCA! ${ORDER_TERMS} ${N9} N1*200{${ADDRESS_OF_ORDER}} LM*{LQ!*}`,
      `POC*{${LINE_TERMS} ACK*104{DTM*} ${LINE_PARTS}}`,
      SUMMARY_OF_ORDER,
    ],
  },
  {
    type: "856",
    functionalId: "SH",
    name: "ship notice",
    areas: [
      "BSN! DTM*10 TBA*",
      "HL!*200000{LIN* SN1 SLN*1000 PRF PO4 PID*200 MEA*40 PWK*25 PKG*25 TD1*20 TD5*12 TD3*12 TD4*5 TSD REF* PER*3 " +
        "LH1*{LH2* LH3* LFH* LEP* LH4 LHT* LHR* PER* N1* LHE*} CLD*200{REF*200 DTP*} MAN* DTM*10 FOB PAL " +
        `N1*200{${ADDRESS} FOB} SDQ*50 ETD CUR SAC*{CUR} GF YNQ*10 ${MARKS} V1*{R4* DTM*} AXL*}`,
      "CTT",
    ],
  },
  {
    type: "810",
    functionalId: "IN",
    name: "invoice",
    areas: [
      `BIG! NTE*100 CUR REF*12 YNQ*10 PER*3 N1*200{${ADDRESS} DMG} ITD* DTM*10 FOB PID*200 MEA*40 PWK*25 PKG*25 L7 BAL* INC ` +
        `PAM* CRC* ${MARKS} ${N9} V1*{R4* DTM*} FA1*{FA2*}`,
      "IT1*200000{CRC QTY*5 CUR IT3*5 TXI* CTP*25 PAM*10 MEA*40 PID*1000{MEA*10} PWK*25 PKG*25 PO4 ITD*2 REF* YNQ*10 PER*5 " +
        "SDQ*500 DTM*10 CAD* L7* SR SAC*25{TXI*10} SLN*1000{DTM* REF* PID*1000 SAC*25{TXI*} TC2* TXI*} N9*{MSG*} " +
        `N1*200{${ADDRESS} DMG} ${MARKS} V1*{R4* DTM*} FA1*{FA2*}}`,
      "TDS! TXI* CAD AMT* SAC*25{TXI*10} ISS*{PID*} CTT",
    ],
  },
  {
    type: "820",
    functionalId: "RA",
    name: "payment order or remittance advice",
    // BPS became BPR, and remittances by header and line became RMR.
    before: "003020",
    areas: [
      `BPS! NTE* TRN CUR REF* DTM* PER* N1*{${ADDRESS} DTM*}`,
      `LS*{N1*{${ADDRESS} RMT*{NTE* REF* DTM* ADX*{NTE* PER*} IT1*{REF*}}} LE} N1*{RMT*{NTE* REF* DTM* ADX*{NTE* PER*}}}`,
    ],
  },
  {
    type: "820",
    functionalId: "RA",
    name: "payment order or remittance advice",
    areas: [
      `BPR! NTE* TRN CUR REF* DTM* N1*{${ADDRESS} RDM DTM*}`,
      `ENT*{NM1*{${ADDRESS} SMD*} ADX*{NTE* PER* REF*{DTM*} IT1*{RPA QTY* REF*{DTM*} IT3 SAC*{TXI*} SLN*{REF* DTM* SAC*{TXI*}}}} ` +
        "N9*{AMT* N1*} LS LOC* PID* PCT* QTY* PEN*{AMT* DTP* INV*} DED* LX*{NM1* REF* TRN* DTP*} INV*{DTP*} TXP* DTM* N1* " +
        "RMR*{NTE* REF* DTM* IT1*{RPA QTY* REF*{DTM*} IT3 SAC*{TXI*} SLN*{REF* DTM* SAC*{TXI*}}} " +
        "ADX*{NTE* PER* REF*{DTM*} IT1*{QTY* REF* SAC* SLN*}}} LE} " +
        "TXP*{TXI*} DED* LX*{REF* TRN* NM1*} FGS*{REF* DTM* AMT*} RYL* BAL* " +
        "RMR*{NTE* REF* DTM* IT1*{QTY* REF* SAC* SLN*} ADX*{NTE* PER* REF*{DTM*}}} ADX*{NTE* PER* REF*{DTM*}}",
    ],
  },
  {
    type: "997",
    functionalId: "FA",
    name: "functional acknowledgement",
    areas: ["AK1!", "AK2*{AK3*{AK4*99} AK5!}", "AK9!"],
  },
  {
    type: "999",
    functionalId: "FA",
    name: "implementation acknowledgement",
    areas: ["AK1!", "AK2*{IK3*{CTX*10 IK4*{CTX*10}} IK5!}", "AK9!"],
  },
  {
    type: "824",
    functionalId: "AG",
    name: "application advice",
    areas: [
      `BGN! N1*{${ADDRESS}}`,
      `OTI*{REF* DTM* PER* AMT* QTY* NM1*{${ADDRESS}} TED*{NTE* RED*} ${MARKS}}`,
    ],
  },
  {
    type: "830",
    functionalId: "PS",
    name: "planning schedule",
    areas: [
      `BFR! CUR REF* PER* TAX* FOB CTP* SAC* CSH ITD* DTM* PID* MEA* PWK* PKG* ${CARRIAGE} MAN* N1*{${ADDRESS} FOB}`,
      `LIN!*{UIT DTM* CUR PO3* CTP* PID*{MEA*} MEA* PWK* PKG* PO4* PRS REF* PER* SAC* ITD* TAX* FOB LDT*{QTY* MSG* REF*} ` +
        `QTY*{SI*} ATH* SDP*{FST*} ${CARRIAGE} MAN* DD* SLN*{PID* N1*{${ADDRESS}}} N1*{${ADDRESS} FOB ${CARRIAGE} FST* SDP*} ` +
        `FST*{QTY* SDQ* ${MARKS}} SHP*{REF*} LM*}`,
      "CTT",
    ],
  },
  {
    type: "832",
    functionalId: "SC",
    name: "price catalogue",
    areas: [
      `BCT! CUR REF* PER* TAX FOB* CTP* PAM* CSH SAC*{CUR} ITD* DIS* DTM* LIN* PID* MEA* PWK* PKG* TD5* TD4* MAN* MTX* NTE* N9*{MSG* MTX*} ${MARKS} N1*{${ADDRESS}}`,
      `LIN*{G53 SI* DTM* REF* PER* CTB* PID*{MEA* PKG*} MEA* PWK* PKG* PO4*{MEA*} SAC* TD4* IT8* CUR CTP*{CUR} LDT* N9*{MSG*} SLN*{PID* CTP* MEA*} N1*{${ADDRESS}} ${MARKS}}`,
      "CTT",
    ],
  },
  {
    type: "846",
    functionalId: "IB",
    name: "inventory inquiry or advice",
    areas: [
      `BIA! CUR DTM* REF* PER* MEA* PWK* PKG* N1*{${ADDRESS} FOB} MAN*`,
      `LIN*{PID*{MEA*} MEA* PWK* PKG* PO4 PRF* CUR DTM* CTP* SAC* REF* PER* ${CARRIAGE} MAN* UIT CS* DD G53 PCT* LDT* ` +
        `QTY*{UIT* DTM* MEA* LDT* SCH* CTP* ${MARKS} LS N1* LE} SLN*{PID* QTY* DTM*} N1*{${ADDRESS} LDT* MAN* QTY*{DTM* UIT* SCH*}} ${MARKS}}`,
      "CTT",
    ],
  },
  {
    type: "861",
    functionalId: "RC",
    name: "receiving advice",
    areas: [
      `BRA! CUR REF* PER* DTM* PRF* PID* MEA* PWK* PKG* TD1* TD5* TD3* TD4* N1*{${ADDRESS}} FOB* SAC* ${MARKS}`,
      `RCD*{SN1 CUR LIN* PID*{MEA*} PO4 REF* PER* DTM* PRF* MAN* MEA* PWK* PKG* TD1* TD5* TD3* TD4* SAC* CS* N1*{${ADDRESS}} SLN* ${MARKS}}`,
      "CTT",
    ],
  },
  {
    type: "862",
    functionalId: "SS",
    name: "shipping schedule",
    areas: [
      `BSS! DTM* N1*{${ADDRESS} FOB}`,
      `LIN!*{UIT* PKG* PO4* PRS REF* PER* SDP* QTY* ATH* FST*{DTM* SDQ* JIT*{REF*}} SHP*{REF*} TD1* TD3* TD5* MAN* N1*{${ADDRESS} FST* SHP* TD5*}}`,
      "CTT",
    ],
  },
  {
    type: "940",
    functionalId: "OW",
    name: "warehouse shipping order",
    areas: [
      `W05! N1*{${ADDRESS} G61*} N9* PER* G61* G62* NTE* W09 W66 W6 LM*{LQ*} AMT* SAC*`,
      `LX*{MAN* PAL* N9* W01*{G69* N9* NTE* MSG* W20 QTY* AMT* G66* MEA* G72* SAC* ${MARKS} LS* N1*{${ADDRESS}} LE*}}`,
      "W76",
    ],
  },
  {
    type: "943",
    functionalId: "AR",
    name: "stock transfer shipment advice",
    areas: [
      `W06! N1*{${ADDRESS} G61*} N9* G62* NTE* W27 W28 W10 W6`,
      `LX*{W04*{G69* N9* W20* QTY* MEA* ${MARKS}}} W04*{G69* N9* W20* QTY* MEA* NTE* ${MARKS}}`,
      "W03",
    ],
  },
  {
    type: "944",
    functionalId: "RE",
    name: "stock transfer receipt advice",
    areas: [
      `W17! N1*{${ADDRESS} G61*} N9* G62* NTE* W08 W10`,
      `LX*{W07*{G69* N9* W20* QTY* MEA* W13*{N9*} NTE*}} W07*{G69* N9* W20* QTY* MEA* W13*{N9*} NTE* ${MARKS}}`,
      "W14",
    ],
  },
  {
    type: "945",
    functionalId: "SW",
    name: "warehouse shipping advice",
    areas: [
      `W06! N1*{${ADDRESS} G61*} N9* G62* NTE* W27 W28 W10 W6 G72*`,
      `LX*{MAN*{W12* N9* G69*} PAL* N9* G62* W12*{G69* N9* G62* QTY* MEA* AMT* W20* G72* NTE* ${MARKS} LS* N1*{${ADDRESS}} LE*}}`,
      "W03",
    ],
  },
  {
    type: "947",
    functionalId: "AW",
    name: "warehouse inventory adjustment advice",
    areas: [
      `W15! N1*{${ADDRESS} G61*} N9* G62* NTE*`,
      `W19*{G69* NTE* N9* W20* QTY* MEA* G62* ${MARKS}}`,
      "CTT",
    ],
  },
  {
    type: "204",
    functionalId: "SM",
    name: "motor carrier load tender",
    areas: [
      "B2! B2A L11* G62* MS3* AT5* PLD LH6* NTE* N1*{N2* N3*2 N4 L11* G61*} N7*{N7A* N7B* MEA* M7*} M7*",
      "S5*{L11* G62* AT8* LAD* AT5* PLD NTE* N1*{N2* N3*2 N4 G61* L11*} L5*{AT8* G61*{L11* LH6* LH1*}} " +
        "OID*{G62* LAD* L5*{AT8* G61*{L11* LH6* LH1*}}} N7*{N7A* N7B* MEA* M7*}}",
      "L3",
    ],
  },
  {
    type: "990",
    functionalId: "GF",
    name: "response to a load tender",
    areas: ["B1! G62* N9* L11* N7* V9* K1* NTE* S5*{L11* G62* N1* N3* N4*} L9* R3*"],
  },
  {
    type: "214",
    functionalId: "QM",
    name: "carrier shipment status",
    areas: [
      "B10! L11* MAN* K1* N1*{N2* N3*2 N4 G62* L11*} G62* MS3*",
      "LX*{AT7*{MS1 MS2 K1* M7*} L11* MAN* Q7* K1* AT5* AT8* CD3*{L11* AT7*{MS1 MS2 M7*} NM1* Q7* AT8* MAN* N1*{N2 N3 N4 L11*}} " +
        "PRF*{N1*{N2 N3 N4 L11*} CD3*} SPO*{SDQ*}} AT7*{MS1 MS2 K1* M7*} AT8*",
    ],
  },
  {
    type: "210",
    functionalId: "IM",
    name: "freight invoice",
    areas: [
      "B3! C2 C3 ITD N9* L11* G62* R3* H3* K1* NTE* N1*{N2* N3*2 N4 N9* L11* PER*} N7*{N7A* N7B* M7* N9*} SPO*{SDQ*} OID*{SDQ*} S5*{N9* L11* G62* H3* N1*{N2* N3* N4 N9*} N7*}",
      "LX*{N9* L11* POD* L5* H1* H2* L0* L1* L4* L7* K1* NTE* SPO*{SDQ*} OID* N1*{N2* N3*2 N4 N9* L11* CD3*} CD3*}",
      "L3",
    ],
  },
];
