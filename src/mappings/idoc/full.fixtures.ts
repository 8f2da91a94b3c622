/** A full document of each kind, what it means, and what of it no field carries. */
import type { Full } from "../kit.fixtures.ts";

export const FULL: Readonly<Record<string, Full>> = {
  DEBMAS: {
    text: '{"control":{"TABNAM":"EDI_DC40","IDOCTYP":"DEBMAS06","MESTYP":"DEBMAS","DOCNUM":"17"},"segments":[{"type":"E1KNA1M","fields":{"KUNNR":"0000100001","NAME1":"ACME Corp","STRAS":"Quai 3","STCEG":"FR12345678901","AUFSD":"01"},"children":[{"type":"E1KNVVM","fields":{"VKORG":"1000","ZTERM":"Z030"},"children":[]}]}]}',
    means: [
      {
        "master.customer-changed": {
          recordVersion: 101,
          customer: "100001",
          partyName: "ACME Corp",
          taxNumber: "FR12345678901",
          paymentTerms: "Z030",
          creditStatus: "held",
        },
      },
    ],
    left: ["E1KNA1M.STRAS = Quai 3", "E1KNA1M.AUFSD = 01", "E1KNA1M.E1KNVVM.VKORG = 1000"],
  },
  DELVRY03: {
    text: '{"control":{"TABNAM":"EDI_DC40","IDOCTYP":"DELVRY03","MESTYP":"DESADV","DOCNUM":"17"},"segments":[{"type":"E1EDL20","fields":{"VBELN":"80001","NTGEW":"12.5","BOLNR":"B-77"},"children":[{"type":"E1ADRM1","fields":{"PARTNER_Q":"SP","NAME1":"Rhone Express"},"children":[]},{"type":"E1EDT13","fields":{"QUALF":"007","NTANF":"20260112"},"children":[]},{"type":"E1EDL24","fields":{"POSNR":"000010","MATNR":"SEAL-9","LFIMG":"60","VRKME":"EA"},"children":[{"type":"E1EDL41","fields":{"QUALI":"001","BSTNR":"PO-501","POSEX":"000010"},"children":[]}]},{"type":"E1EDL37","fields":{"EXIDV":"00340123450000000025"},"children":[{"type":"E1EDL44","fields":{"POSNR":"000010","VEMNG":"60"},"children":[]}]}]}]}',
    means: [
      {
        "procurement.shipment-notified": {
          despatchAdviceId: "80001",
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          arrivalDate: "2026-01-12",
          carrier: "Rhone Express",
          sscc: ["340123450000000025"],
          lines: [
            {
              line: "10",
              item: "SEAL-9",
              quantity: {
                value: "60",
                uom: "EA",
              },
            },
          ],
        },
      },
    ],
    left: [
      "E1EDL20.NTGEW = 12.5",
      "E1EDL20.BOLNR = B-77",
      "E1EDL20.E1EDL37.E1EDL44.POSNR = 000010",
      "E1EDL20.E1EDL37.E1EDL44.VEMNG = 60",
    ],
  },
  INVOIC02: {
    text: '{"control":{"TABNAM":"EDI_DC40","IDOCTYP":"INVOIC02","MESTYP":"INVOIC","DOCNUM":"17"},"segments":[{"type":"E1EDK01","fields":{"BELNR":"SI-88","CURCY":"EUR"},"children":[]},{"type":"E1EDKA1","fields":{"PARVW":"RS","NAME1":"Seals and Sons"},"children":[]},{"type":"E1EDK02","fields":{"QUALF":"001","BELNR":"PO-501"},"children":[]},{"type":"E1EDK03","fields":{"IDDAT":"026","DATUM":"20260112"},"children":[]},{"type":"E1EDP01","fields":{"POSEX":"000010","MENGE":"60","MENEE":"EA"},"children":[{"type":"E1EDP26","fields":{"QUALF":"003","BETRG":"300.00"},"children":[]},{"type":"E1EDP19","fields":{"QUALF":"002","IDTNR":"SEAL-9"},"children":[]}]},{"type":"E1EDS01","fields":{"SUMID":"005","SUMME":"60.00"},"children":[]},{"type":"E1EDS01","fields":{"SUMID":"010","SUMME":"300.00"},"children":[]},{"type":"E1EDS01","fields":{"SUMID":"011","SUMME":"360.00"},"children":[]}]}',
    means: [
      {
        "procurement.invoice-received": {
          supplierInvoiceId: "SI-88",
          supplier: "C-ACME",
          taxInclusiveAmount: {
            amount: "360.00",
            currency: "EUR",
          },
          purchaseOrderId: "PO-501",
          issueDate: "2026-01-12",
          lines: [
            {
              line: "10",
              quantity: {
                value: "60",
                uom: "EA",
              },
              item: "SEAL-9",
              amount: {
                amount: "300.00",
                currency: "EUR",
              },
            },
          ],
          taxExclusiveAmount: {
            amount: "300.00",
            currency: "EUR",
          },
          taxAmount: {
            amount: "60.00",
            currency: "EUR",
          },
        },
      },
    ],
    left: ["E1EDKA1.PARVW = RS", "E1EDKA1.NAME1 = Seals and Sons"],
  },
  MATMAS05: {
    text: '{"control":{"TABNAM":"EDI_DC40","IDOCTYP":"MATMAS05","MESTYP":"MATMAS","DOCNUM":"17"},"segments":[{"type":"E1MARAM","fields":{"MATNR":"000000000000004711","MTART":"FERT","MEINS":"EA","EAN11":"4098765100013","NTGEW":"12.5"},"children":[{"type":"E1MAKTM","fields":{"SPRAS":"E","SPRAS_ISO":"EN","MAKTX":"Pump"},"children":[]},{"type":"E1MAKTM","fields":{"SPRAS":"D","SPRAS_ISO":"DE","MAKTX":"Pumpe"},"children":[]},{"type":"E1MARMM","fields":{"MEINH":"PK","UMREZ":"00012","UMREN":"00001"},"children":[]}]}]}',
    means: [
      {
        "master.item-changed": {
          recordVersion: 101,
          item: "4711",
          description: "Pump",
          status: "active",
          baseUom: "EA",
          standardItemId: "4098765100013",
          uomConversions: [
            {
              from: "PK",
              to: "EA",
              numerator: 12,
              denominator: 1,
            },
          ],
        },
      },
    ],
    left: [
      "E1MARAM.MTART = FERT",
      "E1MARAM.NTGEW = 12.5",
      "E1MARAM.E1MAKTM.SPRAS = E",
      "E1MARAM.E1MAKTM[1].SPRAS = D",
      "E1MARAM.E1MAKTM[1].SPRAS_ISO = DE",
      "E1MARAM.E1MAKTM[1].MAKTX = Pumpe",
    ],
  },
  ORDERS05: {
    text: '{"control":{"TABNAM":"EDI_DC40","IDOCTYP":"ORDERS05","MESTYP":"ORDERS","DOCNUM":"17"},"segments":[{"type":"E1EDK01","fields":{"BELNR":"PO-4711","CURCY":"EUR","ZTERM":"30 days"},"children":[]},{"type":"E1EDK03","fields":{"IDDAT":"012","DATUM":"20260105"},"children":[]},{"type":"E1EDK03","fields":{"IDDAT":"002","DATUM":"20260112"},"children":[]},{"type":"E1EDKA1","fields":{"PARVW":"AG","PARTN":"0000100001"},"children":[]},{"type":"E1EDKA1","fields":{"PARVW":"WE","NAME1":"ACME Lyon","STRAS":"Quai 3","ORT01":"Lyon","PSTLZ":"69002","LAND1":"FR"},"children":[]},{"type":"E1EDK02","fields":{"QUALF":"001","BELNR":"PO-4711","DATUM":"20260105"},"children":[]},{"type":"E1EDP01","fields":{"POSEX":"000010","MENGE":"10.000","MENEE":"EA","VPREI":"500.00","PEINH":"1","PMENE":"EA","NETWR":"5000.00"},"children":[{"type":"E1EDP19","fields":{"QUALF":"001","IDTNR":"7781-A"},"children":[]},{"type":"E1EDP19","fields":{"QUALF":"002","IDTNR":"PUMP-100","KTEXT":"Pump"},"children":[]}]},{"type":"E1EDS01","fields":{"SUMID":"002","SUMME":"5000.00"},"children":[]}]}',
    means: [
      {
        "sales.order-captured": {
          customerReference: "PO-4711",
          salesOrderId: "SO-ACME-PO-4711",
          customer: "C-ACME",
          channel: "edi",
          payment: {
            method: "invoice",
          },
          ediControlNumber: "000000101",
          currency: "EUR",
          paymentTerms: "30 days",
          issueDate: "2026-01-05",
          requestedDate: "2026-01-12",
          shipTo: {
            name: "ACME Lyon",
            street: "Quai 3",
            city: "Lyon",
            postalCode: "69002",
            country: "FR",
          },
          lines: [
            {
              line: "10",
              quantity: {
                value: "10.000",
                uom: "EA",
              },
              price: {
                amount: "500.00",
                currency: "EUR",
                per: {
                  value: "1",
                  uom: "EA",
                },
              },
              item: "PUMP-100",
              description: "Pump",
            },
          ],
          total: {
            amount: "5000.00",
            currency: "EUR",
          },
        },
      },
    ],
    left: [
      "E1EDKA1.PARVW = AG",
      "E1EDKA1.PARTN = 0000100001",
      "E1EDK02.DATUM = 20260105",
      "E1EDP01.NETWR = 5000.00",
      "E1EDP01.E1EDP19.QUALF = 001",
      "E1EDP01.E1EDP19.IDTNR = 7781-A",
    ],
  },
  ORDRSP: {
    text: '{"control":{"TABNAM":"EDI_DC40","IDOCTYP":"ORDERS05","MESTYP":"ORDRSP","DOCNUM":"17"},"segments":[{"type":"E1EDK01","fields":{"BELNR":"SC-1","ACTION":"002","CURCY":"EUR"},"children":[]},{"type":"E1EDK02","fields":{"QUALF":"001","BELNR":"PO-501"},"children":[]},{"type":"E1EDKT1","fields":{"TDID":"ZREA"},"children":[{"type":"E1EDKT2","fields":{"TDLINE":"Half later"},"children":[]}]},{"type":"E1EDP01","fields":{"POSEX":"000010","ACTION":"002","MENGE":"60","MENEE":"EA"},"children":[{"type":"E1EDP20","fields":{"WMENG":"60","AMENG":"58","EDATU":"20260113"},"children":[]},{"type":"E1EDP19","fields":{"QUALF":"002","IDTNR":"SEAL-9"},"children":[]}]}]}',
    means: [
      {
        "procurement.order-confirmed": {
          purchaseOrderId: "PO-501",
          supplier: "C-ACME",
          confirmationId: "SC-1",
          deviations: ["Half later"],
          supplierCommitments: [
            {
              line: "10",
              item: "SEAL-9",
              confirmedQuantity: {
                value: "58",
                uom: "EA",
              },
              promisedDate: "2026-01-13",
              status: "changed",
            },
          ],
        },
      },
    ],
    left: [
      "E1EDK01.ACTION = 002",
      "E1EDK01.CURCY = EUR",
      "E1EDKT1.TDID = ZREA",
      "E1EDP01.MENGE = 60",
      "E1EDP01.E1EDP20.WMENG = 60",
    ],
  },
};
