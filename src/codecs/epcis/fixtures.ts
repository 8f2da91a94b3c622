/** One event of our own making in several hands: EPCIS 2.0 XML, 1.2 XML with its wrappers, and JSON-LD. */
export const xml = `<?xml version="1.0" encoding="UTF-8"?>
<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:own="http://ns.example.com/pump/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" schemaVersion="2.0" creationDate="2026-03-05T10:00:00Z">
<EPCISBody><EventList>
<ObjectEvent>
  <eventTime>2026-03-05T11:00:30.1415+01:00</eventTime>
  <recordTime>2026-03-05T11:01:00+01:00</recordTime>
  <eventTimeZoneOffset>+01:00</eventTimeZoneOffset>
  <eventID>urn:uuid:0a1b2c3d-0000-4000-8000-000000000001</eventID>
  <errorDeclaration><declarationTime>2026-03-06T08:00:00Z</declarationTime><reason>urn:epcglobal:cbv:er:did_not_occur</reason><correctiveEventIDs><correctiveEventID>urn:uuid:2</correctiveEventID></correctiveEventIDs></errorDeclaration>
  <epcList><epc>urn:epc:id:sgtin:4012345.011111.9877</epc><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList>
  <action>OBSERVE</action>
  <bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
  <disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
  <readPoint><id>urn:epc:id:sgln:4012345.00005.0</id><own:ramp>3</own:ramp></readPoint>
  <bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:example:po:7781</bizTransaction></bizTransactionList>
  <quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.012345.L-900</epcClass><quantity>2.50</quantity><uom>KGM</uom></quantityElement></quantityList>
  <sourceList><source type="urn:epcglobal:cbv:sdt:owning_party">urn:epc:id:pgln:4012345.00000</source></sourceList>
  <sensorElementList><sensorElement><sensorMetadata time="2026-03-05T10:00:00Z" own:room="cold"/><sensorReport type="gs1:Temperature" value="4.0" uom="CEL"/></sensorElement></sensorElementList>
  <own:colour xsi:type="xsd:string">red</own:colour>
  <own:box><own:size>2</own:size><own:size>1</own:size></own:box>
</ObjectEvent>
</EventList></EPCISBody></e:EPCISDocument>`;

/** The same event: another zone, other order, bare words, Digital Links, JSON numbers. */
export const json = JSON.stringify({
  "@context": [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    { mine: "http://ns.example.com/pump/" },
  ],
  type: "EPCISDocument",
  schemaVersion: "2.0",
  creationDate: "2026-03-05T10:00:00Z",
  epcisBody: {
    eventList: [
      {
        type: "ObjectEvent",
        action: "OBSERVE",
        "mine:box": { "mine:size": [1, "2.0"] },
        bizStep: "shipping",
        disposition: "in_transit",
        eventTimeZoneOffset: "+01:00",
        eventTime: "2026-03-05T10:00:30.142Z",
        readPoint: { "mine:ramp": "3", id: "https://pumps.example/414/4012345000054?x=1" },
        epcList: ["https://id.gs1.org/01/04012345111118/21/9876", "urn:epc:id:sgtin:4012345.011111.9877"],
        bizTransactionList: [{ bizTransaction: "urn:example:po:7781", type: "po" }],
        sourceList: [{ source: "urn:epc:id:pgln:4012345.00000", type: "cbv:SDT-owning_party" }],
        quantityList: [{ quantity: 2.5, uom: "KGM", epcClass: "urn:epc:class:lgtin:4012345.012345.L-900" }],
        sensorElementList: [
          {
            type: "epcis:SensorElement",
            sensorReport: [{ uom: "CEL", value: 4, type: "Temperature" }],
            sensorMetadata: { "mine:room": "cold", time: "2026-03-05T11:00:00+01:00" },
          },
        ],
        "mine:colour": "red",
      },
    ],
  },
});

export const transformation = `<?xml version="1.0"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-03-05T10:00:00Z"><EPCISBody><EventList><extension>
<TransformationEvent><eventTime>2026-03-05T10:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset><baseExtension><eventID>urn:uuid:1</eventID></baseExtension>
<inputEPCList><epc>urn:epc:id:sgtin:4012345.011111.1</epc></inputEPCList><outputQuantityList><quantityElement><epcClass>urn:epc:idpat:sgtin:4012345.044444.*</epcClass><quantity>452</quantity></quantityElement></outputQuantityList>
<ilmd xmlns:cbvmda="urn:epcglobal:cbv:mda"><cbvmda:lotNumber>L-900</cbvmda:lotNumber></ilmd></TransformationEvent>
</extension></EventList></EPCISBody></epcis:EPCISDocument>`;
