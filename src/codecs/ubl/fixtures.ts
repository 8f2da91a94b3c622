/** Documents of our own making for the tests of UBL: a pump is ordered, shipped, billed. */
const namespaces = (kind: string, cbc = "cbc", cac = "cac") =>
  `xmlns="urn:oasis:names:specification:ubl:schema:xsd:${kind}-2" ` +
  `xmlns:${cac}="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" ` +
  `xmlns:${cbc}="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"`;

const party = (role: string, name: string, gln: string) => `<cac:${role}><cac:Party>
    <cbc:EndpointID schemeID="0088">${gln}</cbc:EndpointID>
    <cac:PartyName><cbc:Name>${name}</cbc:Name></cac:PartyName>
    <cac:PostalAddress><cbc:StreetName>Rue des Pompes 4</cbc:StreetName><cbc:CityName>Lyon</cbc:CityName><cbc:PostalZone>69002</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  </cac:Party></cac:${role}>`;

const item = `<cac:Item><cbc:Description>Circulation pump, 2 &lt; 3 bar</cbc:Description><cbc:Name>Pump</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>PUMP-100</cbc:ID></cac:SellersItemIdentification>
      <cac:StandardItemIdentification><cbc:ID schemeID="0160">04012345678901</cbc:ID></cac:StandardItemIdentification></cac:Item>`;

const vat = (name: string) =>
  `<cac:${name}><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:${name}>`;

export const order = `<?xml version="1.0" encoding="UTF-8"?>
<Order ${namespaces("Order")}>
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ID>PO-7781</cbc:ID>
  <cbc:IssueDate>2026-02-28</cbc:IssueDate>
  <cbc:IssueTime>09:30:00Z</cbc:IssueTime>
  <cbc:OrderTypeCode>220</cbc:OrderTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  ${party("BuyerCustomerParty", "ACME Corp", "4000001000005")}
  ${party("SellerSupplierParty", "Pompes Lyon", "3000001000006")}
  <cac:Delivery><cac:RequestedDeliveryPeriod><cbc:EndDate>2026-03-10</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>
  <cac:AnticipatedMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">2500.00</cbc:LineExtensionAmount><cbc:PayableAmount currencyID="EUR">3000.00</cbc:PayableAmount></cac:AnticipatedMonetaryTotal>
  <cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode="EA">5</cbc:Quantity>
    <cbc:LineExtensionAmount currencyID="EUR">2500.00</cbc:LineExtensionAmount>
    <cac:Price><cbc:PriceAmount currencyID="EUR">500.0000</cbc:PriceAmount><cbc:BaseQuantity unitCode="EA">1</cbc:BaseQuantity></cac:Price>
    ${item}</cac:LineItem></cac:OrderLine>
</Order>`;

/** Another sender: other prefixes, another order of elements, an extension, a signature, an element of its own. */
export const invoice = `<inv:Invoice xmlns:inv="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" ${namespaces("Invoice").replace(/^xmlns="[^"]*" /, "")} xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2" xmlns:own="urn:example:own">
  <ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><own:Anything>1</own:Anything></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>
  <cbc:IssueDate>2026-03-05</cbc:IssueDate>
  <cbc:ID>INV-3301</cbc:ID>
  <cbc:InvoiceTypeCode listID="UNCL1001">380</cbc:InvoiceTypeCode>
  <cbc:Note/>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <own:Loading>Ramp 3</own:Loading>
  <cac:OrderReference><cbc:ID>PO-7781</cbc:ID></cac:OrderReference>
  ${party("AccountingSupplierParty", "Pompes Lyon", "3000001000006")}
  ${party("AccountingCustomerParty", "ACME Corp", "4000001000005")}
  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Framework</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">100.00</cbc:Amount>${vat("TaxCategory")}</cac:AllowanceCharge>
  <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">33.33</cbc:Amount>${vat("TaxCategory")}</cac:AllowanceCharge>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">486.67</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">2433.33</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">486.67</cbc:TaxAmount>${vat("TaxCategory")}</cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">2500.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">2433.33</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">2920.00</cbc:TaxInclusiveAmount><cbc:AllowanceTotalAmount currencyID="EUR">100.00</cbc:AllowanceTotalAmount><cbc:ChargeTotalAmount currencyID="EUR">33.33</cbc:ChargeTotalAmount><cbc:PayableAmount currencyID="EUR">2920.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="EA">5</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">2500.00</cbc:LineExtensionAmount>
    <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>
    ${item}<cac:Price><cbc:PriceAmount currencyID="EUR">500</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</inv:Invoice>`;
