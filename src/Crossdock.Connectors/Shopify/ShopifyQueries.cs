namespace Crossdock.Connectors.Shopify;

/// <summary>What is asked in GraphQL. Fields of an order are asked for under the names that the REST document and the webhooks give them: what is stored is what Shopify answered,
/// and few differences are left for <see cref="ShopifyTranslation"/>.</summary>
internal static class ShopifyQueries
{
    private const string Money = "{ shop_money: shopMoney { amount currency_code: currencyCode } presentment_money: presentmentMoney { amount currency_code: currencyCode } }";

    private const string Address = "{ name first_name: firstName last_name: lastName company address1 address2 city province province_code: provinceCode zip country country_code: countryCodeV2 phone latitude longitude }";

    private const string Taxes = $"tax_lines: taxLines {{ title rate channel_liable: channelLiable price_set: priceSet {Money} }}";

    private const string Allocations = $"discount_allocations: discountAllocations {{ amount_set: allocatedAmountSet {Money} discountApplication {{ index }} }}";

    private const string LineFields = $$"""
        id sku title variant_title: variantTitle name vendor quantity current_quantity: currentQuantity fulfillable_quantity: unfulfilledQuantity requires_shipping: requiresShipping gift_card: isGiftCard taxable
        price_set: originalUnitPriceSet {{Money}} {{Allocations}} {{Taxes}} duties { price_set: price {{Money}} } properties: customAttributes { name: key value } lineItemGroup { id }
        product { legacyResourceId } variant { legacyResourceId inventoryItem { measurement { weight { unit value } } } }
        """;

    private const string Summary = $$"""
        id: legacyResourceId name created_at: createdAt processed_at: processedAt updated_at: updatedAt currency: currencyCode
        financial_status: displayFinancialStatus fulfillment_status: displayFulfillmentStatus total_price_set: totalPriceSet {{Money}}
        """;

    private const string Order = $$"""
        {{Summary}} admin_graphql_api_id: id order_number: number confirmation_number: confirmationNumber confirmed test
        cancelled_at: cancelledAt cancel_reason: cancelReason closed_at: closedAt presentment_currency: presentmentCurrencyCode
        email phone customer_locale: customerLocale note tags po_number: poNumber source_name: sourceName source_identifier: sourceIdentifier app { id }
        note_attributes: customAttributes { name: key value } payment_gateway_names: paymentGatewayNames
        taxes_included: taxesIncluded tax_exempt: taxExempt estimated_taxes: estimatedTaxes total_weight: totalWeight
        subtotal_price_set: subtotalPriceSet {{Money}} total_discounts_set: totalDiscountsSet {{Money}} total_tax_set: totalTaxSet {{Money}} total_shipping_price_set: totalShippingPriceSet {{Money}}
        total_tip_received_set: totalTipReceivedSet {{Money}} total_outstanding_set: totalOutstandingSet {{Money}}
        current_total_price_set: currentTotalPriceSet {{Money}} current_subtotal_price_set: currentSubtotalPriceSet {{Money}} current_total_tax_set: currentTotalTaxSet {{Money}}
        current_total_discounts_set: currentTotalDiscountsSet {{Money}} current_shipping_price_set: currentShippingPriceSet {{Money}}
        original_total_duties_set: originalTotalDutiesSet {{Money}} current_total_duties_set: currentTotalDutiesSet {{Money}} original_total_additional_fees_set: originalTotalAdditionalFeesSet {{Money}}
        shipping_address: shippingAddress {{Address}} billing_address: billingAddress {{Address}}
        customer { id: legacyResourceId first_name: firstName last_name: lastName state note tags verified_email: verifiedEmail tax_exempt: taxExempt defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } default_address: defaultAddress {{Address}} }
        {{Taxes}}
        discount_applications: discountApplications(first: 20) { nodes { __typename index target_type: targetType value { ... on MoneyV2 { amount } ... on PricingPercentageValue { percentage } }
          ... on DiscountCodeApplication { code } ... on ManualDiscountApplication { title description } ... on AutomaticDiscountApplication { title } ... on ScriptDiscountApplication { title } } }
        shipping_lines: shippingLines(first: 10) { nodes { id title code source carrier_identifier: carrierIdentifier phone is_removed: isRemoved price_set: originalPriceSet {{Money}}
          discounted_price_set: discountedPriceSet {{Money}} current_discounted_price_set: currentDiscountedPriceSet {{Money}} {{Taxes}} {{Allocations}} } }
        fulfillments(first: 20) { id: legacyResourceId name status displayStatus created_at: createdAt trackingInfo { company number url } fulfillmentLineItems(first: 50) { nodes { quantity lineItem { id } } } }
        refunds(first: 20) { id: legacyResourceId note created_at: createdAt
          refundLineItems(first: 50) { nodes { quantity restock_type: restockType lineItem { id } subtotal_set: subtotalSet {{Money}} total_tax_set: totalTaxSet {{Money}} } }
          transactions(first: 10) { nodes { id kind status gateway created_at: createdAt processed_at: processedAt amount_set: amountSet {{Money}} } }
          orderAdjustments(first: 10) { nodes { reason amount_set: amountSet {{Money}} tax_amount_set: taxAmountSet {{Money}} } } }
        line_items: lineItems(first: $lines) { pageInfo { hasNextPage endCursor } nodes { {{LineFields}} } }
        """;

    /// <summary>A page of whole orders.</summary>
    internal const string Orders = $$"""
        query Orders($first: Int!, $after: String, $query: String!, $sort: OrderSortKeys!, $lines: Int!) { shop { ianaTimezone }
          orders(first: $first, after: $after, query: $query, sortKey: $sort) { pageInfo { hasNextPage endCursor } nodes { {{Order}} } } }
        """;

    /// <summary>A page of summaries.</summary>
    internal const string Summaries = $$"""
        query Summaries($first: Int!, $after: String, $query: String!, $sort: OrderSortKeys!) {
          orders(first: $first, after: $after, query: $query, sortKey: $sort) { pageInfo { hasNextPage endCursor } nodes { {{Summary}} } } }
        """;

    /// <summary>One order.</summary>
    internal const string OneOrder = $$"""query OneOrder($id: ID!, $lines: Int!) { shop { ianaTimezone } order(id: $id) { {{Order}} } }""";

    /// <summary>Further lines of a large order.</summary>
    internal const string MoreLines = $$"""
        query MoreLines($id: ID!, $lines: Int!, $after: String!) { order(id: $id) { line_items: lineItems(first: $lines, after: $after) { pageInfo { hasNextPage endCursor } nodes { {{LineFields}} } } } }
        """;

    internal const string Subscriptions = """
        query Subscriptions($after: String) { webhookSubscriptions(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id topic uri format } } }
        """;

    internal const string Subscribe = """
        mutation Subscribe($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) {
          webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) { webhookSubscription { id } userErrors { field message } } }
        """;

    internal const string Unsubscribe = """mutation Unsubscribe($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }""";

    /// <summary>What was sent of an order, and what is left to send.</summary>
    internal const string Progress = """
        query Progress($id: ID!) { order(id: $id) { id cancelledAt
          fulfillments(first: 50) { id status displayStatus trackingInfo { number } }
          fulfillmentOrders(first: 50) { nodes { id status assignedLocation { location { id } } } } } }
        """;

    internal const string Fulfil = """
        mutation Fulfil($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } } }
        """;

    internal const string Track = """
        mutation Track($fulfillmentId: ID!, $trackingInfoInput: FulfillmentTrackingInput!, $notifyCustomer: Boolean) {
          fulfillmentTrackingInfoUpdate(fulfillmentId: $fulfillmentId, trackingInfoInput: $trackingInfoInput, notifyCustomer: $notifyCustomer) { fulfillment { id } userErrors { field message } } }
        """;

    internal const string Happened = """
        mutation Happened($fulfillmentEvent: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $fulfillmentEvent) { fulfillmentEvent { id } userErrors { field message } } }
        """;

    internal const string Shop = """query Shop { shop { name myshopifyDomain } currentAppInstallation { accessScopes { handle } } }""";

    internal const string LatestAddress = """query LatestAddress { orders(first: 5, sortKey: PROCESSED_AT, reverse: true) { nodes { requiresShipping shippingAddress { address1 countryCodeV2 } } } }""";
}
